"""The desk of the letter: the list of letters, writing one, looking at it. What follows is in `launch_views`."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from operation118.accounts import door, journal, meanwhile
from operation118.accounts.door import open_to
from operation118.accounts.meanwhile import Opened
from operation118.accounts.models import JournalAction, StaffRole
from operation118.database import db
from operation118.mail.compose import Parts
from operation118.mail.models import MessageState
from operation118.newsletter import blocks, desk, hold, links, office_forms, office_words, proposals, rendering, showing
from operation118.newsletter.desk import Conflict
from operation118.newsletter.labels import topics_label
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.office_forms import LetterForm
from operation118.newsletter.reach import read
from operation118.newsletter.refused import Refused
from operation118.newsletter.showing import View
from operation118.web.languages import LANGUAGES
from operation118.web.row_numbers import row_number
from operation118.web.typography import typeset

bp = door.room("newsletter_office", __name__, "/office/lettre")
WRITERS = (StaffRole.EDITOR,)
READERS = (StaffRole.EDITOR, StaffRole.PRESS_OFFICER, StaffRole.DOOR)  # anybody may keep a letter from leaving
PAGE = 50
NO_ENGLISH = "Pas de texte anglais : ceux qui lisent l’anglais recevront ce texte-ci, en français."


def the_letter(slug: str) -> Campaign:
    return db.session.scalar(select(Campaign).where(Campaign.slug == slug)) or abort(404)


def note(campaign: Campaign, action: JournalAction, summary: str, **told: Any) -> None:
    """A line of the journal about a letter."""
    subject = office_words.subject_of(campaign.slug)
    journal.record(action=action, subject=subject, summary=f"Lettre « {campaign.subject_fr} » : {summary}", **told)


def french(text: str) -> str:
    return typeset(text, "fr")


def _reach_of(campaign: Campaign) -> str:
    return office_words.reach_label(read(campaign.reach))


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "words": office_words,
        "reach_of": _reach_of,
        "minutes_left": hold.minutes_left,
        "views": showing.LABELS,
        "topics_label": topics_label,
        "states": MessageState,
    }


@bp.errorhandler(Refused)
def _refused(refusal: Refused) -> ResponseReturnValue:
    """What cannot be done is said on the page of the letter."""
    db.session.rollback()
    flash(french(str(refusal)), "error")
    slug = (request.view_args or {}).get("slug")
    return redirect(url_for(".letter", slug=slug) if slug else url_for(".index"), 303)


@bp.get("/")
@open_to(*READERS)
def index() -> str:
    """The letters, the newest first, and those that the facts propose."""
    before = request.args.get("avant", 0, row_number)
    rows = select(Campaign).order_by(Campaign.id.desc()).limit(PAGE + 1)
    found = db.session.scalars(rows.where(Campaign.id < before) if before else rows).all()
    proposed = [] if before else proposals.open_ones()
    return render_template(
        "office/newsletter/index.html",
        letters=found[:PAGE],
        before=found[PAGE - 1].id if len(found) > PAGE else None,
        proposed=proposed,
    )


def _page(form: LetterForm, campaign: Campaign | None = None, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    context: dict[str, Any] = {"form": form, "campaign": campaign, "offers": blocks.offers(), "theirs": {}, "taken": {}}
    response = Response(render_template("office/newsletter/edit.html", **context | more), status, mimetype="text/html")
    return showing.framing(response)


def _inserted(form: LetterForm) -> bool:
    """Whether a block was asked for: without a script it goes to the end of the French, and of the English if there is."""
    name = request.form.get("inserer", "")
    offer = blocks.offers().get(name)
    if offer is None:
        return False
    argument = request.form.get(f"choix-{name}", "") if offer.choices else ""
    line = f"{{{{ {name}: {argument} }}}}" if argument else f"{{{{ {name} }}}}"
    for field in (form.body_fr, *([form.body_en] if (form.body_en.data or "").strip() else [])):
        field.data = f"{(field.data or '').rstrip()}\n\n{line}\n".lstrip()
    return True


@bp.route("/nouvelle/", methods=["GET", "POST"])
@open_to(*WRITERS)
def new() -> ResponseReturnValue:
    if request.method == "GET":
        proposal = proposals.find(request.args.get("proposition", ""))
        return _page(office_forms.from_written(proposal.letter) if proposal else LetterForm(formdata=None))
    form = LetterForm()
    if _inserted(form):
        return _page(form)
    if not form.validate():
        return _page(form, status=422)
    campaign = desk.begin(form.written())
    note(campaign, JournalAction.CREATED, "commencée", after=desk.said(campaign))
    db.session.commit()
    flash(french("Le brouillon est enregistré. Personne ne l’a reçu."))
    return _following(campaign.slug)


@bp.route("/<slug>/modifier/", methods=["GET", "POST"])
@open_to(*WRITERS)
def edit(slug: str) -> ResponseReturnValue:
    newest = meanwhile.newest(office_words.subject_of(slug))  # before the letter is read
    campaign = the_letter(slug)
    if campaign.state is not CampaignState.DRAFT and request.method == "GET":
        return redirect(url_for(".letter", slug=slug))
    if request.method == "GET":
        form = office_forms.from_said(desk.said(campaign))
        form.version.data = str(Opened(campaign.version, newest))
        return _page(form, campaign)
    form = LetterForm()
    if _inserted(form):
        return _page(form, campaign)
    if not form.validate():
        return _page(form, campaign, status=422)
    return _saved(campaign, form)


def _opened() -> Opened:
    return meanwhile.read(request.form.get("version", ""))


def _saved(campaign: Campaign, form: LetterForm) -> ResponseReturnValue:
    """What follows a draft sent: it is kept, or somebody else's version is shown beside it."""
    before, slug = desk.said(campaign), campaign.slug
    try:
        changed = desk.save(campaign, form.written(), version=_opened().version or 0)
    except (Conflict, Refused) as problem:
        db.session.rollback()
        return _kept_apart(form, slug, problem)
    if changed:
        note(campaign, JournalAction.CHANGED, "modifiée", before=before, after=desk.said(campaign))
    db.session.commit()
    flash(french("Enregistré." if changed else "Rien n’avait changé."))
    return _following(slug)


