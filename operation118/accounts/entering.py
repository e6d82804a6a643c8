"""The way in: what stands between a right password and an open session."""

import hashlib
from datetime import UTC, datetime, timedelta

from flask import session

from operation118 import clock
from operation118.accounts import known_devices, mails, sessions
from operation118.accounts.models import Staff
from operation118.database import db

HALFWAY = "halfway"  # of the session: who gave a right password and owes a code
PATIENCE = timedelta(minutes=10)


def _trace(staff: Staff) -> str:
    return hashlib.sha256(f"halfway.{staff.fs_uniquifier}".encode()).hexdigest()[:16]


def owe_code(staff: Staff) -> None:
    """Remember that somebody gave their password and owes a code; nothing of what the session held before stays."""
    session.clear()
    session[HALFWAY] = [staff.id, _trace(staff), clock.real_now().timestamp()]


def halfway() -> Staff | None:
    """Who owes a code, for ten minutes."""
    number, trace, since = session.get(HALFWAY) or (0, "", 0)
    if clock.real_now() - datetime.fromtimestamp(since, UTC) > PATIENCE:
        return None
    staff = db.session.get(Staff, number)
    return staff if staff and staff.active and _trace(staff) == trace else None


def enter(staff: Staff, *, means: list[str]) -> None:
    """Open a session here; its owner is told when this browser has never been theirs."""
    first = staff.last_sign_in_at is None
    opened = sessions.start(staff, means=means)
    if not first and not known_devices.knows(staff):
        mails.new_device(staff, opened)
