"""The office's lists and forms: every row that the public sees, found, corrected, published, deleted."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.accounts import door, meanwhile
from operation118.accounts.door import open_to
from operation118.accounts.meanwhile import Opened
from operation118.accounts.models import StaffRole
from operation118.accounts.notices import say
from operation118.content.desks import Desk
from operation118.content.editing import Mistake
from operation118.database import db
from operation118.office import editing, forms, journal_queries, messages, queries
from operation118.office.dependents import hanging
from operation118.office.editing import Conflict, Place
from operation118.office.public_pages import public_page
from operation118.office.refused import Refused
from operation118.office.rooms import BY_KEY, DESKS, ROOMS, may_edit, room_of
from operation118.publication import PUBLICATIONS, Publication, Publishable
from operation118.web import markdown
from operation118.web.languages import safe_query

bp = door.room("office", __name__, "/office")
TEAM = (StaffRole.EDITOR, StaffRole.PRESS_OFFICER)


def _editable(kind: str) -> None:
    """Refuse whoever may not change rows of this kind."""
    if not may_edit(door.staff().role, kind):
        abort(403)


@bp.get("/<any(film, seances, presse):room>/")
@open_to(*TEAM)
def room(room: str) -> str:
    title, desks = ROOMS[room]
    counts = queries.counts([BY_KEY[desk.key] for desk in desks])
    return render_template("office/content/room.html", title=title, desks=desks, counts=counts)


def _order(desk: Desk) -> str:
    """The order asked for, if a column is sorted that way."""
    sortable = {column.sort for column in desk.columns if column.sort}
    asked = request.args.get("tri", "")
    return asked if asked.removeprefix("-") in sortable else desk.order


def _state(kind: str) -> str:
    """The state asked for, if rows of this kind may be in it."""
    asked = request.args.get("etat", "")
    return asked if asked in queries.states(BY_KEY[kind]) else ""


@bp.get("/<desk:kind>/")
@open_to(*TEAM)
def rows(kind: str) -> ResponseReturnValue:
    desk = DESKS[kind]
    if BY_KEY[kind].single:
        only = queries.listed(BY_KEY[kind], desk, queries.Wanted("id")).rows
        return redirect(url_for("office.edit", kind=kind, slug=only[0].slug)) if only else abort(404)
    after = queries.read_cursor(request.args.get("apres", ""))
    wanted = queries.Wanted(_order(desk), request.args.get("q", "")[:100].strip(), _state(kind), after)
    try:
        sheet = queries.listed(BY_KEY[kind], desk, wanted)
    except ValueError:  # a cursor that was cut
        return redirect(url_for("office.rows", kind=kind))
    return render_template(
        "office/content/rows.html",
        desk=desk,
        siblings=ROOMS[room_of(desk)][1],
        sheet=sheet,
        wanted=wanted,
        states=queries.states(BY_KEY[kind]),
        publications=PUBLICATIONS if hasattr(BY_KEY[kind].model, "publication") else {},
        editable=may_edit(door.staff().role, kind),
    )


@bp.post("/<desk:kind>/")
@open_to(*TEAM)
def act_on_rows(kind: str) -> ResponseReturnValue:
    """Publish, withdraw or unpublish the rows that were ticked."""
    _editable(kind)
    asked = request.form.get("etat", "")
    if asked not in set(Publication) or not hasattr(BY_KEY[kind].model, "publication"):
        abort(400)
    chosen = queries.selected(BY_KEY[kind], request.form.getlist("choix"))
    lacking = {row: found for row in chosen if (found := [*editing.lacking(kind, row, Publication(asked)).values()])}
    ready = [row for row in chosen if row not in lacking]
    try:
        done = editing.publish(editing.place(kind), ready, Publication(asked))
    except Conflict:
        db.session.rollback()
        say("Quelqu’un a modifié l’une de ces fiches à l’instant : rien n’a changé. Recommencez.", "error")
        return redirect(url_for("office.rows", kind=kind) + safe_query())
    db.session.commit()
    if lacking:
        say(messages.unfinished(DESKS[kind], lacking), "error")
    if ready or not chosen:
        told = messages.acted(DESKS[kind], ready, len(done), Publication(asked)) if chosen else "Rien n’était coché."
        say(told, done=done)
    return redirect(url_for("office.rows", kind=kind) + safe_query())


def _page(
    where: Place,
    form: forms.EditForm,
    row: Any = None,
    *,
    status: int = 200,
    astray: Sequence[str] = (),
    **more: Any,
) -> ResponseReturnValue:
    editable = may_edit(door.staff().role, where.desk.key)
    hidden = frozenset({forms.IDENTITY}) if row is not None else frozenset[str]()
    form = forms.offer_blanks(form) if editable else form
    blocks = forms.blocks(form, where.desk, without=hidden)
    context: dict[str, Any] = {
        "desk": where.desk,
        "siblings": ROOMS[room_of(where.desk)][1],
        "row": row,
        "editable": editable,
        "address": url_for("office.new", kind=where.desk.key) if row is None else _address(where, row),
        "version": Opened(row.version, None) if row is not None else "new",
        "form": form,
        "blocks": blocks,
        "wrong": forms.wrong_in(blocks, astray),
        "theirs": {},
        "taken": {},
        "last": journal_queries.last(editing.subject(where.kind.key, row.slug)) if row is not None else None,
        "page": public_page(where.desk, row) if row is not None else None,
        "lacking": editing.lacking(where.kind.key, row, Publication.PUBLISHED),
    }
    return render_template("office/content/edit.html", **context | more), status


def _address(where: Place, row: Any) -> str:
    return url_for("office.edit", kind=where.desk.key, slug=row.slug)


def _as_read() -> dict[str, Any]:
    """The version that was read with what was typed: whatever somebody else wrote since still stands against it."""
    opened = _opened()
    return {} if opened.version is None else {"version": opened}


@bp.route("/<desk:kind>/nouveau/", methods=["GET", "POST"])
@open_to(*TEAM)
def new(kind: str) -> ResponseReturnValue:
    _editable(kind)
    if BY_KEY[kind].single:
        abort(404)
    where = editing.place(kind)
    made = forms.form_class(where.kind, where.desk)
    if request.method == "GET":
        return _page(where, made(formdata=None, data=_beginning(where)))
    return _saved(where, made, made(), None)


def _beginning(where: Place) -> dict[str, Any]:
    """What a new row says before anything is typed: what most do; and what can be published is not yet."""
    state = {"publication": Publication.DRAFT.value} if issubclass(where.kind.model, Publishable) else {}
    return {**where.desk.beginning, **state}


@bp.route("/<desk:kind>/<slug>/", methods=["GET", "POST"])
@open_to(*TEAM)
def edit(kind: str, slug: str) -> ResponseReturnValue:
    where = editing.place(kind, slug)
    newest = meanwhile.newest(editing.subject(kind, slug))  # before the row is read
    row = where.row(slug) or abort(404)
    made = forms.form_class(where.kind, where.desk)
    if request.method == "GET":
        form = forms.filled(made, where.drawer.said(where.kind, row))
        return _page(where, form, row, version=Opened(row.version, newest))
    _editable(kind)
    return _saved(where, made, made(), row)


def _saved(where: Place, made: type[forms.EditForm], form: forms.EditForm, row: Any) -> ResponseReturnValue:
    """What follows a form sent: another line in one of its lists, its mistakes, a conflict, or the row as saved."""
    if action := request.form.get("action", ""):
        return _page(where, forms.acted(made, form, action), row, typed=True, **_as_read())
    raw = forms.typed(form)
    if row is not None:
        raw[forms.IDENTITY] = row.slug
    else:
        raw.setdefault(forms.IDENTITY, editing.proposed_slug(where.desk, raw))
        where = editing.place(where.kind.key, str(raw[forms.IDENTITY]))
    if not form.validate():
        return _page(where, form, row, status=422, **_as_read())
    was_seen = messages.seen(where.desk, row)
    try:
        saved = editing.save(where, raw, row=row, version=_opened().version)
    except Conflict:
        db.session.rollback()
        return _conflict(where, made, form, row.slug if row is not None else str(raw[forms.IDENTITY]))
    if isinstance(saved, list):
        db.session.rollback()
        fresh = editing.place(where.kind.key, row.slug).row(row.slug) if row is not None else None
        astray = forms.attach(form, _told(saved, raw))
        return _page(where, form, fresh, astray=astray, status=422, **_as_read())
    db.session.commit()
    say(messages.saved(where.desk, saved.row, was_seen) if saved.entry else "Rien n’avait changé.")
    return redirect(_address(where, saved.row))


def _told(mistakes: list[Mistake], raw: dict[str, Any]) -> list[Mistake]:
    """An address that nothing was typed for is made from other fields: what is wrong there is told first."""
    others = [mistake for mistake in mistakes if mistake.path != (forms.IDENTITY,)]
    return others if others and not raw[forms.IDENTITY] else mistakes


def _opened() -> Opened:
    return meanwhile.read(request.form.get("version", ""))


def _conflict(where: Place, made: type[forms.EditForm], form: forms.EditForm, slug: str) -> ResponseReturnValue:
    """What was typed; beside each field that both changed, what the other wrote; in those that only the other changed, that.
    Saving again is then a decision."""
    fresh, subject = editing.place(where.kind.key, slug), editing.subject(where.kind.key, slug)
    newest, line = meanwhile.newest(subject), _opened().line
    row = fresh.row(slug)
    if row is None:
        say(
            "Cette fiche vient d’être supprimée par quelqu’un d’autre ; ce que vous aviez écrit est encore ici.",
            "error",
        )
        return _page(fresh, form, None, status=409)
    said = fresh.drawer.said(fresh.kind, row)
    opened = forms.filled(made, meanwhile.as_opened(subject, line, said)) if line is not None else None
    current = forms.filled(made, said)
    both, only_theirs = forms.apart(form, current, opened)
    told: dict[str, Any] = {
        "theirs": {name: forms.told(current[name]) for name in both},
        "taken": {name: forms.told(opened[name]) for name in only_theirs} if opened is not None else {},
    }
    form = forms.taking(made, form, current, only_theirs)
    return _page(fresh, form, row, version=Opened(row.version, newest), conflict=True, status=409, **told)


@bp.route("/<desk:kind>/<slug>/supprimer/", methods=["GET", "POST"])
@open_to(*TEAM)
def delete(kind: str, slug: str) -> ResponseReturnValue:
    _editable(kind)
    where = editing.place(kind, slug)
    row = where.row(slug) or abort(404)
    refusal = ""
    if request.method == "POST":
        try:
            entry = editing.delete(where, row, version=_opened().version or 0)
            db.session.commit()
            told = (
                f"Supprimé : {entry.summary}. On peut l’annuler pendant {editing.UNDO_DAYS} jours, depuis le journal."
            )
            say(told, done=[entry])
            return redirect(url_for("office.rows", kind=kind))
        except Refused as refused:
            db.session.rollback()
            refusal = str(refused)
        except Conflict:
            db.session.rollback()
            refusal = "Cette fiche a été modifiée depuis que vous l’avez ouverte : relisez-la, puis recommencez."
        row = editing.place(kind, slug).row(slug) or abort(404)
    page = render_template(
        "office/content/delete.html", desk=where.desk, row=row, found=hanging(row), refusal=refusal, desks=DESKS
    )
    return page, 409 if refusal else 200


@bp.post("/texte/")
@open_to(*TEAM)
def text() -> str:
    """What a text in Markdown becomes on the site; the button names the field that holds it."""
    typed = request.form.get(request.form.get("apercu", ""), "")
    lang = "en" if request.form.get("apercu", "").endswith("_en") else "fr"
    return render_template("office/content/text.html", html=markdown.prose(typed, lang), lang=lang)
