"""Letters and readers that tests make up."""

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from operation118 import clock, tokens
from operation118.mail import composing
from operation118.mail.models import Message, MessageState
from operation118.newsletter import campaigns, letters
from operation118.newsletter.models import Campaign, CampaignState, Subscriber, SubscriberState, Subscription, Topic

FRONT = """+++
slug = "nouvelles"
topics = ["dvd", "presse"]
archive = true
[fr]
subject = "Des nouvelles du DVD"
[en]
subject = "News of the DVD"
+++
"""
FRENCH = """
Bonjour, lisez [la page du DVD](/dvd/) ou [ailleurs](https://example.org/page?a=1&b=2) !

{{ dvd }}
"""
ENGLISH = """
Hello, read [the DVD page](/en/dvd/).
"""
LETTER = f"{FRONT}<!-- fr -->{FRENCH}<!-- en -->{ENGLISH}"


def letter(text: str = LETTER, **values: object) -> Campaign:
    """The letter of a text, with other values; in no session."""
    campaign = letters.parse(text)
    for name, value in values.items():
        setattr(campaign, name, value)
    return campaign


def subscriber(
    session: Session,
    address: str,
    *topics: Topic,
    state: SubscriberState = SubscriberState.CONFIRMED,
    lang: str = "fr",
    paused_until: date | None = None,
) -> Subscriber:
    """Somebody who asked for these topics, for the DVD's if none is given."""
    row = Subscriber(
        address=address,
        fingerprint=tokens.fingerprint(address),
        state=state,
        lang=lang,
        asked_at=clock.now(),
        paused_until=paused_until,
        subscriptions=[Subscription(topic=topic) for topic in topics or (Topic.DVD,)],
    )
    session.add(row)
    session.commit()
    return row


def deliveries(session: Session, campaign: Campaign) -> list[Message]:
    query = select(Message).where(Message.campaign_id == campaign.id).order_by(Message.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def awaited(session: Session) -> Campaign:
    """A draft that two people wait for."""
    subscriber(session, "une@exemple.fr")
    subscriber(session, "reader@example.com", lang="en")
    campaign = campaigns.draft(letter())
    session.commit()
    return campaign


def become(session: Session, campaign: Campaign, state: CampaignState) -> None:
    """Bring a draft to `state` by the rules; of two mails launched, one failed and one may be left."""
    if state is CampaignState.SCHEDULED:
        campaigns.schedule(campaign, at=clock.now() + timedelta(days=1))
    elif state is not CampaignState.DRAFT:
        campaigns.launch(campaign)
        settled(session, campaign, MessageState.FAILED, 1)
    if state is CampaignState.PAUSED:
        campaigns.pause(campaign)
    elif state is CampaignState.CANCELLED:
        campaigns.stop(campaign)
    elif state is CampaignState.SENT:
        settled(session, campaign, MessageState.SENT, 2)
        composing.composer().drained(campaign.id)
    session.commit()
    assert campaign.state is state


def settled(session: Session, campaign: Campaign, state: MessageState, number: int) -> None:
    """Let waiting mails of the campaign end so."""
    waiting = (
        select(Message.id)
        .where(Message.campaign_id == campaign.id, Message.state == MessageState.WAITING)
        .limit(number)
    )
    session.execute(update(Message).where(Message.id.in_(waiting.scalar_subquery())).values(state=state))
    session.commit()
