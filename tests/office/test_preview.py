"""The site as of an instant to come: for the team alone, kept by nobody, read-only, and itself all the way down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from markup import parse, words
from operation118.accounts.models import StaffRole
from web import publishing
from web.publishing import HIDDEN, INSTANT, ITEM, MARK, RELEASED, SCREENING

Office = Callable[[StaffRole], FlaskClient]
THEN = "/office/apercu/2027-03-02T08.00"  # INSTANT
NOW = datetime(2027, 2, 25, 9, 0, tzinfo=UTC)
PAGES = [
    "/",
    "/en/",
    "/film/",
    "/dvd/",
    "/presse/",
    "/en/press/",
    "/seances/",
    "/chronologie/",
    "/contact/",
    "/lettre/",
]
MACHINES = ["/feed.atom", "/api/press", "/seances.ics", "/cartes/home.png", "/openapi.json"]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team(office: Office) -> FlaskClient:
    return office(StaffRole.DOOR)


def ribbon(answer: TestResponse) -> str:
    document, _ = parse(answer.text)
    return next((words(aside) for aside in document.iter("aside") if "ribbon" in aside.get("class", "")), "")


def links(answer: TestResponse) -> list[str]:
    document, _ = parse(answer.text)
    return [link.get("href", "") for link in document.iter("a")]


# --- Who comes in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, *MACHINES, "/nulle-part/", "/healthz", "/metrics"])
def test_a_stranger_is_led_to_the_door_and_back(client: FlaskClient, path: str):
    answer = client.get(f"{THEN}{path}?q=x")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/office/connexion/?next=/office/apercu/2027-03-02T08.00/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert MARK not in answer.text


@pytest.mark.parametrize("path", ["/office/apercu/", "/office/apercu/2010-11-16/", "/office/apercu/demain/"])
def test_a_stranger_learns_nothing_of_what_comes(client: FlaskClient, path: str):
    assert client.get(path).headers["Location"].startswith("/office/connexion/")


def test_a_stranger_who_writes_is_told_nothing_either(app: Flask, client: FlaskClient):
    publishing.article(app, **HIDDEN["scheduled"])
    answer = client.post(f"{THEN}/lettre/")
    assert answer.status_code == 405
    assert "changement" not in answer.text
    assert "2 mars 2027, 8" not in answer.text


@pytest.mark.parametrize("role", StaffRole)
def test_everybody_of_the_team_may_look_ahead(office: Office, role: StaffRole):
    team = office(role)
    assert team.get("/office/apercu/").status_code == 200
    assert team.get(f"{THEN}/presse/").status_code == 200


def test_whoever_signed_out_is_a_stranger_again(team: FlaskClient):
    team.delete_cookie("office", path="/office/")
    assert team.get(f"{THEN}/").status_code == 302


# --- What it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_its_links_stay_at_that_instant_but_for_the_ways_out(team: FlaskClient, path: str):
    answer = team.get(THEN + path)
    own = [href for href in links(answer) if href.startswith("/") and not href.startswith("/static/")]
    leaving = {href for href in own if not href.startswith(f"{THEN}/")}
    assert path in leaving
    assert all(href == path or href.startswith("/office/apercu/?jour=") for href in leaving)
    assert "2 mars 2027, 8 h" in ribbon(answer).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize("path", [*PAGES, *MACHINES, "/nulle-part/"])
def test_nobody_keeps_it_and_it_sets_no_cookie(team: FlaskClient, path: str):
    headers = team.get(THEN + path).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert not {"Set-Cookie", "Access-Control-Allow-Origin"} & set(headers.keys())


@pytest.mark.settings(PAGE_CACHE_MB="8")
def test_the_page_cache_never_holds_it(app: Flask, office: Office, client: FlaskClient):
    publishing.article(app, **HIDDEN["embargoed"])
    team = office(StaffRole.PRESS_OFFICER)
    assert MARK in team.get(f"{THEN}/presse/").text
    assert app.extensions["page_cache"].shelf._entries == {}
    assert client.get(f"{THEN}/presse/").status_code == 302
    assert MARK not in client.get("/presse/").text


def test_robots_are_told_to_stay_out(client: FlaskClient):
    assert "Disallow: /office/" in client.get("/robots.txt").text.splitlines()


@pytest.mark.parametrize("path", ["/lettre/", "/contact/", "/", "/api/press"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_written_from_there(team: FlaskClient, path: str, method: str):
    answer = team.open(THEN + path, method=method)
    assert answer.status_code == 405
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/office/", "/office/apercu/", "/office/journal/", "/robots.txt", "/sitemap.xml"])
def test_the_office_and_robots_are_in_the_present_only(office: Office, path: str):
    assert office(StaffRole.ADMIN).get(THEN + path).status_code == 404


def test_the_present_has_no_bar(team: FlaskClient, client: FlaskClient):
    assert ribbon(team.get("/")) == ribbon(client.get("/")) == ""


# --- What it shows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RELEASED)
def test_what_comes_out_is_seen_before_it_does(app: Flask, team: FlaskClient, state: str):
    publishing.article(app, **HIDDEN[state])
    for path in (f"/presse/{ITEM}/", f"/api/press/{ITEM}", f"/cartes/presse/{ITEM}.png"):
        assert team.get(f"/office/apercu/2027-03-02T07.59{path}").status_code == 404
        assert team.get(f"{THEN}{path}").status_code == 200
    assert f"{THEN}/presse/{ITEM}/" in links(team.get(f"{THEN}/presse/"))


@pytest.mark.parametrize(("state", "status"), [("draft", 404), ("withdrawn", 410)])
def test_what_nobody_will_see_is_not_there(app: Flask, team: FlaskClient, state: str, status: int):
    publishing.article(app, **HIDDEN[state])
    assert team.get(f"{THEN}/presse/{ITEM}/").status_code == status


def test_the_bar_counts_what_changes_and_leads_to_each_change(app: Flask, team: FlaskClient):
    publishing.article(app, published_at=INSTANT - timedelta(days=1))
    publishing.screening(app, published_at=INSTANT)
    publishing.event(app, published_at=INSTANT + timedelta(hours=2, seconds=30))
    answer = team.get(f"{THEN}/en/press/?q=x")
    assert "2 changements d’ici là" in ribbon(answer)
    assert "/office/apercu/2027-03-01T08.00/en/press/?q=x" in links(answer)
    assert "/office/apercu/2027-03-02T10.01/en/press/?q=x" in links(answer)  # the first full minute after it
    assert "/en/press/?q=x" in links(answer)
    document, _ = parse(answer.text)
    assert [aside.get("lang") for aside in document.iter("aside") if "ribbon" in aside.get("class", "")] == ["fr"]
    until = next(href for href in links(answer) if href.startswith("/office/apercu/?"))
    assert team.get(until).text.count(f"{MARK}") > 1


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (f"/presse/{ITEM}/", f"/office/presse/articles/{ITEM}/"),
        (f"/en/press/{ITEM}/", f"/office/presse/articles/{ITEM}/"),
        (f"/seances/{SCREENING}/", f"/office/seances/seances/{SCREENING}/"),
        ("/presse/", None),
        ("/presse/nulle-part/", None),
    ],
)
def test_the_bar_leads_from_the_page_of_a_row_to_its_form(app: Flask, office: Office, path: str, form: str | None):
    editor = office(StaffRole.EDITOR)
    publishing.article(app, **HIDDEN["scheduled"])
    publishing.screening(app, **HIDDEN["scheduled"])
    answer = editor.get(THEN + path)
    assert ("Sa fiche" in ribbon(answer)) == bool(form)
    assert form is None or (form in links(answer) and editor.get(form).status_code == 200)


def test_the_bar_says_when_nothing_changes(team: FlaskClient):
    assert "Rien ne change d’ici là" in ribbon(team.get(f"{THEN}/"))
    assert "Rien ne change d’ici là" in ribbon(team.get(f"{THEN}/nulle-part/"))
