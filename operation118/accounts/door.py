"""The one door of the back office: every office view stands behind it and says whom it is open to.

A room makes its part with `room()` and opens each view with `@open_to(…)`; a view that says nothing is open to nobody.
The door itself has a few pages for strangers: to sign in, to take a new password, to answer an invitation.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, g, has_request_context, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from operation118 import clock, publication
from operation118.accounts import drafts, sessions
from operation118.accounts.models import Staff, StaffRole
from operation118.web import errors, origin
from operation118.web.headers import private
from operation118.web.languages import safe_query
from operation118.web.sessions import OFFICE

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_IN, PROOF = "accounts.sign_in", "accounts.proof"
View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()


# --- Who is there, and what is open -------------------------------------------------------------------------------


def open_to(*roles: StaffRole) -> Callable[[View], View]:
    """Let people of these roles use a view; administrators always may."""

    def mark(view: View) -> View:
        view.open_to = frozenset({*roles, StaffRole.ADMIN})  # type: ignore[attr-defined]
        return view

    return mark


def open_to_strangers(view: View) -> View:
    """Let anybody use a view: a page of the door itself."""
    view.open_to_strangers = True  # type: ignore[attr-defined]
    return view


def proved(view: View) -> View:
    """Let a view be used only by somebody who gave a password or a passkey in the last minutes: what it changes is the
    key to the rest. Others prove it first, and come back."""
    view.needs_proof = True  # type: ignore[attr-defined]
    return view


def roles_of(endpoint: str | None) -> frozenset[StaffRole]:
    """The roles that a view is open to; none where it says nothing."""
    view = current_app.view_functions.get(endpoint or "")
    return cast(frozenset[StaffRole], getattr(view, "open_to", frozenset[StaffRole]()))


def for_strangers(endpoint: str | None) -> bool:
    return bool(getattr(current_app.view_functions.get(endpoint or ""), "open_to_strangers", False))


def current() -> Staff | None:
    """Whoever of the team is signed in, if the request is to the office."""
    if not has_request_context():
        return None
    if "staff_session" not in g:
        g.staff_session = sessions.of_cookie()
    return g.staff_session.staff if g.staff_session else None


def staff() -> Staff:
    """Whoever is signed in, behind the door. Answers 401 where nobody is."""
    return current() or abort(HTTPStatus.UNAUTHORIZED)


def owes_proof() -> bool:
    """Whether this view wants a proof, and the last one is too old; a form opened in time has as long again to be sent."""
    view = current_app.view_functions.get(request.endpoint or "")
    patience = sessions.FRESH if request.method in SAFE else 2 * sessions.FRESH
    return getattr(view, "needs_proof", False) and clock.real_now() - g.staff_session.proved_at > patience


# --- The guard ----------------------------------------------------------------------------------------------------


def sign_in_url(following: str | None = None) -> str:
    """The address of the sign-in page, in the present, which leads on to `following`."""
    return current_app.url_map.bind("").build(SIGN_IN, {"next": following} if following else {})


def to_sign_in() -> AnyResponse:
    """The way to the sign-in page, and from there back to where one was going."""
    return redirect(sign_in_url(here()))


def to_proof() -> AnyResponse:
    """The way to the page that asks who one is, and from there back to the page that one was on."""
    following = here() if request.method in SAFE else _page_before()
    return redirect(current_app.url_map.bind("").build(PROOF, {"next": following}), HTTPStatus.SEE_OTHER)


def here() -> str:
    """The path and the query of this page."""
    return f"{request.root_path}{request.path}{safe_query()}"


def _page_before() -> str:
    """The page of the office whose button was pressed, as far as the browser says."""
    try:
        return way_on(urlsplit(request.referrer or "").path)
    except ValueError:
        return OFFICE


def _page_of_form() -> str:
    """The page that shows the form that was sent: most are at the address they are sent to."""
    rule = request.url_rule
    return way_on(here()) if rule is not None and "GET" in (rule.methods or ()) else _page_before()


def way_on(wanted: str | None) -> str:
    """`wanted` if it is the address of a page of the office; the dashboard otherwise. It never leads elsewhere."""
    try:
        parts = urlsplit(wanted or "")
    except ValueError:
        return OFFICE
    strange = (
        parts.scheme or parts.netloc or "\\" in parts.path or "//" in parts.path or not (wanted or "").isprintable()
    )
    dotted = {".", ".."} & set(parts.path.split("/"))
    return OFFICE if strange or dotted or not parts.path.startswith(OFFICE) else wanted or OFFICE


def way_back() -> str:
    """What a form of this page sends as `retour`, to come back here; "" where the page only answers a form."""
    return here() if request.method in SAFE else ""


def back_to(other: str) -> AnyResponse:
    """Back to the page of the office that the form sent names, or to `other`."""
    wanted = request.form.get("retour", "")
    return redirect(wanted if wanted and way_on(wanted) == wanted else other)


def guard() -> ResponseReturnValue | None:
    g.guarded = True
    if not for_strangers(request.endpoint):
        me = current()
        if me is None:
            return to_sign_in() if request.method in ("GET", "HEAD") else abort(HTTPStatus.UNAUTHORIZED)
        if me.role not in roles_of(request.endpoint):
            abort(HTTPStatus.FORBIDDEN)
        if owes_proof():
            return to_proof()
        publication.show_everything()
    if request.method not in SAFE:
        origin.read_form()
        csrf.protect()
    return None


def look_ahead() -> ResponseReturnValue | None:
    """The guard of the time machine: whoever of the team is signed in may see the site as it will be, others may sign in."""
    return to_sign_in() if current() is None else None


def _keep_private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return private(response)


def _said(template: str, status: HTTPStatus) -> Response:
    page = render_template(f"office/accounts/{template}.html", again=_page_of_form())
    return Response(page, status, mimetype="text/html")


def _not_signed_in(error: Unauthorized) -> AnyResponse:
    return _said("signed_out", HTTPStatus.UNAUTHORIZED)


def _not_for_this_role(error: Forbidden) -> AnyResponse:
    """A role's limit, unless the request was refused for coming from another site."""
    me = current()
    return errors.answer(error) if me is None or "guarded" not in g else _said("forbidden", HTTPStatus.FORBIDDEN)


def _stale_form(error: CSRFError) -> AnyResponse:
    return _said("stale", HTTPStatus.BAD_REQUEST)


def room(name: str, import_name: str, url_prefix: str) -> Blueprint:
    """A room's part of the office: a blueprint behind the guard. `url_prefix` begins with `/office`."""
    if not f"{url_prefix}/".startswith(OFFICE):
        raise ValueError(f"{url_prefix} is not in the office")
    bp = Blueprint(name, import_name, url_prefix=url_prefix)
    bp.before_request(guard)
    bp.after_request(_keep_private)
    bp.after_request(drafts.note)
    bp.register_error_handler(Unauthorized, _not_signed_in)
    bp.register_error_handler(Forbidden, _not_for_this_role)
    bp.register_error_handler(CSRFError, _stale_form)
    return bp
