"""The desk of the letter, from the rehearsal on: who reads it, the checks, the launch and its hold, the progress, what is
decided on the way, the results."""

from datetime import datetime
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import JournalAction
from operation118.database import db
from operation118.mail import lanes
from operation118.mail.models import MessageState
from operation118.newsletter import (
    campaigns,
    desk,
    hold,
    mail_room,
    office_words,
    readers,
    rehearsal,
    rendering,
    results,
)
from operation118.newsletter.hold import BadInstant
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.office import READERS, WRITERS, bp, french, note, the_letter
from operation118.newsletter.reach import read
from operation118.newsletter.refused import Refused
from operation118.newsletter.results import PAGE, Progress
from operation118.web.row_numbers import row_number

DID = JournalAction.DID
LEFT = (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.SENT, CampaignState.CANCELLED)
# What a trial came to, for the journal and for whoever asked for it: whether it is kept here for want of a relay.
TRIED = {
    False: ("essai envoyé à soi-même", "L’essai part pour {me}. Ses liens ne sont pas comptés."),
    True: (
        "essai gardé en fichier, sans relais pour partir",
        "L’essai n’est pas parti : aucun relais n’est réglé. Il est gardé en fichier, et se lit dans « Le courrier ».",
    ),
}
RETRIED = {"refuses": MessageState.FAILED, "incertains": MessageState.UNCERTAIN, "gardes": MessageState.KEPT}


def _to(view: str, campaign: Campaign) -> ResponseReturnValue:
    return redirect(url_for(f".{view}", slug=campaign.slug), 303)


def _done(campaign: Campaign, summary: str, told: str) -> ResponseReturnValue:
    """Write the journal, commit, say it, and go back to the letter."""
    note(campaign, DID, summary)
    db.session.commit()
    flash(french(told))
    return _to("letter", campaign)


# --- Before it leaves ---------------------------------------------------------------------------------------------


@bp.get("/<slug>/repetition/")
@open_to(*WRITERS)
def rehearse(slug: str) -> ResponseReturnValue:
    campaign = the_letter(slug)
    if campaign.state is not CampaignState.DRAFT:
        return _to("letter", campaign)
    return _rehearsal(campaign)


