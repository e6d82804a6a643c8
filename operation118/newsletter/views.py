"""The pages of the letter: asking, confirming, one's own page, leaving. A link opens a page; only its button acts."""

from flask import Blueprint, Response, abort, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from operation118 import clock, tokens
from operation118.database import db
from operation118.film.views import the_film
from operation118.newsletter import (
    archive,
    erasing,
    holdings,
    ledger,
    limits,
    proof,
    queries,
    stamps,
    subscribing,
)
from operation118.newsletter.forms import ChoicesForm, LetterForm
from operation118.newsletter.labels import consent_label, mail_label, state_label, suppression_label
from operation118.newsletter.ledger import Said
from operation118.newsletter.models import Subscriber, SubscriberState
from operation118.newsletter.refused import Refused
from operation118.newsletter.wording import Form
from operation118.tokens import BadToken, Purpose
from operation118.web import limits as visitors
from operation118.web.headers import private
from operation118.web.languages import current, localized
from operation118.web.languages import gettext as _
from operation118.web.settings import current_settings

bp = Blueprint("newsletter", __name__)
bp.add_app_template_global(stamps.hourly, "letter_stamp")
DONE = "fait"  # argument of one's own page: what has just been done there


@bp.before_request
def _only_today() -> None:
    """In the past there is only the page that says so."""
    if clock.is_travelling() and request.endpoint != "newsletter.index":
        abort(404)


@bp.after_request
def _keep_to_its_owner(response: Response) -> Response:
    if "token" not in (request.view_args or {}):
        return response
    response.headers["X-Robots-Tag"] = "noindex"
    return private(response)


@bp.errorhandler(BadToken)
def _cut_link(error: BadToken) -> ResponseReturnValue:
    return render_template("newsletter/cut_link.html"), 404


@bp.errorhandler(Refused)
def _refused(refusal: Refused) -> ResponseReturnValue:
    return render_template("newsletter/refused.html", reason=str(refusal)), 409


def said(form: Form, lang: str | None = None) -> Said:
    network = visitors.network() if current_settings()["CONSENT_NETWORK"] else None
    return Said(form, lang or current(), network)


def own(token: str) -> Subscriber | None:
    """The subscriber whose own link this is; None once erased. Raises BadToken."""
    return queries.subscriber(int(tokens.read(Purpose.MANAGE, token)))


def _owner(token: str) -> Subscriber:
    """The same, where there must be one. Raises Refused."""
    subscriber = own(token)
    if subscriber is None:
        raise Refused(_("Nous n'avons plus rien à ce nom : tout a été effacé."))
    return subscriber


def _form_page(form: LetterForm, remarks: dict[str, str], status: int = 200) -> Response:
    """The form with what was typed. Sent back to one visitor, it carries the instant; kept by caches, the hour."""
    stamp = stamps.exact() if remarks else stamps.hourly()
    known = {"form": form, "remarks": remarks, "stamp": stamp, "has_archive": archive.has_letters()}
    page = render_template("newsletter/index.html", **known)
    return make_response(page, status)


@localized(bp, fr="/lettre/", en="/en/newsletter/")
def index() -> ResponseReturnValue:
    the_film()
    if clock.is_travelling():
        return render_template("newsletter/past.html")
    return _form_page(LetterForm(formdata=None), {})


