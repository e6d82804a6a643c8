"""Which pages are read and which sites lead to them, as numbers a day: no cookie, no identifier, nothing about anybody.

A WSGI layer in front of the page cache counts in memory; a thread of its own adds that to the database a few seconds
later, so that no page waits for it or fails with it. docs/visits.md says what is counted and what is not.
"""

import logging
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from multiprocessing.util import Finalize
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from dateutil.relativedelta import relativedelta
from flask import Flask
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from operation118 import clock
from operation118.config import Settings
from operation118.database import db
from operation118.dates import DatePrecision
from operation118.web.models import VisitCount, VisitKind

SECONDS = 10.0  # what a process that is killed may forget
MOST_HOSTS = 200  # distinct sites a day; those that come later are counted together
MOST_PENDING = 2000  # distinct counts held in memory, far more than the site has pages
LONGEST_HOST = 80  # characters
MONTHS_BY_DAY = 25  # how long each day keeps its own number

DIRECT = "direct"  # no site was named: typed, bookmarked, from a mail, or kept quiet
OTHERS = "autres"

_PAGE = re.compile(r"/(?:[a-z0-9-]+/)*")  # the form of our pages; links that carry a token never have it
UNCOUNTED = ("/office/", "/api/", "/le/", "/en/le/")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
BROWSERS = ("Mozilla/", "Opera/", "Lynx/", "Links ", "ELinks/", "w3m/")
# What programs that call themselves browsers also say, in lower case: robots, previews of links, checks, tests.
_ROBOTS = re.compile(
    r"bot|crawl|spider|slurp|scan|preview|fetch|headless|lighthouse|monitor|pingdom|facebookexternalhit|whatsapp"
    r"|mediapartners|bingpreview|embedly|phantom|python|http-?client|okhttp|validator|archive"
)
_NOT_READ_YET = re.compile(r"prefetch|prerender|preview")
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_ASKED_NOT_TO = ("HTTP_DNT", "HTTP_SEC_GPC")  # Do Not Track, Global Privacy Control

log = logging.getLogger(__name__)


class Key(NamedTuple):
    on: date
    kind: VisitKind
    name: str


# --- What counts --------------------------------------------------------------------------------------------------


def is_reading(environ: WSGIEnvironment) -> bool:
    """Whether the request is that of somebody who opens a page of the site to read it, as far as its headers tell."""
    path: str = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] != "GET" or not _PAGE.fullmatch(path) or path.startswith(UNCOUNTED):
        return False
    if any(environ.get(name) == "1" for name in _ASKED_NOT_TO):
        return False
    if any(_NOT_READ_YET.search(environ.get(name, "")) for name in _AHEAD):
        return False
    if environ.get("HTTP_SEC_FETCH_DEST", "document") != "document":
        return False
    agent: str = environ.get("HTTP_USER_AGENT", "")
    return agent.startswith(BROWSERS) and not _ROBOTS.search(agent.lower())


