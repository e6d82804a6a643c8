"""What is kept of an old campaign: how many mails became what, and nobody's address."""

from datetime import timedelta

from sqlalchemy import String, cast, literal, select, update

from operation118 import clock
from operation118.database import db
from operation118.mail.models import Message
from operation118.newsletter.models import Campaign

NOBODY = ""  # the recipient of a mail whose own was removed


def purge(*, days: int) -> int:
    """Remove who the campaigns settled more than `days` days ago were sent to, and what the relay said of each; how
    many mails that was. Their rows stay, for they are the counts."""
    old = select(Campaign.id).where(Campaign.settled_at < clock.now() - timedelta(days=days))
    mails = update(Message).where(Message.campaign_id.in_(old), Message.recipient != NOBODY)
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


def is_purged(campaign: Campaign) -> bool:
    purged = select(Message.id).where(Message.campaign_id == campaign.id, Message.recipient == NOBODY)
    return db.session.scalar(purged.limit(1)) is not None
