"""The letters sent, to read; and the links of the letters, which count a visit, then lead on."""

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.exc import OperationalError

from operation118 import clock
from operation118.database import db
from operation118.film.views import the_film
from operation118.newsletter import archive, clicks, rendering
from operation118.newsletter.models import Campaign, CampaignLink
from operation118.web.languages import current, localized
from operation118.web.logs import log
from operation118.web.typography import typeset

bp = Blueprint("newsletter_archive", __name__)


def _subject(campaign: Campaign) -> str:
    lang = archive.language(campaign, current())
    return typeset(rendering.subject(campaign, lang), lang)


def _body(campaign: Campaign) -> Markup:
    return Markup(campaign.frozen[archive.language(campaign, current())]["page"])  # noqa: S704 - cleaned when frozen


@bp.context_processor
def _words() -> dict[str, object]:
    return {"subject_of": _subject, "body_of": _body, "language_of": archive.language, "paris": clock.PARIS}


@localized(bp, fr="/lettre/archives/", en="/en/newsletter/archive/")
def index() -> str:
    the_film()
    return render_template("newsletter/archive.html", letters=archive.letters())


@localized(bp, fr="/lettre/archives/<slug>/", en="/en/newsletter/archive/<slug>/")
def page(slug: str) -> str:
    the_film()
    letter = archive.find(slug) or abort(404)
    return render_template("newsletter/archive_letter.html", letter=letter)


@localized(bp, fr="/lettre/archives/feed.atom", en="/en/newsletter/archive/feed.atom")
def feed() -> Response:
    film, letters = the_film(), archive.letters(complete=True)
    updated = max((letter.updated_at for letter in letters), default=film.updated_at)
    page = render_template("newsletter/archive.atom.xml", letters=letters, updated=updated)
    return Response(page, mimetype="application/atom+xml")


@bp.get("/l/<token>/")
def follow(token: str) -> ResponseReturnValue:
    """A GET that counts, for nothing else could: mails lead by links only. It writes no more than one number."""
    link = clicks.link_of(token) or abort(404)
    purpose = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    agent = request.headers.get("User-Agent", "")
    if clicks.is_reader(method=request.method, agent=agent, purpose=purpose) and not clock.is_travelling():
        _count(link)
    return redirect(rendering.whole(link.url))


def _count(link: CampaignLink) -> None:
    """The reader arrives even while the database cannot be written to."""
    try:
        clicks.count(link)
        db.session.commit()
    except OperationalError as error:
        db.session.rollback()
        log.warning("a visit was not counted", extra={"reason": str(error.orig)})
