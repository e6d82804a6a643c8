"""The mail room in the office: the outbox by state, a mail as it was sent, who is not written to, what came back."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118 import tokens
from operation118.accounts import door, journal
from operation118.accounts.door import open_to
from operation118.accounts.models import JournalAction, StaffRole
from operation118.database import db
from operation118.mail import outbox, queries, suppression
from operation118.mail.addresses import NoAddress, canonical
from operation118.mail.models import Message, MessageState, SuppressionReason
from operation118.mail.suppression import A_SERVERS_WORD
from operation118.newsletter import mail_room, office_words, people, showing
from operation118.newsletter.labels import consent_label, place_label, topics_label
from operation118.newsletter.office import french
from operation118.newsletter.refused import Refused
from operation118.newsletter.showing import View
from operation118.web.logs import unsigned
from operation118.web.row_numbers import row_number
from operation118.web.settings import current_settings

bp = door.room("mail_office", __name__, "/office/courrier")
CLERKS = (StaffRole.EDITOR,)
DID = JournalAction.DID
CALLED_OFF = (MessageState.WAITING, MessageState.KEPT)


@bp.context_processor
def _words() -> dict[str, Any]:
    labels = {"topics_label": topics_label, "consent_label": consent_label, "place_label": place_label}
    return {"words": office_words, "states": MessageState, "views": showing.LABELS, "unsigned": unsigned, **labels}


@bp.errorhandler(Refused)
def _refused(refusal: Refused) -> ResponseReturnValue:
    db.session.rollback()
    flash(french(str(refusal)), "error")
    return redirect(url_for(".index"), 303)


def _number(name: str) -> int | None:
    return request.args.get(name, None, row_number)


@bp.get("/")
@open_to(*CLERKS)
def index() -> str:
    asked = "relais" in request.args
    settings = current_settings()
    return render_template(
        "office/mail/index.html",
        overview=mail_room.overview(ask_relay=asked),
        asked=asked,
        is_kept=mail_room.is_kept(),
        rate=settings["MAIL_RATE"],
        domain_rate=settings["MAIL_DOMAIN_RATE"],
        domains=mail_room.domains(),
        people=people.counts(),
    )


# --- The outbox ---------------------------------------------------------------------------------------------------


@bp.get("/envois/<int:campaign>/<state>/")
@open_to(*CLERKS)
def mails(campaign: int, state: str) -> str:
    if state not in set(MessageState):
        abort(404)
    row = next((row for row in mail_room.table() if row.campaign_id == campaign), None) or abort(404)
    found, before = mail_room.listed(campaign, MessageState(state), before=_number("avant"))
    shown = {"row": row, "state": MessageState(state), "messages": found, "before": before}
    return render_template("office/mail/mails.html", **shown)


def the_mail(number: int) -> Message:
    return queries.find(number) or abort(404)


@bp.get("/messages/<int:number>/")
@open_to(*CLERKS)
def mail(number: int) -> str:
    message = the_mail(number)
    private = mail_room.is_private(message)
    sent = None if private else mail_room.sent(message)
    may = {"retried": _may_retry(message), "called_off": _may_call_off(message)}
    return render_template("office/mail/mail.html", message=message, sent=sent, private=private, **may)


def _decides(message: Message) -> bool:
    """A mail about somebody's account warns its owner, or lets them in: only an administrator's hand is on it."""
    return not mail_room.is_private(message) or door.staff().role is StaffRole.ADMIN


def _the_mail_to_decide(number: int) -> Message:
    message = the_mail(number)
    return message if _decides(message) else abort(403)


def _may_retry(message: Message) -> bool:
    """A campaign's mails are decided with the campaign."""
    here = not message.is_bulk and message.state in outbox.RETRIED and bool(message.recipient)
    return here and _decides(message)


def _may_call_off(message: Message) -> bool:
    return not message.is_bulk and message.state in CALLED_OFF and _decides(message)


