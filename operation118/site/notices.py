"""The pages about the site itself: contact, legal notice, privacy, accessibility, credits and licences."""

from flask import Blueprint, render_template

from operation118.film import queries
from operation118.web.languages import localized
from operation118.web.settings import current_settings

bp = Blueprint("notices", __name__)


@bp.app_context_processor
def _somebody() -> dict[str, bool]:
    """Whether anyone can be written to: pages that invite to write ask first."""
    settings = current_settings()
    return {"has_contact": bool(settings["CONTACT_EMAIL"] or settings["CONTACT_PHONE"])}


@localized(bp, fr="/contact/", en="/en/contact/")
def contact() -> str:
    settings = current_settings()
    return render_template("notices/contact.html", email=settings["CONTACT_EMAIL"], phone=settings["CONTACT_PHONE"])


@localized(bp, fr="/mentions-legales/", en="/en/legal-notice/")
def legal() -> str:
    settings = current_settings()
    given = {name.removeprefix("LEGAL_").lower(): settings[name] for name in settings if name.startswith("LEGAL_")}
    complete = not settings.missing_legal()
    return render_template("notices/legal.html", legal=given, complete=complete, email=settings["CONTACT_EMAIL"])


@localized(bp, fr="/vie-privee/", en="/en/privacy/")
def privacy() -> str:
    settings = current_settings()
    return render_template(
        "notices/privacy.html", keeps_network=settings["CONSENT_NETWORK"], counts_visits=settings["VISITS"]
    )


@localized(bp, fr="/accessibilite/", en="/en/accessibility/")
def accessibility() -> str:
    return render_template("notices/accessibility.html", email=current_settings()["CONTACT_EMAIL"])


@localized(bp, fr="/credits/", en="/en/credits/")
def credits() -> str:
    return render_template("notices/credits.html", sources=queries.sources(), has_images=queries.has_images())
