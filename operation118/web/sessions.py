"""Sessions, hence cookies, where the team works and nowhere else: public pages have none, even for somebody signed in."""

from typing import Any, cast

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

OFFICE = "/office/"
COOKIE = "office"


def in_office(request: Request) -> bool:
    """Whether the address the visitor sees, a time machine's prefix included, is one of the office's."""
    return f"{request.root_path}{request.path}".startswith(OFFICE)


class OfficeSessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None outside the office; what Flask puts in its place can be read, is empty, and refuses to be written."""
        return super().open_session(app, request) if in_office(request) else None


def init_app(app: Flask, *, secure: bool) -> None:
    """Keep sessions in a signed cookie that scripts cannot read and that only the office receives; `secure` says that the
    site is visited over https."""
    app.session_interface = OfficeSessions()
    cast(dict[str, Any], app.config).update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_PATH=OFFICE,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
