"""The facts that need a look, and the button that says that somebody had one."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import StaffRole
from operation118.database import db
from operation118.film import queries
from operation118.office import conflicts, facts
from operation118.office.kept import kept
from operation118.office.refused import Refused
from operation118.office.rooms import DESKS, may_edit
from operation118.web.typography import typeset

bp: Blueprint = door.room("facts", __name__, "/office/faits")
TEAM = (StaffRole.EDITOR, StaffRole.PRESS_OFFICER)


def _may_confirm(line: facts.Line) -> bool:
    return may_edit(door.staff().role, line.key)


@bp.get("/")
@open_to(*TEAM)
def index() -> str:
    film, found = queries.film(), kept()
    return render_template(
        "office/facts/index.html",
        bare=facts.without_source(found, film),
        stale=facts.stale(film),
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
        facts.confirm(line)
        db.session.commit()
        flash(typeset(f"Relu aujourd’hui : {line.title}.", "fr"))
    except Refused as refused:
        db.session.rollback()
        flash(typeset(str(refused), "fr"), "error")
    return redirect(url_for("facts.index", _anchor="a-relire"))
