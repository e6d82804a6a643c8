"""The facts that need a look, and the button that says that somebody had one."""

from contextlib import suppress

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.database import db
from operation118.film import queries
from operation118.office import conflicts, facts
from operation118.office.kept import kept
from operation118.office.refused import Refused
from operation118.office.rooms import DESKS, may_edit
from operation118.web.row_numbers import row_number

bp: Blueprint = door.room("facts", __name__, "/office/faits")
TEAM = (StaffRole.EDITOR, StaffRole.PRESS_OFFICER)


def _may_confirm(line: facts.Line) -> bool:
    return may_edit(door.staff().role, line.key)


def _just_read() -> tuple[facts.Line, JournalEntry] | None:
    """The fact that was just read again, and the line of the journal that `relu` names."""
    number = request.args.get("relu", None, row_number)
    entry = db.session.get(JournalEntry, number) if number else None
    if entry is None or not facts.is_reading(entry):
        return None
    with suppress(Refused):
        return facts.find((entry.before or {})["subject"]), entry
    return None


@bp.get("/")
@open_to(*TEAM)
def index() -> str:
    film, found, read = queries.film(), kept(), _just_read()
    stale = facts.stale(film)
    there = [line for line in stale.shown if read and line.subject == read[0].subject]
    if read and not there:  # where it was, so that nothing else comes under the thumb
        stale.shown.insert(request.args.get("rang", 0, row_number), read[0])
    return render_template(
        "office/facts/index.html",
        bare=facts.without_source(found, film),
        stale=stale,
        read=read if not there else None,
        conflicts=conflicts.found(found),
        reserved=facts.reserved(found),
        closed_on=film.dossier_closed_on if film else None,
        may_confirm=_may_confirm,
        desks=DESKS,
    )


@bp.post("/verifie/")
@open_to(*TEAM)
def confirm() -> ResponseReturnValue:
    """Note that the sources of the fact `sujet` were read again today."""
    try:
        line = facts.find(request.form.get("sujet", "")[:300])
        if not _may_confirm(line):
            abort(403)
        entry = facts.confirm(line)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(str(refused), "error")
        return redirect(url_for("facts.index", _anchor="a-relire"))
    place = request.form.get("rang", 0, row_number)
    return redirect(url_for("facts.index", relu=entry.id, rang=place, _anchor="relu"))


@bp.post("/verifie/<int:number>/annuler/")
@open_to(*TEAM)
def take_back(number: int) -> ResponseReturnValue:
    """The sources were not read again after all."""
    entry = db.session.get(JournalEntry, number) or abort(404)
    if not facts.is_reading(entry):
        abort(404)
    if not may_edit(door.staff().role, entry.subject.partition(".")[0]):
        abort(403)
    try:
        taken = facts.take_back(entry)
        db.session.commit()
        flash("Annulé : ce fait est de nouveau à relire." if taken else "C’était déjà ainsi : rien n’a changé.")
    except Refused as refused:
        db.session.rollback()
        flash(str(refused), "error")
    return redirect(url_for("facts.index", _anchor="a-relire"))
