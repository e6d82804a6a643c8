"""Every table as a spreadsheet: taking it out, rehearsing what comes back, and doing it, all or nothing."""

from collections.abc import Container, Iterator, Sequence
from typing import IO, Any

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField

from operation118 import clock
from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import StaffRole
from operation118.content import Kind
from operation118.content.desks import Desk
from operation118.content.spreadsheets import MOST_BYTES, Dialect
from operation118.office import facts, jobs, queries, table_export, table_files
from operation118.office.labels import cell_label, title_label
from operation118.office.refused import Refused
from operation118.office.rooms import BY_KEY, DESKS, ROOMS, may_edit
from operation118.office.table_columns import columns
from operation118.office.table_files import Sent, State
from operation118.office.table_lines import OTHERS, Line, Outcome, name_of
from operation118.press.search import fold
from operation118.progress import answer, told
from operation118.site.content import KINDS
from operation118.work import Stage

bp = door.room("tables", __name__, "/office/tableaux")
TEAM = (StaffRole.EDITOR, StaffRole.PRESS_OFFICER)
MOST_SENT = MOST_BYTES + 2**20  # bytes: the file, and what goes with it
DIALECTS = {"point-virgule": Dialect.FRENCH, "virgule": Dialect.PLAIN}


class SendForm(FlaskForm):
    table = FileField("Le fichier")
    prune = BooleanField("Supprimer les fiches absentes du fichier")


@bp.url_value_preprocessor
def _let_tables_in(endpoint: str | None, values: object) -> None:
    """Before anything reads the form."""
    if endpoint == "tables.send":
        request.max_content_length = MOST_SENT


@bp.context_processor
def _words() -> dict[str, object]:
    words: dict[str, object] = {"name_of": name_of, "title_label": title_label, "cell_label": cell_label}
    return words | {"words": jobs.WORDS, "Stage": Stage, "Outcome": Outcome}


def _kind(key: str, *, editing: bool = False) -> Kind:
    """The kind of this key, for whoever may see it, or change it."""
    if key not in BY_KEY:
        abort(404)
    if editing and not may_edit(door.staff().role, key):
        abort(403)
    return BY_KEY[key]


def _groups() -> Iterator[tuple[str, list[Kind]]]:
    """The tables by the room they are of."""
    for title, desks in ROOMS.values():
        yield title, [BY_KEY[desk.key] for desk in desks]
    yield "Le reste", [kind for kind in KINDS if kind.key in OTHERS or kind.key not in DESKS]


@bp.get("/")
@open_to(*TEAM)
def index() -> str:
    editable = {kind.key for kind in KINDS if may_edit(door.staff().role, kind.key)}
    shown = {"counts": queries.counts(KINDS), "kept": _kept(editable)}
    return render_template("office/tables/index.html", groups=_groups(), editable=editable, **shown)


def _kept(editable: Container[str]) -> list[tuple[Sent, str]]:
    """What whoever is signed in sent and did not apply yet, newest first, and how it stands."""
    mine = [sent for sent in table_files.sent_by(door.staff().id) if sent.key in editable]
    standing = [(sent, *_standing(sent)) for sent in mine]
    return [
        (sent, jobs.standing(state, busy=busy)) for sent, state, busy in standing if state.stage is not Stage.APPLIED
    ]


@bp.get("/<key>.csv")
@open_to(*TEAM)
def export(key: str) -> ResponseReturnValue:
    kind = _kind(key)
    dialect = DIALECTS.get(request.args.get("separateur", ""), Dialect.FRENCH)
    return _download(table_export.written(kind, dialect), f"{_file_name(key)}-{clock.today().isoformat()}.csv")


def _file_name(key: str) -> str:
    """What a file of this table is called: « anciennes-adresses »."""
    return "-".join(fold(name_of(key)).split())


def _download(file: IO[bytes], name: str) -> Response:
    return send_file(file, "text/csv; charset=utf-8", as_attachment=True, download_name=name, etag=False)


# --- Sending ------------------------------------------------------------------------------------------------------


def _send_page(kind: Kind, form: SendForm, *, status: int = 200) -> ResponseReturnValue:
    return render_template("office/tables/send.html", kind=kind, form=form, columns=columns(kind)), status


@bp.route("/<key>/importer/", methods=["GET", "POST"])
@open_to(*TEAM)
def send(key: str) -> ResponseReturnValue:
    kind = _kind(key, editing=True)
    form = SendForm()
    if request.method == "GET":
        return _send_page(kind, form)
    given: Any = form.table.data
    if not isinstance(given, FileStorage) or not given.filename:
        form.table.errors = ["Choisissez un fichier."]
        return _send_page(kind, form, status=422)
    try:
        sent = table_files.receive(
            given.stream, key=key, name=given.filename, staff_id=door.staff().id, prune=bool(form.prune.data)
        )
    except Refused as refused:
        form.table.errors = [str(refused)]
        return _send_page(kind, form, status=422)
    jobs.begin(sent, door.staff())
    if sent.state.stage is Stage.BROKEN:
        form.table.errors = [sent.state.message]
        sent.forget()
        return _send_page(kind, form, status=422)
    return redirect(url_for("tables.rehearsal", token=sent.token), 303)


