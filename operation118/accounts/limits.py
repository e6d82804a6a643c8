"""How often the door may be tried: by one network, and at one account, were it from a thousand networks."""

from collections.abc import Callable
from typing import Any

from flask import Response, g
from flask_limiter import RequestLimit

from operation118 import tokens
from operation118.accounts import known_devices
from operation118.accounts.passwords import address_of, find
from operation118.web.limits import limiter, network, site

BY_NETWORK = "60 per hour; 200 per day"
BY_SITE = "240 per hour; 800 per day"
BY_ACCOUNT = "20 per hour; 60 per day"
BY_STRANGER = "8 per hour; 24 per day"  # what one network may spend of that
LETTERS = "3 per hour; 6 per day"  # mails to one address

Refusal = Callable[[RequestLimit], Response]
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def about(address: str) -> None:
    """Say whose account the request is about, known or not, before what is limited by account.

    Tries from a browser where this very person signed in before are counted apart: a stranger cannot keep them out. And
    all are counted under their present key, so that a new one, which a reset gives, forgives what others tried."""
    staff = find(address)
    g.door_known = staff is not None and known_devices.knows(staff)
    key = f"{staff.id} {staff.fs_uniquifier} {g.door_known}" if staff else address_of(address)
    g.door_account = tokens.fingerprint(key)


def _account() -> str:
    return g.door_account


def _account_here() -> str:
    return f"{g.door_account} {network()}"


def _is_known() -> bool:
    return g.door_known


def by_network(refusal: Refusal) -> Decorator:
    """Hold a view to the limits of the visitor's network and site; what goes beyond is answered by `refusal`."""
    narrow = limiter.shared_limit(BY_NETWORK, "door", on_breach=refusal)
    wide = limiter.shared_limit(BY_SITE, "door-site", key_func=site, on_breach=refusal)
    return lambda view: wide(narrow(view))


def by_account(refusal: Refusal) -> Decorator:
    """Hold a function of a request to the limit of the account that it is `about`: passwords and codes together.

    A network of strangers is refused before it has spent what may be tried from everywhere."""
    here = limiter.shared_limit(
        BY_STRANGER, "door-stranger", key_func=_account_here, exempt_when=_is_known, on_breach=refusal
    )
    everywhere = limiter.shared_limit(BY_ACCOUNT, "door-account", key_func=_account, on_breach=refusal)
    return lambda tried: everywhere(here(tried))


def by_mailbox(refusal: Refusal) -> Decorator:
    """Hold a function of a request to how many mails one address may be sent from here."""
    return limiter.shared_limit(LETTERS, "door-mailbox", key_func=_account, on_breach=refusal)
