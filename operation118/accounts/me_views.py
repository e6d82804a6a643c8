"""One's own page: name, password, second factor, passkeys, and where one is signed in."""

from flask import abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from operation118.accounts import attempts, door, limits, mails, passkeys, passwords, second_factor, sessions, team
from operation118.accounts.door import open_to, proved
from operation118.accounts.forms import ChangeForm, CodeForm, NameForm
from operation118.accounts.labels import ROLES
from operation118.accounts.mails import Change
from operation118.accounts.models import JournalAction, StaffRole
from operation118.accounts.refused import Refused
from operation118.accounts.views import bp, too_often
from operation118.database import db

SECRET = "new_secret"  # noqa: S105 - of the session: encrypted, until a code confirms it


def _back() -> AnyResponse:
    return redirect(url_for("accounts.me"), 303)


def _page(status: int = 200, *, name: NameForm | None = None, change: ChangeForm | None = None) -> AnyResponse:
    staff = door.staff()
    page = render_template(
        "office/accounts/me.html",
        person=staff,
        new=team.has_just_come(staff, g.staff_session),
        role=ROLES[staff.role],
        name_form=name or NameForm(formdata=None, name=staff.name),
        password_form=change or ChangeForm(formdata=None),
        passkeys=passkeys.of(staff),
        codes_left=second_factor.recovery_codes_left(staff),
        sessions=sessions.of(staff),
        here=g.staff_session.id,
        tries=attempts.of([staff]).get(staff.id, attempts.NONE),
    )
    return make_response(page, status)


@bp.get("/moi/")
@open_to(*StaffRole)
def me() -> ResponseReturnValue:
    return _page()


@bp.post("/moi/nom/")
@open_to(*StaffRole)
def rename() -> ResponseReturnValue:
    form, staff = NameForm(), door.staff()
    if not form.validate():
        return _page(422, name=form)
    before, staff.name = staff.name, form.name.data or ""
    if before != staff.name:
        names = {"before": {"name": before}, "after": {"name": staff.name}}
        team.note(staff, f"s’appelait {before}", action=JournalAction.CHANGED, **names)
    db.session.commit()
    flash("Votre nom est enregistré.")
    return _back()


# --- Password -----------------------------------------------------------------------------------------------------


@bp.post("/moi/mot-de-passe/")
@open_to(*StaffRole)
def change_password() -> ResponseReturnValue:
    form = ChangeForm()
    if not form.validate():
        return _page(422, change=form)
    limits.about(door.staff().email)
    return _change_password(form)


@limits.by_account(too_often)
def _change_password(form: ChangeForm) -> AnyResponse:
    staff = door.staff()
    if not passwords.matches(staff, form.current.data or ""):
        attempts.note(staff.email)
        db.session.commit()
        form.put("current", "Ce n’est pas votre mot de passe actuel.")
        return _page(422, change=form)
    try:
        passwords.choose(staff, form.password.data or "")
    except Refused as refused:
        db.session.rollback()
        form.put("password", str(refused))
        return _page(422, change=form)
    sessions.rekey(staff)
    team.note(staff, "mot de passe changé")
    mails.changed(staff, Change.PASSWORD)
    db.session.commit()
    flash("Votre mot de passe est changé ; ailleurs, vous êtes déconnecté.")
    return _back()


# --- Second factor ------------------------------------------------------------------------------------------------


def _codes_page(form: CodeForm, status: int = 200) -> AnyResponse:
    secret, staff = session[SECRET], door.staff()
    shown = {"picture": second_factor.picture(secret, staff), "typed_key": second_factor.typed_key(secret)}
    return make_response(render_template("office/accounts/codes.html", form=form, **shown), status)


@bp.get("/moi/codes/")
@open_to(*StaffRole)
@proved
def codes() -> ResponseReturnValue:
    session[SECRET] = second_factor.new_secret()
    return _codes_page(CodeForm(formdata=None))


@bp.post("/moi/codes/")
@open_to(*StaffRole)
@proved
def adopt_codes() -> ResponseReturnValue:
    form, staff = CodeForm(), door.staff()
    if SECRET not in session:
        return redirect(url_for("accounts.codes"), 303)
    if not form.validate():
        return _codes_page(form, 422)
    try:
        second_factor.adopt(staff, session[SECRET], form.code.data or "")
    except Refused as refused:
        form.put("code", str(refused))
        return _codes_page(form, 422)
    made = second_factor.new_recovery_codes(staff)
    team.note(staff, "second facteur mis en place")
    mails.changed(staff, Change.CODES_ON)
    db.session.commit()
    session.pop(SECRET)
    return make_response(render_template("office/accounts/recovery_codes.html", codes=made))


@bp.post("/moi/codes/retirer/")
@open_to(*StaffRole)
@proved
def remove_codes() -> ResponseReturnValue:
    staff = door.staff()
    if staff.has_second_factor:
        second_factor.remove(staff)
        team.note(staff, "second facteur retiré")
        mails.changed(staff, Change.CODES_OFF)
        db.session.commit()
        flash("Votre mot de passe suffit de nouveau pour entrer.", "warning")
    return _back()


@bp.post("/moi/codes/secours/")
@open_to(*StaffRole)
@proved
def renew_recovery_codes() -> ResponseReturnValue:
    staff = door.staff()
    if not staff.has_second_factor:
        abort(404)
    made = second_factor.new_recovery_codes(staff)
    team.note(staff, "codes de secours renouvelés")
    mails.changed(staff, Change.RECOVERY_CODES)
    db.session.commit()
    return make_response(render_template("office/accounts/recovery_codes.html", codes=made))


# --- Where one is signed in ---------------------------------------------------------------------------------------


@bp.post("/moi/connexions/fermer/")
@open_to(*StaffRole)
def close_session() -> ResponseReturnValue:
    number = request.form.get("session", "")
    if not sessions.close(door.staff(), number):
        abort(404)
    db.session.commit()
    flash("Cette connexion est fermée.")
    return _back()


@bp.post("/moi/connexions/fermer-tout/")
@open_to(*StaffRole)
def close_sessions() -> ResponseReturnValue:
    team.sign_out_everywhere(door.staff())
    sessions.end()
    db.session.commit()
    flash("Vous êtes déconnecté partout.")
    return redirect(door.sign_in_url(), 303)
