"""What one line of a table asks for: a row more, a row changed, nothing, or something that is refused, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from operation118.content import Entry, Kind
from operation118.content.batches import Batch, Register
from operation118.content.desks import Desk
from operation118.content.editing import Said, revived, said, unresolved, validated
from operation118.content.sheets import POSITION, Given, Sheet, texts, values
from operation118.content.spreadsheets import Row
from operation118.office.editing import objections
from operation118.office.rooms import DESKS

Refusals = list[tuple[str, str]]  # column, what is wrong there
OTHERS = {"image": "Images", "redirect": "Anciennes adresses"}  # what no desk presents


class Outcome(StrEnum):
    """What becomes of a line."""

    ADDED = "ajoutee"
    CHANGED = "changee"
    UNCHANGED = "inchangee"
    REMOVED = "supprimee"
    REFUSED = "refusee"


@dataclass(frozen=True)
class Line:
    """A line of a table, by its number in the spreadsheet, or 0 for a row that the table does not have."""

    number: int
    name: str
    outcome: Outcome
    changes: Sequence[tuple[str, str, str]] = ()  # column, before, after
    refusals: Sequence[tuple[str, str]] = ()

    @property
    def told(self) -> list[Any]:
        """All of it, as JSON keeps it."""
        return [self.number, self.name, self.outcome, self.changes, self.refusals]


@dataclass(frozen=True)
class Wanted:
    """What a line asks for; only one that is added or changed has an entry, with the columns that its place implies."""

    line: Line
    entry: Entry | None = None
    implied: Mapping[str, Any] = field(default_factory=dict[str, Any])
    before: Said | None = None


def name_of(key: str) -> str:
    """How the team calls rows of this kind."""
    desk = desk_of(key)
    return desk.many if desk else OTHERS.get(key, key)


def desk_of(key: str) -> Desk | None:
    """How the team sees rows of this kind, if a desk presents them."""
    return DESKS.get(key)


@dataclass
class Places:
    """The order of rows that have one: what a column of positions asks for, counted from 1, and what follows from it."""

    here: Mapping[str, int | None]
    asked: Mapping[str, Any]  # what the table says, by the name of the row
    last: int

    @classmethod
    def of(cls, sheet: Sheet, here: Mapping[str, int | None], rows: Iterator[Row], *, prune: bool) -> "Places":
        """Reads the whole table once where it has positions, to know which of them are wanted twice."""
        asked = {sheet.name(row): sheet.position(row) for row in rows} if (POSITION,) in sheet.columns else {}
        kept = {name: place for name, place in here.items() if not prune or name in asked}
        last = max((place for place in kept.values() if place is not None), default=-1)
        return cls(here, {name: place for name, place in asked.items() if place is not None}, last)

    def __post_init__(self) -> None:
        final = dict(self.here) | {name: place - 1 for name, place in self.asked.items() if type(place) is int}
        self._wanted = Counter(place for place in final.values() if place is not None)

    def wrong(self, name: str) -> str:
        """What is wrong with the position that a row asks for, or nothing."""
        place = self.asked.get(name)
        if place is None or place == _shown(self.here.get(name)):
            return ""
        if type(place) is not int or not 1 <= place <= 9999:
            return "Écrivez un nombre entier, à partir de 1."
        return f"La place {place} est prise par une autre ligne." if self._wanted[place - 1] > 1 else ""

    def take(self, name: str) -> int:
        """The position of a row: what it asks for, what it had, or the end."""
        if name in self.asked:
            return self.asked[name] - 1
        had = self.here.get(name)
        if had is None:
            self.last += 1
        return self.last if had is None else had


def _shown(place: int | None) -> int | None:
    return None if place is None else place + 1


@dataclass
class Judge:
    """Judges the lines of one table."""

    kind: Kind
    sheet: Sheet
    register: Register
    places: Places
    here: Mapping[str, int | None]  # the rows there were when the reading began
    elsewhere: frozenset[str]  # names that rows of another kind have in the same table of the database
    seen: dict[str, int] = field(default_factory=dict[str, int])  # lines by the name of their row

    def judged(self, batch: Batch, row: Row) -> Wanted:
        name = self.sheet.name(row)
        stored = batch.rows[self.kind.model].get(name) if name not in self.elsewhere else None
        before = batch.entry(self.kind, stored) if stored is not None else None
        was = said(before) if before is not None else None
        given = self.sheet.raw(row, revived(self.kind, was or {}))
        if desk := desk_of(self.kind.key):
            desk.presumed(given.raw)
        entry, refusals = self._checked(row, name, given)
        if name:
            self.seen.setdefault(name, row.number)
        if entry is None or refusals:
            return Wanted(Line(row.number, name, Outcome.REFUSED, (), refusals))
        implied = dict(self.kind.fixed)
        if self.sheet.layout.is_ordered:
            implied[POSITION] = self.places.take(name)
        return self._compared(Line(row.number, name, Outcome.UNCHANGED), stored, before, entry, implied, was)

    def _checked(self, row: Row, name: str, given: Given) -> tuple[Entry | None, Refusals]:
        """The entry that a line is, and all that is wrong with it."""
        refusals = [*self.sheet.unreadable(row), *self._misnamed(name)]
        if wrong := self.places.wrong(name):
            refusals.append((POSITION, wrong))
        entry, mistakes = validated(self.kind, given.raw)
        told = {title for title, _ in refusals}
        if entry is not None and (desk := desk_of(self.kind.key)):
            self.register.promised = set(desk.promises(entry))
            mistakes = objections(desk, entry)
        mistakes = [*mistakes, *unresolved(self.register, self.kind, given.raw)]
        found = [(given.title(mistake.path), mistake.message) for mistake in mistakes]
        return entry, [*refusals, *(pair for pair in dict.fromkeys(found) if pair[0] not in told)]

    def _misnamed(self, name: str) -> Iterator[tuple[str, str]]:
        key = self.kind.identity_key
        if name in self.seen:
            yield key, f"« {name} » est déjà à la ligne {self.seen[name]}."
        elif name in self.elsewhere:
            yield key, f"« {name} » est déjà pris dans une autre table : choisissez un autre nom."
        elif self.kind.single and self.here and name not in self.here:
            yield key, f"Cette fiche est unique, et s’appelle « {next(iter(self.here))} » : son nom ne change pas ici."

    def _compared(
        self, line: Line, stored: Any, before: Entry | None, entry: Entry, implied: Mapping[str, Any], was: Said | None
    ) -> Wanted:
        if before == entry and all(getattr(stored, key) == value for key, value in implied.items()):
            return Wanted(line)
        old = self._texts(before, getattr(stored, POSITION, None)) if before is not None else {}
        new = self._texts(entry, implied.get(POSITION))
        titles = [title for title in dict.fromkeys([*new, *old]) if old.get(title) != new.get(title)]
        changes = [(title, old.get(title, ""), new.get(title, "")) for title in titles]
        outcome = Outcome.CHANGED if before is not None else Outcome.ADDED
        return Wanted(Line(line.number, line.name, outcome, changes), entry, implied, was)

    def _texts(self, entry: Entry, position: int | None) -> dict[str, str]:
        layout = self.sheet.layout
        return texts(layout, values(layout, entry, position if layout.is_ordered else None))