@bp.get("/messages/<int:number>/<any(courriel, telephone, nuit, texte):view>/")
@open_to(*CLERKS)
def look(number: int, view: str) -> Response:
    """The mail in a page of its own (see `showing`)."""
    message = the_mail(number)
    sent = mail_room.sent(message) or abort(404)
    page = showing.document(sent.parts, View(view), message.lang)
    return Response(page, mimetype="text/html", headers=showing.HEADERS)


@bp.post("/messages/<int:number>/renvoyer/")
@open_to(*CLERKS)
def retry(number: int) -> ResponseReturnValue:
    message = _the_mail_to_decide(number)
    if not _may_retry(message):
        raise Refused("Ce message ne se renvoie pas d’ici : il est parti, ou sa lettre en décide.")
    outbox.retry(message)
    return _done(message, "remis dans la file", "Il repart : le courrier s’en occupe.")


@bp.post("/messages/<int:number>/annuler/")
@open_to(*CLERKS)
def cancel(number: int) -> ResponseReturnValue:
    message = _the_mail_to_decide(number)
    try:
        outbox.call_off(message)
    except outbox.Refused:
        raise Refused("Trop tard, ou sa lettre en décide : ce message ne s’annule pas d’ici.") from None
    return _done(message, "annulé", "Annulé : il ne partira pas.")


def _done(message: Message, summary: str, told: str) -> ResponseReturnValue:
    """The journal, which lasts for ever, names no address: it knows the mail by its number."""
    journal.record(action=DID, subject=f"mail.{message.id}", summary=f"Message {message.id} : {summary}")
    db.session.commit()
    flash(french(told))
    return redirect(url_for(".mail", number=message.id), 303)


# --- Who is not written to, and what came back --------------------------------------------------------------------


@bp.route("/ecartes/", methods=["GET", "POST"])
@open_to(*CLERKS)
def suppressed() -> ResponseReturnValue:
    """The list, which knows addresses by their hash: it can be asked about one, which changes nothing."""
    typed = request.form.get("adresse", "").strip()[:320]
    asked = request.args.get("raison", "")
    reason = SuppressionReason(asked) if asked in set(SuppressionReason) else None
    found, before = mail_room.suppressions(reason=reason, before=_number("avant"))
    shown: dict[str, Any] = {"lines": found, "before": before, "reason": reason, "typed": typed, "known": None}
    if request.method == "POST":
        shown |= _looked_up(typed)
    shown["counts"] = suppression.counts()
    return render_template("office/mail/suppressed.html", liftable=A_SERVERS_WORD, **shown), shown.get("status", 200)


def _looked_up(typed: str) -> dict[str, Any]:
    try:
        return {"known": suppression.lines(tokens.fingerprint(canonical(typed)))}
    except NoAddress:
        return {"wrong": "Ceci n’a pas la forme d’une adresse.", "status": 422}


@bp.post("/ecartes/reprendre/")
@open_to(*CLERKS)
def lift() -> ResponseReturnValue:
    """Take back a server's word; a person's own, only that person takes back, by the form."""
    try:
        fingerprint = tokens.fingerprint(canonical(request.form.get("adresse", "").strip()[:320]))
    except NoAddress:
        raise Refused("Ceci n’a pas la forme d’une adresse.") from None
    if not suppression.lift(fingerprint, reasons=A_SERVERS_WORD):
        raise Refused("Rien à reprendre : cette adresse n’y est pas, ou elle y est par la volonté de son propriétaire.")
    subject = f"suppression.{fingerprint[:12]}"
    journal.record(
        action=DID, subject=subject, summary="Liste repoussoir : la parole d’un serveur reprise pour une adresse"
    )
    db.session.commit()
    flash(french("C’est repris : on peut de nouveau écrire à cette adresse."))
    return redirect(url_for(".suppressed"), 303)


@bp.get("/retours/")
@open_to(*CLERKS)
def returns() -> str:
    found, before = mail_room.came_back(before=_number("avant"))
    has_box = bool(current_settings()["BOUNCE_BOX"])
    return render_template("office/mail/returns.html", bounces=found, before=before, has_box=has_box)
