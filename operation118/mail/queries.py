"""What is in the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from operation118.database import db
from operation118.mail.models import Message, MessageState


def counts() -> dict[MessageState, int]:
    """How many mails stand in each state that has any."""
    rows = select(Message.state, func.count()).group_by(Message.state)
    return dict(db.session.execute(rows).all())


def latest(*, state: MessageState | None, limit: int) -> Sequence[Message]:
    """The newest mails first."""
    rows = select(Message).order_by(Message.id.desc()).limit(limit)
    return db.session.scalars(rows.where(Message.state == state) if state else rows).all()


def find(message_id: int) -> Message | None:
    return db.session.get(Message, message_id)


def in_state(state: MessageState) -> Sequence[Message]:
    """The mails of no campaign that are in `state`: a campaign's are its own affair."""
    return db.session.scalars(
        select(Message).where(Message.state == state, Message.campaign_id == 0, Message.recipient != "")
    ).all()


def waiting_since() -> datetime | None:
    """Since when the mail that has been due longest waits."""
    return db.session.scalar(select(func.min(Message.due_at)).where(Message.state == MessageState.WAITING))
