"""The outbox: posting writes a row in the caller's transaction; a bell rings once it is committed.

The key makes posting idempotent: the same mail, posted twice, is one row.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from operation118 import clock
from operation118.database import db
from operation118.mail import compose
from operation118.mail.models import Message, MessageState

Bell = Callable[[], None]


class Refused(Exception):
    """The outbox does not do that; the message says why."""


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def post(
    *,
    key: str,
    name: str,
    to: str,
    lang: str,
    values: Mapping[str, Any],
    subscriber_id: int | None = None,
    headers: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
) -> Message:
    """Put a mail in the outbox, written now from `templates/mail/<name>/`; the row of the same key if there is one."""
    if known := db.session.scalar(select(Message).where(Message.key == key)):
        return known
    parts = compose.render(name, lang, **values)
    now = clock.now()
    message = Message(
        key=key,
        name=name,
        recipient=to,
        domain=domain_of(to),
        lang=lang,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        headers=dict(headers or {}),
        subscriber_id=subscriber_id,
        created_at=now,
        due_at=due_at or now,
    )
    db.session.add(message)
    return message


KEPT = timedelta(days=30)
RETRIED = (MessageState.FAILED, MessageState.UNCERTAIN, MessageState.KEPT, MessageState.WAITING)


def retry(message: Message) -> None:
    """Put a mail back in the queue, as a human decided. Raises Refused for one that left or must not leave."""
    if message.state not in RETRIED:
        raise Refused(f"mail {message.id} is {message.state.value}: it is not sent again")
    message.state, message.attempts = MessageState.WAITING, 0
    message.due_at, message.settled_at = clock.now(), None
    ring_after_commit(db.session)


def forget() -> int:
    """Delete the mails of no campaign that were settled long ago: nobody will ask for them, and they name people."""
    old = delete(Message).where(Message.campaign_id == 0, Message.settled_at < clock.now() - KEPT)
    return db.session.connection().execute(old).rowcount


def ring_after_commit(session: Session) -> None:
    """Ring the workers' bell once what `session` holds is committed."""
    session.info["ring"] = True


@event.listens_for(Session, "before_flush")
def _notice(session: Session, context: object, instances: object) -> None:
    if any(isinstance(row, Message) for row in session.new):
        ring_after_commit(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("ring", None)


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.pop("ring", False) and current_app:
        bell: Bell = current_app.extensions["mail_bell"]
        bell()
