"""Whether somebody signed in with this browser before: a signed cookie of the office remembers their numbers for a year.

It opens nothing: all it does is to spare its owner a mail, and to count their tries apart from those of strangers.
"""

from typing import Any, cast

from flask import Response, current_app, request

from operation118 import tokens
from operation118.accounts.models import Staff
from operation118.tokens import BadToken, Purpose
from operation118.web.sessions import OFFICE

COOKIE = "office_device"
YEAR = 365 * 24 * 3600  # seconds
MOST = 20  # people with one browser


def _people() -> list[str]:
    try:
        return tokens.read(Purpose.DEVICE, request.cookies.get(COOKIE, "")).split("-")
    except BadToken:
        return []


def knows(staff: Staff) -> bool:
    return str(staff.id) in _people()


def remember(response: Response, staff: Staff) -> None:
    """Let this browser know `staff` from now on."""
    people = list(dict.fromkeys([str(staff.id), *_people()]))[:MOST]
    response.set_cookie(
        COOKIE,
        tokens.sign(Purpose.DEVICE, "-".join(people)),
        max_age=YEAR,
        path=OFFICE,
        secure=bool(cast(Any, current_app.config)["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
