"""The outbox: posting writes a row in the caller's transaction; a bell rings once it is committed.

The key makes posting idempotent: the same mail, posted twice, is one row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, event, or_, select, update
from sqlalchemy.orm import Session

from operation118 import clock
from operation118.database import db
from operation118.mail import compose
from operation118.mail.models import Message, MessageState
from operation118.mail.transport import Mail

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
    parts = compose.render(name, lang, **values)  # even when the key is known: how long it takes tells nothing
    if known := db.session.scalar(select(Message).where(Message.key == key)):
        return known
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
UNSENT = (MessageState.WAITING, MessageState.CLAIMED, MessageState.KEPT)
RETRIED = (MessageState.FAILED, MessageState.UNCERTAIN, MessageState.KEPT, MessageState.WAITING)


def retry(message: Message) -> None:
    """Put a mail back in the queue, as a human decided. Raises Refused for one that left, must not leave, or belongs to
    a letter, whose lane may be closed."""
    if message.is_bulk:
        raise Refused(f"mail {message.id} belongs to a letter: `flask newsletter retry` sends a letter's mails again")
    if message.state not in RETRIED:
        raise Refused(f"mail {message.id} is {message.state.value}: it is not sent again")
    if not message.recipient:
        raise Refused(f"mail {message.id} was to somebody who is erased")
    message.state, message.attempts = MessageState.WAITING, 0
    message.due_at, message.settled_at = clock.now(), None
    ring_after_commit(db.session)


def call_off(message: Message) -> None:
    """Let a mail that has not left stay here. Raises Refused for one that a worker has in hand, or that is settled."""
    waiting = Message.state.in_((MessageState.WAITING, MessageState.KEPT))
    one = update(Message).where(Message.id == message.id, Message.campaign_id == 0, waiting)
    cancelled = one.values(state=MessageState.CANCELLED, settled_at=clock.now())
    if db.session.connection().execute(cancelled).rowcount != 1:
        raise Refused(f"mail {message.id} is {message.state.value}: it cannot be called off")
    db.session.refresh(message)


def forget() -> int:
    """Delete the mails of no campaign that were settled long ago: nobody will ask for them, and they name people."""
    old = delete(Message).where(Message.campaign_id == 0, Message.settled_at < clock.now() - KEPT)
    gone = db.session.scalars(old.returning(Message.id)).all()
    _discard(gone)
    return len(gone)


def cancel(subscriber_ids: Sequence[int]) -> None:
    """Let nothing more leave for these people; a campaign's failures stay what they are."""
    theirs = update(Message).where(Message.subscriber_id.in_(subscriber_ids))
    unsent = or_(Message.state.in_(UNSENT), (Message.campaign_id == 0) & Message.state.in_(RETRIED))
    cancelled = {"state": MessageState.CANCELLED, "settled_at": clock.now(), "worker": None, "lease_until": None}
    db.session.execute(theirs.where(unsent).values(cancelled))


def blank(subscriber_ids: Sequence[int]) -> None:
    """Take these people out of the mails written to them; that mails were sent, and when, stays."""
    theirs = Message.subscriber_id.in_(subscriber_ids)
    _discard(db.session.scalars(select(Message.id).where(theirs)).all())
    texts = dict.fromkeys(("subject", "text", "html", "reply", "subscriber_id"), None)
    db.session.execute(update(Message).where(theirs).values(recipient="", domain="", headers={}, **texts))


def _discard(message_ids: Iterable[int]) -> None:
    mail: Mail = current_app.extensions["mailer"]
    for message_id in message_ids:
        mail.kept_file(message_id).unlink(missing_ok=True)


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
