"""Who a campaign is written to, and why the others are not: one rule, for the count, the launch and the last look."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, String, case, cast, func, insert, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from operation118 import clock
from operation118.database import UtcDateTime, db
from operation118.mail.models import Message, MessageState, Suppression
from operation118.newsletter import reach as reaching
from operation118.newsletter.models import Alert, Campaign, Subscriber, SubscriberState, Subscription, Topic
from operation118.newsletter.reach import EVERYBODY, Reach


class Standing(StrEnum):
    """What a subscriber is to a campaign: written to, or left out for the first of these reasons that holds."""

    WRITTEN = "written"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    OTHER_TOPICS = "other_topics"
    OTHER_LANGUAGE = "other_language"
    ELSEWHERE = "elsewhere"  # too far, or of no known place
    SUPPRESSED = "suppressed"
    PAUSED = "paused"
    ERASED = "erased"  # only a last look finds it


class _AfterAt(GenericFunction[str]):
    """The domain of an address, which the two databases cut differently."""

    type = String()
    inherit_cache = True


@compiles(_AfterAt, "sqlite")
def _cut_sqlite(element: _AfterAt, compiler: SQLCompiler, **options: object) -> str:
    address = compiler.process(element.clauses, **options)
    return f"substr({address}, instr({address}, '@') + 1)"


@compiles(_AfterAt, "postgresql")
def _cut_postgresql(element: _AfterAt, compiler: SQLCompiler, **options: object) -> str:
    return f"split_part({compiler.process(element.clauses, **options)}, '@', 2)"


def _narrowed(reach: Reach) -> Iterator[tuple[ColumnElement[bool], str]]:
    """Who is left out by language or by distance, with the reason."""
    if reach.lang:
        yield Subscriber.lang != reach.lang, Standing.OTHER_LANGUAGE.value
    if reach.near:
        there = select(Alert.id).where(Alert.subscriber_id == Subscriber.id, reach.near.holds())
        yield ~there.correlate(Subscriber).exists(), Standing.ELSEWHERE.value


def _standing(topics: Iterable[str], reach: Reach) -> ColumnElement[str]:
    wanted = [Topic(topic) for topic in topics]
    asked = select(Subscription.topic).where(
        Subscription.subscriber_id == Subscriber.id, Subscription.topic.in_(wanted)
    )
    refused = select(Suppression.id).where(Suppression.fingerprint == Subscriber.fingerprint)
    return case(
        (Subscriber.state == SubscriberState.PENDING, Standing.UNCONFIRMED.value),
        (Subscriber.state == SubscriberState.UNSUBSCRIBED, Standing.UNSUBSCRIBED.value),
        (~asked.correlate(Subscriber).exists(), Standing.OTHER_TOPICS.value),
        *_narrowed(reach),
        (refused.correlate(Subscriber).exists(), Standing.SUPPRESSED.value),
        (Subscriber.paused_until > clock.today(), Standing.PAUSED.value),
        else_=Standing.WRITTEN.value,
    )


def count(topics: Iterable[str], reach: Reach = EVERYBODY) -> dict[Standing, int]:
    """How many subscribers stand how; only what somebody is."""
    standing = _standing(topics, reach).label("standing")
    rows = db.session.execute(select(standing, func.count()).select_from(Subscriber).group_by(standing))
    return {Standing(name): number for name, number in rows}


def standings(subscribers: Sequence[int], topics: Iterable[str], reach: Reach = EVERYBODY) -> dict[int, Standing]:
    """How each of these subscribers stands now, in one query."""
    rows = db.session.execute(select(Subscriber.id, _standing(topics, reach)).where(Subscriber.id.in_(subscribers)))
    now = {subscriber: Standing(name) for subscriber, name in rows}
    return {subscriber: now.get(subscriber, Standing.ERASED) for subscriber in subscribers}


def freeze(campaign: Campaign, *, languages: Sequence[str]) -> int:
    """Put a mail in the outbox for everybody the campaign is written to now, in one statement; how many.

    A reader of a language the letter is not in gets the French."""
    now = literal(clock.now(), UtcDateTime())
    columns = {
        Message.key: literal(f"campaign:{campaign.id}:") + cast(Subscriber.id, String),
        Message.state: literal(MessageState.WAITING, Message.state.type),
        Message.campaign_id: literal(campaign.id),
        Message.subscriber_id: Subscriber.id,
        Message.recipient: Subscriber.address,
        Message.domain: func.lower(_AfterAt(Subscriber.address)),
        Message.lang: case((Subscriber.lang.in_(languages), Subscriber.lang), else_=literal("fr")),
        Message.name: literal("campaign"),
        Message.headers: literal({}, Message.headers.type),
        Message.created_at: now,
        Message.due_at: now,
        Message.attempts: literal(0),
    }
    reached = select(*columns.values()).where(
        _standing(campaign.topics, reaching.read(campaign.reach)) == Standing.WRITTEN.value
    )
    rows = insert(Message).from_select(list(columns), reached.order_by(Subscriber.id))
    return db.session.connection().execute(rows, execution_options={"preserve_rowcount": True}).rowcount


def written_to(topics: Iterable[str], reach: Reach = EVERYBODY) -> ColumnElement[bool]:
    """That a subscriber is written to."""
    return _standing(topics, reach) == Standing.WRITTEN.value
