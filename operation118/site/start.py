"""What `python app.py` does: check the ground, bring the database and the content up to date, serve."""

import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from alembic.util import CommandError
from flask import Flask, current_app
from flask_alembic import Alembic
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from operation118 import config
from operation118.accounts import journal, links
from operation118.config import ROOT, Settings, SettingsError
from operation118.content import ContentError
from operation118.database import db
from operation118.film import queries as film_queries
from operation118.site import content
from operation118.web import assets

PREPARING = 8118  # PostgreSQL advisory lock: hosts that start together prepare the database one after the other
STOP_SECONDS = 10  # what a request may still take once the server is told to stop

# granian's own messages, in the form of ours: JSON lines on standard error
SERVER_LOGS: dict[str, Any] = {
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json"},
        "access": {"class": "logging.NullHandler"},
    },
}


class StartError(Exception):
    """The site cannot start; the message says why and what to do, in one line."""


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
        _say(
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
        _say(f"{problems}\nNothing was loaded: the site serves the content it had.", sys.stderr)
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


def announcement(settings: Settings) -> str:
    lines = [f"The site answers on http://{settings['HOST']}:{settings['PORT']}/ (Ctrl-C stops it)."]
    lines.append(f"Its data is in {settings.data_dir}.")
    if not settings["SMTP_URL"]:
        kept = f"{settings.data_dir}/mail (.venv/bin/flask mail list)"
        lines.append(f"No relay is set ({config.PREFIX}SMTP_URL): mails are kept in {kept}.")
    if missing := settings.missing_legal():
        lines.append(f"The legal notice still lacks: {', '.join(missing)} (see docs/settings.md).")
    return "\n".join(lines)


def first_invitation(app: Flask) -> str | None:
    """Where the first administrator is made, while there is nobody; no password comes ready-made."""
    with app.app_context():
        address = links.to_found()
        db.engine.dispose()
    return (
        address
        and f"Nobody can come into the office yet. Become its first administrator, once, within 24 hours:\n{address}"
    )


@contextmanager
def mail_worker(settings: Settings) -> Generator[None]:
    """A mail worker beside the servers, unless workers run elsewhere; it ends the mail it is speaking, then stops."""
    if not settings["MAIL_WORKER"]:
        yield
        return
    command = [sys.executable, "-m", "flask", "--app", "app", "mail", "work", "--attached"]
    with subprocess.Popen(command, cwd=ROOT) as process:  # noqa: S603 - our own words only
        try:
            yield
        finally:
            process.terminate()


def serve(settings: Settings) -> None:
    """Answer until told to stop; each process imports `app:app` for itself."""
    Server(
        "app:app",
        address=settings["HOST"],
        port=settings["PORT"],
        interface=Interfaces.WSGI,
        workers=settings["WORKERS"],
        blocking_threads=1,  # more make it slower: they fight for Python's lock (docs/performance.md)
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        working_dir=ROOT,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGS,
    ).serve()


def _say(text: str, stream: TextIO) -> None:
    stream.write(f"{text}\n")
    stream.flush()


def main(create_app: Callable[[Settings], Flask]) -> int:
    """Start everything and serve; the exit status is 0 after Ctrl-C, 2 when the site cannot start."""
    try:
        settings = config.read()
        check_folder(settings.data_dir)
        check_port(settings["HOST"], settings["PORT"])
        app = create_app(settings)
        prepare(app, settings)
        _say("\n".join(filter(None, (announcement(settings), first_invitation(app)))), sys.stdout)
        with mail_worker(settings):
            serve(settings)
    except (SettingsError, StartError) as error:
        _say(str(error), sys.stderr)
        return 2
    except KeyboardInterrupt:  # before the server listens to signals itself
        return 0
    return 0
