"""The database: one declarative base, the types every room uses, the engine's settings, the revision.

SQLite (WAL) by default, PostgreSQL by URL. Rooms define their tables in their own `models.py`.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask_alembic import Alembic
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, NullPool, create_engine, event, update
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from operation118 import clock

MIGRATIONS = Path(__file__).parent.parent / "migrations"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive one is refused (SQLite would silently drop the offset)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        list[str]: JSON(),
        Enum: EnumType(Enum, native_enum=False, create_constraint=False, length=32, values_callable=_values),
    }


Row = TypeVar("Row", bound=Base)
# SQLite gives the number of a deleted row to the next one: a link signed for it would open somebody else's page.
NUMBERED_ONCE = {"sqlite_autoincrement": True}


class Public:
    """A row the public sees: writing one moves the site's revision in the same transaction."""

    updated_at: Mapped[datetime] = mapped_column(default=clock.real_now, onupdate=clock.real_now)


class Editable(Public):
    """A public row that the team edits. `version` grows with each change: whoever saves what they read meanwhile is
    refused, by the form and, at the last instant, by SQLAlchemy (StaleDataError)."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Revision(Base):
    """One row, whose number grows with every public change: what the page cache watches."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    moved_at: Mapped[datetime]


db = SQLAlchemy(session_options={"expire_on_commit": False})


@event.listens_for(Session, "before_flush")
def _move_revision(session: Session, context: object, instances: object) -> None:
    rows = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
    if any(isinstance(row, Public) for row in rows):
        move_revision(session)


def move_revision(session: Session) -> None:
    """Say, in the session's transaction, that what the public sees has changed."""
    moved = {"number": Revision.number + 1, "moved_at": clock.real_now()}
    session.connection().execute(update(Revision).where(Revision.id == 1).values(moved))


def engine_options(url: str) -> dict[str, Any]:
    """Engine options for `url`; SQLite waits up to 5 s for another writer. Errors do not show what was written: it names
    people."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"url": parsed, "connect_args": {"timeout": 5}, "hide_parameters": True}
    return {"url": parsed, "pool_pre_ping": True, "hide_parameters": True}


def _sqlite_pragmas(connection: DBAPIConnection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def insert_missing(model: type[Row], **values: object) -> Row | None:
    """The new row; None if there is one of the same unique key, were it from another process a moment ago."""
    insert = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[db.engine.dialect.name]
    return db.session.scalar(insert(model).values(values).on_conflict_do_nothing().returning(model))


@contextmanager
def one_connection() -> Generator[None]:
    """Keep the session on one connection through its commits: each time it takes one, it asks the server whether it lives."""
    with db.engine.connect() as connection:
        db.session.bind = connection
        try:
            yield
        finally:
            db.session.close()
            db.session.bind = db.engine


def _durable_pragma(connection: DBAPIConnection, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def durable(engine: Engine) -> None:
    """Let each commit of this process survive a power cut: on SQLite in WAL mode, the last ones might not."""
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _durable_pragma):
        event.listen(engine, "connect", _durable_pragma)
        engine.dispose()


def _render_item(kind: str, item: object, context: object) -> str | bool:
    """Write our column types in revisions as the plain types they are."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migration_engine(url: str) -> Engine:
    """An engine without our pragmas: with foreign keys on, SQLite's batch mode drops a parent table and the
    cascade silently empties its children."""
    return create_engine(make_url(url), poolclass=NullPool)


def _next_number() -> str:
    """Revisions are numbered: Alembic's own ids are seconds, and two made in the same second collide."""
    return f"{len(list(MIGRATIONS.glob('[0-9]*.py'))) + 1:04}"


def _drop_async_teardown(app: Flask) -> None:
    """Flask-SQLAlchemy-Lite closes async sessions, which we have none of, through a thread on every request:
    0.6 ms of each page. Its version is pinned for this."""
    hooks: list[Callable[..., Any]] = app.teardown_appcontext_funcs
    app.teardown_appcontext_funcs = [hook for hook in hooks if hook.__name__ != "_close_async_sessions"]


def init_app(app: Flask, url: str) -> None:
    """Attach the database and its migrations to `app`."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(url)}
    app.config["ALEMBIC"] = {"script_location": str(MIGRATIONS)}
    app.config["ALEMBIC_CONTEXT"] = {
        "compare_server_default": False,
        "render_as_batch": True,
        "render_item": _render_item,
    }
    db.init_app(app)
    _drop_async_teardown(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    migrations = Alembic(app, run_mkdir=False, metadatas=Base.metadata, engines=migration_engine(url))
    migrations.rev_id = _next_number
