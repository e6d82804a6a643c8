"""The links that let somebody choose a password: an invitation, a reset, and the one that makes the first administrator.

Each is signed, lapses, and works once: it carries a trace of the key that a new password replaces.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from operation118 import clock, tokens
from operation118.accounts.models import Staff
from operation118.database import db
from operation118.tokens import BadToken, Purpose
from operation118.web.links import absolute

LASTING = {
    Purpose.INVITATION: timedelta(days=7),
    Purpose.RESET: timedelta(hours=2),
    Purpose.FOUNDING: timedelta(hours=24),
}
PAGES = {
    Purpose.INVITATION: "accounts.accept",
    Purpose.RESET: "accounts.reset",
    Purpose.FOUNDING: "accounts.found",
}
NOBODY = "founding"


class Worn(Exception):
    """A link that served already, or is too old."""


def _trace(staff: Staff) -> str:
    return hashlib.sha256(staff.fs_uniquifier.encode()).hexdigest()[:12]


def _address(purpose: Purpose, payload: str) -> str:
    token = tokens.sign(purpose, payload)
    return absolute(current_app.url_map.bind("").build(PAGES[purpose], {"token": token}))


def _until(purpose: Purpose) -> datetime:
    return clock.real_now() + LASTING[purpose]


def to_choose_a_password(staff: Staff) -> str:
    """The absolute address where `staff` chooses a password: as an invitation until they have come, a reset after."""
    purpose = Purpose.RESET if staff.password else Purpose.INVITATION
    return _address(purpose, f"{staff.id}-{int(_until(purpose).timestamp())}-{_trace(staff)}")


def to_found() -> str | None:
    """The absolute address where the first administrator is made; None once there is anybody."""
    if somebody():
        return None
    return _address(Purpose.FOUNDING, f"{NOBODY}-{int(_until(Purpose.FOUNDING).timestamp())}")


def somebody() -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(Staff)))


def _parts(purpose: Purpose, token: str, count: int) -> list[str]:
    """Raises Worn for a token that was not made for this, or that has lapsed."""
    try:
        parts = tokens.read(purpose, token).split("-")
    except BadToken:
        raise Worn from None
    if len(parts) != count or datetime.fromtimestamp(int(parts[1]), UTC) <= clock.real_now():
        raise Worn
    return parts


def owner(purpose: Purpose, token: str) -> Staff:
    """Who may choose a password with this link. Raises Worn once it was used, has lapsed, or is for nobody now."""
    number, _, trace = _parts(purpose, token, 3)
    staff = db.session.get(Staff, int(number))
    if (
        staff is None
        or not staff.active
        or _trace(staff) != trace
        or bool(staff.password) != (purpose is Purpose.RESET)
    ):
        raise Worn
    return staff


def check_founding(token: str) -> None:
    """Raises Worn when the link has lapsed, or when there is already somebody."""
    _parts(Purpose.FOUNDING, token, 2)
    if somebody():
        raise Worn


def own_page() -> str:
    """The absolute address of one's own page."""
    return absolute(current_app.url_map.bind("").build("accounts.me"))
