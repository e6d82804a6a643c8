"""An address in the one form in which it is known here, whatever way it was typed."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

LONGEST = 254  # characters, RFC 5321 (4.5.3.1.3) with the erratum that counts the angle brackets
_LABEL = "(?!xn--)[a-z0-9-]+"
_PLAIN = re.compile(rf"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


class NoAddress(ValueError):
    """What was typed does not have the form of an address."""


def canonical(typed: str) -> str:
    """The address that mail to `typed` goes to, its domain in the letters of the DNS. Raises NoAddress.

    Most addresses are plain, and most of a list are at few domains: such a one is as it must be where its domain is."""
    plain = _PLAIN.fullmatch(typed)
    if plain and len(typed) <= LONGEST:
        _check_domain(plain["domain"])
        return typed
    return _validated(typed)


@lru_cache(1_000)
def _check_domain(domain: str) -> None:
    """Raises NoAddress."""
    _validated(f"a@{domain}")


def _validated(typed: str) -> str:
    try:
        found = validate_email(typed, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError as error:
        raise NoAddress(str(error)) from None
    return found.ascii_email or found.normalized
