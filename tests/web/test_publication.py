"""What is a draft, scheduled, withdrawn or under embargo is nowhere that the public can look; at its instant it is
everywhere it should be."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from operation118 import clock, publication
from operation118.database import db
from operation118.film import queries as film_queries
from operation118.film.models import Release
from operation118.newsletter import blocks
from operation118.newsletter.refused import Refused
from operation118.press.models import PressItem
from operation118.screenings import alerts
from operation118.screenings import queries as screening_queries
from operation118.screenings.models import Screening
from operation118.site.states import milestones
from web import publishing
from web.publishing import BEFORE, HIDDEN, INSTANT, ITEM, MARK, RELEASED, SCREENING, UNEMBARGOED

PRESS = [
    "/presse/",
    "/en/press/",
    "/presse/feed.atom",
    "/en/press/feed.json",
    "/feed.atom",
    "/en/feed.json",
    "/api/press?limit=100",
    "/sitemap.xml",
    "/chronologie/",
    "/credits/",
]
NARROWED = [f"/presse/?q={MARK}+titre", f"/en/press/?media={MARK}-journal", "/presse/?annee=2027"]
PRESS_OWN = [f"/presse/{ITEM}/", f"/en/press/{ITEM}/", f"/api/press/{ITEM}", f"/cartes/presse/{ITEM}.png"]
ROAD = [
    "/",
    "/en/screenings/",
    "/seances/",
    "/seances.ics",
    "/en/screenings.ics",
    "/seances/feed.atom",
    "/feed.json",
    "/api/screenings",
    "/sitemap.xml",
    "/en/timeline/",
]
ROAD_OWN = [
    f"/seances/{SCREENING}/",
    f"/seances/{SCREENING}.ics",
    f"/api/screenings/{SCREENING}",
    f"/cartes/seances/{SCREENING}.png",
]
Counter = Callable[[], AbstractContextManager[list[str]]]


def tells(client: FlaskClient, path: str) -> bool:
    return MARK in client.get(path).text.lower()


def sayable(client: FlaskClient, paths: list[str]) -> list[str]:
    return [path for path in paths if tells(client, path)]


def found(client: FlaskClient, path: str) -> bool:
    """Whether a narrowed list, which repeats what was asked, has the article."""
    text = client.get(path).text
    return f"/{ITEM}/" in text or f"{MARK} Journal" in text or f"{MARK} titre</a>" in text


# --- Press --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", HIDDEN)
def test_no_list_names_an_article_that_is_not_public(app: Flask, client: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state])
    with time_machine.travel(BEFORE, tick=False):
        assert sayable(client, PRESS) == []
        assert [path for path in NARROWED if found(client, path)] == []
        assert client.get(f"/api/press?q={MARK}").get_json()["total"] == 0


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("path", PRESS_OWN)
def test_an_article_that_is_not_public_has_no_page(app: Flask, client: FlaskClient, state: str, path: str):
    publishing.article(app, **HIDDEN[state])
    with time_machine.travel(BEFORE, tick=False):
        answer = client.get(path)
    assert answer.status_code == (410 if state == "withdrawn" else 404)
    assert "no-store" in answer.headers["Cache-Control"]
    assert f"{MARK} " not in answer.text


def test_a_withdrawn_article_under_embargo_was_never_there(app: Flask, client: FlaskClient):
    publishing.article(app, **HIDDEN["withdrawn"], **HIDDEN["embargoed"])
    with time_machine.travel(BEFORE, tick=False):
        assert [client.get(path).status_code for path in PRESS_OWN] == [404] * 4


@pytest.mark.parametrize("state", RELEASED)
def test_an_article_is_everywhere_from_its_instant_on(app: Flask, client: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state])
    with time_machine.travel(INSTANT, tick=False):
        assert sayable(client, PRESS) == PRESS
        assert [path for path in NARROWED if found(client, path)] == NARROWED
        assert client.get(f"/api/press?q={MARK}").get_json()["total"] == 1
        assert [client.get(path).status_code for path in PRESS_OWN] == [200] * 4


@pytest.mark.parametrize("state", HIDDEN)
def test_counts_and_neighbours_leave_it_out(app: Flask, client: FlaskClient, state: str):
    with time_machine.travel(BEFORE, tick=False):
        total = client.get("/api/press").get_json()["total"]
        items = client.get("/api/press").get_json()["items"]
        newest = next(item["slug"] for item in items if item["about"] == "film")
        pages = {path: client.get(path).text for path in ("/", f"/presse/{newest}/")}
        publishing.article(app, **HIDDEN[state])
        assert client.get("/api/press").get_json()["total"] == total
        assert {path: client.get(path).text for path in pages} == pages
    with time_machine.travel(INSTANT, tick=False):
        assert client.get("/api/press").get_json()["total"] == total + (state in RELEASED)
        assert (MARK in client.get(f"/presse/{newest}/").text) == (state in RELEASED)


def test_an_article_is_public_once_its_day_has_come_and_it_is_published(app: Flask, client: FlaskClient):
    publishing.article(app, on=INSTANT.date() + timedelta(days=3), published_at=INSTANT)
    for instant, status in ((INSTANT, 404), (clock.midnight(INSTANT.date() + timedelta(days=3)), 200)):
        with time_machine.travel(instant, tick=False):
            assert client.get(f"/presse/{ITEM}/").status_code == status


def test_a_search_is_never_corrected_into_its_words(app: Flask, client: FlaskClient):
    publishing.article(app, search_text="xylophonette", published_at=INSTANT)
    for instant, public in ((BEFORE, False), (INSTANT, True)):
        with time_machine.travel(instant, tick=False):
            assert ("xylophonette" in client.get("/presse/?q=xylofonette").text) == public


@pytest.mark.parametrize("state", UNEMBARGOED)
def test_looking_back_what_was_published_since_is_there(app: Flask, client: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state])
    page = "/le/2027-02-25/presse/"
    with time_machine.travel(BEFORE, tick=False):
        assert not tells(client, page)
    with time_machine.travel(INSTANT, tick=False):
        assert tells(client, page) == (state == "scheduled")


def test_looking_back_an_embargo_holds_as_it_did(app: Flask, client: FlaskClient):
    publishing.article(app, **HIDDEN["embargoed"])
    with time_machine.travel(INSTANT + timedelta(days=5), tick=False):
        assert not tells(client, "/le/2027-02-25/presse/")
        assert tells(client, "/le/2027-03-03/presse/")


# --- Sources ------------------------------------------------------------------------------------------------------


def test_what_only_an_embargoed_article_tells_is_not_told(app: Flask, client: FlaskClient):
    publishing.article(app, **HIDDEN["embargoed"])
    publishing.fact(app)
    pages = ["/film/", "/en/film/", "/api/film", "/credits/"]
    with time_machine.travel(BEFORE, tick=False):
        assert sayable(client, pages) == []
        assert "scoop" not in client.get("/film/").text
    with time_machine.travel(INSTANT, tick=False):
        assert sayable(client, pages) == pages
        assert "Un scoop" in client.get("/film/").text


@pytest.mark.parametrize("state", UNEMBARGOED)
def test_a_source_without_a_page_of_ours_leads_to_its_original(app: Flask, client: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state])
    publishing.fact(app)
    with time_machine.travel(BEFORE, tick=False):
        for page in ("/film/", "/credits/"):
            text = client.get(page).text
            assert f"https://{MARK}.test/{MARK}" in text
            assert f"/presse/{ITEM}/" not in text
        facts = {fact["slug"]: fact for fact in client.get("/api/film").get_json()["facts"]}
        assert facts["a-scoop"]["sources"][0]["press"] is None
    with time_machine.travel(INSTANT, tick=False):
        assert (f"/presse/{ITEM}/" in client.get("/film/").text) == (state == "scheduled")


# --- Screenings, meetings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", UNEMBARGOED)
def test_no_list_names_a_screening_that_is_not_public(app: Flask, client: FlaskClient, state: str):
    publishing.screening(app, **HIDDEN[state])
    with time_machine.travel(BEFORE, tick=False):
        assert sayable(client, ROAD) == []
        assert client.get(f"/api/screenings?town={MARK}-ville").get_json()["total"] == 0
        statuses = {client.get(path).status_code for path in ROAD_OWN}
        assert statuses == {410 if state == "withdrawn" else 404}
        with app.app_context():
            assert alerts.coming() == []
            assert MARK not in blocks.expand("{{ seances }}", lang="fr")


def test_a_screening_is_everywhere_from_its_instant_on(app: Flask, client: FlaskClient):
    publishing.screening(app, **HIDDEN["scheduled"])
    with time_machine.travel(INSTANT, tick=False):
        assert sayable(client, ROAD) == ROAD
        assert client.get(f"/api/screenings?town={MARK}-ville").get_json()["total"] == 1
        assert [client.get(path).status_code for path in ROAD_OWN] == [200] * 4
        with app.app_context():
            assert [announced.key for announced in alerts.coming()] == [SCREENING]
            assert f"/seances/{SCREENING}/" in blocks.expand("{{ seances }}", lang="fr")


@pytest.mark.parametrize("state", UNEMBARGOED)
def test_a_meeting_that_is_not_public_is_on_no_page(app: Flask, client: FlaskClient, state: str):
    publishing.event(app, **HIDDEN[state])
    for instant, public in ((BEFORE, False), (INSTANT, state == "scheduled")):
        with time_machine.travel(instant, tick=False):
            assert [tells(client, path) for path in ("/seances/", "/chronologie/")] == [public] * 2


@pytest.mark.parametrize("state", UNEMBARGOED)
def test_a_hidden_screening_moves_no_milestone(app: Flask, client: FlaskClient, state: str):
    with publishing.desk(app) as session:
        for row in (*session.scalars(select(Screening)), *session.scalars(select(Release))):
            session.delete(row)
    publishing.screening(app, on=BEFORE.date() - timedelta(days=3), **HIDDEN[state])
    for instant, public in ((BEFORE, False), (INSTANT, state == "scheduled")):
        with time_machine.travel(instant, tick=False), app.app_context():
            known = milestones([], film_queries.vouchers("film"), screening_queries.along_the_road())
        assert (known.first_preview_on is not None) == public


# --- Letters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", HIDDEN)
def test_a_letter_never_quotes_an_article_that_is_not_public(app: Flask, state: str):
    publishing.article(app, **HIDDEN[state])
    letter = f"{{{{ entretien: {ITEM} }}}}"
    with time_machine.travel(BEFORE, tick=False), app.app_context(), pytest.raises(Refused, match=ITEM):
        blocks.expand(letter, lang="fr")
    if state in RELEASED:
        with time_machine.travel(INSTANT, tick=False), app.app_context():
            assert f"{MARK} resume" in blocks.expand(letter, lang="fr")


def test_a_letter_written_by_the_team_quotes_no_draft(app: Flask):
    publishing.article(app, **HIDDEN["draft"])
    with app.test_request_context("/office/"):
        publication.show_everything()
        assert db.session.scalar(select(PressItem.slug).where(PressItem.slug == ITEM)) == ITEM
        with pytest.raises(Refused):
            blocks.expand(f"{{{{ entretien: {ITEM} }}}}", lang="fr")
