"""Migrations: one line of them, up from nothing to the models, down and up again, without losing a row."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_alembic import Alembic

from applications import application
from operation118.config import Settings
from operation118.database import MIGRATIONS, Base, db, migration_engine
from operation118.site import content, start

NUMBERED = sorted(MIGRATIONS.glob("[0-9]*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each engine."""
    if request.param == "postgresql":
        return request.getfixturevalue("bare_postgres_url")
    return f"sqlite:///{tmp_path}/migrated.sqlite"


@pytest.fixture
def bare_app(url: str, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    with application(make_settings(DATABASE_URL=url)) as app:
        yield app


@contextmanager
def migrations(app: Flask) -> Generator[Alembic]:
    """The migrations in a context of their own: their connection is closed at its end."""
    with app.app_context():
        yield app.extensions["alembic"]


def tables(url: str) -> set[str]:
    engine = migration_engine(url)
    with engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


def counts(app: Flask) -> dict[str, int]:
    with app.app_context(), db.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def test_migrations_are_numbered_one_after_the_other():
    assert [path.name[:5] for path in NUMBERED] == [f"{number:04}_" for number in range(1, len(NUMBERED) + 1)]


def test_there_is_one_head(app: Flask):
    with migrations(app) as alembic:
        assert [head.revision for head in alembic.heads()] == [NUMBERED[-1].name[:4]]


def test_up_from_nothing_equals_the_models(bare_app: Flask):
    with migrations(bare_app) as alembic:
        alembic.upgrade()
    with migrations(bare_app) as alembic:
        assert alembic.compare_metadata() == []


def test_down_to_nothing_and_up_again(bare_app: Flask, url: str):
    with migrations(bare_app) as alembic:
        alembic.upgrade()
    with migrations(bare_app) as alembic:
        alembic.downgrade("base")
    assert tables(url) == {"alembic_version"}
    with migrations(bare_app) as alembic:
        alembic.upgrade()
    assert tables(url) == {"alembic_version", *Base.metadata.tables}


def test_every_upgrade_keeps_the_rows_of_child_tables(bare_app: Flask, loaded: Flask):
    """Down one step and up again with the real content: what the step itself does not drop is still there."""
    before = counts(loaded)
    assert before["question"] > 0
    assert before["citation"] > 0
    for step in range(len(NUMBERED) - 1):
        with migrations(loaded) as alembic:
            alembic.downgrade(f"-{step + 1}")
        with migrations(loaded) as alembic:
            alembic.upgrade()
    assert counts(loaded) == before


@pytest.fixture
def loaded(bare_app: Flask) -> Flask:
    with bare_app.app_context():
        start.upgrade()
        content.load(db.session, content.FOLDER)
        db.session.commit()
    return bare_app


def test_altering_a_parent_table_keeps_its_children(loaded: Flask, url: str):
    """SQLite alters a table by dropping and remaking it; with foreign keys on, a cascade would empty its children."""
    before = counts(loaded)
    with migrations(loaded) as alembic:
        op = alembic.op
        with op.batch_alter_table("press_item", recreate="always" if url.startswith("sqlite") else "never") as batch:
            batch.add_column(sa.Column("scratch", sa.String(), nullable=True))
        alembic.migration_context.connection.commit()  # type: ignore[union-attr]
    assert counts(loaded) == before


def test_a_sqlite_file_is_copied_before_its_tables_change(tmp_path: Path, make_settings: Callable[..., Settings]):
    path = tmp_path / "site.sqlite"
    with application(make_settings(DATABASE_URL=f"sqlite:///{path}")) as app, app.app_context():
        start.upgrade()
        start.keep_copy("0001")
    assert tables(f"sqlite:///{path}.0001.bak") == tables(f"sqlite:///{path}")
