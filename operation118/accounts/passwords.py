"""Passwords: whether one is somebody's, what a good one is, and choosing a new one. Flask-Security keeps them, in Argon2id."""

from functools import cache
from typing import Any, cast
from uuid import uuid4

from flask_security.utils import hash_password, verify_and_update_password, verify_password
from sqlalchemy import select, update

from operation118.accounts import library
from operation118.accounts.models import Staff
from operation118.accounts.refused import Refused
from operation118.database import db
from operation118.mail.addresses import NoAddress, canonical

LONGEST = 128  # characters; Flask-Security's own limit
LONGEST_ADDRESS = 320  # characters; no mail goes to a longer one


def address_of(typed: str) -> str:
    """An address as it is kept: in lower case, its domain in the letters of the DNS. One too long is not looked into:
    it is nobody's, and that takes seconds."""
    typed = typed.strip()
    if len(typed) > LONGEST_ADDRESS:
        return typed.lower()
    try:
        return canonical(typed).lower()
    except NoAddress:
        return typed.lower()


def find(typed: str) -> Staff | None:
    return db.session.scalar(select(Staff).where(Staff.email == address_of(typed)))


@cache
def _nobodys() -> str:
    """The hash that stands in for the one of nobody: unknown takes as long as wrong."""
    return hash_password(uuid4().hex)


def owner(typed: str, password: str) -> Staff | None:
    """Whose address and password these are; None for a wrong one, an unknown one, somebody disabled or yet to come, all
    for the same work."""
    nobodys, staff = _nobodys(), find(typed)
    able = staff is not None and staff.active and staff.password is not None
    given = library.normalised(password[: LONGEST + 1])
    if staff is None or not able:
        verify_password(given, nobodys)
        return None
    return staff if verify_and_update_password(given, cast(Any, staff)) else None


def matches(staff: Staff, password: str) -> bool:
    """Whether this is the password of somebody who is already here."""
    return owner(staff.email, password) is not None


def check(password: str, *, email: str, name: str) -> None:
    """Raises Refused for a password that is easily guessed: short, of few letters, or made of one's own name."""
    if len(password) < library.PASSWORD_LENGTH:
        raise Refused(f"Au moins {library.PASSWORD_LENGTH} caractères : trois ou quatre mots sans lien font l’affaire.")
    if len(password) > LONGEST:
        raise Refused(f"Au plus {LONGEST} caractères.")
    plain = password.lower()
    own = [email.partition("@")[0].lower(), *name.lower().split()]
    if any(len(word) > 3 and plain.replace(word, "") == "" for word in own) or _poor(plain, own):
        raise Refused("Trop facile à deviner : prenez des mots qui ne sont pas les vôtres.")


def _poor(plain: str, own: list[str]) -> bool:
    """What is left once one's own words are out has too few different characters."""
    for word in own:
        plain = plain.replace(word, "") if len(word) > 3 else plain
    return len(set(plain)) < 5


def choose(staff: Staff, password: str) -> None:
    """Give somebody a new password. What was made with the old key is void: every session and every link.

    Raises Refused for a poor password, or when another choice was made a moment ago."""
    check(password, email=staff.email, name=staff.name)
    key, hashed = uuid4().hex, hash_password(library.normalised(password))
    mine = update(Staff).where(Staff.id == staff.id, Staff.fs_uniquifier == staff.fs_uniquifier)
    changed = db.session.execute(mine.values(password=hashed, fs_uniquifier=key).returning(Staff.id)).first()
    if changed is None:
        raise Refused("Le mot de passe vient d’être changé ailleurs.")
    db.session.refresh(staff)
