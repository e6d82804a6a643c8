"""The time machine: `/le/<date>/…` is the whole site as of noon that day, read-only and out of the indexes.

The same application is mounted under the dated prefix, so every link it makes carries it.
"""

from collections.abc import Iterable
from datetime import date
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

from operation118 import clock
from operation118.web.languages import safe_query

PREFIX = "/le/"
EARLIEST = date(1895, 12, 28)  # the first paying audience of a film; before, there was nothing to show


def travelled_date(path: str) -> date | None:
    """The date a path travels to: only a past day, written as ISO 8601 wants it."""
    if not path.startswith(PREFIX):
        return None
    day, slash, _ = path.removeprefix(PREFIX).partition("/")
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        return None
    return parsed if slash and parsed.isoformat() == day and EARLIEST <= parsed < clock.today() else None


def prefix_for(day: date) -> str:
    return f"{PREFIX}{day.isoformat()}"


class TimeMachine:
    """WSGI middleware that mounts `app` under every past date."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        day = travelled_date(path)
        if day is None:
            return self.app(environ, start_response)
        prefix = prefix_for(day)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
        environ["PATH_INFO"] = path.removeprefix(prefix)
        with clock.at(clock.noon(day)):
            return self.app(environ, start_response)


class Travel:
    """What a template needs to show that one is not in the present."""

    def __init__(self, day: date) -> None:
        self.date = day

    @property
    def exit_url(self) -> str:
        """The same page today."""
        return request.path + safe_query()


def travel() -> Travel | None:
    return Travel(clock.today()) if clock.is_travelling() else None


def time_machine_url(day: date, path: str = "/") -> str:
    """The address of `path` as of `day`."""
    return prefix_for(day) + path


def init_app(app: Flask) -> None:
    app.wsgi_app = TimeMachine(app.wsgi_app)
    app.add_template_global(time_machine_url)
