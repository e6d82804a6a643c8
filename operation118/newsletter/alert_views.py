"""The alerts on a subscriber's own page: adding one, choosing among namesakes, renewing, removing."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from operation118 import clock, tokens
from operation118.database import db
from operation118.film.views import the_film
from operation118.newsletter import alerts, queries
from operation118.newsletter.alert_forms import CHOICES, AlertForm
from operation118.newsletter.models import Subscriber
from operation118.newsletter.refused import Refused
from operation118.places import Commune
from operation118.tokens import BadToken, Purpose
from operation118.web.headers import private
from operation118.web.languages import gettext as _
from operation118.web.languages import localized

bp = Blueprint("alerts", __name__)
PART = "alertes"  # where the alerts stand on a subscriber's own page


@bp.before_request
def _only_today() -> None:
    if clock.is_travelling():
        abort(404)


@bp.after_request
def _keep_to_its_owner(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return private(response)


@bp.errorhandler(BadToken)
def _cut_link(error: BadToken) -> ResponseReturnValue:
    return render_template("newsletter/cut_link.html"), 404


@bp.errorhandler(Refused)
def _refused(refusal: Refused) -> ResponseReturnValue:
    return render_template("newsletter/refused.html", reason=str(refusal)), 409


def _owner(token: str) -> Subscriber:
    """The subscriber whose own link this is. Raises BadToken and Refused."""
    the_film()
    subscriber = queries.subscriber(int(tokens.read(Purpose.MANAGE, token)))
    if subscriber is None:
        raise Refused(_("Nous n'avons plus rien à ce nom : tout a été effacé."))
    return subscriber


def _page(token: str, subscriber: Subscriber, form: AlertForm, **values: Any) -> str:
    common: dict[str, Any] = {"remark": "", "choices": list[Commune](), "total": 0}
    return render_template("newsletter/alert.html", token=token, subscriber=subscriber, form=form, **common | values)


def _back(token: str, done: str) -> AnyResponse:
    return redirect(url_for("newsletter.manage", token=token, fait=done, _anchor=PART), 303)


@localized(bp, fr="/lettre/moi/<token>/alertes/", en="/en/newsletter/me/<token>/alerts/")
def index(token: str) -> str:
    return _page(token, _owner(token), AlertForm(formdata=None))


@localized(bp, fr="/lettre/moi/<token>/alertes/", en="/en/newsletter/me/<token>/alerts/", methods=["POST"])
def add(token: str) -> ResponseReturnValue:
    subscriber, form = _owner(token), AlertForm()
    try:
        communes = form.communes()
        if len(communes) > 1:
            return _choice(token, subscriber, form, communes)
        alerts.add(subscriber, commune=communes[0], radius_km=form.radius_km)
    except Refused as refusal:
        return _page(token, subscriber, form, remark=str(refusal)), 422
    db.session.commit()
    return _back(token, "alerte")


def _choice(token: str, subscriber: Subscriber, form: AlertForm, communes: Sequence[Commune]) -> str:
    """The page that asks which of several communes is meant."""
    return _page(token, subscriber, form, choices=communes[:CHOICES], total=len(communes))


@localized(
    bp,
    fr="/lettre/moi/<token>/alertes/<int:number>/prolonger/",
    en="/en/newsletter/me/<token>/alerts/<int:number>/renew/",
    methods=["POST"],
)
def renew(token: str, number: int) -> AnyResponse:
    alerts.renew(alerts.find(_owner(token), number))
    db.session.commit()
    return _back(token, "alerte")


@localized(
    bp,
    fr="/lettre/moi/<token>/alertes/<int:number>/retirer/",
    en="/en/newsletter/me/<token>/alerts/<int:number>/remove/",
    methods=["POST"],
)
def remove(token: str, number: int) -> AnyResponse:
    alerts.remove(alerts.find(_owner(token), number))
    db.session.commit()
    return _back(token, "alerte-retiree")
