"""The subscribers as a table that a spreadsheet opens and that `importing` reads back."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TextIO

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from operation118.database import db
from operation118.newsletter.lists import GUARDED
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
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for batch in _batches():
        agreed = _agreed([subscriber.fingerprint for subscriber in batch])
        table.writerows(_row(subscriber, agreed.get(subscriber.fingerprint)) for subscriber in batch)
        progress(len(batch))


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
        _instant(agreed.at) if agreed else "",
        agreed.form if agreed else "",
        agreed.wording if agreed else "",
    )
    return [safe(cell) for cell in row]


def _instant(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def safe(cell: str) -> str:
    """The cell behind an apostrophe where a spreadsheet would run it as a formula (CWE-1236), or take one away."""
    return f"'{cell}" if cell.startswith(GUARDED) else cell
