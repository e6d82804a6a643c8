"""The subscribers in the office: found by address, one person's page and proof, the list handed out."""

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
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from operation118 import clock
from operation118.accounts import journal
from operation118.accounts.door import open_to
from operation118.database import db
from operation118.mail.suppression import A_SERVERS_WORD
from operation118.newsletter import erasing, exporting, holdings, office_words, people, proof, rights
from operation118.newsletter.mail_office_views import CLERKS, DID, bp
from operation118.newsletter.models import Subscriber
from operation118.newsletter.office import french
from operation118.newsletter.rights import Way
from operation118.web.row_numbers import row_number

# What was done, for the journal and for whoever did it: leaving, erasing.
ASKED = {
    False: ("Abonné désinscrit", "C’est fait : plus rien ne lui est écrit."),
    True: ("Abonné effacé", "C’est fait : il ne reste que l’empreinte de l’adresse, pour ne plus lui écrire."),
}


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
