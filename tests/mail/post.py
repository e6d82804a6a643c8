"""Mails for tests: as a room would post them, without a template of its own."""

from datetime import datetime
from typing import Any

from flask import Flask

from operation118 import clock
from operation118.database import db
from operation118.mail.models import Lane, Message, MessageState
from operation118.mail.outbox import domain_of


def message(key: str, to: str = "", **columns: Any) -> Message:
    """A mail in French that is due now."""
    to = to or f"{key}@example.org"
    now = clock.now()
    texts = {"subject": f"Sujet {key}", "text": f"Bonjour {key}, été.\n", "html": f"<p>Bonjour {key}, été.</p>"}
    fixed: dict[str, Any] = {"name": "test", "lang": "fr", "created_at": now, "due_at": now}
    return Message(key=key, recipient=to, domain=domain_of(to), **(fixed | texts | columns))


def post(app: Flask, *messages: Message) -> list[int]:
    """Commit the mails; their numbers."""
    with app.app_context():
        db.session.add_all(messages)
        db.session.commit()
        return [message.id for message in messages]


def open_campaign(app: Flask, number: int, readers: int) -> list[int]:
    """A campaign's mails in an open lane."""
    with app.app_context():
        db.session.add(Lane(campaign_id=number, open=True))
        db.session.commit()
    mails = [
        message(f"campaign:{number}:{reader}", f"r{reader}@example.org", campaign_id=number, subscriber_id=reader)
        for reader in range(readers)
    ]
    return post(app, *mails)


def states(app: Flask) -> dict[str, str]:
    """Where each mail stands, by key."""
    with app.app_context():
        return {row.key: row.state.value for row in db.session.query(Message)}


def row(app: Flask, number: int) -> Message:
    with app.app_context():
        found = db.session.get(Message, number)
        assert found is not None
        return found


def at(instant: str) -> datetime:
    """An instant of Paris, written `2026-11-22 10:00`."""
    return datetime.fromisoformat(instant).replace(tzinfo=clock.PARIS)


WAITING, SENT = MessageState.WAITING, MessageState.SENT
