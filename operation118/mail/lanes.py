"""A campaign's mails in the outbox: its lane is open or closed, and what is in it can be counted, cancelled, sent again."""

from sqlalchemy import func, select, update

from operation118 import clock
from operation118.database import db
from operation118.mail import outbox
from operation118.mail.models import Lane, Message, MessageState


def open_lane(campaign_id: int) -> None:
    """Let workers take the campaign's mails, as soon as this transaction is committed."""
    db.session.merge(Lane(campaign_id=campaign_id, open=True))
    outbox.ring_after_commit(db.session)


def close_lane(campaign_id: int) -> None:
    """Let workers take no more of them; what one has in hand still leaves."""
    db.session.merge(Lane(campaign_id=campaign_id, open=False))


def counts(campaign_id: int) -> dict[MessageState, int]:
    """How many of the campaign's mails stand in each state that has any."""
    rows = select(Message.state, func.count()).where(Message.campaign_id == campaign_id).group_by(Message.state)
    return dict(db.session.execute(rows).all())


def cancel(campaign_id: int) -> int:
    """Cancel what has not left; how many mails that was."""
    waiting = Message.state.in_((MessageState.WAITING, MessageState.CLAIMED))
    rows = update(Message).where(Message.campaign_id == campaign_id, waiting)
    settled = rows.values(state=MessageState.CANCELLED, worker=None, lease_until=None, settled_at=clock.now())
    return db.session.connection().execute(settled).rowcount


def requeue(campaign_id: int, state: MessageState) -> int:
    """Put the `failed` or `uncertain` mails back in the queue, as a human decided; how many that was."""
    if state not in (MessageState.FAILED, MessageState.UNCERTAIN):
        raise ValueError(f"a mail that is {state} is not sent again")
    rows = update(Message).where(Message.campaign_id == campaign_id, Message.state == state, Message.recipient != "")
    waiting = rows.values(state=MessageState.WAITING, due_at=clock.now(), attempts=0, settled_at=None)
    outbox.ring_after_commit(db.session)
    return db.session.connection().execute(waiting).rowcount
