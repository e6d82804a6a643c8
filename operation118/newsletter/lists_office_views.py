"""A list taken over in the office: its files are received, every line is rehearsed, and somebody confirms."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from operation118 import progress, work
from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.newsletter import jobs, kept_lists, list_words, uploads
from operation118.newsletter.office import french
from operation118.newsletter.office_forms import ImportForm, from_terms
from operation118.newsletter.people_office_views import CLERKS, bp
from operation118.newsletter.refused import Refused
from operation118.newsletter.uploads import MOST_BYTES, OUTCOMES, PAGE, SentLists
from operation118.work import Stage, State


@bp.url_value_preprocessor
def _let_lists_in(endpoint: str | None, values: object) -> None:
    """Before anything reads the form."""
    if endpoint == "mail_office.take_over":
        request.max_content_length = MOST_BYTES + 2**16


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
    shown = {"megabytes": MOST_BYTES // 2**20, "kept": kept_lists.kept()}
    return render_template("office/mail/import.html", form=form, refusal=refusal, **shown)


def _to(token: str) -> ResponseReturnValue:
    """To the page of a list that was sent; to the subscribers once it is taken over."""
    if entry := jobs.taken_over(token):
        done = list_words.done(entry.after or {})
        flash(french(f"La liste est reprise : {done}. Le détail est dans le journal."))
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
        told = {"progress": progress.told(state), "stopping": sent.is_stopped}
        return render_template("office/mail/work.html", token=token, state=state, busy=busy, Stage=Stage, **told)
    return render_template("office/mail/rehearsed.html", token=token, state=state, **_shown(sent, state))


def _shown(sent: SentLists, state: State) -> dict[str, Any]:
    """What the rehearsal says, and the deed that its button would do; where it is none, why."""
    lines, terms = sent.lines(), sent.terms
    deeds = list_words.deeds(state.counts, terms.per_hour)
    told = {"deeds": deeds, "why": "" if deeds else list_words.why_nothing(state.counts, terms)}
    listed = {"outcomes": OUTCOMES, "lines": lines[:PAGE], "more": len(lines) > PAGE}
    return told | listed | {"is_long": bool(deeds) and not sent.is_short}


@bp.get("/liste/<token>/etat")
@open_to(*CLERKS)
def rehearsing(token: str) -> ResponseReturnValue:
    """How far the work is, for a page that waits; what was taken over is no more at work."""
    sent = uploads.find(token)
    state = sent.state if sent else State()
    return progress.answer(state, busy=bool(sent and sent.is_busy))


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


@bp.route("/liste/<token>/reponses/", methods=["GET", "POST"])
@open_to(*CLERKS)
def answers(token: str) -> ResponseReturnValue:
    """Other answers for the files that are kept: they are rehearsed again under these."""
    sent = _sent(token)
    if request.method == "GET":
        return _answers(sent, from_terms(sent.terms))
    form = ImportForm()
    if not form.validate():
        return _answers(sent, form), 422
    if sent.change(form.terms()):
        jobs.begin(sent, door.staff())
    return _to(token)


def _answers(sent: SentLists, form: ImportForm) -> str:
    lacks_topics = list_words.lacks_topics(sent.state.counts, sent.terms)
    return render_template("office/mail/import.html", form=form, sent=sent, lacks_topics=lacks_topics)


@bp.post("/liste/<token>/confirmer/")
@open_to(*CLERKS)
def confirm(token: str) -> ResponseReturnValue:
    """All of it, in one transaction, if it is still what was shown: the digest of the page is the one of the last rehearsal."""
    sent = _sent(token)
    state = sent.state
    if state.stage is not Stage.REHEARSED or not list_words.deeds(state.counts, sent.terms.per_hour):
        return _to(token)
    if (agreed := request.form.get("digest", "")) == state.digest:
        jobs.begin(sent, door.staff(), agreed=agreed)
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
    sent = uploads.find(token)
    if (sent and sent.is_busy) or jobs.taken_over(token):
        return _to(token)
    if sent:
        sent.forget()
    flash(french("Abandonnée : rien n’a été écrit, les fichiers sont effacés."))
    return redirect(url_for(".take_over"), 303)
