"""What a browser keeps of a form until it is saved: it gives each draft a name, and the pages of the office tell it which
ones it need not keep. A form that was refused, or that came from somebody signed out, is never among them."""

import re

from flask import Response, request, session

FIELD = "brouillon"  # of the form, filled in by draft.js
KEY = "saved_drafts"  # of the session
MOST = 20  # names told; a browser learns one from the page that follows
_NAME = re.compile(r"[a-z0-9]{8,24}")


def note(response: Response) -> Response:
    """Remember that a form was saved: the answer leads on, and does not say that it could not be done."""
    name = request.form.get(FIELD, "") if request.method == "POST" and response.status_code in (302, 303) else ""
    if _NAME.fullmatch(name) and not _is_refused():
        session[KEY] = [*session.get(KEY, []), name][-MOST:]
    return response


def _is_refused() -> bool:
    flashed: list[tuple[str, str]] = session.get("_flashes", [])
    return any(category == "error" for category, _ in flashed[-1:])


def saved() -> str:
    """The names of the drafts that were saved, for the page to tell."""
    return " ".join(session.get(KEY, []))
