"""What the mail room asks when it sends a campaign: the frozen letter, each reader's own addresses, a last look."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select

from operation118.database import db
from operation118.mail.compose import Parts
from operation118.mail.composing import LeftOut, Letter
from operation118.mail.models import Message
from operation118.newsletter import audience, campaigns, links, reach
from operation118.newsletter.audience import Standing
from operation118.newsletter.models import Campaign, Subscriber, SubscriberState
from operation118.newsletter.rendering import MANAGE, MARKS, UNSUBSCRIBE

Values = Mapping[str, str] | LeftOut


class Deliveries:
    """The composer of campaigns."""

    def letter(self, campaign_id: int, lang: str) -> Letter:
        frozen = _campaign(campaign_id).frozen[lang]
        headers = {"List-Unsubscribe": f"<{UNSUBSCRIBE}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return Letter(Parts(frozen["subject"], frozen["text"], frozen["html"]), headers, MARKS)

    def values(self, messages: Sequence[Message]) -> dict[int, Values]:
        """Whoever left, changed topics or paused since the launch is not written to; one query for the batch."""
        by_campaign = groupby(sorted(messages, key=attrgetter("campaign_id")), key=attrgetter("campaign_id"))
        return {
            message_id: value for campaign_id, batch in by_campaign for message_id, value in _values(campaign_id, batch)
        }

    def gone(self, subscriber_ids: Collection[int]) -> set[int]:
        here = select(Subscriber.id).where(
            Subscriber.id.in_(subscriber_ids), Subscriber.state != SubscriberState.UNSUBSCRIBED
        )
        return set(subscriber_ids) - set(db.session.scalars(here))

    def drained(self, campaign_id: int) -> None:
        campaigns.settle(_campaign(campaign_id))


def _campaign(campaign_id: int) -> Campaign:
    return db.session.get_one(Campaign, campaign_id)


def _values(campaign_id: int, messages: Iterable[Message]) -> list[tuple[int, Values]]:
    batch = list(messages)
    readers = [message.subscriber_id or 0 for message in batch]
    campaign = _campaign(campaign_id)
    standings = audience.standings(readers, campaign.topics, reach.read(campaign.reach))
    return [(message.id, _own(message, standings[reader])) for message, reader in zip(batch, readers, strict=True)]


def _own(message: Message, standing: Standing) -> Values:
    if standing is not Standing.WRITTEN or message.subscriber_id is None:
        return LeftOut(standing.value)
    reader = message.subscriber_id, message.lang
    return {MANAGE: links.manage_url(*reader), UNSUBSCRIBE: links.unsubscribe_url(*reader)}
