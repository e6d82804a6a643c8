"""Two who edit one row at once: what its form was opened on, which the journal tells, and who changed what since."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select

from operation118.accounts.journal import EDITS
from operation118.accounts.models import JournalEntry
from operation118.database import db
from operation118.web.row_numbers import row_number

Said = Mapping[str, Any]


class Opened(NamedTuple):
    """What a form was opened on: the version of its row, and the newest line of the journal about it by then. None where
    the form does not tell."""

    version: int | None
    line: int | None

    def __str__(self) -> str:
        return f"{self.version}:{self.line}"


def read(typed: str) -> Opened:
    version, _, line = typed.partition(":")
    return Opened(_number(version), _number(line))


def _number(typed: str) -> int | None:
    try:
        return row_number(typed)
    except ValueError:
        return None


def newest(subject: str) -> int:
    """The number of the newest change of a row, 0 if none is told. Ask before the row is read: what is changed in between
    then counts as changed since, never as read."""
    changes = select(func.max(JournalEntry.id)).where(JournalEntry.subject == subject, JournalEntry.action.in_(EDITS))
    return db.session.scalar(changes) or 0


def as_opened(subject: str, line: int, now: Said) -> dict[str, Any]:
    """What the row said when `line` was its newest: `now`, but for what was changed since."""
    changes = select(JournalEntry).where(JournalEntry.subject == subject, JournalEntry.action.in_(EDITS))
    said = dict(now)
    for entry in db.session.scalars(changes.where(JournalEntry.id > line).order_by(JournalEntry.id.desc())):
        said = without(said, entry.before or {}, entry.after or {})
    return said


def without(said: Said, before: Said, after: Said) -> dict[str, Any]:
    """`said` with the fields that a change turned from `before` into `after` as they were."""
    changed = set(changed_keys(before, after))
    kept = {key: value for key, value in said.items() if key not in changed}
    return kept | {key: value for key, value in before.items() if key in changed}


def changed_keys(before: Said, after: Said) -> list[str]:
    """The fields that differ."""
    return [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]


class Apart(NamedTuple):
    """The fields of two who edited: those that both changed, or may have, and those that only the other did."""

    contested: list[str]
    theirs: list[str]


def apart(names: Collection[str], mine: Said, theirs: Said, opened: Said | None) -> Apart:
    """`opened` is what both began with; without it, whatever differs is contested."""
    differing = [name for name in names if mine.get(name) != theirs.get(name)]
    if opened is None:
        return Apart(differing, [])
    contested = [name for name in differing if opened.get(name) not in (mine.get(name), theirs.get(name))]
    return Apart(contested, [name for name in differing if mine.get(name) == opened.get(name)])
