"""What is kept of an old campaign: how many mails became what, and nobody's address."""

from datetime import time, timedelta

from sqlalchemy import String, cast, literal, select, update

from operation118 import clock
from operation118.database import db
from operation118.mail.models import Message
from operation118.newsletter.models import Campaign

KEPT_DAYS = 180  # how long the recipients of a settled campaign are kept by default
NIGHT = (time(4), time(5))  # in Paris: when nobody waits for the database
BATCH = 20_000  # mails that one run of the chore blanks
NOBODY = ""  # the recipient of a mail whose own was removed


def purge(*, days: int, limit: int | None = None) -> int:
    """Remove who the campaigns settled more than `days` days ago were sent to, and what the relay said of each; how
    many mails that was, `limit` at most. Their rows stay, for they are the counts."""
    old = select(Campaign.id).where(Campaign.settled_at < clock.now() - timedelta(days=days))
    named = select(Message.id).where(Message.campaign_id.in_(old), Message.recipient != NOBODY).limit(limit)
    mails = update(Message).where(Message.id.in_(named), Message.recipient != NOBODY)
    bare = mails.values(
        key=literal("purged:") + cast(Message.id, String),
        recipient=NOBODY,
        domain=NOBODY,
        subscriber_id=None,
        worker=None,
        reply=None,
        headers={},
    )
    return db.session.connection().execute(bare).rowcount


def by_night() -> int:
    """The chore: once in a night, bit by bit, what is older than KEPT_DAYS."""
    since, until = NIGHT
    if not since <= clock.now().astimezone(clock.PARIS).time() < until:
        return 0
    return purge(days=KEPT_DAYS, limit=BATCH)


def is_purged(campaign: Campaign) -> bool:
    purged = select(Message.id).where(Message.campaign_id == campaign.id, Message.recipient == NOBODY)
    return db.session.scalar(purged.limit(1)) is not None
