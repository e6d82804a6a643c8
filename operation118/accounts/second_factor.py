"""The second factor: codes of an authenticator (TOTP), each good once, and recovery codes, each good once."""

import hashlib
import re
from typing import Any, cast

import segno
from flask import current_app
from sqlalchemy import delete, func, select

from operation118.accounts.library import Codes
from operation118.accounts.models import RecoveryCode, Staff
from operation118.accounts.refused import Refused
from operation118.database import db

WINDOW = 30  # seconds that a telephone's clock may be wrong by
RECOVERY_CODES = 10
WRONG = "Ce code n’est pas bon, ou il a déjà servi. Attendez le suivant."


def codes() -> Codes:
    found: Codes = current_app.extensions["one_time_codes"]
    return found


# --- Codes of an authenticator ------------------------------------------------------------------------------------


def new_secret() -> str:
    """A secret for an authenticator, encrypted: the cookie may hold it until it is confirmed."""
    return codes().generate_totp_secret()


def address(secret: str, staff: Staff) -> str:
    """What an authenticator reads in the picture."""
    return codes().get_totp_uri(staff.email, secret)


def typed_key(secret: str) -> str:
    """The secret, to be typed where there is no camera."""
    return codes().get_totp_pretty_key(secret)


def picture(secret: str, staff: Staff) -> str:
    """The address as a QR code, in SVG: black on white in any light, for cameras read nothing else."""
    made = segno.make(address(secret, staff), error="m")
    svg: str = made.svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return svg


def take(staff: Staff, code: str) -> bool:
    """Whether this is somebody's code of the moment, or a recovery code; either is used up by it."""
    typed = code.strip().lower()
    if re.fullmatch(r"[\d\s]+", typed):
        return _take_code(staff, typed, staff.tf_totp_secret)
    return _take_recovery_code(staff, typed)


def _take_code(staff: Staff, code: str, secret: str | None) -> bool:
    return secret is not None and codes().verify_totp(re.sub(r"\s", "", code), secret, cast(Any, staff), window=WINDOW)


def adopt(staff: Staff, secret: str, code: str) -> None:
    """Make `secret` somebody's, once a code shows that their authenticator has it. Raises Refused."""
    if not re.fullmatch(r"[\d\s]+", code) or not _take_code(staff, code, secret):
        raise Refused(WRONG)
    staff.tf_totp_secret = secret
    db.session.flush()


def remove(staff: Staff) -> None:
    """Take the second factor off, and the recovery codes that stood in for it."""
    staff.tf_totp_secret = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    db.session.flush()


# --- Recovery codes -----------------------------------------------------------------------------------------------


def _digest(code: str) -> str:
    return hashlib.sha256(re.sub(r"[^a-z0-9]", "", code).encode()).hexdigest()


def new_recovery_codes(staff: Staff) -> list[str]:
    """Ten new codes, to be shown now and never again; the former ones are void."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    made = codes().generate_recovery_codes(RECOVERY_CODES)
    db.session.add_all(RecoveryCode(staff_id=staff.id, digest=_digest(code)) for code in made)
    db.session.flush()
    return made


def recovery_codes_left(staff: Staff) -> int:
    theirs = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.staff_id == staff.id)
    return db.session.scalar(theirs) or 0


def _take_recovery_code(staff: Staff, code: str) -> bool:
    mine = delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id, RecoveryCode.digest == _digest(code))
    return db.session.execute(mine.returning(RecoveryCode.id)).first() is not None
