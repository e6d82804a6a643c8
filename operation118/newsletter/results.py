"""What became of a letter, without spying on anybody: counts of mails, of reports, of visits by link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from operation118 import clock
from operation118.database import db
from operation118.mail import lanes
from operation118.mail.models import Bounce, BounceKind, Message, MessageState
from operation118.newsletter.campaigns import ON_THE_WAY
from operation118.newsletter.models import Campaign, CampaignState, Subscriber, SubscriberState
from operation118.newsletter.readers import capped

PAGE = 50


@dataclass(frozen=True)
class Progress:
    """How far a letter is, at an instant."""

    at: datetime
    state: CampaignState
    counts: dict[MessageState, int] = field(default_factory=dict[MessageState, int])

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        return sum(self.counts.get(state, 0) for state in ON_THE_WAY)

    @property
    def done(self) -> int:
        return self.total - self.waiting

    def of(self, state: MessageState) -> int:
        return self.counts.get(state, 0)


@dataclass(frozen=True)
class Results:
    """What came of a letter since it left; people who were erased since are in no count."""

    bounced: int
    complained: int
    unsubscribed: int  # beyond `readers.MOST`, more than that


def progress(campaign: Campaign) -> Progress:
    return Progress(clock.now(), campaign.state, lanes.counts(campaign.id))


def results(campaign: Campaign) -> Results:
    reports = _reports(campaign.id)
    bounced = reports.get(BounceKind.HARD, 0) + reports.get(BounceKind.SOFT, 0)
    return Results(bounced, reports.get(BounceKind.COMPLAINT, 0), _left_since(campaign))


def _reports(campaign_id: int) -> dict[BounceKind, int]:
    """How many of the campaign's mails were reported, by kind; found from the reports, which are fewer."""
    mine = select(Message.id).where(Message.id == Bounce.message_id, Message.campaign_id == campaign_id)
    rows = select(Bounce.kind, func.count(Bounce.message_id.distinct())).where(mine.exists())
    return dict(db.session.execute(rows.group_by(Bounce.kind)).all())


def _left_since(campaign: Campaign) -> int:
    """How many of its readers left the list since it was launched."""
    if campaign.launched_at is None:
        return 0
    theirs = select(Message.id).where(Message.subscriber_id == Subscriber.id, Message.campaign_id == campaign.id)
    left = Subscriber.state == SubscriberState.UNSUBSCRIBED, Subscriber.unsubscribed_at >= campaign.launched_at
    return capped(select(Subscriber.id).where(*left, theirs.exists()))


def uncertain(campaign: Campaign, *, after: int = 0) -> Sequence[Message]:
    """The mails of which nobody knows whether they left, in the order they were written; one more than a page."""
    mine = Message.campaign_id == campaign.id, Message.state == MessageState.UNCERTAIN, Message.id > after
    return db.session.scalars(select(Message).where(*mine).order_by(Message.id).limit(PAGE + 1)).all()
