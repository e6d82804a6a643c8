"""The time machine: `/le/<date>/…` is the whole site as of noon that day, `/office/apercu/<date-time>/…` as of an instant to
come. Both are read-only and out of the indexes; the second is for the team alone, and nobody keeps its answers.

The same application is mounted under the dated prefix, so every link it makes carries it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, abort, current_app, g, has_request_context, request
from flask.typing import ResponseReturnValue

from operation118 import clock
from operation118.web.headers import private
from operation118.web.languages import safe_query
from operation118.web.sessions import OFFICE

PREFIX = "/le/"
EARLIEST = date(1895, 12, 28)  # the first paying audience of a film; before, there was nothing to show
PREVIEW = f"{OFFICE}apercu/"
LATEST = date(2199, 12, 31)  # far enough for any plan, and no sum of dates overflows there

Guard = Callable[[], ResponseReturnValue | None]

_PREVIEWED = "operation118.previewed"  # in the environment of a request
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[Tt](\d{1,2})[.:h](\d{2})(bis)?)?", re.ASCII)


# --- Where a path leads -------------------------------------------------------------------------------------------


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


def read_instant(text: str) -> datetime | None:
    """The instant that `2026-12-01T08.00` means in Paris; a bare day is its midnight.

    In autumn an hour comes twice: the second time is written `2026-10-25T02.30bis`. In spring one never comes: the clocks
    then show the next. None for what is no date, and beyond EARLIEST and LATEST."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    try:
        day, hour = date.fromisoformat(found[1]), time(int(found[2] or 0), int(found[3] or 0), fold=int(bool(found[4])))
    except ValueError:
        return None
    return datetime.combine(day, hour, clock.PARIS).astimezone(UTC) if EARLIEST <= day <= LATEST else None


def spelled(instant: datetime) -> str:
    """`instant` to the minute, as addresses write it."""
    local = instant.astimezone(clock.PARIS)
    if local.time() == time(0):
        return local.date().isoformat()
    return f"{local:%Y-%m-%dT%H.%M}{'bis' if local.fold else ''}"


def preview_prefix(instant: datetime) -> str:
    return f"{PREVIEW}{spelled(instant)}"


class Journey(NamedTuple):
    """A stay at another instant: the prefix its addresses have, and the instant."""

    prefix: str
    instant: datetime
    is_preview: bool = False


def journey(path: str) -> Journey | None:
    """Where `path` leads, if it leaves the present and is written the one way it should be."""
    day = travelled_date(path)
    if day is not None:
        return Journey(prefix_for(day), clock.noon(day))
    if not path.startswith(PREVIEW):
        return None
    written, slash, _ = path.removeprefix(PREVIEW).partition("/")
    instant = read_instant(written)
    if instant is None or not slash or spelled(instant) != written or instant <= clock.real_now():
        return None
    return Journey(PREVIEW + written, instant, is_preview=True)


class TimeMachine:
    """WSGI middleware that mounts `app` under every past date and, for the team, under every instant to come."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        found = journey(path)
        if found is None:
            return self.app(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + found.prefix
        environ["PATH_INFO"] = path.removeprefix(found.prefix)
        environ[_PREVIEWED] = found.is_preview
        with clock.at(found.instant):
            return self.app(environ, start_response)


# --- Who may look ahead -------------------------------------------------------------------------------------------


def is_preview() -> bool:
    """Whether the request under way looks at an instant to come."""
    return has_request_context() and bool(request.environ.get(_PREVIEWED))


def guarded_by(app: Flask, guard: Guard) -> None:
    """Let `guard` look at each request that looks ahead: it answers whoever may not with what it returns."""
    app.extensions["preview_guard"] = guard


def _admit() -> ResponseReturnValue | None:
    """Turn strangers away, everybody while there is no guard; the office itself is in the present only."""
    if clock.is_travelling() and request.path.startswith(OFFICE):
        return abort(404)
    if not is_preview():
        return None
    guard: Guard = current_app.extensions.get("preview_guard") or (lambda: abort(404))
    refusal = guard()
    if refusal is not None:
        return refusal
    g.admitted = True
    return None


def _keep_to_the_team(response: Response) -> Response:
    """Nobody keeps what looks ahead, whatever the view says."""
    if is_preview():
        private(response)
        response.headers.pop("Expires", None)
        response.headers.pop("Access-Control-Allow-Origin", None)
    return response


# --- What a page says of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """What the team reads above a page that looks ahead."""

    instant: str
    count: int  # of what changes between now and then
    list_url: str
    previous: tuple[str, str] | None  # when the change before this instant is, and this page then
    next: tuple[str, str] | None


def told_by(app: Flask, bar: Callable[[], Bar]) -> None:
    """Let `bar` write what stands above each page that looks ahead."""
    app.extensions["preview_bar"] = bar


class Travel:
    """What a template needs to show that one is not in the present."""

    def __init__(self, day: date) -> None:
        self.date = day

    @property
    def exit_url(self) -> str:
        """The same page today."""
        return f"/{quote(request.path.lstrip('/'))}{safe_query()}"

    @property
    def bar(self) -> Bar | None:
        """The team's, once the guard let it in; should it fail, the error page goes without."""
        bar = current_app.extensions.get("preview_bar")
        if bar and g.pop("admitted", False):
            g.bar = bar()
        return g.get("bar")


def travel() -> Travel | None:
    return Travel(clock.today()) if clock.is_travelling() else None


def time_machine_url(day: date, path: str = "/") -> str:
    """The address of `path` as of `day`."""
    return prefix_for(day) + path


def init_app(app: Flask) -> None:
    app.before_request(_admit)
    app.after_request(_keep_to_the_team)
    app.wsgi_app = TimeMachine(app.wsgi_app)
    app.add_template_global(time_machine_url)
