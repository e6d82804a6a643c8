"""Ready-made answers in front of Flask: path, known arguments and encoding in, compressed bytes out.

An entry lives until the site's revision moves (looked at once a second at most) or until the instant the page
says it changes. Only answers that say `public` and set no cookie enter, so nothing private ever does.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from operation118 import clock
from operation118.database import Revision, db
from operation118.web.errors import is_api
from operation118.web.headers import cache_control
from operation118.web.sessions import OFFICE

ENCODINGS = ("zstd", "br", "gzip")  # best first
REVISION_SECONDS = 1.0
LONGEST_QUERY = 2000

Key = tuple[str, str, str, bool]


@dataclass(frozen=True)
class Entry:
    headers: list[tuple[str, str]]  # without Cache-Control, which depends on the instant
    body: bytes
    etag: str
    changes_at: datetime | None

    @property
    def size(self) -> int:
        return len(self.body) + 1000  # headers and bookkeeping, roughly


class Shelf:
    """The least recently used entries leave first once `capacity` bytes are full. Threads may share it."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: Key, entry: Entry) -> None:
        with self._lock:
            self._drop(key)
            self._entries[key] = entry
            self._size += entry.size
            while self._size > self.capacity:
                self._drop(next(iter(self._entries)))

    def drop(self, key: Key) -> None:
        with self._lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        self._size -= entry.size if entry else 0

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._size = 0


def preferred_encoding(accepted: str) -> str:
    """The best of our encodings that an Accept-Encoding header names without refusing it, or ""."""
    parts = [part.replace(" ", "").partition(";q=") for part in accepted.lower().split(",")]
    names = {name for name, _, weight in parts if weight.strip("0.") or not weight}
    return next((encoding for encoding in ENCODINGS if encoding in names), "")


def known_query(query: str, arguments: frozenset[str]) -> str:
    """The query string without what no page reads (tracking parameters would multiply the entries)."""
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    return urlencode([pair for pair in pairs if pair[0] in arguments], encoding="latin-1")


class PageCache:
    """WSGI middleware; `capacity` is in bytes, `revision` reads the site's revision, or -1 when it cannot."""

    def __init__(
        self, app: WSGIApplication, *, arguments: frozenset[str], capacity: int, revision: Callable[[], int]
    ) -> None:
        self.app = app
        self.arguments = arguments
        self.shelf = Shelf(capacity)
        self._read_revision = revision
        self._revision = -1
        self._looked_at = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        office = environ.get("PATH_INFO", "").startswith(
            OFFICE
        )  # nothing there is for everybody; it has its own arguments
        if office or environ["REQUEST_METHOD"] not in ("GET", "HEAD") or len(query) > LONGEST_QUERY:
            return self.app(environ, start_response)
        encoding = preferred_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        environ["HTTP_ACCEPT_ENCODING"] = encoding
        if not is_api(environ.get("PATH_INFO", "")):  # the API refuses what it does not know: it must see it
            environ["QUERY_STRING"] = known_query(query, self.arguments)
        secure = environ.get("wsgi.url_scheme") == "https"
        key = (environ.get("PATH_INFO", ""), environ["QUERY_STRING"], encoding, secure)
        self._follow_revision()
        entry = self._fresh(key)
        if entry is None:
            return self._make(key, environ, start_response)
        return _send(entry, environ, start_response)

    def _follow_revision(self) -> None:
        now = clock.stopwatch()
        if now - self._looked_at < REVISION_SECONDS:
            return
        self._looked_at = now
        revision = self._read_revision()
        if revision != self._revision:
            self._revision = revision
            self.shelf.clear()

    def _fresh(self, key: Key) -> Entry | None:
        entry = self.shelf.get(key)
        if entry is not None and entry.changes_at is not None and entry.changes_at <= clock.now():
            self.shelf.drop(key)
            return None
        return entry

    def _make(self, key: Key, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application answer; keep the answer if it may be kept."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return self.app(environ, start_response)
        revision = self._revision
        conditional = environ.pop("HTTP_IF_NONE_MATCH", "")  # the whole page is wanted, for the next visitor
        answer: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answer[:] = [status, headers, exc_info]

        body = self.app(environ, start)
        status, headers, exc_info = answer
        entry = _entry(status, headers, body, environ.get("operation118.changes_at"))
        if entry is None:
            start_response(status, headers, exc_info)
            return body
        if revision == self._revision:
            self.shelf.put(key, entry)
        environ["HTTP_IF_NONE_MATCH"] = conditional
        return _send(entry, environ, start_response)


def _entry(
    status: str, headers: list[tuple[str, str]], body: Iterable[bytes], changes_at: datetime | None
) -> Entry | None:
    """What may be kept of an answer: a success that everybody may see, with its tag."""
    values = {name.lower(): value for name, value in headers}
    public = values.get("cache-control", "").startswith("public")
    if not (status.startswith("200") and public and "etag" in values and "set-cookie" not in values):
        return None
    kept = [(name, value) for name, value in headers if name.lower() not in ("cache-control", "content-length")]
    return Entry(kept, b"".join(body), values["etag"], changes_at)


def _send(entry: Entry, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [*entry.headers, ("Cache-Control", cache_control(clock.now(), entry.changes_at))]
    if entry.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() != "content-type"])
        return []
    start_response("200 OK", [*headers, ("Content-Length", str(len(entry.body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [entry.body]


def init_app(app: Flask, *, arguments: frozenset[str], megabytes: int) -> None:
    """Put the cache in front of `app`; `arguments` are the query arguments its pages read."""
    if not megabytes:
        return

    def revision() -> int:
        try:
            with app.app_context():
                return db.session.scalar(select(Revision.number)) or 0
        except SQLAlchemyError:
            return -1

    cache = PageCache(app.wsgi_app, arguments=arguments, capacity=megabytes * 2**20, revision=revision)
    app.extensions["page_cache"] = cache
    app.wsgi_app = cache
