"""The team's page: who is in it, inviting, roles, disabling. Administrators only."""

from collections.abc import Callable

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from operation118.accounts import attempts, links, mails, passkeys, sessions, team
from operation118.accounts.door import open_to, proved
from operation118.accounts.forms import InvitationForm, RoleForm
from operation118.accounts.labels import ROLES
from operation118.accounts.models import Staff
from operation118.accounts.refused import Refused
from operation118.accounts.views import bp
from operation118.database import db
from operation118.web.settings import current_settings


def _person(number: int) -> Staff:
    return db.session.get(Staff, number) or abort(404)


def _mailed() -> bool:
    """Whether mails leave this site; if not, a link is shown to be passed on by hand."""
    return bool(current_settings()["SMTP_URL"])


@bp.get("/equipe/", endpoint="team")
@open_to()
def index() -> ResponseReturnValue:
    people = team.everybody()
    tries = attempts.of(people)
    return render_template("office/accounts/team.html", people=people, roles=ROLES, tries=tries)


# --- Inviting -----------------------------------------------------------------------------------------------------


def _invitation_page(form: InvitationForm, status: int = 200) -> AnyResponse:
    return make_response(render_template("office/accounts/invite.html", form=form, roles=ROLES), status)


@bp.get("/equipe/inviter/")
@open_to()
@proved
def invitation() -> ResponseReturnValue:
    return _invitation_page(InvitationForm(formdata=None))


@bp.post("/equipe/inviter/")
@open_to()
@proved
def invite() -> ResponseReturnValue:
    form = InvitationForm()
    if not form.validate():
        return _invitation_page(form, 422)
    try:
        staff = team.invite(email=form.email.data or "", name=form.name.data or "", role=form.chosen)
    except Refused as refused:
        db.session.rollback()
        form.put("email", str(refused))
        return _invitation_page(form, 422)
    db.session.commit()
    flash(f"L’invitation est partie pour {staff.email}." if _mailed() else "Transmettez le lien ci-dessous.")
    return redirect(url_for("accounts.person", number=staff.id), 303)


# --- One person ---------------------------------------------------------------------------------------------------


def _person_page(staff: Staff, form: RoleForm, status: int = 200) -> AnyResponse:
    page = render_template(
        "office/accounts/person.html",
        person=staff,
        form=form,
        roles=ROLES,
        passkeys=passkeys.of(staff),
        sessions=sessions.of(staff),
        tries=attempts.of([staff]).get(staff.id, attempts.NONE),
        link=None if _mailed() or not staff.active or staff.password else links.to_choose_a_password(staff),
    )
    return make_response(page, status)


@bp.get("/equipe/<int:number>/")
@open_to()
def person(number: int) -> ResponseReturnValue:
    staff = _person(number)
    return _person_page(staff, RoleForm(formdata=None, role=staff.role.value))


@bp.post("/equipe/<int:number>/role/")
@open_to()
@proved
def change_role(number: int) -> ResponseReturnValue:
    form, staff = RoleForm(), _person(number)
    if not form.validate():
        return _person_page(staff, form, 422)
    return _done(staff, lambda: team.change_role(staff, form.chosen), "Le rôle est changé.")


def _done(staff: Staff, act: Callable[[], object], said: str) -> AnyResponse:
    """Do it, commit, and say so on the person's page; or say why not."""
    try:
        act()
        db.session.commit()
        flash(said)
    except Refused as refused:
        db.session.rollback()
        flash(str(refused), "error")
    return redirect(url_for("accounts.person", number=staff.id), 303)


@bp.post("/equipe/<int:number>/desactiver/")
@open_to()
@proved
def disable(number: int) -> ResponseReturnValue:
    staff = _person(number)
    return _done(staff, lambda: team.disable(staff), "Ce compte est fermé, et ses connexions avec lui.")


@bp.post("/equipe/<int:number>/reactiver/")
@open_to()
@proved
def enable(number: int) -> ResponseReturnValue:
    staff = _person(number)
    return _done(staff, lambda: team.enable(staff), "Ce compte est rouvert.")


@bp.post("/equipe/<int:number>/second-facteur/")
@open_to()
@proved
def reset_second_factor(number: int) -> ResponseReturnValue:
    staff = _person(number)
    said = "Second facteur et clés d’accès sont retirés : son mot de passe suffit, le temps d’en remettre."
    return _done(staff, lambda: team.reset_second_factor(staff), said)


@bp.post("/equipe/<int:number>/lien/")
@open_to()
@proved
def send_link(number: int) -> ResponseReturnValue:
    staff = _person(number)
    if not staff.active:
        abort(404)
    return _done(staff, lambda: mails.reset_if_known(staff), f"Un lien est parti pour {staff.email}.")
