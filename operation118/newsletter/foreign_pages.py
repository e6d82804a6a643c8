"""Whether the pages elsewhere that a letter leads to answer.

From the office anybody who writes a letter may ask, so only addresses of the public network are asked, at each step of a
redirection, and all of them together take a few seconds at most; the terminal, whose user is at home, asks what it wants.
"""

import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import has_request_context

from operation118.web.languages import gettext as _

PATIENCE = 5  # seconds, for one page
DEADLINE = 6  # seconds, for all of them, from the office
MOST = 20  # pages asked from the office
AT_ONCE = 8
NO_SUCH_METHOD = (403, 405, 501)  # answers to HEAD after which the page itself is asked for
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
    opener = build_opener(_Redirections(guarded))
    _refuse_private(url, guarded)
    with opener.open(Request(url, method=method, headers={"User-Agent": "link-check"}), timeout=PATIENCE):  # noqa: S310 - http(s) only
        pass


class _Redirections(HTTPRedirectHandler):
    """Follows where the public network leads, and no further."""

    def __init__(self, guarded: bool) -> None:
        self.guarded = guarded

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        _refuse_private(newurl, self.guarded)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_private(url: str, guarded: bool) -> None:
    """Raises NotPublic, or OSError where the host is unknown."""
    host = urlsplit(url).hostname or ""
    if not guarded:
        return
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    if not all(ip_address(address[4][0]).is_global for address in found):
        raise NotPublic
