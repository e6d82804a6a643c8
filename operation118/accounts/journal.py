"""The journal's pen: one line for each change, in the transaction of the change."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app, has_request_context
from sqlalchemy import select

from operation118 import clock
from operation118.accounts.models import JournalAction, JournalEntry, Staff
from operation118.database import db

TERMINAL = "ligne de commande"
STRANGER = "personne de connecté"
EDITS = (JournalAction.CREATED, JournalAction.CHANGED, JournalAction.DELETED)
Signer = Callable[[], Staff | None]


def signed_by(app: Flask, who: Signer) -> None:
    """Let `who` say who is at work; without it, nobody is signed in here."""
    app.extensions["journal_signer"] = who


def _signer() -> Staff | None:
    who: Signer | None = current_app.extensions.get("journal_signer")
    return who() if who else None


def has_edits() -> bool:
    """Whether the team ever changed a row."""
    return db.session.scalar(select(JournalEntry.id).where(JournalEntry.action.in_(EDITS)).limit(1)) is not None


def record(
    *,
    action: JournalAction,
    subject: str,
    summary: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    undoes: int | None = None,
    by: Staff | None = None,
    flush: bool = True,
) -> JournalEntry:
    """Write a line, signed by whoever is signed in, by `by` where nobody is yet, or by the terminal; it is flushed with
    the change it tells.

    `subject` is `<kind>.<slug>`; `before` and `after` are what JSON can say; `undoes` is the number of the line that
    this one puts back."""
    me = _signer() or by
    entry = JournalEntry(
        at=clock.real_now(),
        staff_id=me.id if me else None,
        staff_name=me.name if me else STRANGER if has_request_context() else TERMINAL,
        action=action,
        subject=subject,
        summary=summary[:300],
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        undoes_id=undoes,
    )
    db.session.add(entry)
    if flush:  # whoever writes thousands of lines flushes them together
        db.session.flush()
    return entry
