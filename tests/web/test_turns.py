"""Nobody waits for what another has not sent yet, and requests still have their turn one by one."""

import io
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import ServiceUnavailable

from operation118.web.turns import MOST_OF_ONE, MOST_SENDERS, THREADS, Senders, Turns

SENDING = "application/x-www-form-urlencoded"


def begin(stack: ExitStack, url: str, line: str) -> None:
    """Announce nine bytes, and send none."""
    host, port = urlsplit(url).netloc.split(":")
    connection = stack.enter_context(socket.create_connection((host, int(port))))
    connection.sendall(f"{line} HTTP/1.1\r\nHost: x\r\nContent-Type: {SENDING}\r\nContent-Length: 9\r\n\r\n".encode())


def status(url: str, data: bytes | None = None) -> int:
    try:
        return urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def is_free_again(url: str) -> bool:
    """Whether a form is read once those who held the places are gone, which the server may be a while to notice."""
    deadline = time.monotonic() + 30
    while (answer := status(f"{url}/lettre/", b"adresse=")) == 503 and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer == 422


@pytest.mark.parametrize("line", ["POST /lettre/", "POST /nowhere", "POST /office/connexion/", "GET /presse/"])
def test_those_who_never_send_what_they_announce_hold_nobody_up(served: str, line: str):
    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            begin(stack, served, line)
        assert status(f"{served}/healthz") == 200
        assert status(f"{served}/film/?{line.split()[0]}") == 200
    assert is_free_again(served)


def test_a_reader_may_send_while_others_dawdle(served: str):
    with ExitStack() as stack:
        for _ in range(MOST_OF_ONE - 1):
            begin(stack, served, "POST /lettre/")
        assert is_free_again(served)
    assert is_free_again(served)


def test_senders_are_counted_by_network_and_in_all():
    senders = Senders()
    for _ in range(MOST_OF_ONE):
        senders.admit("192.0.2.0/24")
    with pytest.raises(ServiceUnavailable):
        senders.admit("192.0.2.0/24")
    for number in range(MOST_SENDERS - MOST_OF_ONE):
        senders.admit(f"198.51.{number}.0/24")
    with pytest.raises(ServiceUnavailable):
        senders.admit("203.0.113.0/24")
    senders.leave("192.0.2.0/24")
    senders.admit("203.0.113.0/24")
    assert MOST_SENDERS < THREADS  # one at least is left to answer


class Slow(io.BytesIO):
    """A body that comes once it is let go."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.asked, self.sent = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.asked.set()
        assert self.sent.wait(10)
        return super().read(size)


def test_others_have_their_turn_while_a_body_is_awaited_and_never_at_once():
    inside: list[str] = []
    seen: list[list[str]] = []

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        inside.append(environ["PATH_INFO"])
        body = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b""
        seen.append(list(inside))
        inside.remove(environ["PATH_INFO"])
        return [body]

    turns, body = Turns(application), Slow(b"bonjour")
    answers: list[Any] = []
    slow = {"PATH_INFO": "/slow", "CONTENT_LENGTH": "7", "wsgi.input": body, "REMOTE_ADDR": "192.0.2.1"}
    thread = threading.Thread(target=lambda: answers.extend(turns(slow, print)))
    thread.start()
    assert body.asked.wait(10)
    assert turns({"PATH_INFO": "/quick", "wsgi.input": io.BytesIO()}, print) == [b""]
    body.sent.set()
    thread.join(10)
    assert answers == [b"bonjour"]
    assert seen == [["/slow", "/quick"], ["/slow"]]


def test_a_request_within_a_request_is_answered():
    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        return [b"inner"] if environ["PATH_INFO"] == "/inner" else [*turns({"PATH_INFO": "/inner"}, print), b" outer"]

    turns = Turns(application)
    assert turns({"PATH_INFO": "/"}, print) == [b"inner", b" outer"]


def test_a_body_that_breaks_off_leaves_its_place(client: FlaskClient):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    for _ in range(MOST_SENDERS + 1):
        answer = client.post("/lettre/", input_stream=Broken(), content_type=SENDING, content_length=9)
        assert answer.status_code < 500
    assert client.post("/lettre/", data={"adresse": ""}).status_code == 422
