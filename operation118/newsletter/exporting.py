"""The subscribers as a table that a spreadsheet opens and that `importing` reads back."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from typing import TextIO

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from operation118.content.spreadsheets import safe
from operation118.database import db
from operation118.newsletter.models import Consent, ConsentKind, Subscriber

COLUMNS = (
    "address",
    "state",
    "language",
    "topics",
    "asked_at",
    "confirmed_at",
    "unsubscribed_at",
    "paused_until",
    "consent_at",
    "consent_form",
    "consent_wording",
)
AGREEING = (ConsentKind.CONFIRMED, ConsentKind.IMPORTED)
BATCH = 1_000  # rows in memory


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Subscriber)) or 0


def write(file: TextIO, *, progress: Callable[[int], None]) -> None:
    """Write every subscriber as CSV; `progress` is told how many."""
    for number, text in tables():
        file.write(text)
        progress(number)


def tables() -> Iterator[tuple[int, str]]:
    """Every subscriber as CSV, batch by batch: how many, and their lines; the names of the columns come first."""
    yield 0, _lines([COLUMNS])
    for batch in _batches():
        agreed = _agreed([subscriber.fingerprint for subscriber in batch])
        rows = (_row(subscriber, agreed.get(subscriber.fingerprint)) for subscriber in batch)
        yield len(batch), _lines(rows)


def _lines(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _batches() -> Iterator[Sequence[Subscriber]]:
    """All subscribers by number, so that what changes meanwhile neither skips nor repeats anybody."""
    last = 0
    query = select(Subscriber).options(selectinload(Subscriber.subscriptions)).order_by(Subscriber.id).limit(BATCH)
    while batch := db.session.scalars(query.where(Subscriber.id > last)).all():
        yield batch
        last = batch[-1].id


def _agreed(fingerprints: Sequence[str]) -> dict[str, Consent]:
    """The latest line of the ledger in which each of them agreed."""
    theirs = Consent.fingerprint.in_(fingerprints), Consent.kind.in_(AGREEING)
    lines = db.session.scalars(select(Consent).where(*theirs).order_by(Consent.id))
    return {line.fingerprint: line for line in lines}


def _row(subscriber: Subscriber, agreed: Consent | None) -> list[str]:
    row = (
        subscriber.address,
        subscriber.state,
        subscriber.lang,
        " ".join(sorted(subscriber.topics)),
        _instant(subscriber.asked_at),
        _instant(subscriber.confirmed_at),
        _instant(subscriber.unsubscribed_at),
        str(subscriber.paused_until or ""),
        *(_consent(agreed) if agreed else ("", "", "")),
    )
    return [safe(cell) for cell in row]


def _consent(agreed: Consent) -> tuple[str, str, str]:
    """When, where and before which words; of somebody taken over from an export of ours, as it said."""
    then = agreed.detail if agreed.kind is ConsentKind.IMPORTED else {}
    return then.get("consent_at") or _instant(agreed.at), then.get("consent_form") or agreed.form, agreed.wording


def _instant(value: datetime | None) -> str:
    return value.isoformat() if value else ""
