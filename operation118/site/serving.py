"""What `python app.py` does: prepare everything, say where the site is, serve it, a mail worker beside the servers."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from logging import LogRecord
from typing import Any

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from operation118 import config
from operation118.accounts import links
from operation118.config import ROOT, Settings, SettingsError
from operation118.database import db
from operation118.site.start import StartError, check_folder, check_port, prepare, say
from operation118.web.turns import THREADS

STOP_SECONDS = 10  # what a request may still take once the server is told to stop


def _is_news(record: LogRecord) -> bool:
    """Not that there are more threads than cores: they take turns (`web/turns.py`)."""
    return not record.getMessage().startswith("Configuration allows spawning")


# granian's own messages, in the form of ours: JSON lines on standard error
SERVER_LOGS: dict[str, Any] = {
    "filters": {"news": {"()": lambda: _is_news}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["news"]},
        "access": {"class": "logging.NullHandler"},
    },
}


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
    if not app.extensions["settings"]["OFFICE"]:
        return None
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
    without_office = os.environ | {f"{config.PREFIX}OFFICE": "0"}
    with subprocess.Popen(command, cwd=ROOT, env=without_office, process_group=0) as process:  # noqa: S603 - our own words only
        try:
            yield
        finally:
            process.terminate()


def serve(settings: Settings) -> None:
    """Answer until told to stop; each process imports `app:app` for itself, in a group of its own: Ctrl-C must reach
    the server alone, which tells the others, for Python may lose both of two signals that come within a millisecond."""
    os.register_at_fork(after_in_child=os.setpgrp)
    Server(
        "app:app",
        address=settings["HOST"],
        port=settings["PORT"],
        interface=Interfaces.WSGI,
        workers=settings["WORKERS"],
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        working_dir=ROOT,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGS,
    ).serve()


def main(create_app: Callable[[Settings], Flask]) -> int:
    """Start everything and serve; the exit status is 0 after Ctrl-C, 2 when the site cannot start."""
    try:
        settings = config.read()
        check_folder(settings.data_dir)
        check_port(settings["HOST"], settings["PORT"])
        app = create_app(settings)
        prepare(app, settings)
        say("\n".join(filter(None, (announcement(settings), first_invitation(app)))), sys.stdout)
        with mail_worker(settings):
            serve(settings)
    except (SettingsError, StartError) as error:
        say(str(error), sys.stderr)
        return 2
    except KeyboardInterrupt:  # before the server listens to signals itself
        return 0
    return 0
