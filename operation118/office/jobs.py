"""The office's long work: rehearsing and doing the import of a table, here or in a process of its own."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

from sqlalchemy import select

from operation118 import work
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry, Staff
from operation118.database import db
from operation118.office import tables
from operation118.office.rooms import BY_KEY
from operation118.office.table_files import CHANGING, Sent
from operation118.office.table_lines import Outcome, name_of
from operation118.office.tables import Survey
from operation118.work import Stage, State

CHANGED = "Des fiches ont changé depuis l’essai : le voici refait. Relisez-le avant d’appliquer."
WORDS = {
    Outcome.ADDED: ("ajoutée", "ajoutées"),
    Outcome.CHANGED: ("changée", "changées"),
    Outcome.REMOVED: ("supprimée", "supprimées"),
    Outcome.UNCHANGED: ("inchangée", "inchangées"),
    Outcome.REFUSED: ("refusée", "refusées"),
}


def standing(state: State, *, busy: bool) -> str:
    """How an import that was not applied stands."""
    is_import = state.stage is Stage.APPLYING
    if busy:
        return "import en cours" if is_import else "essai en cours"
    if state.stage is Stage.REHEARSED:
        return "essayé"
    return "import interrompu, rien n’est écrit" if is_import else "essai interrompu"


def survey(sent: Sent) -> Survey:
    return Survey(BY_KEY[sent.key], sent.rows, sent.prune)


def rehearse(sent: Sent, message: str = "") -> None:
    """Say line by line what an import would do; nothing is written but that."""
    work.rehearse(sent, lambda: _planned(sent), message)


def _planned(sent: Sent) -> State:
    total = sent.convert() - 1  # but its titles
    reading = survey(sent)
    with sent.planning() as plan:
        for lines in _watched(sent, reading.lines(), total):
            plan.add(lines)
    counts = {outcome.value: count for outcome, count in reading.totals.counts.items()}
    return State(total=total, counts=counts, digest=reading.totals.digest)


def _watched(sent: Sent, steps: Iterator[Any], total: int) -> Iterator[Any]:
    """The same steps, told as they are done, until somebody asks to stop. Raises Stopped."""
    done = 0
    for step in steps:
        yield step
        done += step if isinstance(step, int) else len(step)
        sent.advance(done, total)


def apply(sent: Sent, by: Staff | None) -> None:
    """Do what was rehearsed, all or nothing; if it would not be the same any more, rehearse it anew instead."""
    work.apply(sent, lambda state: _do(sent, state, by), lambda: rehearse(sent, CHANGED))


def _do(sent: Sent, state: State, by: Staff | None) -> None:
    for _ in _watched(sent, tables.apply(survey(sent), state.digest, by), state.total):
        pass
    _sign(sent, state, by)
    db.session.commit()


def _subject(sent: Sent) -> str:
    return f"import.{sent.token}"


def _sign(sent: Sent, state: State, by: Staff | None) -> None:
    """The line of the journal for the whole, in the same transaction: it also tells, whatever happens to the process
    afterwards, that this import was done."""
    changing = [outcome for outcome in CHANGING if state.count(outcome)]
    counts = (f"{state.count(outcome)} {WORDS[outcome][state.count(outcome) > 1]}" for outcome in changing)
    summary = f"a importé « {sent.name} » ({name_of(sent.key)} : {', '.join(counts)})"
    journal.record(action=JournalAction.DID, subject=_subject(sent), summary=summary, by=by)


def was_applied(sent: Sent) -> bool:
    return db.session.scalar(select(JournalEntry.id).where(JournalEntry.subject == _subject(sent))) is not None


def begin(sent: Sent, by: Staff, *, applying: bool = False) -> bool:
    """Rehearse or import, here or apart; False if somebody is at it."""
    return work.begin(
        sent,
        Stage.APPLYING if applying else Stage.REHEARSING,
        here=lambda: apply(sent, by) if applying else rehearse(sent),
        apart=lambda held: _start(sent, held, applying=applying),
    )


def _start(sent: Sent, held: Sequence[IO[bytes]], *, applying: bool) -> None:
    work.start(held, "tables", "apply" if applying else "rehearse", sent.token)
