"""Whether the pages elsewhere that a letter leads to answer.

From the office anybody who writes a letter may ask, so only addresses of the public network are asked, at each step of a
redirection, and all of them together take a few seconds at most; the terminal, whose user is at home, asks what it wants.
"""

import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address, ip_network
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    UnknownHandler,
    build_opener,
)

from flask import has_request_context

from operation118.web.languages import gettext as _

PATIENCE = 5  # seconds, for one page
DEADLINE = 6  # seconds, for all of them, from the office
MOST = 20  # pages asked from the office
AT_ONCE = 8
NO_SUCH_METHOD = (403, 405, 501)  # answers to HEAD after which the page itself is asked for
ROUNDABOUT = tuple(
    map(ip_network, ("::/8", "2002::/16", "fec0::/10"))
)  # IPv4 inside IPv6 (64:ff9b::/96 too), and sites
UNREACHED = (URLError, OSError, HTTPException, ValueError)


class NotPublic(ValueError):
    """The host is this machine, or a neighbour."""


def problems(urls: Sequence[str]) -> dict[str, str]:
    """Those of `urls` that do not answer, and why."""
    guarded = has_request_context()
    asked = urls[:MOST] if guarded else urls
    pool = ThreadPoolExecutor(AT_ONCE)
    answers: dict[str, Future[str]] = {url: pool.submit(copy_context().run, _problem, url, guarded) for url in asked}
    wait(answers.values(), timeout=DEADLINE if guarded else None)
    pool.shutdown(wait=False, cancel_futures=True)
    found = {url: answer.result() if answer.done() else _("pas de réponse à temps") for url, answer in answers.items()}
    return {url: problem for url, problem in found.items() if problem}


def _problem(url: str, guarded: bool) -> str:
    """Why `url` does not answer, or nothing; a host that refuses HEAD is asked for the page."""
    try:
        _ask(url, "HEAD", guarded)
    except HTTPError as error:
        return _problem_of_page(url, guarded) if error.code in NO_SUCH_METHOD else _said(error)
    except UNREACHED as error:
        return _said(error)
    return ""


def _problem_of_page(url: str, guarded: bool) -> str:
    try:
        _ask(url, "GET", guarded)
    except UNREACHED as error:
        return _said(error)
    return ""


def _said(error: Exception) -> str:
    """Why a page was not reached, in words for whoever wrote the link."""
    match error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error:
        case HTTPError() as answer:
            return str(answer.code)
        case NotPublic():
            return _("l'adresse n'est pas du réseau public")
        case TimeoutError():
            return _("pas de réponse à temps")
        case socket.gaierror():
            return _("ce nom ne mène à aucun serveur")
        case ConnectionRefusedError():
            return _("le serveur refuse la connexion")
        case ssl.SSLCertVerificationError():
            return _("son certificat n'est pas valable")
        case _:
            return _("la connexion n'aboutit pas")


def _ask(url: str, method: str, guarded: bool) -> None:
    opener = _public_network() if guarded else build_opener()
    with opener.open(Request(url, method=method, headers={"User-Agent": "link-check"}), timeout=PATIENCE):  # noqa: S310 - http(s) only
        pass


# --- The public network, and no further ---------------------------------------------------------------------------


def _public_network() -> OpenerDirector:
    """Opens http and https, whatever a redirection leads to, and by no proxy, which would resolve names for itself."""
    opener = OpenerDirector()
    for handler in (_Http(), _Https(), UnknownHandler(), HTTPRedirectHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    opener.add_handler(HTTPDefaultErrorHandler())
    return opener


class _Connection(HTTPConnection):
    """Goes to the very addresses that were looked at: asked again, a name may lead elsewhere."""

    def connect(self) -> None:
        self.sock = _reach(_public(self.host), self.port, self.timeout)


class _SafeConnection(HTTPSConnection, _Connection):
    """The same under TLS, whose certificate is the name's."""


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_SafeConnection, req)


def _public(host: str) -> list[str]:
    """The addresses of a host. Raises NotPublic if one is not of the public network, or OSError where none is known."""
    found = [str(address[4][0]) for address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    if not all(is_public(address) for address in found):
        raise NotPublic
    return found


def is_public(address: str) -> bool:
    """Whether the public network leads there, and not back into a private one by a translator or a tunnel."""
    ip = ip_address(address)
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in ROUNDABOUT)


def _reach(addresses: Sequence[str], port: int, patience: float | None) -> socket.socket:
    """A connection to the first of `addresses` that takes one."""
    failure = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), patience)
        except OSError as error:
            failure = error
    raise failure
