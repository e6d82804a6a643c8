"""Error pages: themed, in both languages, never a trace."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from applications import application
from clients import CheckedClient
from markup import parse, words
from operation118.config import Settings

pytestmark = pytest.mark.settings()  # they add addresses to the application

CODES = [
    *(400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 422, 423, 424, 428, 429),
    *(431, 451, 500, 501, 502, 503),
]


def fail(code: int) -> NoReturn:
    abort(code)


def break_down() -> str:
    return str(1 // 0)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application with pages that fail as they are told to."""
    app.add_url_rule("/essai/<int:code>", "fail", fail)
    app.add_url_rule("/en/essai/<int:code>", "fail_in_english", fail)
    app.add_url_rule("/api/essai/<int:code>", "fail_for_programs", fail)
    app.add_url_rule("/essai/panne", "break", break_down)
    return app.test_client()


def heading(html: str) -> str:
    return words(next(parse(html)[0].iter("h1")))


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_its_page_in_both_languages(client: FlaskClient, code: int):
    french, english = client.get(f"/essai/{code}"), client.get(f"/en/essai/{code}")
    assert (french.status_code, english.status_code) == (code, code)
    assert heading(french.text) != heading(english.text)
    assert str(code) in french.text


@pytest.mark.parametrize("code", CODES)
def test_programs_get_problem_json(client: FlaskClient, code: int):
    response = client.get(f"/api/essai/{code}")
    assert response.mimetype == "application/problem+json"
    assert response.json
    assert response.json["status"] == code
    assert response.json["title"]


def test_a_bug_becomes_the_500_page_without_a_trace(client: FlaskClient):
    response = client.get("/essai/panne")
    assert response.status_code == 500
    assert "ZeroDivisionError" not in response.text
    assert "Traceback" not in response.text


def test_an_error_is_kept_by_nobody(client: FlaskClient):
    assert client.get("/nulle-part/").headers["Cache-Control"] == "no-store"


def test_an_error_has_the_same_security_headers(client: FlaskClient):
    page, error = client.get("/film/").headers, client.get("/nulle-part/").headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        assert error[name] == page[name]


def test_a_wrong_method_says_which_are_right(client: FlaskClient):
    response = client.post("/film/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_an_empty_site_says_it_comes_back(empty_app: Flask):
    client = empty_app.test_client()
    for path in ("/", "/en/", "/film/", "/presse/", "/seances/"):
        response = client.get(path)
        assert response.status_code == 503, path
        assert heading(response.text)


@pytest.mark.parametrize("path", ["/", "/en/film/", "/presse/", "/nulle-part/"])
def test_without_its_database_the_site_still_answers_with_a_page(
    path: str, empty_database: Path, tmp_path: Path, make_settings: Callable[..., Settings]
):
    file = tmp_path / "site.sqlite"
    shutil.copy(empty_database, file)
    with application(make_settings(DATABASE_URL=f"sqlite:///{file}")) as app:
        file.write_bytes(b"this is no database" * 100)
        client: CheckedClient = app.test_client()  # type: ignore[assignment]
        response = client.get(path)
    assert response.status_code in (404, 500, 503)
    assert heading(response.text)
    assert "sqlite" not in response.text.lower()
