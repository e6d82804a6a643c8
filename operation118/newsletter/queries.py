"""Reads of the letter's rows."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from operation118.database import db
from operation118.mail.models import Bounce, Message, Suppression
from operation118.newsletter.models import Subscriber

# Of one person, in one statement: four topics times a handful of alerts is no product to fear.
WHOLE = (joinedload(Subscriber.subscriptions), joinedload(Subscriber.alerts))


def subscriber(subscriber_id: int) -> Subscriber | None:
    found = select(Subscriber).where(Subscriber.id == subscriber_id).options(*WHOLE)
    return db.session.scalars(found).unique().one_or_none()


def by_fingerprint(fingerprint: str) -> Subscriber | None:
    found = select(Subscriber).where(Subscriber.fingerprint == fingerprint).options(*WHOLE)
    return db.session.scalars(found).unique().one_or_none()


def subscribers(ids: Sequence[int]) -> Sequence[Subscriber]:
    """These subscribers with their topics."""
    found = select(Subscriber).where(Subscriber.id.in_(ids)).options(selectinload(Subscriber.subscriptions))
    return db.session.scalars(found).all()


def messages(subscriber_id: int) -> Sequence[Message]:
    """Every mail that was written to a subscriber, oldest first."""
    return db.session.scalars(select(Message).where(Message.subscriber_id == subscriber_id).order_by(Message.id)).all()


def suppressions(fingerprint: str) -> Sequence[Suppression]:
    return db.session.scalars(select(Suppression).where(Suppression.fingerprint == fingerprint)).all()


def bounces(subscriber: Subscriber) -> Sequence[Bounce]:
    """What came back from a subscriber's address."""
    theirs = select(Message.id).where(Message.subscriber_id == subscriber.id)
    known = or_(Bounce.fingerprint == subscriber.fingerprint, Bounce.message_id.in_(theirs))
    return db.session.scalars(select(Bounce).where(known).order_by(Bounce.id)).all()
