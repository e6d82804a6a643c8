"""Small makers of subscribers in each state, and of what their browsers send."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from operation118 import tokens
from operation118.database import db
from operation118.mail.models import Message
from operation118.newsletter import ledger, subscribing
from operation118.newsletter.ledger import Said
from operation118.newsletter.models import Subscriber, SubscriberState, Topic
from operation118.newsletter.wording import Form

ADDRESS = "prenom.nom@example.org"
BOTH = frozenset({Topic.DVD, Topic.SCREENINGS})
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


def said(form: Form = Form.LETTER, lang: str = "fr") -> Said:
    return Said(form, lang)


def find(address: str = ADDRESS) -> Subscriber | None:
    return db.session.scalar(select(Subscriber).where(Subscriber.fingerprint == tokens.fingerprint(address)))


def pending(address: str = ADDRESS, *, topics: Collection[Topic] = BOTH, lang: str = "fr") -> Subscriber:
    subscribing.ask(address, topics=topics, said=said(lang=lang))
    found = find(address)
    assert found is not None
    return found


def confirmed(address: str = ADDRESS, *, topics: Collection[Topic] = BOTH, lang: str = "fr") -> Subscriber:
    found = pending(address, topics=topics, lang=lang)
    subscribing.confirm(found, version=found.version, said=said(Form.CONFIRMATION, lang))
    return found


def unsubscribed(address: str = ADDRESS) -> Subscriber:
    found = confirmed(address)
    subscribing.withdraw(found, said=said(Form.UNSUBSCRIPTION))
    return found


MAKERS = {
    SubscriberState.PENDING: pending,
    SubscriberState.CONFIRMED: confirmed,
    SubscriberState.UNSUBSCRIBED: unsubscribed,
}


def mails() -> list[str]:
    """The names of the mails written so far."""
    return [name.rpartition("/")[2] for name in db.session.scalars(select(Message.name).order_by(Message.id))]


def ledger_kinds(address: str = ADDRESS) -> list[str]:
    return [line.kind.value for line in ledger.lines(tokens.fingerprint(address))]


def stamp(client: FlaskClient, path: str = "/lettre/") -> str:
    """The stamp of the form on a page."""
    found = re.search(r'name="jeton" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def send(client: FlaskClient, *, path: str = "/lettre/", **fields: object) -> TestResponse:
    """Send the form as a browser would, with `fields` over a good answer."""
    good: dict[str, object] = {
        "adresse": ADDRESS,
        "sujets": ["dvd"],
        "langue": "fr",
        "formulaire": "lettre",
        "jeton": stamp(client),
    }
    return client.post(path, data=good | fields)


def path_of(url: str) -> str:
    return url.removeprefix("https://film.test")
