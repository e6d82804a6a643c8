"""How often the letter may be asked for: a network cannot flood the site, nobody can flood somebody else's mailbox."""

from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit

from operation118 import clock, tokens
from operation118.config import Settings
from operation118.newsletter import addresses

BY_NETWORK = "30 per hour; 100 per day"
BY_SITE = "120 per hour; 400 per day"
BY_ADDRESS = "3 per hour; 6 per day"
PREFIX_LENGTHS = {4: 24, 6: 64}  # what one household or office is given
SITE_LENGTHS = {4: 24, 6: 48}  # what one customer may be given, who then has 65,536 networks of IPv6
REDIS_SECONDS = 1  # how long a visitor may wait for a limit to be counted elsewhere

Refusal = Callable[[RequestLimit], Response]
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _network(lengths: Mapping[int, int]) -> str:
    try:
        visitor = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    visitor = getattr(visitor, "ipv4_mapped", None) or visitor
    return str(ip_network(f"{visitor}/{lengths[visitor.version]}", strict=False))


def network() -> str:
    """The network of the visitor, 192.0.2.0/24 or 2001:db8::/64; all unknown ones are one."""
    return _network(PREFIX_LENGTHS)


def site() -> str:
    """The networks around the visitor's that one hand may hold, 2001:db8::/48."""
    return _network(SITE_LENGTHS)


limiter = Limiter(network, strategy="moving-window", in_memory_fallback_enabled=True, key_prefix="letter")


def _address() -> str:
    return tokens.fingerprint(addresses.mailbox(g.letter_recipient))


def seconds_left(limit: RequestLimit) -> int:
    return max(1, round(limit.reset_at - clock.real_now().timestamp()))


def by_network(refusal: Refusal) -> Decorator:
    """Hold a view to the limits of the visitor's network and site; what goes beyond is answered by `refusal`."""
    narrow = limiter.shared_limit(BY_NETWORK, "network", on_breach=refusal)
    wide = limiter.shared_limit(BY_SITE, "site", key_func=site, on_breach=refusal)
    return lambda view: wide(narrow(view))


def by_address(refusal: Refusal) -> Decorator:
    """Hold a function of a request to the limit of `g.letter_recipient`: mistakes cost nothing before it is called."""
    return limiter.shared_limit(BY_ADDRESS, "address", key_func=_address, on_breach=refusal)


def init_app(app: Flask) -> None:
    """Count in Redis where jobs wait there, in this process's memory otherwise or while Redis is away."""
    settings: Settings = app.extensions["settings"]
    shared = settings["QUEUE_URL"].startswith("redis")
    app.config["RATELIMIT_STORAGE_URI"] = settings["QUEUE_URL"] if shared else "memory://"
    timeouts = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    app.config["RATELIMIT_STORAGE_OPTIONS"] = timeouts if shared else {}
    limiter.init_app(app)
