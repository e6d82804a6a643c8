"""What is refused at the door: giants, what no database keeps, and an unsafe request from another site, told without a
cookie or a token."""

from flask import Flask, abort, request
from modern_csrf.base import should_accept_request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestHeaderFieldsTooLarge, RequestURITooLarge

from operation118 import clock
from operation118.web.sessions import in_office

LONGEST_ADDRESS = 8_000  # characters, as RFC 9110 (4.1) asks a server to bear at least
SAFE = ("GET", "HEAD", "OPTIONS")  # whatever body they have is not read
LARGEST_HEADERS = 32_768  # characters in all

# Unsafe endpoints that other machines may call, with the reason; a house test reads it.
EXEMPT: dict[str, str] = {
    "newsletter.unsubscribe": "mailbox providers post it for their reader (RFC 8058); it can only end a subscription",
}


def check() -> None:
    """Refuse what another site's page sends; Host is right because ProxyFix runs first."""
    if clock.is_travelling() and request.method not in SAFE:
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


def measure() -> None:
    """Refuse giants before anything reads them."""
    if len(request.full_path) > LONGEST_ADDRESS:
        raise RequestURITooLarge
    if sum(len(name) + len(value) for name, value in request.headers) > LARGEST_HEADERS:
        raise RequestHeaderFieldsTooLarge


def _legible(*given: MultiDict[str, str]) -> None:
    """Refuse the character NUL: nobody types it, and PostgreSQL takes it in no text."""
    if any("\0" in text for pairs in given for pair in pairs.items(multi=True) for text in pair):
        abort(400)


def read() -> None:
    """Refuse what cannot be read of an address and of a form. The office reads its own once somebody is let in: a stranger
    may not have it read a large one."""
    if "\0" in request.path:
        abort(400)
    _legible(request.args)
    if request.method not in SAFE and not in_office(request):
        read_form()


def read_form() -> None:
    _legible(request.form)


def init_app(app: Flask) -> None:
    app.before_request(measure)
    app.before_request(check)
    app.before_request(read)
