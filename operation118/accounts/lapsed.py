"""What the door forgets in time: sessions nobody came back to, sign-ins that failed long ago."""

from datetime import timedelta

from sqlalchemy import delete, or_

from operation118 import clock
from operation118.accounts.models import FailedSignIn, StaffSession
from operation118.database import db

IDLE = timedelta(days=14)  # a session that nobody used
LONGEST = timedelta(days=30)  # any session
FAILURES_KEPT = timedelta(days=30)


def forget_sessions() -> int:
    """Delete the sessions that have lapsed."""
    now = clock.real_now()
    old = delete(StaffSession).where(
        or_(StaffSession.last_seen_at < now - IDLE, StaffSession.started_at < now - LONGEST)
    )
    return len(db.session.execute(old.returning(StaffSession.id)).all())


def forget_failures() -> int:
    """Delete the sign-ins that failed more than thirty days ago."""
    old = delete(FailedSignIn).where(FailedSignIn.at < clock.real_now() - FAILURES_KEPT)
    return len(db.session.execute(old.returning(FailedSignIn.id)).all())
