"""Short signed tokens for the links of mails and forms, and the keyed hash that stands for an address.

A token is `<payload>.<signature>`: whoever holds it can read the payload, nobody can make one.
"""

import hmac
from enum import StrEnum
from functools import cache
from hashlib import sha256

from flask import Flask, current_app
from itsdangerous import BadSignature, Signer
from itsdangerous.signer import HMACAlgorithm

SIGNATURE_BYTES = 16  # of HMAC-SHA256: 128 bits cannot be guessed, and the link stays short


class Purpose(StrEnum):
    """What a token is good for; one made for another purpose is refused."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    LEAVE = "leave"
    REFUSE = "refuse"
    BOUNCE = "bounce"
    CLICK = "click"
    FORM = "form"
    INVITATION = "invitation"
    RESET = "reset"
    FOUNDING = "founding"
    DEVICE = "device"


class BadToken(Exception):
    """The token was cut, altered, or made for something else."""


class _ShortHmac(HMACAlgorithm):
    def __init__(self) -> None:
        super().__init__(sha256)

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return super().get_signature(key, value)[:SIGNATURE_BYTES]

    def verify_signature(self, key: bytes, value: bytes, sig: bytes) -> bool:
        return hmac.compare_digest(sig, self.get_signature(key, value))


@cache
def _signer(keys: tuple[str, ...], purpose: Purpose) -> Signer:
    return Signer(keys, salt=f"token.{purpose}", key_derivation="hmac", algorithm=_ShortHmac())


def _keys() -> tuple[str, ...]:
    """Oldest first, as itsdangerous wants them: it signs with the last one."""
    old: list[str] = current_app.extensions["old_secret_keys"]
    return (*old, str(current_app.secret_key))


def sign(purpose: Purpose, payload: str | int) -> str:
    return _signer(_keys(), purpose).sign(str(payload)).decode()


def read(purpose: Purpose, token: str) -> str:
    """The payload of `token`. Raises BadToken."""
    try:
        return _signer(_keys(), purpose).unsign(token).decode()
    except (BadSignature, UnicodeError):
        raise BadToken(purpose.value) from None


def fingerprint(address: str) -> str:
    """The keyed hash of an e-mail address, 40 hexadecimal digits; case does not count."""
    key: str = current_app.extensions["fingerprint_key"]
    return hmac.new(key.encode(), address.strip().casefold().encode(), sha256).hexdigest()[:40]


def init_app(app: Flask, *, old_keys: list[str], fingerprint_key: str) -> None:
    app.extensions["old_secret_keys"] = old_keys
    app.extensions["fingerprint_key"] = fingerprint_key or str(app.secret_key)
