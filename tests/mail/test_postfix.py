"""A real Postfix between us and our readers: what arrives, what comes back, what follows."""

import email
import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask

from applications import application
from mail.post import message, post, states
from mail.servers import Certificates, Postfix
from operation118.config import Settings
from operation118.database import db
from operation118.mail import bounces, suppression
from operation118.mail.models import Bounce, BounceKind, SuppressionReason
from operation118.mail.worker import Worker


@pytest.fixture
def postfix_app(
    postfix: Postfix,
    certificates: Certificates,
    empty_database: Path,
    tmp_path: Path,
    make_settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """The application, mailing through Postfix over TLS, and looking for bounces where Postfix leaves them."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    postfix.empty()
    path = tmp_path / "mail.sqlite"
    path.write_bytes(empty_database.read_bytes())
    settings = make_settings(
        DATABASE_URL=f"sqlite:///{path}",
        DATA_DIR=str(tmp_path),
        SMTP_URL=f"smtp+starttls://127.0.0.1:{postfix.port}",
        MAIL_SENDER="Le film <lettre@film.example>",
        BOUNCE_ADDRESS="retours@film.example",
        BOUNCE_BOX=f"maildir://{postfix.maildir}",
        MAIL_RATE="0",
        MAIL_DOMAIN_RATE="0",
    )
    with application(settings) as app:
        yield app


def test_a_mail_arrives_with_its_own_return_path(postfix_app: Flask, postfix: Postfix):
    (number,) = post(postfix_app, message("a", "lectrice@reader.example"))
    assert Worker(postfix_app).drain() == 1
    mail = email.message_from_bytes(postfix.wait_for_mail(postfix.inbox).read_bytes(), policy=default)
    assert states(postfix_app) == {"a": "sent"}
    text = mail.get_body(("plain",))
    assert text
    assert "Bonjour a, été." in text.get_content()
    with postfix_app.app_context():
        assert mail["Return-Path"] == f"<{bounces.return_path(number)}>"
        assert bounces.read_return_path(mail["Message-ID"]) == number
    assert "with ESMTPS id" in mail["Received"]


@pytest.mark.parametrize(
    ("to", "kind", "status", "reason"),
    [
        ("personne@reader.example", BounceKind.HARD, "5.1.1", SuppressionReason.HARD_BOUNCE),
        ("lectrice@full.example", BounceKind.SOFT, "5.2.2", None),
        ("lectrice@blocked.example", BounceKind.SOFT, "5.7.1", None),
        ("lectrice@slow.example", BounceKind.SOFT, "4.4.1", None),
    ],
)
def test_what_postfix_sends_back_is_understood(
    postfix_app: Flask, postfix: Postfix, to: str, kind: BounceKind, status: str, reason: SuppressionReason | None
):
    (number,) = post(postfix_app, message("a", to))
    worker = Worker(postfix_app)
    assert worker.drain() == 1
    postfix.wait_for_mail(postfix.maildir)
    worker.minute()
    with postfix_app.app_context():
        bounce = db.session.query(Bounce).one()
        assert (bounce.message_id, bounce.kind, bounce.status) == (number, kind, status)
        assert suppression.suppressed([to], bulk=False).get(to) is reason


def test_somebody_unknown_is_not_written_to_again(postfix_app: Flask, postfix: Postfix):
    worker = Worker(postfix_app)
    post(postfix_app, message("first", "personne@reader.example"))
    worker.minute()
    postfix.wait_for_mail(postfix.maildir)
    worker.minute()
    post(postfix_app, message("second", "personne@reader.example"))
    worker.minute()
    assert states(postfix_app) == {"first": "sent", "second": "suppressed"}


def test_a_bounce_comes_back_even_to_an_address_in_capitals(postfix_app: Flask, postfix: Postfix):
    (number,) = post(postfix_app, message("a", "personne@reader.example"))
    with postfix_app.app_context():
        path = bounces.return_path(number).upper()
        postfix.send(path, "personne@reader.example", "Subject: a\n\nBonjour\n")
        assert bounces.receive(postfix.wait_for_mail(postfix.maildir).read_bytes()).message_id == number


def test_the_server_proves_who_it_is(postfix: Postfix, certificates: Certificates):
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=10) as relay:
        relay.starttls(context=ssl.create_default_context(cafile=certificates.authority))
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=10) as relay, pytest.raises(ssl.SSLCertVerificationError):
        relay.starttls(context=ssl.create_default_context())
