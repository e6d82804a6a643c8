"""What the mail room is told when it sends a campaign."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigning import deliveries, letter, subscriber
from operation118 import clock
from operation118.mail import composing
from operation118.mail.composing import LeftOut
from operation118.mail.models import Message, SuppressionReason, SuppressionScope
from operation118.mail.suppression import suppress
from operation118.newsletter import campaigns, links
from operation118.newsletter.models import Campaign, CampaignLink, Subscriber, SubscriberState, Subscription, Topic

SAFE = re.compile(r"[A-Za-z0-9\-_.~:/?#@]+")


@pytest.fixture
def reader(session: Session) -> Subscriber:
    return subscriber(session, "reader@example.com", lang="en")


@pytest.fixture
def campaign(session: Session, reader: Subscriber) -> Campaign:
    campaign = campaigns.draft(letter())
    campaigns.launch(campaign)
    session.commit()
    return campaign


def values(messages: Sequence[Message]) -> list[object]:
    return list(composing.composer().values(messages).values())


def test_marks_stand_where_each_readers_own_addresses_go(campaign: Campaign, reader: Subscriber):
    frozen = composing.composer().letter(campaign.id, "en")
    assert frozen.headers == {
        "List-Unsubscribe": f"<{frozen.marks[1]}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    for mark in frozen.marks:
        assert mark.isalnum()
        assert mark.isascii()
        assert frozen.parts.text.count(mark) == frozen.parts.html.count(mark) == 1


def test_each_reader_has_addresses_of_their_own(session: Session, campaign: Campaign, reader: Subscriber):
    messages = deliveries(session, campaign)
    own = composing.composer().values(messages)[messages[0].id]
    assert not isinstance(own, LeftOut)
    assert list(own) == list(composing.composer().letter(campaign.id, "en").marks)
    assert list(own.values()) == [links.manage_url(reader.id, "en"), links.unsubscribe_url(reader.id, "en")]
    assert all(SAFE.fullmatch(value) for value in own.values())


def leave(reader: Subscriber, session: Session) -> None:
    reader.state = SubscriberState.UNSUBSCRIBED


def rest(reader: Subscriber, session: Session) -> None:
    reader.paused_until = clock.today() + timedelta(days=90)


def turn(reader: Subscriber, session: Session) -> None:
    reader.subscriptions = [Subscription(topic=Topic.SCREENINGS)]


def complain(reader: Subscriber, session: Session) -> None:
    suppress(reader.fingerprint, scope=SuppressionScope.BULK, reason=SuppressionReason.COMPLAINT)


def vanish(reader: Subscriber, session: Session) -> None:
    session.delete(reader)


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (leave, "unsubscribed"),
        (rest, "paused"),
        (turn, "other_topics"),
        (complain, "suppressed"),
        (vanish, "erased"),
    ],
)
def test_who_changed_their_mind_since_the_launch_is_left_out(
    session: Session,
    campaign: Campaign,
    reader: Subscriber,
    does: Callable[[Subscriber, Session], None],
    reason: str,
):
    does(reader, session)
    session.commit()
    assert values(deliveries(session, campaign)) == [LeftOut(reason)]


def test_a_batch_costs_as_many_queries_as_one_mail(
    session: Session, reader: Subscriber, count_queries: Callable[[], AbstractContextManager[list[str]]]
):
    for number in range(20):
        subscriber(session, f"lecteur{number}@exemple.fr")
    campaign = campaigns.draft(letter())
    campaigns.launch(campaign)
    session.commit()
    messages = deliveries(session, campaign)
    costs: list[int] = []
    for batch in (messages[:1], messages):
        with count_queries() as statements:
            values(batch)
        costs.append(len(statements))
    assert costs == [1, 1]


def test_links_are_counted_under_one_address_for_all_readers(session: Session, campaign: Campaign):
    kept = session.scalars(select(CampaignLink.url).order_by(CampaignLink.id)).all()
    assert kept == ["/dvd/", "https://example.org/page?a=1&b=2", "/en/dvd/"]
    french, english = (composing.composer().letter(campaign.id, lang).parts for lang in ("fr", "en"))
    assert len(set(re.findall(r"https://film\.test/l/[\w.-]+/", french.html))) == 2
    assert len(set(re.findall(r"https://film\.test/l/[\w.-]+/", english.html))) == 1
    assert "https://example.org" not in french.html + french.text
