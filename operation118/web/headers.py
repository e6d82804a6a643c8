"""What every answer says about itself: security policies, who may keep it and until when, its tag."""

import hashlib
import math
from datetime import datetime

from flask import Flask, Response, request
from werkzeug.urls import iri_to_uri

from operation118 import clock, publication

SHARED_SECONDS = 60  # how long nginx or a CDN may answer without asking again

# Nothing inline, nothing foreign: so one constant string, which cached pages can carry.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
UNUSED_FEATURES = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics", "fullscreen")
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    # no-referrer would make browsers send `Origin: null` with our own forms, which the origin check refuses
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"


def cache_control(now: datetime, changes_at: datetime | None) -> str:
    """Browsers ask again each time (an answer costs them a 304); shared caches keep a page a minute, and never
    past the instant it changes."""
    seconds = SHARED_SECONDS
    if changes_at is not None:
        seconds = max(0, min(seconds, math.ceil((changes_at - now).total_seconds())))
    return f"public, max-age=0, must-revalidate, s-maxage={seconds}"


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT_SECURITY)
    if clock.is_travelling():
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _stay(response: Response) -> Response:
    """A redirect within the site is a path: an address that the router makes repeats the Host of the request, whatever
    it claims, and http:// behind a proxy that nobody declared. Two slashes would name another site."""
    location, here = response.location or "", iri_to_uri(request.host_url)
    if location.startswith(here):
        response.location = "/" + location.removeprefix(here).lstrip("/\\")
    return response


def _publish(response: Response) -> Response:
    """Let a successful GET answer be kept, until its next change, and tagged."""
    cacheable = request.method in ("GET", "HEAD") and response.status_code == 200
    if "Cache-Control" not in response.headers:
        if not cacheable:
            response.headers["Cache-Control"] = "no-store"
            return response
        publication.watch()
        changes_at = clock.next_change()
        response.headers["Cache-Control"] = cache_control(clock.real_now(), changes_at)
        request.environ["operation118.changes_at"] = changes_at  # said to our own cache alone: an embargo may lift then
    if cacheable and not response.direct_passthrough and not response.get_etag()[0]:
        response.set_etag(hashlib.blake2b(response.get_data(), digest_size=12).hexdigest())
    return response


def condition(response: Response) -> Response:
    """304 when the visitor already holds this very answer; the last step, for compression changes the tag."""
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.make_conditional(request)
    return response


def private(response: Response) -> Response:
    """Mark an answer that nobody may keep."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def init_app(app: Flask) -> None:
    """Flask runs these last first: register before what must see the answer earlier (compression)."""
    app.before_request(clock.forget_changes)
    app.after_request(_secure)
    app.after_request(_stay)
    app.after_request(_publish)
