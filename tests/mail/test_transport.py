"""The line to the relay: encrypted when it says so, never to somebody else, never for ever."""

import ssl
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from mail import sink as sinks
from mail.post import message, post, row, states
from mail.servers import Certificates, Postfix
from mail.sink import Sink
from operation118.mail import transport
from operation118.mail.models import MessageState
from operation118.mail.worker import Worker


@pytest.fixture
def trusting(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' authority is one the system knows."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    transport.trusted.cache_clear()
    yield
    transport.trusted.cache_clear()


@contextmanager
def encrypted(certificates: Certificates, **options: object) -> Generator[Sink]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain, certificates.key)
    with sinks.sink(**{"tls_context": context, **options}) as running:
        yield running


def address(scheme: str, sink: Sink, user: str = "") -> str:
    return f"{scheme}://{user}127.0.0.1:{sink.port}?timeout=2"


def test_starttls_is_spoken_before_the_password(
    certificates: Certificates, trusting: None, make_app: Callable[..., Flask]
):
    seen: list[tuple[bytes, bytes]] = []

    def authenticate(
        server: object, session: object, envelope: object, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    with encrypted(certificates, require_starttls=True, auth_required=True, authenticator=authenticate) as sink:
        app = make_app(SMTP_URL=address("smtp+starttls", sink, "lettre%40film.test:p%40ss@"))
        post(app, message("a"))
        Worker(app).drain()
    assert states(app) == {"a": "sent"}
    assert seen == [(b"lettre@film.test", b"p@ss")]


def test_a_relay_nobody_vouches_for_is_not_spoken_to(certificates: Certificates, make_app: Callable[..., Flask]):
    with encrypted(certificates, require_starttls=True) as sink:
        app = make_app(SMTP_URL=address("smtp+starttls", sink))
        (number,) = post(app, message("a"))
        Worker(app).drain()
    assert (sink.mails, states(app)) == ([], {"a": "waiting"})
    assert "certificate" in (row(app, number).reply or "").lower()


def test_a_relay_that_stops_offering_encryption_gets_nothing(make_app: Callable[..., Flask], sink: Sink):
    app = make_app(SMTP_URL=address("smtp+starttls", sink))
    post(app, message("a"))
    Worker(app).drain()
    assert (sink.mails, states(app)) == ([], {"a": "waiting"})


def test_smtps_is_encrypted_from_the_first_byte(postfix: Postfix, trusting: None, make_app: Callable[..., Flask]):
    app = make_app(SMTP_URL=f"smtp+starttls://localhost:{postfix.port}?timeout=5")
    post(app, message("a", "lectrice@reader.example"))
    Worker(app).drain()
    assert states(app) == {"a": "sent"}


def test_a_relay_that_falls_silent_is_not_waited_for_long(mail_app: Flask, sink: Sink):
    sink.on_mail = lambda: time.sleep(3)
    (number,) = post(mail_app, message("a"))
    started = time.monotonic()
    Worker(mail_app).drain()
    assert time.monotonic() - started < 8
    assert row(mail_app, number).state is MessageState.UNCERTAIN


def test_a_line_is_opened_only_when_there_is_something_to_say(mail_app: Flask, sink: Sink):
    Worker(mail_app).drain()
    assert sink.connections == 0


@pytest.mark.parametrize("in_a_row", [False, True])
def test_the_recipient_is_named_without_waiting_only_to_a_relay_that_hears_commands_in_a_row(
    mail_app: Flask, sink: Sink, in_a_row: bool
):
    sink.in_a_row = in_a_row
    sink.refusals["gone@example.org"] = "550 5.1.1 nobody"
    post(mail_app, message("a"), message("gone"), message("c"))
    Worker(mail_app).drain()
    assert states(mail_app) == {"a": "sent", "gone": "failed", "c": "sent"}
    assert sink.unasked == [in_a_row] * 3


@pytest.mark.parametrize("in_a_row", [False, True])
def test_a_refused_sender_is_what_is_told_not_what_follows_from_it(mail_app: Flask, sink: Sink, in_a_row: bool):
    sink.in_a_row = in_a_row
    sink.greetings = ["451 4.7.1 too fast"]
    numbers = post(mail_app, message("a"), message("b"))
    Worker(mail_app).drain()
    refused = row(mail_app, numbers[0])
    assert (refused.state, refused.code, refused.reply) == (MessageState.WAITING, 451, "4.7.1 too fast")
    assert states(mail_app)["b"] == "sent"
