"""What a letter's links can make the server of the office reach: the public network, whatever names and proxies say."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from operation118.newsletter import foreign_pages

PUBLIC = "93.184.216.34"
NAME = "rebound.example"
Resolver = Callable[..., list[Any]]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A neighbour of the server that nobody else should speak to."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.3)
        yield server


def heard(listener: socket.socket) -> bytes:
    """What the first who came said; nothing, if nobody did."""
    try:
        caller, _ = listener.accept()
    except TimeoutError:
        return b""
    with caller:
        caller.settimeout(0.3)
        return caller.recv(1000)


def rebound(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A name that is public the first time and this machine's after; who was asked for. No packet leaves for PUBLIC."""
    asked: list[str] = []
    resolve: Resolver = socket.getaddrinfo

    def answer(host: str, port: int | None, *args: Any, **values: Any) -> list[Any]:
        asked.append(host)
        if host == PUBLIC and port:
            raise ConnectionRefusedError
        place = PUBLIC if asked.count(NAME) == 1 else "127.0.0.1"
        return resolve(place if host == NAME else host, port, *args, **values)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_moves_once_it_was_looked_at_leads_nowhere(
    app: Flask, monkeypatch: pytest.MonkeyPatch, listener: socket.socket, scheme: str
):
    asked = rebound(monkeypatch)
    url = f"{scheme}://{NAME}:{listener.getsockname()[1]}/"
    with app.test_request_context("/"):
        told = foreign_pages.problems([url])
    assert told == {url: "le serveur refuse la connexion"}
    assert asked == [NAME, PUBLIC]
    assert heard(listener) == b""


def test_no_proxy_of_the_machine_is_asked_from_the_office(
    app: Flask, monkeypatch: pytest.MonkeyPatch, listener: socket.socket
):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setattr(foreign_pages, "DEADLINE", 1)
    rebound(monkeypatch)
    with app.test_request_context("/"):
        foreign_pages.problems([f"http://{NAME}/"])
    assert heard(listener) == b""


class Astray(BaseHTTPRequestHandler):
    """Sends whoever comes where its path says."""

    def do_HEAD(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path[1:])
        self.end_headers()


@pytest.mark.parametrize(
    ("scheme", "told"), [("http", "l’adresse n’est pas du réseau public"), ("ftp", "la connexion n’aboutit pas")]
)
def test_a_redirection_leads_neither_home_nor_to_another_protocol(
    app: Flask, monkeypatch: pytest.MonkeyPatch, listener: socket.socket, scheme: str, told: str
):
    look = foreign_pages._public

    def first_here(host: str) -> list[str]:
        return ["127.0.0.1"] if host == NAME else look(host)

    monkeypatch.setattr(foreign_pages, "_public", first_here)
    with HTTPServer(("127.0.0.1", 0), Astray) as server:
        Thread(target=server.handle_request).start()
        url = f"http://{NAME}:{server.server_port}/{scheme}://127.0.0.1:{listener.getsockname()[1]}/"
        with app.test_request_context("/"):
            assert list(foreign_pages.problems([url]).values()) == [told]
    assert heard(listener) == b""


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "239.1.1.1", "0.0.0.0"),
        *("::1", "fe80::1", "fd00::1", "fec0::1", "ff0e::1", "2002:7f00:1::", "2001:0:7f00:1::"),
        *("64:ff9b::7f00:1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1"),
    ],
)
def test_what_is_not_of_the_public_network(address: str):
    assert not foreign_pages.is_public(address)


def test_what_is_of_the_public_network():
    assert all(map(foreign_pages.is_public, (PUBLIC, "2606:2800:220:1::1")))
