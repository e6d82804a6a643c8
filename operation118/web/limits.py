"""How often something may be asked for: one limiter for the whole site, and the networks that visitors are counted by."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from flask import Flask, request
from flask_limiter import Limiter, RequestLimit

from operation118 import clock
from operation118.config import Settings

PREFIX_LENGTHS = {4: 24, 6: 64}  # what one household or office is given
SITE_LENGTHS = {4: 24, 6: 48}  # what one customer may be given, who then has 65,536 networks of IPv6
REDIS_SECONDS = 1  # how long a visitor may wait for a limit to be counted elsewhere


def network_of(address: str, lengths: Mapping[int, int] = PREFIX_LENGTHS) -> str:
    """The network of an address; all that are none are one."""
    try:
        visitor = ip_address(address)
    except ValueError:
        return "unknown"
    visitor = getattr(visitor, "ipv4_mapped", None) or visitor
    return str(ip_network(f"{visitor}/{lengths[visitor.version]}", strict=False))


def network() -> str:
    """The network of the visitor, 192.0.2.0/24 or 2001:db8::/64; all unknown ones are one."""
    return network_of(request.remote_addr or "")


def site() -> str:
    """The networks around the visitor's that one hand may hold, 2001:db8::/48."""
    return network_of(request.remote_addr or "", SITE_LENGTHS)


limiter = Limiter(network, strategy="moving-window", in_memory_fallback_enabled=True, key_prefix="limits")


def seconds_left(limit: RequestLimit) -> int:
    return max(1, round(limit.reset_at - clock.real_now().timestamp()))


def init_app(app: Flask, settings: Settings) -> None:
    """Count in Redis where jobs wait there, in this process's memory otherwise or while Redis is away."""
    shared = settings["QUEUE_URL"].startswith("redis")
    app.config["RATELIMIT_STORAGE_URI"] = settings["QUEUE_URL"] if shared else "memory://"
    timeouts = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    app.config["RATELIMIT_STORAGE_OPTIONS"] = timeouts if shared else {}
    limiter.init_app(app)
