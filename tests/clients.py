"""The client of the tests: it looks at every page it fetches."""

from typing import Any

from flask import g, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from markup import problems


def _forget_last_request() -> None:
    """Within the context of a test, Flask gives all requests one `g`; in life, each has its own. The test's database
    session, which is kept there, stays."""
    for name in list(g) if has_app_context() else ():
        if not name.startswith("_sqlalchemy"):
            g.pop(name)


class CheckedClient(FlaskClient):
    """A client that refuses a page which is not what every page must be."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        _forget_last_request()
        response = super().open(*args, **{"buffered": True} | kwargs)
        redirected = 300 <= response.status_code < 400
        whole = not redirected and response.request.method not in ("HEAD", "OPTIONS")
        if response.mimetype == "text/html" and whole and "Content-Encoding" not in response.headers:
            found = problems(response.get_data(as_text=True), response.request.path)
            assert not found, f"{response.request.path}: " + "; ".join(found)
        return response
