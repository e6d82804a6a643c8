"""The long work of taking over a list that was sent: rehearsing and doing it, here or in a process of its own."""

from collections.abc import Iterable, Sequence
from typing import IO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from operation118 import work
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry, Staff
from operation118.database import db
from operation118.newsletter import list_words
from operation118.newsletter.uploads import SentLists
from operation118.work import Changed, Stage, State

CHANGED = (
    "Des abonnés ou les réponses ont changé depuis la répétition : la voici refaite. Relisez-la avant de confirmer."
)


def rehearse(sent: SentLists, message: str = "") -> None:
    """Say line by line what would become of the list; nothing is written but that."""
    work.rehearse(sent, sent.rehearse, message)


def apply(sent: SentLists, by: Staff | None) -> None:
    """Take over what was rehearsed, all or nothing, and forget the files; if it would not be the same any more, rehearse it
    anew instead."""
    work.apply(sent, lambda state: _do(sent, state, by), lambda: rehearse(sent, CHANGED))
    if sent.state.stage is Stage.APPLIED:
        sent.forget()


def _do(sent: SentLists, state: State, by: Staff | None) -> None:
    """The line of the journal is in the same transaction: it also tells, whatever happens to the process afterwards, that
    this list was taken over."""
    try:
        report = sent.take_over()
    except IntegrityError:  # somebody subscribed at the same instant
        raise Changed from None
    if report.digest != state.digest:
        raise Changed
    summary = f"Liste reprise : {list_words.done(state.counts)}"
    journal.record(action=JournalAction.DID, subject=_subject(sent.token), summary=summary, after=state.counts, by=by)
    db.session.commit()


def _subject(token: str) -> str:
    return f"subscribers.import.{token}"


def taken_over(token: str) -> JournalEntry | None:
    """The line of the journal that says that the list of this token was taken over."""
    return db.session.scalar(select(JournalEntry).where(JournalEntry.subject == _subject(token)))


def taken_over_among(tokens: Iterable[str]) -> set[str]:
    """Those of these tokens whose lists were taken over."""
    subjects = {_subject(token): token for token in tokens}
    found = db.session.scalars(select(JournalEntry.subject).where(JournalEntry.subject.in_(subjects)))
    return {subjects[subject] for subject in found}


def begin(sent: SentLists, by: Staff, *, agreed: str = "") -> bool:
    """Rehearse, or take over what somebody agreed to, known by its digest, here or apart; False if somebody is at it. The
    digest is looked at once nobody else can rehearse: what differs by then is rehearsed instead."""

    def applying() -> bool:
        return bool(agreed) and sent.state.digest == agreed

    return work.begin(
        sent,
        Stage.APPLYING if agreed else Stage.REHEARSING,
        here=lambda: apply(sent, by) if applying() else rehearse(sent, CHANGED if agreed else ""),
        apart=lambda held: _start(sent, held, by if applying() else None),
    )


def _start(sent: SentLists, held: Sequence[IO[bytes]], by: Staff | None) -> None:
    """`by` whom it is taken over; without anybody, it is rehearsed."""
    words = ("take-over", sent.token, "--by", str(by.id)) if by else ("rehearse-list", sent.token)
    work.start(held, "newsletter", *words)
