"""A campaign's mails in the outbox: its lane is open or closed, and what is in it can be counted, cancelled, sent again."""

from sqlalchemy import func, select, update

from operation118 import clock
from operation118.database import db
from operation118.mail import outbox
from operation118.mail.models import Lane, Message, MessageState

REQUEUED = (MessageState.FAILED, MessageState.UNCERTAIN, MessageState.KEPT)


def open_lane(campaign_id: int) -> None:
    """Let workers take the campaign's mails, as soon as this transaction is committed."""
    db.session.merge(Lane(campaign_id=campaign_id, open=True))
    outbox.ring_after_commit(db.session)


def close_lane(campaign_id: int) -> None:
    """Let no more of them leave than the one that each worker is speaking: what workers had claimed waits again.

    The lane is closed first, and `claims.claim` holds it while it claims: nothing is claimed unseen meanwhile."""
    db.session.merge(Lane(campaign_id=campaign_id, open=False))
    db.session.flush()
    held = update(Message).where(Message.campaign_id == campaign_id, Message.state == MessageState.CLAIMED)
    back = held.values(state=MessageState.WAITING, worker=None, lease_until=None)
    db.session.connection().execute(back)


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


def requeue(campaign_id: int, state: MessageState, *, only: int | None = None) -> int:
    """Put the `failed`, `uncertain` or `kept` mails back in the queue, or `only` the one of this number, as a human
    decided; how many that was."""
    if state not in REQUEUED:
        raise ValueError(f"a mail that is {state} is not sent again")
    rows = update(Message).where(Message.campaign_id == campaign_id, Message.state == state, Message.recipient != "")
    if only is not None:
        rows = rows.where(Message.id == only)
    waiting = rows.values(state=MessageState.WAITING, due_at=clock.now(), attempts=0, settled_at=None)
    outbox.ring_after_commit(db.session)
    return db.session.connection().execute(waiting).rowcount


def let_be(campaign_id: int, number: int) -> bool:
    """Count an `uncertain` mail as sent, as a human decided: it may have arrived, and is not sent again. False if it is
    no longer uncertain."""
    one = update(Message).where(Message.campaign_id == campaign_id, Message.id == number)
    settled = one.where(Message.state == MessageState.UNCERTAIN).values(state=MessageState.SENT, settled_at=clock.now())
    return db.session.connection().execute(settled).rowcount == 1
