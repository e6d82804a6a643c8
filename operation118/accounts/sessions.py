"""Where somebody is signed in: a row for each browser, whose random number the signed cookie holds.

Closing a session is deleting its row: the cookie, wherever it is, opens nothing from that instant.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

from flask import g, request, session
from flask_security.utils import login_user, logout_user
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import contains_eager

from operation118 import clock
from operation118.accounts import devices
from operation118.accounts.lapsed import IDLE, LONGEST
from operation118.accounts.models import Staff, StaffSession
from operation118.database import db
from operation118.web import limits

NUMBER, KEY = "staff_session", "_user_id"  # of the cookie: the session's, and Flask-Login's for the person's
SEEN_EVERY = timedelta(minutes=5)
FRESH = timedelta(minutes=15)  # how long a proof of who one is stands for what matters most


def of_cookie() -> StaffSession | None:
    """The session of the request, unless it was closed, has lapsed, or its person is disabled."""
    number, key = session.get(NUMBER), session.get(KEY)
    if not number or not key:
        return None
    now = clock.real_now()
    found = db.session.scalar(
        select(StaffSession)
        .join(StaffSession.staff)
        .options(contains_eager(StaffSession.staff))
        .where(StaffSession.id == number, Staff.fs_uniquifier == key, Staff.active)
        .where(StaffSession.last_seen_at > now - IDLE, StaffSession.started_at > now - LONGEST)
    )
    if found and now - found.last_seen_at > SEEN_EVERY:
        _seen(found.id)
    return found


def _seen(number: str) -> None:
    """Note, in a transaction of its own, that somebody is there; not worth an error when the database is busy."""
    with suppress(OperationalError), db.engine.begin() as connection:
        seen = update(StaffSession).where(StaffSession.id == number).values(last_seen_at=clock.real_now())
        connection.execute(seen)


def start(staff: Staff, *, means: list[str]) -> StaffSession:
    """Sign somebody in, here. Whatever the browser's session held before is forgotten: nobody can have planted it."""
    now = clock.real_now()
    db.session.execute(delete(StaffSession).where(StaffSession.id == session.get(NUMBER)))
    session.clear()
    session.permanent = True
    login_user(cast(Any, staff), remember=False, authn_via=means)
    session[NUMBER] = secrets.token_urlsafe(32)
    opened = StaffSession(
        id=session[NUMBER],
        staff=staff,
        started_at=now,
        last_seen_at=now,
        proved_at=now,
        device=devices.name(request.user_agent.string),
        network=limits.network(),
    )
    db.session.add(opened)
    staff.last_sign_in_at = now
    db.session.flush()
    g.staff_session = opened
    return opened


def prove(opened: StaffSession) -> None:
    """Note that whoever is here has just shown again who they are."""
    opened.proved_at = clock.real_now()
    db.session.flush()


def rekey(staff: Staff) -> None:
    """Keep this session open, and close the others, once its person's key has changed."""
    session[KEY] = staff.fs_uniquifier
    close_all(staff, but=session.get(NUMBER))


def end() -> None:
    """Sign whoever this is out, here."""
    db.session.execute(delete(StaffSession).where(StaffSession.id == session.get(NUMBER)))
    logout_user()
    session.clear()
    g.staff_session = None


def of(staff: Staff) -> Sequence[StaffSession]:
    """Where somebody is signed in, the place last used first."""
    theirs = select(StaffSession).where(StaffSession.staff_id == staff.id)
    return db.session.scalars(theirs.order_by(StaffSession.last_seen_at.desc())).all()


def close(staff: Staff, number: str) -> bool:
    """Close one session of somebody's own; whether there was one."""
    theirs = delete(StaffSession).where(StaffSession.id == number, StaffSession.staff_id == staff.id)
    return db.session.execute(theirs.returning(StaffSession.id)).first() is not None


def close_all(staff: Staff, *, but: str | None = None) -> None:
    """Close all sessions of somebody, or all but the one of this number."""
    theirs = delete(StaffSession).where(StaffSession.staff_id == staff.id)
    db.session.execute(theirs.where(StaffSession.id != but) if but else theirs)
