"""Reads of the journal, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from operation118.accounts.models import JournalAction, JournalEntry, Staff
from operation118.database import db

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """Which lines are wanted; empty values want them all. `before` is the number of the last line seen, `since` that of the
    first one wanted."""

    who: int | None = None
    action: JournalAction | None = None
    kind: str = ""
    subject: str = ""
    before: int | None = None
    since: int | None = None

    @property
    def is_narrow(self) -> bool:
        return self != Filter()


def lines(wanted: Filter) -> tuple[Sequence[JournalEntry], int | None]:
    """A page of lines, and where the next one begins."""
    query = select(JournalEntry).order_by(JournalEntry.id.desc())
    if wanted.who is not None:
        query = query.where(JournalEntry.staff_id == wanted.who)
    if wanted.action is not None:
        query = query.where(JournalEntry.action == wanted.action)
    if wanted.subject:
        query = query.where(JournalEntry.subject == wanted.subject)
    elif wanted.kind:
        query = query.where(JournalEntry.subject.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.before is not None:
        query = query.where(JournalEntry.id < wanted.before)
    if wanted.since is not None:
        query = query.where(JournalEntry.id >= wanted.since)
    found = db.session.scalars(query.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def undone(lines: Sequence[JournalEntry]) -> dict[int, datetime]:
    """The numbers of those of these lines that are undone, and since when: another line about the same row put them back,
    and is not itself undone."""
    numbers = {line.id for line in lines}
    if not numbers:
        return {}
    query = select(JournalEntry.id, JournalEntry.undoes_id, JournalEntry.at).where(
        JournalEntry.subject.in_({line.subject for line in lines}),
        JournalEntry.id > min(numbers),
        JournalEntry.undoes_id.is_not(None),  # for the database; Python asks again, for its types
    )
    found: dict[int, datetime] = {}
    for number, undoes, at in db.session.execute(query.order_by(JournalEntry.id.desc())):
        if undoes is not None and number not in found:  # whatever undoes this one comes after it, and was met
            found.setdefault(undoes, at)
    return {number: at for number, at in found.items() if number in numbers}


def last(subject: str) -> JournalEntry | None:
    """The newest line about a row."""
    query = select(JournalEntry).where(JournalEntry.subject == subject).order_by(JournalEntry.id.desc())
    return db.session.scalar(query.limit(1))


def people() -> list[tuple[int, str]]:
    """Everybody of the team, gone or not: whom the journal may name."""
    return [(number, name) for number, name in db.session.execute(select(Staff.id, Staff.name).order_by(Staff.name))]
