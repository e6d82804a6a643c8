"""The subscribers in the office: found by address, one person's page and proof, a list taken over, the list handed out."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import (
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from operation118 import clock, work
from operation118.accounts import door, journal
from operation118.accounts.door import open_to
from operation118.database import db
from operation118.mail.suppression import A_SERVERS_WORD
from operation118.newsletter import erasing, exporting, holdings, jobs, office_words, people, proof, rights, uploads
from operation118.newsletter.mail_office_views import CLERKS, DID, bp
from operation118.newsletter.models import Subscriber
from operation118.newsletter.office import french
from operation118.newsletter.office_forms import ImportForm
from operation118.newsletter.refused import Refused
from operation118.newsletter.rights import Way
from operation118.newsletter.uploads import MOST_BYTES, OUTCOMES, PAGE, SentLists
from operation118.web.row_numbers import row_number
from operation118.work import Stage, State

# What was done, for the journal and for whoever did it: leaving, erasing.
ASKED = {
    False: ("Abonné désinscrit", "C’est fait : plus rien ne lui est écrit."),
    True: ("Abonné effacé", "C’est fait : il ne reste que l’empreinte de l’adresse, pour ne plus lui écrire."),
}


@bp.url_value_preprocessor
def _let_lists_in(endpoint: str | None, values: object) -> None:
    """Before anything reads the form."""
    if endpoint == "mail_office.take_over":
        request.max_content_length = MOST_BYTES + 2**16


@bp.get("/abonnes/")
@open_to(*CLERKS)
def subscribers() -> str:
    """By address, or the newest; with a query, pages follow the order of addresses."""
    typed, after = request.args.get("q", "").strip()[:320], request.args.get("apres", "")[:320]
    if typed:
        found, following = people.named(typed, after=after)
    else:
        found, following = people.newest(before=request.args.get("apres", None, row_number))
    shown = {"found": found, "following": following, "typed": typed, "shortest": people.SHORTEST}
    return render_template("office/mail/subscribers.html", counts=people.counts(), **shown)


@bp.get("/abonnes/<int:person>/")
@open_to(*CLERKS)
def subscriber(person: int) -> str:
    found = people.person(person) or abort(404)
    shown = {"person": found, "kept": erasing.LEFT, "liftable": A_SERVERS_WORD}
    return render_template("office/mail/subscriber.html", **shown)


def _the_subscriber(person: int) -> Subscriber:
    return db.session.get(Subscriber, person) or abort(404)


def _file(said: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(said, mimetype="text/plain", headers=headers)


@bp.get("/abonnes/<int:person>/preuve.txt")
@open_to(*CLERKS)
def evidence(person: int) -> Response:
    """What proves that they agreed, with the words that were shown."""
    return _file(proof.of(_the_subscriber(person).address).as_text(), "preuve.txt")


@bp.get("/abonnes/<int:person>/preuve.json")
@open_to(*CLERKS)
def evidence_data(person: int) -> Response:
    return jsonify(proof.of(_the_subscriber(person).address).as_data())


@bp.get("/abonnes/<int:person>/tout.json")
@open_to(*CLERKS)
def everything(person: int) -> Response:
    """All that is held about them: what the right of access is answered with."""
    found = people.person(person) or abort(404)
    return jsonify(holdings.held(found.subscriber))


@bp.post("/abonnes/preuve/")
@open_to(*CLERKS)
def evidence_of() -> Response:
    """The proof about any address, of somebody erased too: the ledger outlives the row."""
    return _file(proof.of(request.form.get("adresse", "")[:320]).as_text(), "preuve.txt")


@bp.post("/abonnes/<int:person>/demande/")
@open_to(*CLERKS)
def asked(person: int) -> ResponseReturnValue:
    """Do what somebody asked the team for: to be written to no more, or to be erased."""
    found, way, erased = _the_subscriber(person), request.form.get("moyen", ""), "effacer" in request.form
    if way not in set(Way):
        flash(french("Dites comment cela vous a été demandé : le registre le garde."), "error")
        return redirect(url_for(".subscriber", person=person, _anchor="demande"), 303)
    (rights.forget if erased else rights.leave)(found, asked=Way(way))
    summary, told = ASKED[erased]
    subject = f"subscriber.{found.fingerprint[:12]}"
    journal.record(action=DID, subject=subject, summary=f"{summary}, à sa demande ({office_words.WAY[Way(way)]})")
    db.session.commit()
    flash(french(told))
    return redirect(url_for(".subscribers") if erased else url_for(".subscriber", person=person), 303)


# --- A list taken over --------------------------------------------------------------------------------------------


@bp.route("/liste/", methods=["GET", "POST"])
@open_to(*CLERKS)
def take_over() -> ResponseReturnValue:
    """Files are received, every line is rehearsed, nothing is written; the page that follows asks whether to do it."""
    if request.method == "GET":
        return _form(ImportForm(formdata=None))
    form = ImportForm()
    if not form.validate():
        return _form(form), 422
    try:
        sent = uploads.keep(request.files.getlist("fichiers"), form.terms())
    except Refused as refused:
        return _form(form, refusal=str(refused)), 422
    jobs.begin(sent, door.staff())
    if sent.state.stage is Stage.BROKEN:
        refusal = sent.state.message
        sent.forget()
        return _form(form, refusal=refusal), 422
    return _to(sent.token)


def _form(form: ImportForm, refusal: str = "") -> str:
    megabytes = MOST_BYTES // 2**20
    return render_template("office/mail/import.html", form=form, refusal=refusal, megabytes=megabytes)


def _to(token: str) -> ResponseReturnValue:
    """To the page of a list that was sent; to the subscribers once it is taken over."""
    if entry := jobs.taken_over(token):
        read = jobs.lines_read(entry.after or {})
        flash(french(f"La liste est reprise : {read}. Le détail est dans le journal."))
        return redirect(url_for(".subscribers"), 303)
    return redirect(url_for(".rehearsed", token=token), 303)


def _sent(token: str) -> SentLists:
    """What was sent and not yet taken over; whoever died right after its end may have left the files. Raises Refused."""
    sent = uploads.find(token)
    if sent is None or jobs.taken_over(token):
        raise Refused("Cette liste n’est plus là : elle a été reprise, abandonnée, ou un jour a passé.")
    return sent


@bp.get("/liste/<token>/")
@open_to(*CLERKS)
def rehearsed(token: str) -> ResponseReturnValue:
    """How far it is, or what its last rehearsal said; nothing is read again."""
    sent = uploads.find(token)
    busy = bool(sent and sent.is_busy)
    if jobs.taken_over(token):
        return _to(token)
    sent = sent or abort(404)
    state = sent.state
    if busy or state.stage is not Stage.REHEARSED:
        return render_template("office/mail/work.html", token=token, state=state, busy=busy, Stage=Stage)
    lines, is_long = sent.lines(), state.total > work.AT_ONCE
    shown = {"token": token, "state": state, "outcomes": OUTCOMES, "lines": lines[:PAGE], "more": len(lines) > PAGE}
    return render_template("office/mail/rehearsed.html", is_long=is_long, **shown)


@bp.get("/liste/<token>/etat")
@open_to(*CLERKS)
def rehearsing(token: str) -> ResponseReturnValue:
    """How far the work is, for a page that waits; what was taken over is no more at work."""
    sent = uploads.find(token)
    state = sent.state if sent else State()
    return {"busy": bool(sent and sent.is_busy), "done": state.done, "total": state.total, "stage": state.stage.value}


@bp.get("/liste/<token>/lignes.csv")
@open_to(*CLERKS)
def rehearsed_lines(token: str) -> Response:
    """What each line comes to, all of them."""
    path = work.kept(SentLists.kept_in, token, uploads.LINES) or abort(404)
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name="lignes.csv")


@bp.post("/liste/<token>/repeter/")
@open_to(*CLERKS)
def rehearse(token: str) -> ResponseReturnValue:
    """The rehearsal again, as the database is now: it says the same as long as nothing changed."""
    jobs.begin(_sent(token), door.staff())
    return _to(token)


@bp.post("/liste/<token>/confirmer/")
@open_to(*CLERKS)
def confirm(token: str) -> ResponseReturnValue:
    """All of it, in one transaction, if it is still what was shown: the digest of the page is the one of the last rehearsal."""
    sent = _sent(token)
    if sent.state.stage is not Stage.REHEARSED:
        return _to(token)
    if request.form.get("digest") == sent.state.digest:
        jobs.begin(sent, door.staff(), applying=True)
    else:
        flash(french(jobs.CHANGED), "error")
    return _to(token)


@bp.post("/liste/<token>/arreter/")
@open_to(*CLERKS)
def stop(token: str) -> ResponseReturnValue:
    sent = uploads.find(token)
    if sent and sent.is_busy:
        sent.ask_to_stop()
    return _to(token)


@bp.post("/liste/<token>/abandonner/")
@open_to(*CLERKS)
def give_up(token: str) -> ResponseReturnValue:
    if sent := uploads.find(token):
        if sent.is_busy:
            return _to(token)
        sent.forget()
    flash(french("Abandonnée : rien n’a été écrit, les fichiers sont effacés."))
    return redirect(url_for(".take_over"), 303)


# --- The list handed out ------------------------------------------------------------------------------------------


@bp.post("/abonnes/exporter/")
@open_to(*CLERKS)
def export() -> Response:
    """Every subscriber as CSV, as it is read; the journal keeps who took it."""
    journal.record(action=DID, subject="subscribers.export", summary="Liste des abonnés exportée")
    db.session.commit()
    headers = {"Content-Disposition": f'attachment; filename="abonnes-{_today()}.csv"'}
    return Response(stream_with_context(_csv()), mimetype="text/csv", headers=headers)


def _today() -> date:
    return clock.today()


def _csv() -> Iterator[Any]:
    yield "\ufeff"  # the mark by which Excel knows UTF-8
    yield from (text for _number, text in exporting.tables())