def _following(slug: str) -> ResponseReturnValue:
    """Where a letter saved leads: back to it, or on to its rehearsal."""
    return redirect(url_for(".rehearse" if "suite" in request.form else ".edit", slug=slug), 303)


def _kept_apart(form: LetterForm, slug: str, problem: Conflict | Refused) -> ResponseReturnValue:
    """What was typed is still in its fields, but for what only the other changed; saving again is then a decision."""
    newest, line = meanwhile.newest(office_words.subject_of(slug)), _opened().line
    fresh = db.session.scalar(select(Campaign).where(Campaign.slug == slug).execution_options(populate_existing=True))
    if fresh is None:
        return _page(form, None, status=409, refusal="Cette lettre vient d’être jetée par quelqu’un d’autre.")
    if isinstance(problem, Refused):
        return _page(form, fresh, status=409, refusal=str(problem))
    form.version.data = str(Opened(fresh.version, newest))
    return _page(form, fresh, status=409, conflict=True, **_apart(form, fresh, line))


def _apart(form: LetterForm, fresh: Campaign, line: int | None) -> dict[str, dict[str, str]]:
    """What the other wrote in the fields that both changed; what stood in those that `form` takes over from the other."""
    said, subject = desk.said(fresh), office_words.subject_of(fresh.slug)
    opened = office_forms.from_said(meanwhile.as_opened(subject, line, said)) if line is not None else None
    saved = office_forms.from_said(said)
    mine, theirs = office_forms.told_by(form), office_forms.told_by(saved)
    before = office_forms.told_by(opened) if opened else None
    both, only_theirs = meanwhile.apart(mine.keys(), mine, theirs, before)
    office_forms.take(form, saved, only_theirs)
    return {
        "theirs": {name: theirs[name] for name in both},
        "taken": {name: before[name] for name in only_theirs} if before else {},
    }


@bp.post("/<slug>/jeter/")
@open_to(*WRITERS)
def discard(slug: str) -> ResponseReturnValue:
    campaign = the_letter(slug)
    before = desk.said(campaign)
    desk.discard(campaign)
    note(campaign, JournalAction.DELETED, "brouillon jeté", before=before)
    db.session.commit()
    flash(french("Le brouillon est jeté ; son texte reste dans le journal."))
    return redirect(url_for(".index"), 303)


# --- Looking at it ------------------------------------------------------------------------------------------------


def _language(asked: str) -> str:
    return asked if asked in LANGUAGES else "fr"


def _shown(campaign: Campaign, lang: str, view: View) -> Response:
    """The mail in a page of its own, whose policy lets mails be what they are (see `showing`)."""
    known = lang if lang in rendering.languages(campaign) else "fr"
    try:
        parts = _parts(campaign, known)
    except Refused as refused:
        page = showing.text(f"Cette lettre ne peut pas encore être montrée.\n\n{refused}", "Aperçu")
    else:
        page = showing.document(parts, view, known, "" if known == lang else french(NO_ENGLISH))
    return Response(page, mimetype="text/html", headers=showing.HEADERS)


def _parts(campaign: Campaign, lang: str) -> Parts:
    """What its readers received, or would now. Raises Refused."""
    if not campaign.frozen:
        return rendering.sample(campaign, lang)
    frozen = campaign.frozen[lang]
    own = {rendering.MANAGE: links.manage_url(0, lang), rendering.UNSUBSCRIBE: links.unsubscribe_url(0, lang)}
    texts = (frozen["subject"], frozen["text"], frozen["html"])
    for mark, address in own.items():
        texts = tuple(text.replace(mark, address) for text in texts)
    return Parts(*texts)


@bp.post("/apercu/")
@open_to(*WRITERS)
def look() -> Response:
    """What stands on the desk, as a mail: for the frame beside it, or for a page of its own."""
    form = LetterForm()
    form.validate()
    asked, seen = request.form.get("apercu", ""), request.form.get("langue_apercu", "fr")
    view = View(asked) if asked in set(View) else View.MAIL
    return _shown(desk.letter(form.written(), "apercu"), _language(seen), view)


@bp.get("/<slug>/apercu/<tongue>/<view>/")
@open_to(*READERS)
def preview(slug: str, tongue: str, view: str) -> Response:
    if tongue not in LANGUAGES or view not in set(View):
        abort(404)
    return _shown(the_letter(slug), tongue, View(view))
