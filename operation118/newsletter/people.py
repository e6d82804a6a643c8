"""Reads of subscribers for the team: found by their address or its beginning, and all that concerns one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, collate, or_, select
from sqlalchemy.orm import selectinload

from operation118 import tokens
from operation118.database import db
from operation118.mail.addresses import NoAddress, canonical
from operation118.mail.models import Bounce, Message, Suppression
from operation118.newsletter import ledger, queries
from operation118.newsletter.models import Consent, Subscriber, SubscriberState
from operation118.newsletter.readers import in_state

PAGE = 50
SHORTEST = 2  # characters that begin an address
LAST = "\U0010ffff"
ORDER = {"sqlite": "BINARY", "postgresql": "C"}  # by bytes, as the index of addresses is (migration 0005)


@dataclass(frozen=True)
class Person:
    """One subscriber, with all that is kept of them."""

    subscriber: Subscriber
    consents: Sequence[Consent]
    mails: list[tuple[Message, str]]
    suppressions: Sequence[Suppression]
    bounces: Sequence[Bounce]


def counts() -> dict[SubscriberState, int]:
    """How many subscribers there are in each state, no further than `readers.MOST`."""
    return {state: in_state(state) for state in SubscriberState}


def newest(*, before: int | None) -> tuple[Sequence[Subscriber], str | None]:
    rows = select(Subscriber).options(selectinload(Subscriber.subscriptions)).order_by(Subscriber.id.desc())
    rows = rows.limit(PAGE + 1)
    found = db.session.scalars(rows.where(Subscriber.id < before) if before else rows).all()
    return found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None


def named(typed: str, *, after: str) -> tuple[Sequence[Subscriber], str | None]:
    """The subscriber of that very address, whatever its case; otherwise those whose address begins so, in its order."""
    if exact := _exact(typed):
        return [exact], None
    if len(typed) < SHORTEST:
        return [], None
    address = collate(Subscriber.address, ORDER[db.engine.dialect.name])
    rows = select(Subscriber).options(selectinload(Subscriber.subscriptions)).where(_begins(address, typed))
    rows = rows.where(address > after) if after else rows
    found = db.session.scalars(rows.order_by(address).limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].address if len(found) > PAGE else None


def _exact(typed: str) -> Subscriber | None:
    try:
        return queries.by_fingerprint(tokens.fingerprint(canonical(typed)))
    except NoAddress:
        return None


def _begins(address: ColumnElement[str], typed: str) -> ColumnElement[bool]:
    """Telephones begin with a capital, some people write only in them."""
    spellings = {typed, typed.lower(), typed.upper(), typed.capitalize()}
    return or_(*((address >= one) & (address < one + LAST) for one in sorted(spellings)))


def person(subscriber_id: int) -> Person | None:
    found = queries.subscriber(subscriber_id)
    if found is None:
        return None
    return Person(
        found,
        ledger.lines(found.fingerprint),
        queries.titled(found.id)[::-1][:PAGE],
        queries.suppressions(found.fingerprint),
        queries.bounces(found),
    )
