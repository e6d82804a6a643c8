"""The origin check: an unsafe request from another site is refused, without a cookie or a token."""

from flask import Flask, abort, request
from modern_csrf.base import should_accept_request

from operation118 import clock

# Unsafe endpoints that other machines may call, with the reason; a house test reads it.
EXEMPT: dict[str, str] = {}


def check() -> None:
    """Refuse what another site's page sends; Host is right because ProxyFix runs first."""
    if clock.is_travelling() and request.method not in ("GET", "HEAD", "OPTIONS"):
        abort(405)
    accepted = should_accept_request(
        request.method,
        request.headers.get("Origin"),
        request.headers.get("Sec-Fetch-Site"),
        request.host,
        trusted_origins=(),
    )
    if not accepted and request.endpoint not in EXEMPT:
        abort(403)


def init_app(app: Flask) -> None:
    app.before_request(check)
