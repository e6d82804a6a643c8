"""Caches let go of every public answer at the very instant at which anything is published; none tells it before."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from applications import application
from operation118.config import Settings
from operation118.database import db
from operation118.press.models import PressItem
from operation118.site import start
from operation118.web.headers import SHARED_SECONDS
from web import publishing
from web.publishing import BEFORE, HIDDEN, INSTANT, ITEM, MARK, RELEASED, SCREENING
from web.shared_caches import kept_before

PUBLIC = [
    "/",
    "/en/film/",
    "/presse/",
    "/en/screenings/",
    "/chronologie/",
    "/contact/",
    "/credits/",
    "/lettre/",
    "/feed.atom",
    "/presse/feed.json",
    "/seances/feed.atom",
    "/api/film",
    "/api/press",
    "/api/screenings",
    "/seances.ics",
    "/sitemap.xml",
    "/cartes/home.png",
    "/openapi.json",
]


@pytest.mark.parametrize("state", RELEASED)
@pytest.mark.parametrize("path", PUBLIC)
def test_an_answer_is_kept_until_the_next_publication(app: Flask, client: FlaskClient, path: str, state: str):
    publishing.article(app, **HIDDEN[state])
    assert kept_before(INSTANT, client, path) == 10


def said(client: FlaskClient, path: str) -> dict[str, str]:
    """The headers of a page, but for the name of the request."""
    return {name: value for name, value in client.get(path).headers if name.lower() != "x-request-id"}


@pytest.mark.parametrize("state", RELEASED)
@pytest.mark.parametrize("path", PUBLIC)
def test_no_header_tells_when_it_is_to_be(app: Flask, client: FlaskClient, path: str, state: str):
    with time_machine.travel(BEFORE, tick=False):
        before = said(client, path)
        publishing.article(app, **HIDDEN[state])
        assert said(client, path) == before


@pytest.mark.parametrize("path", ["/presse/{}/", "/api/press/{}", "/cartes/presse/{}.png"])
def test_the_page_of_another_article_is_kept_until_then_too(app: Flask, client: FlaskClient, path: str):
    with app.app_context():
        other = db.session.scalars(select(PressItem.slug)).first()
    publishing.article(app, **HIDDEN["embargoed"])
    assert kept_before(INSTANT, client, path.format(other)) == 10


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_what_nobody_scheduled_ends_nothing(app: Flask, client: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state] | {"published_at": INSTANT})
    assert kept_before(INSTANT, client, "/contact/") == SHARED_SECONDS


@pytest.mark.parametrize("make", [publishing.screening, publishing.event, publishing.image])
def test_every_kind_of_row_is_watched(app: Flask, client: FlaskClient, make: Callable[..., object]):
    make(app, published_at=INSTANT)
    assert kept_before(INSTANT, client, "/contact/") == 10


def test_the_nearest_of_several_wins(app: Flask, client: FlaskClient):
    publishing.article(app, published_at=INSTANT, embargo_lifts_at=INSTANT + timedelta(days=1))
    publishing.screening(app, published_at=INSTANT + timedelta(hours=1))
    for instant in (INSTANT, INSTANT + timedelta(hours=1), INSTANT + timedelta(days=1)):
        assert kept_before(instant, client, "/contact/") == 10


def test_what_comes_out_while_an_answer_is_made_ends_it_at_once(app: Flask):
    publishing.article(app, **HIDDEN["scheduled"])
    with time_machine.travel(INSTANT - timedelta(seconds=1), tick=False) as clock, app.test_request_context("/"):
        app.preprocess_request()
        assert db.session.scalar(select(PressItem.slug).where(PressItem.slug == ITEM)) is None
        clock.move_to(INSTANT + timedelta(seconds=1))
        answer = app.process_response(app.make_response("made of what was public then"))
    assert answer.cache_control.s_maxage == 0


@pytest.mark.settings(PAGE_CACHE_MB="8")
@pytest.mark.parametrize("state", RELEASED)
def test_the_page_cache_lets_go_at_the_instant(app: Flask, client: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state])
    paths = ["/presse/", "/feed.atom", "/api/press?limit=100", "/sitemap.xml", "/chronologie/"]
    with time_machine.travel(INSTANT - timedelta(seconds=1), tick=False):
        for path in (*paths, *paths):  # made, then kept
            assert MARK not in client.get(path).text
    with time_machine.travel(INSTANT, tick=False):
        assert [path for path in paths if MARK not in client.get(path).text] == []


@pytest.mark.settings(PAGE_CACHE_MB="8")
def test_a_page_of_the_past_lets_go_when_something_of_its_time_is_published(app: Flask, client: FlaskClient):
    publishing.article(app, **HIDDEN["scheduled"])
    page = "/le/2027-02-25/presse/"
    with time_machine.travel(INSTANT - timedelta(seconds=5), tick=False):
        made, kept = client.get(page), client.get(page)
        assert MARK not in made.text + kept.text
        assert made.cache_control.s_maxage == kept.cache_control.s_maxage == 5
    with time_machine.travel(INSTANT, tick=False):
        assert MARK in client.get(page).text


def test_feeds_and_the_sitemap_date_a_row_from_when_it_came_out(app: Flask, client: FlaskClient):
    publishing.screening(app, **HIDDEN["scheduled"])
    with time_machine.travel(INSTANT, tick=False):
        assert client.get(f"/api/screenings/{SCREENING}").get_json()["updated_at"] == "2027-03-02T07:00:00Z"
        assert "<updated>2027-03-02T07:00:00Z</updated>" in client.get("/seances/feed.atom").text


def test_postgresql_hides_and_tells_the_same(tmp_path: Path, postgres_url: str, make_settings: Callable[..., Settings]):
    settings = make_settings(DATABASE_URL=postgres_url, DATA_DIR=str(tmp_path / "data"))
    with application(settings) as app:
        start.prepare(app, settings)
        publishing.article(app, **HIDDEN["embargoed"])
        publishing.screening(app, **HIDDEN["scheduled"])
        client = app.test_client()
        with time_machine.travel(INSTANT - timedelta(seconds=10), tick=False):
            texts = {path: client.get(path) for path in ("/presse/", "/film/", "/seances.ics", "/sitemap.xml")}
        assert [path for path, answer in texts.items() if MARK in answer.text] == []
        assert {answer.cache_control.s_maxage for answer in texts.values()} == {10}
        with time_machine.travel(INSTANT, tick=False):
            assert MARK in client.get("/presse/").text
