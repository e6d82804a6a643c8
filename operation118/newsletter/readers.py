"""How many readers a letter has, said at once: exactly while the list is short, « plus de 10 000 » beyond.

Counting a million subscribers takes seconds; a page does not wait for that unless somebody asks.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from operation118.database import db
from operation118.mail.models import Suppression
from operation118.newsletter import audience
from operation118.newsletter.audience import Standing
from operation118.newsletter.models import Alert, Subscriber, SubscriberState, Subscription, Topic
from operation118.newsletter.reach import Reach

MOST = 10_000  # what is counted one by one
SHORT = 20_000  # subscribers that are all looked at in a page
SAMPLE = 5


@dataclass(frozen=True)
class Glance:
    """How subscribers stand to a letter. Where it is not exact, only some reasons are counted, and a number above `MOST`
    means more than that."""

    counts: dict[Standing, int]
    exact: bool

    @property
    def written(self) -> int:
        return self.counts.get(Standing.WRITTEN, 0)

    @property
    def left_out(self) -> dict[Standing, int]:
        return {reason: number for reason, number in self.counts.items() if reason is not Standing.WRITTEN and number}


def capped(rows: Select[int], most: int | None = None) -> int:
    """How many rows there are, counted no further than one more than `most` (`MOST` if nothing is said)."""
    few = rows.limit((MOST if most is None else most) + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0


def glance(topics: Collection[str], reach: Reach, *, exact: bool = False) -> Glance:
    """Who is written to and who is not; `exact` counts everybody, however long it takes."""
    if exact or capped(select(Subscriber.id), SHORT) <= SHORT:
        return Glance(audience.count(topics, reach), exact=True)
    states = {Standing.UNCONFIRMED: SubscriberState.PENDING, Standing.UNSUBSCRIBED: SubscriberState.UNSUBSCRIBED}
    counts = {standing: in_state(state) for standing, state in states.items()}
    away = select(Subscriber.id).join(Suppression, Suppression.fingerprint == Subscriber.fingerprint)
    counts[Standing.SUPPRESSED] = capped(away)
    return Glance({Standing.WRITTEN: capped(_reached(topics, reach)), **counts}, exact=False)


def in_state(state: SubscriberState) -> int:
    return capped(select(Subscriber.id).where(Subscriber.state == state))


def _reached(topics: Collection[str], reach: Reach) -> Select[int]:
    """Those who are written to, looked for among the fewest: those of a place, otherwise those of a topic."""
    if reach.near:
        reader = select(Subscriber.id).where(Subscriber.id == Alert.subscriber_id, audience.written_to(topics, reach))
        return select(Alert.subscriber_id).where(reach.near.holds(), reader.correlate(Alert).exists()).distinct()
    asked = Subscription.topic.in_([Topic(topic) for topic in topics])
    wanted = select(Subscriber.id).join(Subscription, Subscription.subscriber_id == Subscriber.id).where(asked)
    if reach.lang:  # said once more where an index hears it
        wanted = wanted.where(Subscriber.state == SubscriberState.CONFIRMED, Subscriber.lang == reach.lang)
    wanted = wanted.where(audience.written_to(topics, reach))
    return wanted.distinct() if len(topics) > 1 else wanted


def sample(topics: Collection[str], reach: Reach) -> Sequence[Subscriber]:
    """A few of those who are written to, by name, so that a wrong audience shows."""
    some = _reached(topics, reach).limit(SAMPLE)
    return db.session.scalars(select(Subscriber).where(Subscriber.id.in_(some.subquery().select()))).all()