# --- The rehearsal ------------------------------------------------------------------------------------------------


def _mine(token: str) -> Sent:
    """What whoever is signed in sent under this name; nobody else's."""
    sent = table_files.find(token)
    if sent is None or sent.staff_id != door.staff().id:
        abort(404)
    _kind(sent.key, editing=True)
    return sent


def _standing(sent: Sent) -> tuple[State, bool]:
    """How an import stands, and whether somebody is at it; what was cut short tells by the journal whether it was done."""
    busy = sent.is_busy
    if sent.state.stage is Stage.APPLYING and not busy and jobs.was_applied(sent):
        sent.step(stage=Stage.APPLIED, done=sent.state.total)
    return sent.state, busy


def _outcome() -> Outcome | None:
    asked = request.args.get("lignes", "")
    return Outcome(asked) if asked in set(Outcome) else None


def _page_number() -> int:
    typed = request.args.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 1


def _titles(key: str, lines: Sequence[Line]) -> dict[str, str]:
    """What the rows of these lines are called: those that are there by what they say, the new ones by what names them."""
    desk = DESKS.get(key)
    if desk is None:
        return {}
    rows = facts.rows_of((key, line.name) for line in lines if line.name)
    named = {name: desk.title(row) for (_, name), row in rows.items()}
    added = (line for line in lines if line.outcome is Outcome.ADDED and line.name not in named)
    return named | {line.name: _said(desk, line) for line in added}


def _said(desk: Desk, line: Line) -> str:
    """« Le Progrès, Un film sur la route »: the words of a new row that its identity would be made from."""
    cells = {title: cell for title, _, cell in line.changes}
    return ", ".join(cells[name] for name in desk.named_after if cells.get(name))


@bp.get("/essai/<token>/")
@open_to(*TEAM)
def rehearsal(token: str) -> ResponseReturnValue:
    sent = _mine(token)
    state, busy = _standing(sent)
    if busy or state.stage not in (Stage.REHEARSED, Stage.APPLIED):
        shown = {"progress": told(state), "stopping": sent.is_stopped}
        return render_template("office/tables/work.html", sent=sent, state=state, busy=busy, **shown)
    wanted, page = _outcome(), _page_number()
    lines, pages = sent.lines(wanted, page)
    if page > max(pages, 1):
        abort(404)
    return render_template(
        "office/tables/rehearsal.html",
        sent=sent,
        state=state,
        lines=lines,
        titles=_titles(sent.key, lines),
        wanted=wanted,
        page=page,
        pages=pages,
    )


@bp.get("/essai/<token>/etat")
@open_to(*TEAM)
def progress(token: str) -> ResponseReturnValue:
    """How far the work is, for a page that waits."""
    state, busy = _standing(_mine(token))
    return answer(state, busy=busy)


@bp.get("/essai/<token>/refus.csv")
@open_to(*TEAM)
def refusals(token: str) -> ResponseReturnValue:
    sent = _mine(token)
    return _download(table_export.refused(sent), f"{_file_name(sent.key)}-refus.csv")


def _again(sent: Sent) -> ResponseReturnValue:
    return redirect(url_for("tables.rehearsal", token=sent.token), 303)


@bp.post("/essai/<token>/appliquer/")
@open_to(*TEAM)
def apply(token: str) -> ResponseReturnValue:
    """Do it, if it is still what was shown: the digest of the page is the one of the last rehearsal."""
    sent = _mine(token)
    state, busy = _standing(sent)
    if not busy and state.is_applicable and request.form.get("digest") == state.digest:
        jobs.begin(sent, door.staff(), applying=True)
    return _again(sent)


@bp.post("/essai/<token>/refaire/")
@open_to(*TEAM)
def rehearse(token: str) -> ResponseReturnValue:
    sent = _mine(token)
    state, busy = _standing(sent)
    if not busy and state.stage is not Stage.APPLIED:
        jobs.begin(sent, door.staff())
    return _again(sent)


@bp.post("/essai/<token>/arreter/")
@open_to(*TEAM)
def stop(token: str) -> ResponseReturnValue:
    sent = _mine(token)
    if sent.is_busy:
        sent.ask_to_stop()
    return _again(sent)


@bp.post("/essai/<token>/oublier/")
@open_to(*TEAM)
def forget(token: str) -> ResponseReturnValue:
    sent = _mine(token)
    if not sent.is_busy:
        sent.forget()
    return redirect(url_for("tables.index"), 303)
