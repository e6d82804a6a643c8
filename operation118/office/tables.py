"""Filling tables from spreadsheets: what each line of a table would do, and doing it, all or nothing.

The rehearsal and the import itself are one and the same reading of the lines; the import also writes. So it is known
beforehand what it will do, and a digest of all lines tells whether it would still do the same."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from operation118 import clock
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, Staff
from operation118.content import Kind
from operation118.content.batches import Batch, Register, batches, depended_on
from operation118.content.editing import Said, said
from operation118.content.sheets import Layout, titled
from operation118.content.spreadsheets import NotATable, Row
from operation118.database import db, move_revision
from operation118.film.content import Citations
from operation118.office.editing import SEARCHED, subject
from operation118.office.refused import Refused
from operation118.office.table_lines import Judge, Line, Outcome, Places, Wanted, desk_of
from operation118.press.search import is_refreshed, refresh
from operation118.site.content import KINDS
from operation118.work import Changed

Read = Callable[[], Iterator[Row]]
LONGEST_SUBJECT = 200
_UNIQUE = "Cette fiche est unique : elle se corrige, elle ne se supprime pas."
_NEEDED = "D’autres fiches en dépendent : corrigez-les d’abord, ou gardez cette ligne."


@dataclass
class Totals:
    """How many lines come to what, and the digest of all of them."""

    counts: Counter[Outcome] = field(default_factory=Counter[Outcome])
    _hash: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def note(self, line: Line) -> None:
        self.counts[line.outcome] += 1
        self._hash.update(json.dumps(line.told).encode())

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@dataclass
class Scribe:
    """Does what lines ask for, with a line of the journal for each; flushes."""

    kind: Kind
    by: Staff | None
    is_stale: bool = False  # whether the search texts of other rows may have to follow

    def write(self, batch: Batch, wanted: Sequence[Wanted]) -> None:
        """Raises Changed where somebody else wrote one of the rows at the same instant, Refused where the database does."""
        try:
            self._put(batch, [one for one in wanted if one.entry is not None])
            self._remove(batch, [one for one in wanted if one.line.outcome is Outcome.REMOVED])
            db.session.flush()
        except StaleDataError:
            raise Changed from None
        except IntegrityError:
            raise Refused("La base de données refuse une de ces lignes : refaites l’essai.") from None

    def _put(self, batch: Batch, wanted: Sequence[Wanted]) -> None:
        if not wanted:
            return
        entries = [(one.entry, one.implied) for one in wanted if one.entry is not None]
        desk = desk_of(self.kind.key)
        if desk:
            desk.before([entry for entry, _ in entries])
        rows = batch.put_all(entries)
        if desk:
            desk.after(rows)
        if self.kind.key in SEARCHED and not self.is_stale:
            self.is_stale = not is_refreshed(db.session, rows)
        for one, row in zip(wanted, rows, strict=True):
            if one.entry is not None:
                self._record(row, one.line, before=one.before, after=said(one.entry))

    def _remove(self, batch: Batch, wanted: Sequence[Wanted]) -> None:
        rows = [batch.rows[self.kind.model][one.line.name] for one in wanted]
        desk = desk_of(self.kind.key)
        for one, row in zip(wanted, rows, strict=True):
            self._record(row, one.line, before=one.before, after=None)
            if desk:
                desk.leaving(row)
        batch.forget(rows)

    def _record(self, row: Any, line: Line, *, before: Said | None, after: Said | None) -> None:
        desk = desk_of(self.kind.key)
        what = f"{desk.one} : {desk.title(row)}" if desk else f"{self.kind.key} : {line.name}"
        moved = before is not None and before == after  # only its place among the others
        actions = {None: JournalAction.CREATED, True: JournalAction.CHANGED}
        action = JournalAction.DELETED if after is None else actions.get(None if before is None else True)
        journal.record(
            action=JournalAction.DID if moved else action or JournalAction.CHANGED,
            subject=subject(self.kind.key, line.name)[:LONGEST_SUBJECT],
            summary=f"a changé de place {what}" if moved else what,
            before=None if moved else before,
            after=None if moved else after,
            by=self.by,
            flush=False,
        )


@dataclass
class Survey:
    """One reading of a table; a scribe does its lines as they are read."""

    kind: Kind
    read: Read
    prune: bool = False
    scribe: Scribe | None = None
    totals: Totals = field(default_factory=Totals)

    @cached_property
    def register(self) -> Register:
        return Register(db.session, KINDS)

    @cached_property
    def judge(self) -> Judge:
        here = dict(self.register.names(self.kind))
        others = (kind for kind in KINDS if kind.model is self.kind.model and kind is not self.kind)
        elsewhere = frozenset(name for other in others for name in self.register.names(other))
        rows = self.read()
        sheet = titled(Layout(self.kind), rows)
        return Judge(self.kind, sheet, self.register, Places.of(sheet, here, rows, prune=self.prune), here, elsewhere)

    def lines(self) -> Iterator[list[Line]]:
        """What becomes of each line, some at a time. Raises NotATable, Changed, Refused."""
        judge = self.judge
        for rows in batches(row for row in self.read() if row.number > judge.sheet.number):
            batch = self._batch([judge.sheet.name(row) for row in rows])
            yield self._done(batch, [judge.judged(batch, row) for row in rows])
        if not self.totals.counts:
            raise NotATable("Ce fichier n’a aucune ligne sous ses titres.")
        for names in batches(name for name in judge.here if self.prune and name not in judge.seen):
            batch = self._batch(names)
            yield self._done(batch, list(self._absent(batch, names)))

    def _batch(self, names: Sequence[str]) -> Batch:
        return Batch(db.session, KINDS, _citations, self.kind, [name for name in names if name])

    def _absent(self, batch: Batch, names: Sequence[str]) -> Iterator[Wanted]:
        """What becomes of rows that the table does not have."""
        rows = {name: batch.rows[self.kind.model][name] for name in names}
        needed = depended_on(db.session, self.kind.model, [row.id for row in rows.values()])
        for name, row in rows.items():
            refusal = _UNIQUE if self.kind.single else _NEEDED if row.id in needed else ""
            if refusal:
                line = Line(0, name, Outcome.REFUSED, (), [(self.kind.identity_key, refusal)])
                yield Wanted(line)
            else:
                yield Wanted(Line(0, name, Outcome.REMOVED), before=batch.said(self.kind, row))

    def _done(self, batch: Batch, wanted: Sequence[Wanted]) -> list[Line]:
        for one in wanted:
            self.totals.note(one.line)
        if self.scribe:
            self.scribe.write(batch, wanted)
        return [one.line for one in wanted]


def _citations(session: Any, of: Any) -> Citations:
    return Citations(session, of=of, read_on=clock.today())


def apply(survey: Survey, digest: str, by: Staff | None) -> Iterator[int]:
    """Do what a table asks for, and say after each step how many lines it did; flushes.

    Raises Changed if that is not what the digest stands for. The revision is moved first: whoever else changes public
    rows moves it too, and waits for the end of this transaction, so that nothing changes between the look at a row and its
    change."""
    move_revision(db.session)
    scribe = survey.scribe = Scribe(survey.kind, by)
    for lines in survey.lines():
        if survey.totals.counts[Outcome.REFUSED]:
            raise Changed
        yield len(lines)
    if survey.totals.digest != digest:
        raise Changed
    if scribe.is_stale:
        refresh(db.session)
