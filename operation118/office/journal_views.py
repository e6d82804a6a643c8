"""The journal: who changed what, when, from what to what; and putting it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.meanwhile import changed_keys
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.accounts.notices import say
from operation118.database import db
from operation118.dates import NBSP
from operation118.office import editing, facts, journal_queries, messages
from operation118.office.editing import Conflict
from operation118.office.frame import said_value
from operation118.office.journal_queries import Filter
from operation118.office.labels import UNDOINGS, field_label, usual
from operation118.office.refused import Refused
from operation118.office.rooms import JOURNALED, may_edit
from operation118.web.row_numbers import row_number

bp = door.room("journal", __name__, "/office/journal")

SHORT = 60  # what a line says without being opened
STATE_AND_DATE = {"publication", "published_at"}
AT = f" à{NBSP}"  # between the day and the hour of an instant

# What a line may be about: a row, or what no desk edits.
KINDS = {key: desk.many for key, desk in JOURNALED.items()} | {
    "letter": "Lettres",
    "subscribers": "Listes d’abonnés",
    "mail": "Messages",
    "staff": "L’équipe",
}


def about(subject: str, lines: Sequence[JournalEntry]) -> str:
    """What the lines about one subject are about: « un article : … », « Lettre « … » »."""
    if not lines:
        return subject
    summary = lines[0].summary
    return summary if subject.partition(".")[0] in JOURNALED else summary.rpartition(" : ")[0] or summary


Change = tuple[str, str, str]  # of a field: its label, and what it said before and after


def changes(entry: JournalEntry) -> list[Change]:
    """The fields that a line changed, in words."""
    before, after = entry.before or {}, entry.after or {}
    kind = entry.subject.partition(".")[0]

    def said(whole: Mapping[str, Any], key: str) -> str:
        return said_value(kind, key, whole.get(key, usual(kind, key) if whole else None))

    return [(field_label(kind, key), said(before, key), said(after, key)) for key in changed_keys(before, after)]


def at_once(entry: JournalEntry) -> list[Change]:
    """What a line changed where it can tell it without being opened: one short field, or the state with its date."""
    keys = changed_keys(entry.before or {}, entry.after or {})
    is_one = len(keys) == 1 or set(keys) == STATE_AND_DATE
    if not (entry.before and entry.after and is_one):
        return []
    told = [_in_line(entry, key, change) for key, change in zip(keys, changes(entry), strict=True)]
    return told if all(map(_is_short, told)) else []


def _in_line(entry: JournalEntry, key: str, change: Change) -> Change:
    """A state within a sentence; of two instants of a day that the line names, their hours."""
    label, before, after = change
    if key == "publication":
        return label, before.lower(), after.lower()
    day, at, hour = before.rpartition(AT)
    same, _, other = after.rpartition(AT)
    is_told = at and day == same and day.replace(NBSP, " ") in entry.summary.replace(NBSP, " ")
    return (label, hour, other) if is_told else change


def _is_short(change: Change) -> bool:
    return all(len(said) <= SHORT and "\n" not in said for said in change[1:])


def named(labels: Sequence[str]) -> str:
    """Which fields changed: two or three by their names, or two and how many others."""
    if len(labels) > 3:
        return f"{', '.join(labels[:2])} et {len(labels) - 2} autres champs"
    return " et ".join(part for part in (", ".join(labels[:-1]), *labels[-1:]) if part)


def _number(name: str) -> int | None:
    return request.args.get(name, None, row_number)


def undoable(entry: JournalEntry) -> bool:
    """Whether whoever is signed in may still put a line back."""
    can_be = editing.undoable(entry) or facts.is_reading(entry)
    return can_be and may_edit(door.staff().role, entry.subject.partition(".")[0])


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "changes": changes,
        "at_once": at_once,
        "named": named,
        "undoable": undoable,
        "about": about,
        "desks": JOURNALED,
        "kinds": KINDS,
        "undoings": UNDOINGS | {JournalAction.DID: "annule une relecture"},
    }


@bp.get("/")
@open_to(StaffRole.EDITOR, StaffRole.PRESS_OFFICER)
def index() -> str:
    action, kind = request.args.get("action", ""), request.args.get("genre", "")
    wanted = Filter(
        who=_number("qui"),
        action=JournalAction(action) if action in set(JournalAction) else None,
        kind=kind if kind in KINDS else "",
        subject=request.args.get("fiche", "")[:200],
        before=_number("avant"),
        since=_number("depuis"),
    )
    lines, following = journal_queries.lines(wanted)
    return render_template(
        "office/journal/index.html",
        lines=lines,
        undone=journal_queries.undone(lines),
        following=following,
        wanted=wanted,
        people=journal_queries.people(),
    )


def _undo(entry: JournalEntry) -> str:
    """Undo a line; what is to be said of it."""
    if journal_queries.undone([entry]):
        return messages.ALREADY_UNDONE
    return messages.undone(facts.take_back(entry) if facts.is_reading(entry) else editing.undo(entry))


@bp.post("/<int:number>/annuler/")
@open_to(StaffRole.EDITOR, StaffRole.PRESS_OFFICER)
def undo(number: int) -> ResponseReturnValue:
    entry = db.session.get(JournalEntry, number) or abort(404)
    subject = entry.subject
    if not may_edit(door.staff().role, subject.partition(".")[0]):
        abort(403)
    try:
        told = _undo(entry)
        db.session.commit()
        say(told)
    except Refused as refused:
        db.session.rollback()
        say(str(refused), "error")
    except Conflict:
        db.session.rollback()
        say("Cette fiche vient d’être modifiée par quelqu’un d’autre : relisez-la, puis recommencez.", "error")
    return door.back_to(url_for("journal.index", fiche=subject))