def is_page(status: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Whether the answer is a page that everybody may see; one's own pages are never counted."""
    values = {name.lower(): value for name, value in headers}
    if not values.get("cache-control", "").startswith("public"):
        return False
    return status[:3] == "304" or (status[:3] == "200" and values.get("content-type", "").startswith("text/html"))


def referrer(environ: WSGIEnvironment, own_host: str) -> str | None:
    """The host of the site whose link was followed, without its `www.`; None if it is this site."""
    given: str = environ.get("HTTP_REFERER", "")
    if not given:
        return None if environ.get("HTTP_SEC_FETCH_SITE") == "same-origin" else DIRECT
    try:
        parts = urlsplit(given)
        host = _bare(parts.hostname or "")
    except ValueError:
        return OTHERS
    if host in (own_host, _bare(environ.get("HTTP_HOST", "").partition(":")[0].lower())):
        return None
    known = parts.scheme in ("http", "https") and len(host) <= LONGEST_HOST and _HOST.fullmatch(host)
    return host if known else OTHERS


def _bare(host: str) -> str:
    return host.removeprefix("www.")


# --- In memory ----------------------------------------------------------------------------------------------------


class Tally:
    """What was counted and not yet written. Threads may share it; nobody can make it grow without end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()

    def add(self, key: Key, times: int = 1) -> None:
        with self._lock:
            if key not in self._counts and len(self._counts) >= MOST_PENDING:
                key = key._replace(name=OTHERS)
            self._counts[key] += times

    def take(self) -> Counter[Key]:
        """All there is; the tally starts again from nothing."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken


class VisitLayer:
    """WSGI middleware that counts pages; `flush()` adds what was counted to the database."""

    def __init__(self, app: WSGIApplication, flask: Flask, *, own_host: str) -> None:
        self.app, self.flask, self.own_host = app, flask, _bare(own_host)
        self.tally = Tally()
        self._timer: threading.Timer | None = None
        self._scheduling = threading.Lock()
        self._at_exit: Finalize | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not is_reading(environ):
            return self.app(environ, start_response)
        path, site = environ["PATH_INFO"], referrer(environ, self.own_host)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if is_page(status, headers):
                self._count(path, site)
            return start_response(status, headers, exc_info)

        return self.app(environ, start)

    def _count(self, path: str, site: str | None) -> None:
        today = clock.today()
        self.tally.add(Key(today, VisitKind.PAGE, path))
        if site is not None:
            self.tally.add(Key(today, VisitKind.REFERRER, site))
        if self._timer is None:
            self._schedule()

    def _schedule(self) -> None:
        """Write in a while, and at the latest when the process ends (processes that others started skip `atexit`)."""
        with self._scheduling:
            if self._timer is not None:
                return
            self._at_exit = self._at_exit or Finalize(None, self.flush, exitpriority=10)
            self._timer = threading.Timer(SECONDS, self.flush)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> None:
        """Add what was counted to the database. One that does not answer costs nothing: it is tried again later."""
        with self._scheduling:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None
        counts = self.tally.take()
        if not counts:
            return
        try:
            with self.flask.app_context(), db.engine.begin() as connection:
                write(connection, counts)
        except SQLAlchemyError as error:
            log.warning("visits could not be written", extra={"reason": str(error).splitlines()[0]})
            for key, times in counts.items():
                self.tally.add(key, times)


# --- In the database ----------------------------------------------------------------------------------------------


def write(connection: Connection, counts: Counter[Key]) -> None:
    """Add `counts` to the rows, in one statement; processes that do so at once add up."""
    kept = _within_bounds(connection, counts)
    rows = [
        {"on": key.on, "precision": DatePrecision.DAY, "kind": key.kind, "name": key.name, "count": times}
        for key, times in sorted(kept.items())  # in one order, so that two processes never wait for each other
    ]
    _add(connection, rows)


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    insert = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[connection.dialect.name]
    for start in range(0, len(rows), 500):
        statement = insert(VisitCount).values(rows[start : start + 500])
        summed = {"count": VisitCount.count + statement.excluded.count}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["on", "precision", "kind", "name"], set_=summed)
        )


def _within_bounds(connection: Connection, counts: Counter[Key]) -> Counter[Key]:
    """`counts`, where sites that are new on a day that already has enough of them are counted together."""
    hosts: defaultdict[date, set[str]] = defaultdict(set)
    days = {key.on for key in counts}
    known = VisitCount.kind == VisitKind.REFERRER, VisitCount.precision == DatePrecision.DAY, VisitCount.on.in_(days)
    for day, name in connection.execute(select(VisitCount.on, VisitCount.name).where(*known)):
        hosts[day].add(name)
    kept: Counter[Key] = Counter()
    for key, times in counts.items():
        if key.kind is VisitKind.REFERRER and key.name not in hosts[key.on] and key.name not in (DIRECT, OTHERS):
            if len(hosts[key.on]) >= MOST_HOSTS:
                key = key._replace(name=OTHERS)
            hosts[key.on].add(key.name)
        kept[key] += times
    return kept


def sum_old_days() -> int:
    """Give one number a month to days older than 25 months; how many rows that made one. In the session's transaction:
    what one worker takes away, another does not find."""
    before = clock.today().replace(day=1) - relativedelta(months=MONTHS_BY_DAY)
    by_day = VisitCount.precision == DatePrecision.DAY
    oldest = db.session.scalar(select(func.min(VisitCount.on)).where(by_day, VisitCount.on < before))
    if oldest is None:
        return 0
    month = oldest.replace(day=1)
    old = delete(VisitCount).where(by_day, VisitCount.on >= month, VisitCount.on < month + relativedelta(months=1))
    gone = db.session.execute(old.returning(VisitCount.kind, VisitCount.name, VisitCount.count)).all()
    sums: Counter[tuple[VisitKind, str]] = Counter()
    for kind, name, count in gone:
        sums[kind, name] += count
    rows = [
        {"on": month, "precision": DatePrecision.MONTH, "kind": kind, "name": name, "count": count}
        for (kind, name), count in sorted(sums.items())
    ]
    _add(db.session.connection(), rows)
    return len(gone)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in front of what answers now (the page cache), unless the settings say not to."""
    if not settings["VISITS"]:
        return
    layer = VisitLayer(app.wsgi_app, app, own_host=urlsplit(str(settings["PUBLIC_URL"])).hostname or "")
    app.extensions["visits"] = layer
    app.wsgi_app = layer
