"""Applications for tests: made for one, or shared by many, for making one takes longer than most tests."""

import shutil
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from clients import CheckedClient
from operation118 import create_app
from operation118.config import Settings
from operation118.database import db
from operation118.web.limits import limiter


@contextmanager
def application(settings: Settings) -> Generator[Flask]:
    """An application that leaves no connection behind."""
    app = create_app(settings)
    app.test_client_class = CheckedClient
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a bug must become the 500 page, as for a visitor
    if settings["OFFICE"]:  # at their full price, which a test holds, passwords take a tenth of a second
        app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=32)
    try:
        yield app
    finally:
        app.extensions["bell"].close()
        with app.app_context():
            db.engine.dispose()


Shared = Callable[[Path], AbstractContextManager[Flask]]


@contextmanager
def sharing(path: Path, settings: Settings) -> Generator[Shared]:
    """One application for many tests, on the database of `path`.

    `with shared(file) as app` gives it a fresh copy of that database, and forgets what the last test left."""
    with application(settings) as app:
        extensions, counting = dict(app.extensions), dict(vars(limiter))  # there is one limiter for all applications

        @contextmanager
        def fresh(database: Path) -> Generator[Flask]:
            shutil.copy(database, path)
            vars(limiter).update(counting)
            limiter.reset()
            try:
                yield app
            finally:
                with app.app_context():
                    db.engine.dispose()
                for left in path.parent.glob("site.sqlite*"):
                    left.unlink()
                app.extensions = dict(extensions)

        yield fresh


@contextmanager
def own(database: Path, folder: Path, settings: Callable[..., Settings], chosen: dict[str, str]) -> Generator[Flask]:
    """An application of the test's own, with its settings."""
    path = shutil.copy(database, folder / f"{database.parent.name}.sqlite")
    with application(settings(**{"DATABASE_URL": f"sqlite:///{path}"} | chosen)) as app:
        yield app


@contextmanager
def counted(app: Flask) -> Generator[list[str]]:
    with app.app_context():
        engine = db.engine
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
