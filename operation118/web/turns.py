"""One request at a time works in a process, for threads fight for Python's lock; but nobody waits for what a slow sender
still has to send: whoever reads a body lets others have their turn meanwhile.

A server reads a body when the application asks for it, in the thread that answers. Without this, one connection that
announces nine bytes and sends none would keep everybody waiting for as long as it likes.
"""

import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from operation118.web.limits import network_of

THREADS = 16  # of a process: more than there may be senders, so that one is always left to answer
MOST_SENDERS = 10  # whose bodies are awaited at once
MOST_OF_ONE = 4  # of them from one network
RETRY_SECONDS = 10

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Senders:
    """Who is sending something, by network. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sending: Counter[str] = Counter()

    def admit(self, network: str) -> None:
        """Raises ServiceUnavailable when there are too many."""
        with self._lock:
            if self._sending.total() >= MOST_SENDERS or self._sending[network] >= MOST_OF_ONE:
                raise ServiceUnavailable(retry_after=RETRY_SECONDS)
            self._sending[network] += 1

    def leave(self, network: str) -> None:
        with self._lock:
            self._sending[network] -= 1
            self._sending += Counter()  # forget who sends nothing any more


class Body:
    """The body of a request, as `wsgi.input`: admitted at the first read, out of turn while it is read."""

    def __init__(self, stream: Any, senders: Senders, network: str, turn: threading.Lock) -> None:
        self._stream, self._senders, self._network, self._turn = stream, senders, network, turn
        self._admitted = False

    @contextmanager
    def _out_of_turn(self) -> Generator[None]:
        if not self._admitted:
            self._senders.admit(self._network)
            self._admitted = True
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()

    def read(self, size: int = -1) -> bytes:
        with self._out_of_turn():
            return self._stream.read(size)

    def readline(self, size: int = -1) -> bytes:
        with self._out_of_turn():
            return self._stream.readline(size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        with self._out_of_turn():
            return self._stream.readlines(hint)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def close(self) -> None:
        if self._admitted:
            self._senders.leave(self._network)


class Turns:
    """The outermost layer: gives each request its turn."""

    def __init__(self, application: Application) -> None:
        self._application, self._senders = application, Senders()
        self._turn, self._here = threading.Lock(), threading.local()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if getattr(self._here, "inside", False):  # a request that another one makes
            return self._application(environ, start_response)
        body = self._body(environ) if announces_body(environ) else None
        with self._turn:
            self._here.inside = True
            try:
                return self._application(environ, start_response)
            finally:
                self._here.inside = False
                if body:
                    body.close()

    def _body(self, environ: Environ) -> Body:
        network = network_of(environ.get("REMOTE_ADDR", ""))
        body = environ["wsgi.input"] = Body(environ["wsgi.input"], self._senders, network, self._turn)
        return body


def announces_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or bool(environ.get("HTTP_TRANSFER_ENCODING"))


def init_app(app: Flask) -> None:
    app.wsgi_app = Turns(app.wsgi_app)