def _rehearsal(campaign: Campaign, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    network, narrowed = "reseau" in request.args, read(campaign.reach)
    context: dict[str, Any] = {
        "campaign": campaign,
        "findings": rehearsal.findings(campaign, network=network),
        "network": network,
        "glance": readers.glance(campaign.topics, narrowed, exact="compter" in request.args),
        "sample": readers.sample(campaign.topics, narrowed),
        "langs": rendering.languages(campaign),
        "me": door.staff(),
        "shelf": _shelf(),
        "later": request.form.get("quand") == hold.LATER,
        "typed": _typed(),
        "wrong": {},
    }
    return render_template("office/newsletter/rehearsal.html", **context | more), status


def _shelf() -> str | None:
    """Where the mails that stay here are listed, if they do for want of a relay."""
    if not mail_room.is_kept():
        return None
    return url_for("mail_office.mails", campaign=mail_room.ONE_BY_ONE, state=MessageState.KEPT.value)


@bp.post("/<slug>/essai/")
@open_to(*WRITERS)
def try_out(slug: str) -> ResponseReturnValue:
    """Send the letter to whoever is signed in, and to nobody else."""
    campaign, me = the_letter(slug), door.staff()
    rehearsal.send_test(campaign, to=me.email, prefix="[essai] ")
    summary, told = TRIED[mail_room.is_kept()]
    note(campaign, DID, summary)
    db.session.commit()
    flash(french(told.format(me=me.email)))
    return _to("rehearse" if campaign.state is CampaignState.DRAFT else "letter", campaign)


@bp.post("/<slug>/lancer/")
@open_to(*WRITERS)
def launch(slug: str) -> ResponseReturnValue:
    """Now, which is in ten minutes, or at an instant in Paris; never without the box that says one has read it again."""
    campaign = the_letter(slug)
    at, wrong = _asked()
    if wrong:
        return _rehearsal(campaign, status=422, wrong=wrong)
    if _version_read() != campaign.version:
        return _rehearsal(campaign, status=409, changed=True)
    try:
        leaves = hold.launch(campaign, at=at)
    except Refused as refused:
        db.session.rollback()
        return _rehearsal(the_letter(slug), status=422, refusal=str(refused))
    when = office_words.instant(leaves)
    return _done(campaign, f"lancée, départ le {when}", f"La lettre part le {when}. D’ici là, on peut la retenir.")


def _asked() -> tuple[datetime | None, dict[str, str]]:
    """When it was asked to leave, None being now; and what is wrong, by field."""
    unread = {} if "relu" in request.form else {"relu": "Cochez d’abord : une lettre partie ne se rattrape pas."}
    try:
        return hold.asked(request.form.get("quand", ""), _typed()), unread
    except BadInstant as bad:
        return None, {"le": str(bad)} | unread


def _typed() -> str:
    return request.form.get("le", "")[:40].strip()


def _version_read() -> int:
    """The version that was on the page: nobody launches what they did not see."""
    return request.form.get("version", 0, row_number)


@bp.post("/<slug>/retenir/")
@open_to(*READERS)
def hold_back(slug: str) -> ResponseReturnValue:
    campaign = the_letter(slug)
    campaigns.hold_back(campaign)
    return _done(campaign, "retenue avant le départ", "La lettre est retenue : elle redevient un brouillon.")


# --- While it leaves ----------------------------------------------------------------------------------------------


@bp.get("/<slug>/")
@open_to(*READERS)
def letter(slug: str) -> ResponseReturnValue:
    """Where a letter stands, whatever its state."""
    campaign = the_letter(slug)
    left = campaign.state in LEFT
    return render_template(
        "office/newsletter/letter.html",
        campaign=campaign,
        progress=results.progress(campaign) if left else None,
        results=results.results(campaign) if left and campaign.launched_at else None,
        langs=rendering.languages(campaign),
        glance=None if left else readers.glance(campaign.topics, read(campaign.reach)),
    )


@bp.get("/<slug>/etat.json")
@open_to(*READERS)
def state(slug: str) -> Response:
    """How far it is, for the bar that moves by itself."""
    campaign = the_letter(slug)
    return jsonify(_told(campaign, results.progress(campaign)))


def _told(campaign: Campaign, progress: Progress) -> dict[str, Any]:
    left = hold.minutes_left(campaign)
    return {
        "state": campaign.state.value,
        "label": office_words.CAMPAIGN[campaign.state],
        "at": office_words.exact_time(progress.at),
        "total": progress.total,
        "done": progress.done,
        "minutes": left,
        "counts": {known.value: office_words.number(progress.of(known)) for known in office_words.MESSAGE},
    }


@bp.post("/<slug>/suspendre/")
@open_to(*WRITERS)
def pause(slug: str) -> ResponseReturnValue:
    campaign = the_letter(slug)
    campaigns.pause(campaign)
    return _done(
        campaign, "suspendue", "Suspendue. Seul part encore le message que le relais est en train de recevoir."
    )


@bp.post("/<slug>/reprendre/")
@open_to(*WRITERS)
def resume(slug: str) -> ResponseReturnValue:
    campaign = the_letter(slug)
    campaigns.resume(campaign)
    return _done(campaign, "reprise", "L’envoi reprend.")


@bp.route("/<slug>/arreter/", methods=["GET", "POST"])
@open_to(*WRITERS)
def stop(slug: str) -> ResponseReturnValue:
    """Asked once, for there is no way back."""
    campaign = the_letter(slug)
    if request.method == "GET":
        progress = results.progress(campaign)
        return render_template("office/newsletter/stop.html", campaign=campaign, progress=progress)
    spared = campaigns.stop(campaign)
    unsent = office_words.counted(spared, "message ne partira pas", "messages ne partiront pas")
    return _done(campaign, f"arrêtée, {unsent}", f"Arrêtée pour de bon : {unsent}.")


@bp.post("/<slug>/renvoyer/")
@open_to(*WRITERS)
def retry(slug: str) -> ResponseReturnValue:
    """Send again all that was refused, or all that is uncertain."""
    campaign = the_letter(slug)
    wanted = RETRIED.get(request.form.get("quoi", "")) or abort(400)
    number = campaigns.retry(campaign, state=wanted)
    what = office_words.MESSAGE[wanted].lower()
    told = office_words.counted(number, "message repart", "messages repartent")
    return _done(campaign, f"{told} ({what})", f"{told}.")


@bp.get("/<slug>/incertains/")
@open_to(*WRITERS)
def uncertain(slug: str) -> str:
    campaign = the_letter(slug)
    found = results.uncertain(campaign, after=request.args.get("apres", 0, row_number))
    after = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template("office/newsletter/uncertain.html", campaign=campaign, messages=found[:PAGE], after=after)


@bp.post("/<slug>/incertains/<int:number>/")
@open_to(*WRITERS)
def decide(slug: str, number: int) -> ResponseReturnValue:
    """One mail of which nobody knows whether it left: send it again, or count it as sent."""
    campaign = the_letter(slug)
    if request.form.get("decision") == "renvoyer":
        campaigns.retry(campaign, state=MessageState.UNCERTAIN, only=number)
        what = "renvoyé"
    elif lanes.let_be(campaign.id, number):
        what = "laissé, compté comme envoyé"
    else:
        raise Refused("Ce message n’est plus incertain.")
    note(campaign, DID, f"message {number} incertain : {what}")
    db.session.commit()
    flash(french(f"Message {number} : {what}."))
    return _to("uncertain", campaign)


# --- Afterwards ---------------------------------------------------------------------------------------------------


@bp.post("/<slug>/archives/")
@open_to(*WRITERS)
def archive(slug: str) -> ResponseReturnValue:
    """Show the letter in the public archive, or take it out."""
    campaign = the_letter(slug)
    before = desk.said(campaign)
    campaign.in_archive = "montrer" in request.form
    db.session.flush()
    summary = "montrée dans les archives" if campaign.in_archive else "retirée des archives"
    note(campaign, JournalAction.CHANGED, summary, before=before, after=desk.said(campaign))
    db.session.commit()
    flash(french(f"La lettre est {summary}."))
    return _to("letter", campaign)
