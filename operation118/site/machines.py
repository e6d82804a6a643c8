"""What machines look for at fixed addresses: robots.txt (RFC 9309), security.txt (RFC 9116)."""

from datetime import timedelta

from flask import Blueprint, Response, abort

from operation118 import clock
from operation118.site import answers, head
from operation118.web import time_machine
from operation118.web.sessions import OFFICE
from operation118.web.settings import current_settings

bp = Blueprint("machines", __name__)
bp.app_template_global("page_head")(head.page_head)

CONTACT_DAYS = 180  # RFC 9116 wants less than a year


@bp.before_request
def only_today() -> None:
    """Robots have no business in the past."""
    if clock.is_travelling():
        abort(404)


def _text(*lines: str) -> Response:
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")


@bp.get("/robots.txt")
def robots() -> Response:
    """Every page, but not the same ones again for each day of the past; nor the office."""
    past = time_machine.PREFIX
    rules = ("User-agent: *", f"Allow: {past}$", f"Disallow: {past}", f"Disallow: {OFFICE}")
    return _text(*rules, "", f"Sitemap: {answers.address('machines.sitemap')}")


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Whom to tell of a weakness, while there is somebody."""
    contact = current_settings()["CONTACT_EMAIL"]
    if not contact:
        abort(404)
    clock.changes_at(clock.next_midnight())
    expires = clock.midnight(clock.today() + timedelta(days=CONTACT_DAYS))
    return _text(
        f"Contact: mailto:{contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {answers.address('machines.security')}",
    )
