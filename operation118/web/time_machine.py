"""The time machine: `/le/<date>/…` is the whole site as of noon that day, `/office/apercu/<date-time>/…` as of an instant to
come, `/office/apercu/avec/<row>/…` and `/office/apercu/<date-time>/avec/<row>/…` with a row that is not public. All are
read-only and out of the indexes; the last three are for the team alone, and nobody keeps their answers.

The same application is mounted under the prefix, so every link it makes carries it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import NamedTuple
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, abort, current_app, g, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DatabaseError

from operation118 import clock, publication
from operation118.database import Base
from operation118.web.headers import private
from operation118.web.languages import safe_query
from operation118.web.sessions import OFFICE

PREFIX = "/le/"
EARLIEST = date(1895, 12, 28)  # the first paying audience of a film; before, there was nothing to show
PREVIEW = f"{OFFICE}apercu/"
LATEST = date(2199, 12, 31)  # far enough for any plan, and no sum of dates overflows there

Guard = Callable[[], ResponseReturnValue | None]
Finder = Callable[[str], tuple[type[Base], int] | None]

_JOURNEY = "operation118.journey"  # in the environment of a request
_AHEAD = re.compile(r"(?:(\d[^/]*)/)?(?:avec/([a-z]+-[1-9]\d{0,9})(?:/|$))?", re.ASCII)  # what follows PREVIEW
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


def preview_prefix(instant: datetime | None, row: str | None = None) -> str:
    """The prefix of the site at `instant`, or in the present, with this row if one is named."""
    parts = [spelled(instant)] if instant else []
    return PREVIEW + "/".join([*parts, "avec", row] if row else parts)


def ahead(path: str) -> tuple[str, str, str]:
    """What an address of the preview says after PREVIEW: the instant as written, the name of a row, the page's path without
    its first slash."""
    found = _AHEAD.match(path)
    written, row = (found[1] or "", found[2] or "") if found else ("", "")
    return written, row, path[found.end() if found else 0 :]


class Journey(NamedTuple):
    """A stay at another instant, or beside a row that is not public: the prefix its addresses have, the instant, none for
    the present, and the row's name."""

    prefix: str
    instant: datetime | None
    is_preview: bool = False
    row: str = ""


def journey(path: str) -> Journey | None:
    """Where `path` leads, if it leaves the public's present and is written the one way it should be."""
    day = travelled_date(path)
    if day is not None:
        return Journey(prefix_for(day), clock.noon(day))
    if not path.startswith(PREVIEW):
        return None
    written, row, _ = ahead(path.removeprefix(PREVIEW))
    instant = read_instant(written)
    prefix = preview_prefix(instant, row)
    if not (instant or row) or not path.startswith(f"{prefix}/") or (instant and instant <= clock.real_now()):
        return None
    return Journey(prefix, instant, is_preview=True, row=row)


class TimeMachine:
    """WSGI middleware that mounts `app` under every past date and, for the team, under every instant to come, also with a
    row more, for whom that may be; for others there is no such mount, and the office's own page answers."""

    def __init__(self, app: WSGIApplication, shown: Callable[[str, WSGIEnvironment], bool]) -> None:
        self.app = app
        self.shown = shown

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        found = journey(path)
        if found is None or (found.row and not self.shown(found.row, environ)):
            return self.app(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + found.prefix
        environ["PATH_INFO"] = path.removeprefix(found.prefix)
        environ[_JOURNEY] = found
        with clock.at(found.instant or clock.real_now()):
            return self.app(environ, start_response)


# --- Who may look ahead -------------------------------------------------------------------------------------------


def under_way() -> Journey | None:
    """The journey that the request under way is on."""
    return request.environ.get(_JOURNEY) if has_request_context() else None


def is_preview() -> bool:
    """Whether the request under way looks at an instant to come, or at a row that is not public."""
    found = under_way()
    return found is not None and found.is_preview


def guarded_by(app: Flask, guard: Guard) -> None:
    """Let `guard` look at each request that looks ahead: it answers whoever may not with what it returns."""
    app.extensions["preview_guard"] = guard


def shown_by(app: Flask, finder: Finder) -> None:
    """Let `finder` say which row a name means, within a request of whoever asks: none if that is not for them to see."""
    app.extensions["preview_finder"] = finder


def _show(app: Flask, name: str, environ: WSGIEnvironment) -> bool:
    """Let a request see the row of this name; whether it may."""
    finder: Finder | None = app.extensions.get("preview_finder")
    if finder is None:
        return False
    try:
        with app.request_context(environ.copy()):
            found = finder(name)
    except DatabaseError:  # the page that answers says so
        return False
    if found is not None:
        publication.show_row(environ, *found)
    return found is not None


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
        response.headers.pop("Access-Control-Allow-Origin", None)
    return response


# --- What a page says of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead:
    """What the team reads of an instant to come."""

    instant: str
    count: int  # of what changes between now and then
    list_url: str
    previous: tuple[str, str] | None  # when the change before this instant is, and this page then
    next: tuple[str, str] | None


@dataclass(frozen=True)
class Bar:
    """What the team reads above a page that looks ahead, or at a row that is not public."""

    ahead: Ahead | None
    row: tuple[str, str] | None  # its state, and what it is called
    sheet_url: str | None  # of that row, or of the one whose page this is
    exit_url: str | None  # out of here, where the same page is not there today


def told_by(app: Flask, bar: Callable[[], Bar]) -> None:
    """Let `bar` write what stands above each page that looks ahead."""
    app.extensions["preview_bar"] = bar


class Travel:
    """What a template needs to show that this is not the public's present."""

    def __init__(self, day: date) -> None:
        self.date = day

    @property
    def exit_url(self) -> str:
        """The same page today, if it is there."""
        bar = self.bar
        return (bar and bar.exit_url) or f"/{quote(request.path.lstrip('/'))}{safe_query()}"

    @property
    def bar(self) -> Bar | None:
        """The team's, once the guard let it in; should it fail, the error page goes without."""
        bar = current_app.extensions.get("preview_bar")
        if bar and g.pop("admitted", False):
            g.bar = bar()
        return g.get("bar")


def words() -> dict[str, Travel | None]:
    """For templates: whether the page is `mounted` under a prefix, and if so, whether at another instant."""
    mounted, found = Travel(clock.today()) if clock.is_travelling() else None, under_way()
    return {"mounted": mounted, "time_travel": None if found and found.instant is None else mounted}


def time_machine_url(day: date, path: str = "/") -> str:
    """The address of `path` as of `day`."""
    return prefix_for(day) + path


def init_app(app: Flask) -> None:
    app.before_request(_admit)
    app.after_request(_keep_to_the_team)
    app.wsgi_app = TimeMachine(app.wsgi_app, partial(_show, app))
    app.add_template_global(time_machine_url)
