"""Ready-made pages: the same bytes, until something changes; never anything private."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import Client

from operation118.database import db
from operation118.film.models import Film
from operation118.press.models import PressItem
from operation118.web.page_cache import PageCache, known_query, preferred_encoding

pytestmark = pytest.mark.settings(PAGE_CACHE_MB="8")

Counter = Callable[[], AbstractContextManager[list[str]]]


def test_a_page_is_made_once(client: FlaskClient, count_queries: Counter):
    first = client.get("/film/")
    with count_queries() as statements:
        again = client.get("/film/")
    assert again.data == first.data
    assert dict(again.headers) | {"X-Request-Id": ""} == dict(first.headers) | {"X-Request-Id": ""}
    assert len(statements) <= 1  # at most the revision


def test_a_change_shows_within_a_second(app: Flask, client: FlaskClient):
    assert "Retitled" not in client.get("/").text
    with app.app_context():
        film = db.session.scalars(select(Film)).one()
        film.short_title = film.title = "Retitled"
        db.session.commit()
    time.sleep(1.05)
    assert "Retitled" in client.get("/film/").text
    assert "Retitled" in client.get("/").text


def test_a_page_is_made_anew_at_the_instant_it_changes(app: Flask, client: FlaskClient):
    tomorrow = datetime(2027, 3, 2, 0, 0, 1, tzinfo=UTC)
    with app.app_context():
        item = db.session.scalars(select(PressItem).where(PressItem.precision.is_(None))).first()
        item = item or db.session.scalars(select(PressItem)).first()
        assert item
        item.on, item.precision = tomorrow.date(), None
        slug = item.slug
        db.session.commit()
    with time_machine.travel(tomorrow - timedelta(hours=3), tick=False):
        before = client.get("/presse/")
        assert f"/presse/{slug}/" not in before.text
    with time_machine.travel(tomorrow, tick=False):
        assert f"/presse/{slug}/" in client.get("/presse/").text


def test_tracking_arguments_share_one_entry(client: FlaskClient, count_queries: Counter):
    plain = client.get("/presse/?q=film")
    with count_queries() as statements:
        tracked = client.get("/presse/?utm_source=x&q=film&fbclid=y")
    assert tracked.data == plain.data
    assert len(statements) <= 1


def test_arguments_that_pages_read_have_entries_of_their_own(client: FlaskClient):
    assert client.get("/presse/?q=film").data != client.get("/presse/?q=zzzz").data


def test_languages_have_entries_of_their_own(client: FlaskClient):
    assert client.get("/film/").data != client.get("/en/film/").data


def test_https_has_entries_of_its_own(client: FlaskClient):
    assert "Strict-Transport-Security" in client.get("/film/", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get("/film/").headers


@pytest.mark.parametrize("warm", [True, False])
def test_head_is_get_without_its_body(client: FlaskClient, warm: bool):
    if warm:
        client.get("/film/")
    head = client.head("/film/")
    page = client.get("/film/")
    assert head.data == b""
    assert head.headers["ETag"] == page.headers["ETag"]
    assert head.headers["Content-Type"] == page.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_private_answers_are_never_kept(app: Flask, client: FlaskClient, path: str):
    assert "no-store" in client.get(path).headers["Cache-Control"]
    client.get(path)
    assert app.extensions["page_cache"].shelf.get((path, "", "", False)) is None


def test_an_unknown_page_is_not_kept(app: Flask, client: FlaskClient):
    client.get("/nulle-part/")
    assert app.extensions["page_cache"].shelf.get(("/nulle-part/", "", "", False)) is None


class Origin:
    """A WSGI application that answers with the headers it is given, and counts."""

    def __init__(self, *headers: tuple[str, str], status: str = "200 OK") -> None:
        self.headers, self.status, self.calls = list(headers), status, 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.calls += 1
        start_response(self.status, self.headers)
        return [b"x" * 100]


PUBLIC, TAG = ("Cache-Control", "public, s-maxage=60"), ("ETag", '"1"')


def calls(origin: Origin, *, capacity: int = 10_000, paths: tuple[str, ...] = ("/", "/")) -> int:
    client = Client(PageCache(origin, arguments=frozenset(), capacity=capacity, revision=lambda: 1))
    for path in paths:
        client.get(path)
    return origin.calls


@pytest.mark.parametrize(
    ("origin", "times"),
    [
        (Origin(PUBLIC, TAG), 1),
        (Origin(PUBLIC), 2),
        (Origin(TAG), 2),
        (Origin(("Cache-Control", "private"), TAG), 2),
        (Origin(("Cache-Control", "no-store"), TAG), 2),
        (Origin(PUBLIC, TAG, ("Set-Cookie", "a=b")), 2),
        (Origin(PUBLIC, TAG, status="404 NOT FOUND"), 2),
        (Origin(PUBLIC, TAG, status="206 PARTIAL CONTENT"), 2),
    ],
)
def test_only_public_tagged_successes_without_cookie_are_kept(origin: Origin, times: int):
    assert calls(origin) == times


def test_the_oldest_entries_leave_when_the_shelf_is_full():
    paths = ("/a", "/b", "/a", "/c", "/a", "/b")  # room for two: /b leaves for /c
    assert calls(Origin(PUBLIC, TAG), capacity=2300, paths=paths) == 4


def test_a_page_bigger_than_the_shelf_is_served_all_the_same():
    assert calls(Origin(PUBLIC, TAG), capacity=500) == 2


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("gzip;q=0", ""),
        ("br;q=0.000, zstd; q=0", ""),
        ("GZIP", "gzip"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_best_encoding_the_visitor_takes(accepted: str, chosen: str):
    assert preferred_encoding(accepted) == chosen


def test_only_known_arguments_count():
    known = frozenset({"q", "genre"})
    assert known_query("utm_source=x&q=a%20b&genre=&fbclid=1", known) == "q=a+b&genre="
    assert known_query("q=%FF%00", known) == "q=%FF%00"
    assert known_query("q=1&q=2", known) == "q=1&q=2"
