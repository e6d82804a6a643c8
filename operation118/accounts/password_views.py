"""The pages where a password is chosen: an invitation, a reset, the first administrator. A link opens a page; only its
button acts."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from operation118.accounts import door, limits, links, mails, passkeys, passwords, team
from operation118.accounts.door import open_to_strangers
from operation118.accounts.forms import ArrivalForm, ForgottenForm, FoundingForm, ResetForm
from operation118.accounts.mails import Change
from operation118.accounts.models import Staff
from operation118.accounts.refused import Refused
from operation118.accounts.views import bp, too_often, welcome
from operation118.database import db
from operation118.tokens import Purpose


def _page(template: str, status: int = 200, **values: object) -> AnyResponse:
    return make_response(render_template(f"office/accounts/{template}.html", **values), status)


@bp.errorhandler(links.Worn)
def _worn(worn: links.Worn) -> AnyResponse:
    """A link that opens nothing, and what to do."""
    return _page("worn", 410)


# --- Forgotten ----------------------------------------------------------------------------------------------------


@bp.get("/mot-de-passe/")
@open_to_strangers
def forgotten() -> ResponseReturnValue:
    return _page("forgotten", form=ForgottenForm(formdata=None))


@bp.post("/mot-de-passe/")
@open_to_strangers
@limits.by_network(too_often)
def send_reset() -> ResponseReturnValue:
    form = ForgottenForm()
    if not form.validate():
        return _page("forgotten", 422, form=form)
    limits.about(form.email.data or "")
    _send_reset(form.email.data or "")
    return redirect(url_for("accounts.reset_sent"), 303)


@limits.by_mailbox(too_often)
def _send_reset(address: str) -> None:
    mails.reset_if_known(passwords.find(address))
    db.session.commit()


@bp.get("/mot-de-passe/envoye/")
@open_to_strangers
def reset_sent() -> ResponseReturnValue:
    return _page("reset_sent")


def _reset_page(staff: Staff, form: ResetForm, status: int = 200) -> AnyResponse:
    return _page("reset", status, form=form, staff=staff, passkeys=len(passkeys.of(staff)))


@bp.get("/mot-de-passe/<token>/")
@open_to_strangers
def reset(token: str) -> ResponseReturnValue:
    return _reset_page(links.owner(Purpose.RESET, token), ResetForm(formdata=None))


@bp.post("/mot-de-passe/<token>/")
@open_to_strangers
@limits.by_network(too_often)
def choose(token: str) -> ResponseReturnValue:
    staff = links.owner(Purpose.RESET, token)
    form = ResetForm()
    if not form.validate() or not _chosen(staff, form):
        return _reset_page(staff, form, 422)
    flash("C’est fait : connectez-vous avec votre nouveau mot de passe.")
    return redirect(door.sign_in_url(), 303)


def _chosen(staff: Staff, form: ResetForm) -> bool:
    """Whether the new password was taken; every session of its owner is closed then, and they are told."""
    try:
        passwords.choose(staff, form.password.data or "")
        team.sign_out_everywhere(staff)
        mails.changed(staff, _changed(staff, form))
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.put("password", str(refused))
        return False
    return True


def _changed(staff: Staff, form: ResetForm) -> Change:
    """What changes besides: a passkey opens the office without the password, were it somebody else's who added it."""
    if not passkeys.of(staff):
        return Change.PASSWORD
    if not form.without_passkeys.data:
        return Change.PASSKEYS_KEPT
    passkeys.remove_all(staff)
    team.note(staff, "clés d’accès retirées")
    return Change.PASSKEYS_GONE


# --- Invited ------------------------------------------------------------------------------------------------------


@bp.get("/invitation/<token>/")
@open_to_strangers
def accept(token: str) -> ResponseReturnValue:
    staff = links.owner(Purpose.INVITATION, token)
    return _page("accept", form=ArrivalForm(formdata=None, name=staff.name), staff=staff)


@bp.post("/invitation/<token>/")
@open_to_strangers
@limits.by_network(too_often)
def arrive(token: str) -> ResponseReturnValue:
    staff = links.owner(Purpose.INVITATION, token)
    form = ArrivalForm()
    if not form.validate():
        return _page("accept", 422, form=form, staff=staff)
    try:
        team.arrive(staff, name=form.name.data or "", password=form.password.data or "")
    except Refused as refused:
        db.session.rollback()
        form.put("password", str(refused))
        return _page("accept", 422, form=form, staff=staff)
    return welcome(staff, means=["password"], following=url_for("accounts.me"))


# --- The first ----------------------------------------------------------------------------------------------------


@bp.get("/premier/<token>/")
@open_to_strangers
def found(token: str) -> ResponseReturnValue:
    links.check_founding(token)
    return _page("found", form=FoundingForm(formdata=None))


@bp.post("/premier/<token>/")
@open_to_strangers
@limits.by_network(too_often)
def make_first(token: str) -> ResponseReturnValue:
    links.check_founding(token)
    form = FoundingForm()
    if not form.validate():
        return _page("found", 422, form=form)
    try:
        staff = team.found(email=form.email.data or "", name=form.name.data or "", password=form.password.data or "")
    except Refused as refused:
        db.session.rollback()
        form.put("password", str(refused))
        return _page("found", 422, form=form)
    return welcome(staff, means=["password"], following=url_for("accounts.me"))
