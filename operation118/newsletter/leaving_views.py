"""The way out of the letter: a page with one button, what mailbox providers press, and why, if one cares to say."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from operation118 import tokens
from operation118.database import db
from operation118.film.views import the_film
from operation118.newsletter import erasing, links, queries, subscribing
from operation118.newsletter.forms import ReasonForm
from operation118.newsletter.labels import leaving_label
from operation118.newsletter.models import Subscriber, SubscriberState
from operation118.newsletter.subscribing import LeavingReason
from operation118.newsletter.views import bp, own, said
from operation118.newsletter.wording import Form
from operation118.tokens import BadToken, Purpose
from operation118.web.languages import localized

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # what a mailbox provider posts, RFC 8058 (3.1)


@localized(bp, fr="/lettre/refus/<token>/", en="/en/newsletter/refuse/<token>/", methods=["GET"])
def refuse(token: str) -> str:
    the_film()
    fingerprint = tokens.read(Purpose.REFUSE, token)
    return render_template("newsletter/refuse.html", token=token, gone=erasing.is_refused(fingerprint))


@localized(bp, fr="/lettre/refus/<token>/", en="/en/newsletter/refuse/<token>/", methods=["POST"])
def never_again(token: str) -> AnyResponse:
    fingerprint = tokens.read(Purpose.REFUSE, token)
    erasing.refuse(fingerprint, queries.by_fingerprint(fingerprint), said=said(Form.REFUSAL))
    db.session.commit()
    return redirect(url_for("newsletter.refuse", token=token), 303)


def _leaver(token: str) -> Subscriber | None:
    """The subscriber who may leave by this link, which is good for that only, or by the one of their own page."""
    try:
        return queries.subscriber(int(tokens.read(Purpose.LEAVE, token)))
    except BadToken:
        return own(token)


@localized(bp, fr="/lettre/desinscription/<token>/", en="/en/newsletter/unsubscribe/<token>/", methods=["GET"])
def leave(token: str) -> str:
    the_film()
    subscriber = _leaver(token)
    gone = subscriber is None or subscriber.state is SubscriberState.UNSUBSCRIBED
    reasons = [(reason, leaving_label(reason)) for reason in LeavingReason]
    known = {"token": token, "own": links.opens_page(token), "subscriber": subscriber}
    return render_template("newsletter/unsubscribe.html", **known, gone=gone, reasons=reasons)


def _leaver_if_any(token: str) -> Subscriber | None:
    """The same for a machine, which has no use for a page about a link that was altered on its way."""
    try:
        return _leaver(token)
    except BadToken:
        return None


@localized(
    bp,
    fr="/lettre/desinscription/<token>/",
    en="/en/newsletter/unsubscribe/<token>/",
    methods=["POST"],
    strict_slashes=False,
)
def unsubscribe(token: str) -> ResponseReturnValue:
    """The page's own button, or a mailbox provider's (RFC 8058): it may come from anywhere, and does nothing else. Some
    lose the last slash, and a redirect is not followed."""
    one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
    subscriber = _leaver_if_any(token) if one_click else _leaver(token)
    if subscriber is not None:
        subscribing.withdraw(subscriber, said=said(Form.ONE_CLICK if one_click else Form.UNSUBSCRIPTION))
        db.session.commit()
    return Response("", mimetype="text/plain") if one_click else redirect(url_for("newsletter.leave", token=token), 303)


@localized(
    bp, fr="/lettre/desinscription/<token>/raison/", en="/en/newsletter/unsubscribe/<token>/reason/", methods=["POST"]
)
def give_reason(token: str) -> AnyResponse:
    subscriber, reason = _leaver(token), ReasonForm().given
    if subscriber is not None and reason is not None:
        subscribing.give_reason(subscriber, reason=reason)
        db.session.commit()
    return redirect(url_for("newsletter.leave", token=token), 303)
