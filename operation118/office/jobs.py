"""The office's long work: rehearsing and doing the import of a table, here or in a process of its own.

A long import would keep the pages of the site waiting; in its own process it does not. Either way it is one
transaction: whatever ends the process before, nothing was written."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry, Staff
from operation118.config import ROOT
from operation118.content.spreadsheets import NotATable
from operation118.database import db
from operation118.office import table_files, tables
from operation118.office.refused import Refused
from operation118.office.rooms import BY_KEY
from operation118.office.table_files import CHANGING, Sent, Stage, State
from operation118.office.table_lines import Outcome, name_of
from operation118.office.tables import Changed, Survey

CHANGED = "Des fiches ont changé depuis l’essai : le voici refait. Relisez-le avant d’appliquer."
STOPPED = "Arrêté : rien n’a été écrit."
BUSY = "La base de données était occupée : rien n’a été écrit. Réessayez."
CROWDED = (
    "Deux autres imports sont en cours : attendez la fin de l’un d’eux, puis recommencez. Votre fichier est gardé."
)
WORDS = {
    Outcome.ADDED: ("ajoutée", "ajoutées"),
    Outcome.CHANGED: ("changée", "changées"),
    Outcome.REMOVED: ("supprimée", "supprimées"),
    Outcome.UNCHANGED: ("inchangée", "inchangées"),
    Outcome.REFUSED: ("refusée", "refusées"),
}


class Stopped(Exception):
    """Somebody asked for the work to stop."""

    def __str__(self) -> str:
        return STOPPED


def survey(sent: Sent) -> Survey:
    return Survey(BY_KEY[sent.key], sent.rows, sent.prune)


def rehearse(sent: Sent, message: str = "") -> None:
    """Say line by line what an import would do; nothing is written but that."""
    sent.step(stage=Stage.REHEARSING, done=0, message=message)
    try:
        total = sent.convert()
        reading = survey(sent)
        with sent.planning() as plan:
            for lines in _watched(sent, reading.lines(), total):
                plan.add(lines)
    except (NotATable, Refused) as refused:
        sent.note(State(Stage.BROKEN, message=str(refused)))
    except Stopped:
        sent.note(State(message=STOPPED))
    else:
        counts = {outcome.value: count for outcome, count in reading.totals.counts.items()}
        sent.note(State(Stage.REHEARSED, total, total, message, counts, reading.totals.digest))
    finally:
        db.session.rollback()


def _watched(sent: Sent, steps: Iterator[Any], total: int) -> Iterator[Any]:
    """The same steps, told as they are done, until somebody asks to stop. Raises Stopped."""
    done = 0
    for step in steps:
        done += step if isinstance(step, int) else len(step)
        sent.step(done=min(done, total), total=total)
        yield step
        if sent.is_stopped:
            raise Stopped


def apply(sent: Sent, by: Staff | None) -> None:
    """Do what was rehearsed, all or nothing; if it would not be the same any more, rehearse it anew instead."""
    state = sent.step(stage=Stage.APPLYING, done=0, message="")
    try:
        for _ in _watched(sent, tables.apply(survey(sent), state.digest, by), state.total):
            pass
        _sign(sent, state, by)
        db.session.commit()
    except Changed:
        db.session.rollback()
        rehearse(sent, CHANGED)
    except (Refused, Stopped, OperationalError) as ended:
        db.session.rollback()
        message = BUSY if isinstance(ended, OperationalError) else str(ended)
        sent.note(replace(state, stage=Stage.REHEARSED, done=state.total, message=message))
    else:
        sent.note(replace(state, stage=Stage.APPLIED, done=state.total))


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


# --- Here, or in a process of its own -----------------------------------------------------------------------------


def begin(sent: Sent, by: Staff, *, applying: bool = False) -> bool:
    """Rehearse or import: at once if it is short, else in a process that outlives the request; False if somebody is at it."""
    lock = sent.lock()
    if lock is None:
        return False
    with lock:
        sent.forget_stop()
        if sent.is_short:
            apply(sent, by) if applying else rehearse(sent)
        elif place := table_files.place():
            with place:
                sent.step(stage=Stage.APPLYING if applying else Stage.REHEARSING, done=0, message="")
                _start(sent, (lock, place), applying=applying)
        else:
            sent.step(message=CROWDED)
    return True


def _start(sent: Sent, held: Sequence[IO[bytes]], *, applying: bool) -> None:
    """The process holds the lock and its place for as long as it lives, and nobody has to give them back."""
    command = [sys.executable, "-m", "flask", "--app", "app", "tables", "apply" if applying else "rehearse", sent.token]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[file.fileno() for file in held], start_new_session=True)  # noqa: S603 - our own words
    threading.Thread(target=process.wait, daemon=True).start()
