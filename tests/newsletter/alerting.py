"""People and screenings that tests of the alerts make up. Towns are real: distances between them can be looked up."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import clock, places, tokens
from operation118.dates import DatePrecision
from operation118.mail.models import Message
from operation118.newsletter.models import Subscriber, SubscriberState, Subscription, Topic
from operation118.places import Commune
from operation118.screenings.models import Screening, ScreeningKind, Town

NANTES, REZE, CLISSON, BREST = "44109", "44143", "44043", "29019"  # Rezé is 2 km from Nantes, Clisson 25, Brest 255


def commune(insee: str) -> Commune:
    found = places.commune(insee)
    assert found
    return found


def reader(session: Session, name: str = "lea", lang: str = "fr", **values: object) -> Subscriber:
    """Somebody who confirmed."""
    address = f"{name}@example.org"
    subscriber = Subscriber(
        address=address,
        fingerprint=tokens.fingerprint(address),
        state=SubscriberState.CONFIRMED,
        lang=lang,
        asked_at=clock.now(),
        confirmed_at=clock.now(),
        subscriptions=[Subscription(topic=Topic.SCREENINGS)],
    )
    for column, value in values.items():
        setattr(subscriber, column, value)
    session.add(subscriber)
    session.commit()
    return subscriber


def screening(session: Session, insee: str, *, days: int = 20, slug: str = "") -> Screening:
    """A screening to come in a commune, in `days` days."""
    where = commune(insee)
    town = session.scalar(select(Town).where(Town.slug == f"ville-{insee}")) or Town(
        slug=f"ville-{insee}",
        name=where.name,
        department=where.department,
        latitude=where.latitude,
        longitude=where.longitude,
    )
    row = Screening(
        slug=slug or f"{places.fold(where.name)}-dans-{days}-jours",
        kind=ScreeningKind.REGULAR,
        on=clock.today() + timedelta(days=days),
        precision=DatePrecision.DAY,
        town=town,
        with_debate=False,
    )
    session.add(row)
    session.commit()
    return row


def evening(day: date | None = None) -> datetime:
    """Half past six in Paris."""
    return clock.midnight(day or clock.today()) + timedelta(hours=18, minutes=30)


def digests(session: Session, subscriber: Subscriber) -> list[Message]:
    theirs = Message.subscriber_id == subscriber.id, Message.name == "newsletter/alert"
    return list(session.scalars(select(Message).where(*theirs).order_by(Message.id)))
