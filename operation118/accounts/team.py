"""The team's rules: inviting, changing a role, disabling; there is always an administrator left.

Each writes its line in the journal, and what somebody must know is mailed to them.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import has_request_context
from sqlalchemy import func, select

from operation118 import clock
from operation118.accounts import journal, mails, passkeys, passwords, second_factor, sessions
from operation118.accounts.labels import role_label
from operation118.accounts.mails import Change
from operation118.accounts.models import LONGEST_NAME, JournalAction, JournalEntry, Staff, StaffRole, StaffSession
from operation118.accounts.refused import Refused
from operation118.database import db, insert_missing
from operation118.mail.addresses import NoAddress, canonical

FOUNDED, ARRIVED = "premier administrateur", "arrivée dans l’équipe"


def everybody() -> Sequence[Staff]:
    return db.session.scalars(select(Staff).order_by(Staff.active.desc(), func.lower(Staff.name))).all()


def note(
    staff: Staff,
    summary: str,
    *,
    action: JournalAction = JournalAction.DID,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """A line of the journal about somebody."""
    said = f"{staff.name} : {summary}"
    by = staff if has_request_context() else None
    journal.record(action=action, subject=f"staff.{staff.id}", summary=said, before=before, after=after, by=by)


def _new(email: str, name: str, role: StaffRole, *, founder: bool | None = None) -> Staff:
    try:
        address = passwords.address_of(canonical(email))
    except NoAddress:
        raise Refused(f"« {email} » n’est pas une adresse complète.") from None
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(f"Donnez un nom, de {LONGEST_NAME} caractères au plus.")
    staff = insert_missing(
        Staff,
        email=address,
        name=name,
        role=role,
        active=True,
        founder=founder,
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
        invited_at=clock.real_now(),
    )
    if staff is None:
        raise Refused("Cette adresse est déjà dans l’équipe.")
    return staff


def invite(*, email: str, name: str, role: StaffRole) -> Staff:
    """Add somebody, who comes by the link that is mailed to them. Raises Refused for an address that is there already."""
    staff = _new(email, name, role)
    note(staff, f"invitation ({role_label(role)})", action=JournalAction.CREATED, after={"role": role.value})
    mails.invitation(staff)
    return staff


def found(*, email: str, name: str, password: str) -> Staff:
    """Make the first administrator. Raises Refused when there is one, or for a poor password."""
    passwords.check(password, email=email, name=name)
    try:
        staff = _new(email, name, StaffRole.ADMIN, founder=True)
    except Refused:
        raise Refused("Il y a déjà un administrateur.") from None
    passwords.choose(staff, password)
    note(staff, FOUNDED, action=JournalAction.CREATED, after={"role": staff.role.value})
    return staff


def arrive(staff: Staff, *, name: str, password: str) -> None:
    """Somebody invited comes, with a password and the name they want. Raises Refused."""
    passwords.choose(staff, password)
    staff.name = name
    note(staff, ARRIVED)


def has_just_come(staff: Staff, opened: StaffSession) -> bool:
    """Whether somebody arrived with this session, and their account is as it was then."""
    about = JournalEntry.subject == f"staff.{staff.id}"
    query = select(JournalEntry.summary, JournalEntry.at).where(about).order_by(JournalEntry.id.desc()).limit(1)
    newest = db.session.execute(query).first()
    if newest is None or not newest.summary.endswith((FOUNDED, ARRIVED)):
        return False
    return opened.started_at - newest.at < timedelta(minutes=1)


def _keep_an_administrator(staff: Staff) -> None:
    able = (Staff.role == StaffRole.ADMIN, Staff.active, Staff.password.is_not(None))
    others = select(Staff.id).where(*able, Staff.id != staff.id).with_for_update()
    if not db.session.scalars(others).all():
        raise Refused("C’est le dernier administrateur : nommez-en un autre d’abord.")


def change_role(staff: Staff, role: StaffRole) -> bool:
    """Whether the role was another. Raises Refused for the last administrator."""
    if role is staff.role:
        return False
    if staff.role is StaffRole.ADMIN:
        _keep_an_administrator(staff)
    before, staff.role = staff.role, role
    roles = {"before": {"role": before.value}, "after": {"role": role.value}}
    note(staff, f"{role_label(before)} devient {role_label(role)}", action=JournalAction.CHANGED, **roles)
    return True


def disable(staff: Staff) -> None:
    """Close the door to somebody, at once. Raises Refused for the last administrator."""
    if not staff.active:
        return
    if staff.role is StaffRole.ADMIN:
        _keep_an_administrator(staff)
    staff.active = False
    sessions.close_all(staff)
    note(staff, "compte désactivé", action=JournalAction.CHANGED, before={"active": True}, after={"active": False})


def enable(staff: Staff) -> None:
    if staff.active:
        return
    staff.active = True
    note(staff, "compte réactivé", action=JournalAction.CHANGED, before={"active": False}, after={"active": True})


def reset_second_factor(staff: Staff) -> None:
    """Take away the second factor, recovery codes and passkeys of somebody who lost them, and close their sessions.

    The new key forgives the tries that were counted under the old one (see `limits.about`), and voids links."""
    second_factor.remove(staff)
    passkeys.remove_all(staff)
    sessions.close_all(staff)
    staff.fs_uniquifier = uuid4().hex
    note(staff, "second facteur et clés d’accès retirés")
    mails.changed(staff, Change.RESET_BY_ADMIN)


def sign_out_everywhere(staff: Staff, *, but: str | None = None) -> None:
    sessions.close_all(staff, but=but)
    note(staff, "déconnexion partout")
