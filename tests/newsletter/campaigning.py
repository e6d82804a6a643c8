"""Letters and readers that tests make up."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import clock, tokens
from operation118.mail.models import Message
from operation118.newsletter import letters
from operation118.newsletter.models import Campaign, Subscriber, SubscriberState, Subscription, Topic

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