def _too_often(limit: RequestLimit) -> Response:
    seconds = visitors.seconds_left(limit)
    waited = _("Trop de demandes en peu de temps. Rien n'est perdu : attendez, puis envoyez de nouveau.")
    form = LetterForm()
    response = _form_page(form, {**form.remarks(), "": waited}, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


@localized(bp, fr="/lettre/", en="/en/newsletter/", methods=["POST"])
@limits.by_network(_too_often)
def ask() -> AnyResponse:
    the_film()
    form = LetterForm()
    remarks = form.remarks()
    if remarks:
        return _form_page(form, remarks, 422)
    g.letter_recipient = form.recipient
    _ask(form)
    return redirect(url_for("newsletter.thanks"), 303)


@limits.by_address(_too_often)
def _ask(form: LetterForm) -> None:
    words = said(form.form, form.language)
    try:
        subscribing.ask(form.recipient, topics=form.chosen, said=words)
    except IntegrityError:  # asked twice at once: the other request has made the row by now
        db.session.rollback()
        subscribing.ask(form.recipient, topics=form.chosen, said=words)
    db.session.commit()


@localized(bp, fr="/lettre/merci/", en="/en/newsletter/thanks/")
def thanks() -> str:
    the_film()
    return render_template("newsletter/thanks.html", days=subscribing.PENDING.days)


def _requested(token: str) -> tuple[Subscriber, int]:
    """The subscriber of a confirmation link, and its version. Raises BadToken, and Refused once it is of no use."""
    number, _dash, version = tokens.read(Purpose.CONFIRM, token).partition("-")
    subscriber = queries.subscriber(int(number))
    if subscriber is None:
        raise Refused(_("Ce lien était bon sept jours. Demandez la lettre de nouveau : un autre message partira."))
    subscribing.check_link(subscriber, version=int(version))
    return subscriber, int(version)


@localized(bp, fr="/lettre/confirmer/<token>/", en="/en/newsletter/confirm/<token>/")
def confirm(token: str) -> ResponseReturnValue:
    the_film()
    subscriber, _version = _requested(token)
    if subscriber.state is SubscriberState.CONFIRMED:
        return redirect(url_for("newsletter.confirmed"), 303)
    return render_template("newsletter/confirm.html", subscriber=subscriber)


@localized(bp, fr="/lettre/confirmer/<token>/", en="/en/newsletter/confirm/<token>/", methods=["POST"])
def agree(token: str) -> AnyResponse:
    subscriber, version = _requested(token)
    subscribing.confirm(subscriber, version=version, said=said(Form.CONFIRMATION))
    db.session.commit()
    return redirect(url_for("newsletter.confirmed"), 303)


@localized(bp, fr="/lettre/confirmee/", en="/en/newsletter/confirmed/")
def confirmed() -> str:
    the_film()
    return render_template("newsletter/confirmed.html")


def _own_page(token: str, subscriber: Subscriber, form: ChoicesForm, remark: str = "") -> str:
    return render_template(
        "newsletter/manage.html",
        token=token,
        subscriber=subscriber,
        form=form,
        remark=remark,
        done=request.args.get(DONE, ""),
        paused=subscribing.is_paused(subscriber),
        lines=ledger.lines(subscriber.fingerprint),
        mails=queries.titled(subscriber.id),
        suppressions=queries.suppressions(subscriber.fingerprint),
        bounces=queries.bounces(subscriber),
        labels={"state": state_label, "consent": consent_label, "mail": mail_label, "away": suppression_label},
        instant=proof.instant_label,
    )


@localized(bp, fr="/lettre/moi/<token>/", en="/en/newsletter/me/<token>/")
def manage(token: str) -> str:
    the_film()
    subscriber = _owner(token)
    form = ChoicesForm(formdata=None, topics=sorted(subscriber.topics), lang=subscriber.lang)
    return _own_page(token, subscriber, form)


def _done(token: str, what: str) -> AnyResponse:
    return redirect(url_for("newsletter.manage", token=token, fait=what), 303)


@localized(bp, fr="/lettre/moi/<token>/", en="/en/newsletter/me/<token>/", methods=["POST"])
def change(token: str) -> ResponseReturnValue:
    the_film()
    subscriber, form = _owner(token), ChoicesForm()
    try:
        subscribing.change(subscriber, topics=form.chosen, lang=form.language, said=said(Form.CHOICES))
    except Refused as refusal:
        return _own_page(token, subscriber, form, str(refusal)), 422
    db.session.commit()
    return _done(token, "choix")


@localized(bp, fr="/lettre/moi/<token>/pause/", en="/en/newsletter/me/<token>/pause/", methods=["POST"])
def pause(token: str) -> AnyResponse:
    subscribing.pause(_owner(token), said=said(Form.PAUSE))
    db.session.commit()
    return _done(token, "pause")


@localized(bp, fr="/lettre/moi/<token>/reprise/", en="/en/newsletter/me/<token>/resume/", methods=["POST"])
def resume(token: str) -> AnyResponse:
    subscribing.resume(_owner(token), said=said(Form.RESUMPTION))
    db.session.commit()
    return _done(token, "reprise")


def _attached(name: str) -> str:
    return f'attachment; filename="{name}"'


@localized(bp, fr="/lettre/moi/<token>/donnees.json", en="/en/newsletter/me/<token>/data.json")
def data(token: str) -> Response:
    response = jsonify(holdings.held(_owner(token)))
    response.headers["Content-Disposition"] = _attached(_("lettre.json"))
    return response


@localized(bp, fr="/lettre/moi/<token>/preuve.txt", en="/en/newsletter/me/<token>/proof.txt")
def evidence(token: str) -> Response:
    text = proof.of(_owner(token).address).as_text()
    return Response(text, mimetype="text/plain", headers={"Content-Disposition": _attached(_("preuve.txt"))})


@localized(bp, fr="/lettre/moi/<token>/effacer/", en="/en/newsletter/me/<token>/erase/")
def eraser(token: str) -> str:
    the_film()
    return render_template("newsletter/erase.html", token=token, subscriber=_owner(token))


@localized(bp, fr="/lettre/moi/<token>/effacer/", en="/en/newsletter/me/<token>/erase/", methods=["POST"])
def erase(token: str) -> AnyResponse:
    subscriber = own(token)
    if subscriber is not None:
        erasing.erase(subscriber, said=said(Form.ERASURE))
        db.session.commit()
    return redirect(url_for("newsletter.erased"), 303)


@localized(bp, fr="/lettre/effacee/", en="/en/newsletter/erased/")
def erased() -> str:
    the_film()
    return render_template("newsletter/erased.html")
