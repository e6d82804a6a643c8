"""What the DNS says of the sender, asked of a server of the test's own."""

import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from socket import AF_INET, SOCK_DGRAM, socket

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter.campaigning import subscriber
from newsletter.desking import DESK, plain, write
from operation118.accounts.models import StaffRole
from operation118.newsletter import sender_dns
from operation118.newsletter.sender_dns import findings

Office = Callable[[StaffRole], FlaskClient]
GOOD = {"film.test": ["v=spf1 include:relais.test -all"], "_dmarc.film.test": ["v=DMARC1; p=none"]}


def _answer(question: bytes, texts: Mapping[str, list[str]]) -> bytes:
    asked = dns.message.from_wire(question)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    name = asked.question[0].name
    found = texts.get(name.to_text(omit_final_dot=True).lower(), [])
    if found:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{text}"' for text in found)))
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


@contextmanager
def serving(texts: Mapping[str, list[str]] | None) -> Generator[dns.resolver.Resolver]:
    """A resolver whose server knows these texts; None: it never answers."""
    with socket(AF_INET, SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    question, client = server.recvfrom(4096)
                    if texts is not None:
                        server.sendto(_answer(question, texts), client)

        thread = threading.Thread(target=serve)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
        try:
            yield resolver
        finally:
            ended.set()
            thread.join()


def told(app: Flask, texts: Mapping[str, list[str]] | None) -> list[str]:
    with serving(texts) as resolver, app.app_context():
        app.extensions["dns_resolver"] = resolver
        found = list(findings("film.test"))
    assert not any(finding.is_error for finding in found)
    return [finding.message.partition(" :")[0].partition(" injoignable")[0] for finding in found]


def test_a_sender_whose_dns_is_right_leaves_only_the_relays_affair(app: Flask):
    assert told(app, GOOD) == ["DKIM"]


def test_a_sender_that_the_dns_does_not_know_is_told_what_is_missing(app: Flask):
    assert told(app, {}) == ["SPF", "DKIM", "DMARC"]


@pytest.mark.parametrize(
    "records", [["v=spf1 include:a.test"], ["v=spf1 -all", "v=spf1 mx -all"], ["v=spf10 -all"], ["spf -all"]]
)
def test_an_spf_that_protects_nothing_is_none(app: Flask, records: list[str]):
    assert "SPF" in told(app, GOOD | {"film.test": records})


@pytest.mark.settings(DKIM_KEY="/nowhere.pem", DKIM_SELECTOR="cle")
def test_the_key_that_signs_is_looked_for_in_the_dns(app: Flask):
    assert told(app, GOOD) == ["DKIM"]
    assert told(app, GOOD | {"cle._domainkey.film.test": ["v=DKIM1; k=rsa; p=AAAA"]}) == []


def test_a_dns_that_does_not_answer_is_said_and_keeps_nothing_here(
    app: Flask, office: Office, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sender_dns, "PATIENCE", 0.2)
    editor = office(StaffRole.EDITOR)
    subscriber(session, "lectrice@example.org")
    slug = write(editor)
    with serving(None) as resolver:
        app.extensions["dns_resolver"] = resolver
        page = plain(editor.get(f"{DESK}{slug}/repetition/?reseau=1"))
    assert "DNS injoignable d’ici" in page
    assert '<button class="button" type="submit">Lancer</button>' in page
    assert "DNS injoignable" not in plain(editor.get(f"{DESK}{slug}/repetition/"))
