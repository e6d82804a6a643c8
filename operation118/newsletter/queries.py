"""Reads of the letter's rows."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from operation118.database import db
from operation118.mail.models import Bounce, Message, Suppression
from operation118.newsletter.models import Campaign, Subscriber

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


def letters(numbers: Collection[int]) -> dict[int, Campaign]:
    """The campaigns of these numbers, without their texts."""
    if not numbers:
        return {}
    subjects = load_only(Campaign.subject_fr, Campaign.subject_en)
    return {
        row.id: row for row in db.session.scalars(select(Campaign).where(Campaign.id.in_(numbers)).options(subjects))
    }


def titled(subscriber_id: int) -> list[tuple[Message, str]]:
    """Every mail that was written to a subscriber, with its subject; a campaign's is in the language it was sent in."""
    written = messages(subscriber_id)
    sent = letters({message.campaign_id for message in written if message.is_bulk})
    return [(message, _subject(message, sent.get(message.campaign_id))) for message in written]


def _subject(message: Message, letter: Campaign | None) -> str:
    if letter is None:
        return message.subject or ""
    return letter.subject_en if message.lang == "en" and letter.subject_en else letter.subject_fr


def suppressions(fingerprint: str) -> Sequence[Suppression]:
    return db.session.scalars(select(Suppression).where(Suppression.fingerprint == fingerprint)).all()


def bounces(subscriber: Subscriber) -> Sequence[Bounce]:
    """What came back from a subscriber's address."""
    theirs = select(Message.id).where(Message.subscriber_id == subscriber.id)
    known = or_(Bounce.fingerprint == subscriber.fingerprint, Bounce.message_id.in_(theirs))
    return db.session.scalars(select(Bounce).where(known).order_by(Bounce.id)).all()
