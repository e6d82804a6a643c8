"""Passkeys: a device, or a password manager, proves that it holds the other half of a key, and that its owner is there.

That is two factors at once, so no code is asked besides. A challenge is good for five minutes and for one answer.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import request, session
from sqlalchemy import delete, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from operation118 import clock
from operation118.accounts.library import datastore
from operation118.accounts.models import Passkey, Staff
from operation118.accounts.refused import Refused
from operation118.database import db

CHALLENGE = "challenge"  # of the session
GOOD_FOR = timedelta(minutes=5)
MOST = 10  # a person
UNREADABLE = "La clé d’accès n’a pas été reconnue. Recommencez."


def _origin() -> str:
    """What the browser says it is at; the proxies that are trusted have told the host."""
    return request.host_url.rstrip("/")


def _party() -> str:
    return urlsplit(_origin()).hostname or ""


def _challenge() -> bytes:
    """A new challenge, which the session remembers with the instant it was made."""
    challenge = secrets.token_bytes(32)
    session[CHALLENGE] = [bytes_to_base64url(challenge), clock.real_now().timestamp()]
    return challenge


def _challenged() -> tuple[bytes, datetime]:
    """The challenge that this answers, which is forgotten, and when it was made. Raises Refused when it is too old."""
    kept, made = session.pop(CHALLENGE, None) or ("", 0)
    made_at = datetime.fromtimestamp(made, UTC)
    if clock.real_now() - made_at > GOOD_FOR:
        raise Refused("Trop de temps a passé. Recommencez.")
    return base64url_to_bytes(kept), made_at


# --- A new one ----------------------------------------------------------------------------------------------------


def creation_options(staff: Staff) -> str:
    """What the browser needs to make a passkey for `staff`, in JSON."""
    options = generate_registration_options(
        rp_id=_party(),
        rp_name=_party(),
        user_id=staff.fs_webauthn_user_handle.encode(),
        user_name=staff.email,
        user_display_name=staff.name,
        challenge=_challenge(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in staff.webauthn],
    )
    return options_to_json(options)


def add(staff: Staff, name: str, credential: dict[str, Any]) -> None:
    """Keep the passkey that the browser made. Raises Refused for an answer to something else, or one too many."""
    challenge, _ = _challenged()
    if len(staff.webauthn) >= MOST:
        raise Refused(f"Vous avez déjà {MOST} clés d’accès : retirez-en une.")
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_party(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise Refused(UNREADABLE) from None
    if datastore.find_webauthn(made.credential_id):
        raise Refused("Cette clé d’accès est déjà enregistrée.")
    datastore.create_webauthn(
        staff,  # type: ignore[arg-type]
        name=name,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        usage="first",
        device_type=made.credential_device_type.value,
        backup_state=made.credential_backed_up,
    )
    db.session.flush()


def of(staff: Staff) -> list[Passkey]:
    theirs = select(Passkey).where(Passkey.staff_id == staff.id)
    return list(db.session.scalars(theirs.order_by(Passkey.id)))


def remove(staff: Staff, number: int) -> str | None:
    """Take one of somebody's own passkeys away; what it was called, None if they have none of this number."""
    mine = delete(Passkey).where(Passkey.id == number, Passkey.staff_id == staff.id)
    return db.session.scalar(mine.returning(Passkey.name))


def remove_all(staff: Staff) -> None:
    db.session.execute(delete(Passkey).where(Passkey.staff_id == staff.id))


# --- Signing in with one ------------------------------------------------------------------------------------------


def request_options() -> str:
    """What the browser needs to ask for any passkey of this site, in JSON: nobody says who they are before."""
    options = generate_authentication_options(
        rp_id=_party(), challenge=_challenge(), user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def owner(credential: dict[str, Any]) -> Staff:
    """Whose passkey answered the challenge. Raises Refused for one that is unknown, wrong, or of somebody disabled."""
    challenge, made_at = _challenged()
    try:
        passkey = _known(credential)
        proof = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_party(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise Refused(UNREADABLE) from None
    _use(passkey, proof.new_sign_count, made_at)
    return passkey.user


def _known(credential: dict[str, Any]) -> Passkey:
    answer = parse_authentication_credential_json(credential)
    passkey = datastore.find_webauthn(answer.raw_id)
    if not isinstance(passkey, Passkey) or not passkey.user.active:
        raise Refused(UNREADABLE)
    if answer.response.user_handle != passkey.user.fs_webauthn_user_handle.encode():
        raise Refused(UNREADABLE)
    return passkey


def _use(passkey: Passkey, sign_count: int, made_at: datetime) -> None:
    """Note the use. Raises Refused for the answer to a challenge older than the last use: it has been sent before."""
    unused = update(Passkey).where(Passkey.id == passkey.id, Passkey.lastuse_datetime < made_at)
    used = unused.values(sign_count=sign_count, lastuse_datetime=clock.real_now()).returning(Passkey.id)
    if db.session.execute(used).first() is None:
        raise Refused(UNREADABLE)
