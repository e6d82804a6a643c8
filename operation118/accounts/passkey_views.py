"""Passkeys, for the page's own script: a browser has no other way to them. Answers are JSON."""

from typing import Any, cast

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.accounts import door, limits, mails, passkeys, team
from operation118.accounts.door import open_to, open_to_strangers, proved
from operation118.accounts.mails import Change
from operation118.accounts.models import StaffRole
from operation118.accounts.refused import Refused
from operation118.accounts.views import bp, too_often, wanted, welcome
from operation118.database import db

LONGEST_NAME = 64


def _said(refused: Refused) -> Response:
    response = jsonify(said=str(refused))
    response.status_code = 422
    return response


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")


def _sent() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return cast(dict[str, Any], body) if isinstance(body, dict) else {}


def _credential() -> dict[str, Any]:
    credential = _sent().get("credential")
    return cast(dict[str, Any], credential) if isinstance(credential, dict) else {}


@bp.post("/connexion/cle/options/")
@open_to_strangers
@limits.by_network(too_often)
def request_passkey() -> ResponseReturnValue:
    return _json(passkeys.request_options())


@bp.post("/connexion/cle/")
@open_to_strangers
@limits.by_network(too_often)
def enter_with_passkey() -> ResponseReturnValue:
    try:
        staff = passkeys.owner(_credential())
    except Refused as refused:
        return _said(refused)
    following = wanted()
    response = welcome(staff, means=["webauthn"], following=following)
    response.status_code, response.data = 200, jsonify(next=following).data
    response.mimetype = "application/json"
    del response.headers["Location"]
    return response


@bp.get("/moi/cles/")
@open_to(*StaffRole)
@proved
def new_passkey() -> ResponseReturnValue:
    return render_template("office/accounts/new_passkey.html", longest=LONGEST_NAME)


@bp.post("/moi/cles/options/")
@open_to(*StaffRole)
@proved
def create_passkey() -> ResponseReturnValue:
    return _json(passkeys.creation_options(door.staff()))


@bp.post("/moi/cles/")
@open_to(*StaffRole)
@proved
def add_passkey() -> ResponseReturnValue:
    staff, name = door.staff(), " ".join(str(_sent().get("name", "")).split())[:LONGEST_NAME]
    try:
        passkeys.add(staff, name or "Clé d’accès", _credential())
    except Refused as refused:
        db.session.rollback()
        return _said(refused)
    team.note(staff, "clé d’accès ajoutée")
    mails.changed(staff, Change.PASSKEY_ADDED)
    db.session.commit()
    flash("Votre clé d’accès est enregistrée.")
    return jsonify(next=url_for("accounts.me"))


@bp.post("/moi/cles/<int:number>/retirer/")
@open_to(*StaffRole)
@proved
def remove_passkey(number: int) -> ResponseReturnValue:
    staff = door.staff()
    name = passkeys.remove(staff, number)
    if name is None:
        abort(404)
    team.note(staff, "clé d’accès retirée")
    mails.changed(staff, Change.PASSKEY_REMOVED)
    db.session.commit()
    flash(f"La clé d’accès « {name} » est retirée.")
    return redirect(url_for("accounts.me"), 303)
