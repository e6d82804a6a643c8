"""One JSON line for each request and each event, all of a request under its id; counters for /metrics.

No address of a visitor is logged, and no link that would open somebody's own page.
"""

import logging
import re
import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from prometheus_client import Counter, Histogram
from pythonjsonlogger.json import JsonFormatter

from operation118 import clock
from operation118.config import Settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_SIGNATURE = re.compile(r"\.[A-Za-z0-9_-]{22,}")  # of our tokens
_TOKEN = re.compile(  # in a path: what our tokens sign, then anything but the ending of a file's name
    r"(?<=/)((?:founding|[0-9a-f]+)(?:-[0-9a-f]+)*\.)(?![a-z0-9]{2,5}$)[^/]+", re.IGNORECASE
)
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

REQUESTS = Counter("operation118_requests", "Answers by method and status.", ["method", "status"])
SECONDS = Histogram("operation118_request_seconds", "Time to answer, in seconds.")
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logging.getLogger("operation118")


def unsigned(said: str) -> str:
    """A text or an address without the signatures of its tokens: who reads it cannot follow the links of mails."""
    return _SIGNATURE.sub(".…", said)


def unsigned_path(path: str) -> str:
    """The path of a request without signatures, were they cut or broken: one letter that is missing is soon found."""
    return _TOKEN.sub(r"\1…", unsigned(path))


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class RequestLog:
    """Outermost WSGI layer: gives the request its id, times it, counts it, logs it."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        name = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(name)
        started = clock.stopwatch()
        answered: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answered.append(status[:3])
            return start_response(status, [*headers, ("X-Request-Id", name)], exc_info)

        try:
            return self.app(environ, start)
        finally:
            self._record(environ, answered[-1] if answered else "500", clock.stopwatch() - started)
            request_id.reset(token)

    def _record(self, environ: WSGIEnvironment, status: str, seconds: float) -> None:
        method = environ["REQUEST_METHOD"]
        REQUESTS.labels(method if method in KNOWN_METHODS else "other", status).inc()
        SECONDS.observe(seconds)
        if log.isEnabledFor(logging.INFO):
            path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
            line = {
                "method": method,
                "path": unsigned_path(path)[:500],
                "status": int(status),
                "ms": round(seconds * 1000, 1),
            }
            log.info("request", extra=line)


def configure(settings: Settings) -> None:
    """Send this process's logs to standard error as JSON lines; a second call replaces the first."""
    handler = logging.StreamHandler()
    handler.addFilter(_WithRequestId())
    handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"))
    for name in ("operation118", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(settings["LOG_LEVEL"])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    """Flask's own logger bears the package's name: it is the one that `configure` set up."""
    app.wsgi_app = RequestLog(app.wsgi_app)
