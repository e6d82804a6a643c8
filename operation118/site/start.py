"""Before the site is served: check the ground, bring the database and the content up to date."""

import socket
import sqlite3
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from alembic.util import CommandError
from flask import Flask, current_app
from flask_alembic import Alembic
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from operation118 import config
from operation118.accounts import journal
from operation118.config import Settings
from operation118.content import ContentError
from operation118.database import db
from operation118.film import queries as film_queries
from operation118.site import content
from operation118.web import assets

PREPARING = 8118  # PostgreSQL advisory lock: hosts that start together prepare the database one after the other


class StartError(Exception):
    """The site cannot start; the message says why and what to do, in one line."""


def say(text: str, stream: TextIO) -> None:
    stream.write(f"{text}\n")
    stream.flush()


def check_folder(folder: Path) -> None:
    """Raises StartError unless `folder` exists, or can be made, and can be written in."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = f"cannot write in {folder} ({error.strerror})"
        raise StartError(f"{config.PREFIX}DATA_DIR: {reason}; make it writable, or name another folder") from None


def check_port(host: str, port: int) -> None:
    """Raises StartError unless a server can listen there.

    Servers of this kind share ports (SO_REUSEPORT): without this, a second site would answer half of the calls."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        reason = f"cannot listen on {host}, port {port} ({error.strerror})"
        raise StartError(f"{config.PREFIX}PORT: {reason}; choose another, such as PORT={port + 1} make serve") from None


@contextmanager
def _alone() -> Generator[None]:
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(PREPARING)))
        yield


def keep_copy(revision: str) -> None:
    """Copy a SQLite database before its tables change: SQLite cannot undo half a migration."""
    file = db.engine.url.database
    copy = Path(f"{file}.{revision}.bak")
    if file and not copy.exists():
        with sqlite3.connect(file) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))


def upgrade() -> None:
    """Bring the database's tables to those of this code. Raises StartError if they are those of a later one."""
    migrations: Alembic = current_app.extensions["alembic"]
    try:
        if not migrations.needs_upgrade():
            return
        current = migrations.current()
    except CommandError:
        raise StartError("the database was made by a later version of this site; put that version back") from None
    if current and db.engine.dialect.name == "sqlite":
        keep_copy(current[0].revision)
    migrations.upgrade()


def load_content(folder: Path, data_dir: Path) -> None:
    """Load the content files into an empty database, or when they changed since the last start; once the team has
    edited rows, the files no longer win over them.

    Raises StartError when they cannot be loaded and the database has nothing to show instead."""
    stamp = data_dir / "content.loaded"
    state = assets.fingerprint(folder)
    empty = film_queries.film() is None
    if not empty and stamp.exists() and stamp.read_text() == state:
        return
    if not empty and journal.has_edits():
        say(
            f"{folder} changed, and so did the office: nothing was loaded. `flask content load` lets the files win.",
            sys.stderr,
        )
        return
    try:
        content.load(db.session, folder)
        db.session.commit()
    except ContentError as error:
        problems = "\n".join(error.problems)
        if empty:
            raise StartError(f"{problems}\nNothing was loaded.") from None
        say(f"{problems}\nNothing was loaded: the site serves the content it had.", sys.stderr)
        return
    stamp.write_text(state)


def learn_sizes() -> None:
    """Let SQLite see how its rows are spread: otherwise it takes any index for a good one, and reads all that is published
    to find what will be. It takes a second for millions of rows. PostgreSQL sees by itself."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def prepare(app: Flask, settings: Settings) -> None:
    """Bring the database and the content up to date. Raises StartError."""
    try:
        with app.app_context(), _alone():
            with app.app_context():  # a migration keeps its connection until its context ends
                upgrade()
            load_content(content.FOLDER, settings.data_dir)
            learn_sizes()
        with app.app_context():
            db.engine.dispose()  # the servers' processes make their own connections
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0]
        raise StartError(f"{config.PREFIX}DATABASE_URL: the database does not answer ({reason})") from None
