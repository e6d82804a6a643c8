"""What the dashboard shows beside what waits: what happens by itself next, and the last lines of the journal."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import select

from operation118 import clock
from operation118.accounts.models import JournalEntry
from operation118.database import db
from operation118.dates import day_label, time_label
from operation118.office import foretold, preview
from operation118.office.preview import Moment
from operation118.office.stock import Sort

NEXT = 5
LINES = 6


def next_moments() -> list[Moment]:
    """The next instants at which something happens by itself; that a screening becomes a past one is no news."""
    moments: list[Moment] = []
    since: datetime | None = clock.now()
    _, *turns = foretold.turns(since)
    while since and len(moments) < NEXT:
        part = preview.part(since, turns=turns, without=Sort.ENDS)
        moments += part.moments
        since = part.following
    return moments[:NEXT]


def said(instant: datetime) -> str:
    """« vendredi 27 novembre 2026, 20 h 30 »; without an hour where it is the day that counts."""
    local = instant.astimezone(clock.PARIS)
    day = day_label(local.date(), "fr", weekday=True)
    return day if local.time() == time() else f"{day}, {time_label(instant, 'fr')}"


def last_lines() -> Sequence[JournalEntry]:
    """The newest lines of the journal."""
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(LINES)).all()
