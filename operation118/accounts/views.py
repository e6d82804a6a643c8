"""The pages of the door: signing in, by password and code, proving again who one is, and signing out."""

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as AnyResponse

from operation118.accounts import (
    attempts,
    door,
    entering,
    known_devices,
    limits,
    mails,
    passwords,
    second_factor,
    sessions,
)
from operation118.accounts.door import open_to, open_to_strangers
from operation118.accounts.forms import CodeForm, ProofForm, SignInForm
from operation118.accounts.mails import Change
from operation118.accounts.models import Staff, StaffRole
from operation118.accounts.second_factor import WRONG
from operation118.database import db
from operation118.web.limits import seconds_left

bp = door.room("accounts", __name__, "/office")
UNKNOWN = "Cette adresse et ce mot de passe ne vont pas ensemble."


def wanted() -> str:
    """Where to go once signed in: a page of the office, whatever the address says."""
    return door.way_on(request.args.get("next"))


def too_often(limit: RequestLimit) -> Response:
    """What anybody gets who has tried too often, for whichever reason."""
    seconds = seconds_left(limit)
    page = render_template("office/accounts/too_often.html", minutes=-(-seconds // 60))
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def welcome(staff: Staff, *, means: list[str], following: str) -> Response:
    """Open the session, commit, and lead on; this browser is known from now on."""
    entering.enter(staff, means=means)
    db.session.commit()
    response = make_response(redirect(following, 303))
    known_devices.remember(response, staff)
    return response


# --- Password -----------------------------------------------------------------------------------------------------


def _sign_in_page(form: SignInForm, status: int = 200) -> AnyResponse:
    return make_response(render_template("office/accounts/sign_in.html", form=form, next=wanted()), status)


@bp.get("/connexion/")
@open_to_strangers
def sign_in() -> ResponseReturnValue:
    if door.current():
        return redirect(wanted())
    return _sign_in_page(SignInForm(formdata=None))


@bp.post("/connexion/")
@open_to_strangers
@limits.by_network(too_often)
def enter() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    limits.about(form.email.data or "")
    return _enter(form)


@limits.by_account(too_often)
def _enter(form: SignInForm) -> AnyResponse:
    staff = passwords.owner(form.email.data or "", form.password.data or "")
    if staff is None:
        attempts.note(form.email.data or "")
        db.session.commit()
        form.put("password", UNKNOWN)
        return _sign_in_page(form, 422)
    if staff.has_second_factor:
        entering.owe_code(staff)
        db.session.commit()
        return redirect(url_for("accounts.code", next=wanted()), 303)
    return welcome(staff, means=["password"], following=wanted())


# --- Code ---------------------------------------------------------------------------------------------------------


def _code_page(form: CodeForm, status: int = 200) -> AnyResponse:
    return make_response(render_template("office/accounts/code.html", form=form, next=wanted()), status)


def _start_again() -> AnyResponse:
    flash("Donnez d’abord votre adresse et votre mot de passe.", "warning")
    return redirect(door.sign_in_url(wanted()), 303)


@bp.get("/connexion/code/")
@open_to_strangers
def code() -> ResponseReturnValue:
    return _code_page(CodeForm(formdata=None)) if entering.halfway() else _start_again()


@bp.post("/connexion/code/")
@open_to_strangers
@limits.by_network(too_often)
def give_code() -> ResponseReturnValue:
    staff, form = entering.halfway(), CodeForm()
    if staff is None:
        return _start_again()
    if not form.validate():
        return _code_page(form, 422)
    limits.about(staff.email)
    return _give_code(staff, form)


@limits.by_account(too_often)
def _give_code(staff: Staff, form: CodeForm) -> AnyResponse:
    left = second_factor.recovery_codes_left(staff)
    if not second_factor.take(staff, form.code.data or ""):
        attempts.note(staff.email)
        db.session.commit()
        form.put("code", WRONG)
        return _code_page(form, 422)
    if second_factor.recovery_codes_left(staff) < left:
        mails.changed(staff, Change.RECOVERY_CODE_USED)
    return welcome(staff, means=["password", "authenticator"], following=wanted())


# --- Proving again ------------------------------------------------------------------------------------------------


def _proof_page(form: ProofForm, status: int = 200) -> AnyResponse:
    return make_response(render_template("office/accounts/proof.html", form=form, next=wanted()), status)


@bp.get("/connexion/preuve/")
@open_to(*StaffRole)
def proof() -> ResponseReturnValue:
    return _proof_page(ProofForm(formdata=None))


@bp.post("/connexion/preuve/")
@open_to(*StaffRole)
@limits.by_network(too_often)
def prove() -> ResponseReturnValue:
    form = ProofForm()
    if not form.validate():
        return _proof_page(form, 422)
    limits.about(door.staff().email)
    return _prove(form)


@limits.by_account(too_often)
def _prove(form: ProofForm) -> AnyResponse:
    if not passwords.matches(door.staff(), form.password.data or ""):
        attempts.note(door.staff().email)
        db.session.commit()
        form.put("password", "Ce n’est pas votre mot de passe.")
        return _proof_page(form, 422)
    sessions.prove(g.staff_session)
    db.session.commit()
    return redirect(wanted(), 303)


# --- Out ----------------------------------------------------------------------------------------------------------


@bp.post("/deconnexion/")
@open_to(*StaffRole)
def sign_out() -> ResponseReturnValue:
    sessions.end()
    db.session.commit()
    session.clear()
    flash("Vous avez raccroché. À bientôt.")
    return redirect(door.sign_in_url(), 303)
