"""How often the letter may be asked for: a network cannot flood the site, nobody can flood somebody else's mailbox."""

from collections.abc import Callable
from typing import Any

from flask import Response, g
from flask_limiter import RequestLimit

from operation118 import tokens
from operation118.newsletter import addresses
from operation118.web.limits import limiter, site

BY_NETWORK = "30 per hour; 100 per day"
BY_SITE = "120 per hour; 400 per day"
BY_ADDRESS = "3 per hour; 6 per day"

Refusal = Callable[[RequestLimit], Response]
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _address() -> str:
    return tokens.fingerprint(addresses.mailbox(g.letter_recipient))


def by_network(refusal: Refusal) -> Decorator:
    """Hold a view to the limits of the visitor's network and site; what goes beyond is answered by `refusal`."""
    narrow = limiter.shared_limit(BY_NETWORK, "network", on_breach=refusal)
    wide = limiter.shared_limit(BY_SITE, "site", key_func=site, on_breach=refusal)
    return lambda view: wide(narrow(view))


def by_address(refusal: Refusal) -> Decorator:
    """Hold a function of a request to the limit of `g.letter_recipient`: mistakes cost nothing before it is called."""
    return limiter.shared_limit(BY_ADDRESS, "address", key_func=_address, on_breach=refusal)
