"""How an instant to come is written in an address and in the form, and what is said of one that cannot be."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from markup import parse
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.web.time_machine import read_instant, spelled
from web import publishing
from web.publishing import DAY, HIDDEN, ITEM, MARK

Office = Callable[[StaffRole], FlaskClient]
THEN = "/office/apercu/2027-03-02T08.00"  # INSTANT
NOW = datetime(2027, 2, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team(office: Office) -> FlaskClient:
    return office(StaffRole.DOOR)


def links(answer: TestResponse) -> list[str]:
    document, _ = parse(answer.text)
    return [link.get("href", "") for link in document.iter("a")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-03-02T08.00", "2027-03-02T07:00Z"),
        ("2027-07-14T08.30", "2027-07-14T06:30Z"),
        ("2027-03-28", "2027-03-27T23:00Z"),
        ("2027-03-28T01.59", "2027-03-28T00:59Z"),  # the last minute of winter time
        ("2027-03-28T03.00", "2027-03-28T01:00Z"),  # the next one
        ("2027-03-29", "2027-03-28T22:00Z"),
        ("2027-10-31", "2027-10-30T22:00Z"),
        ("2027-10-31T02.30", "2027-10-31T00:30Z"),  # the first half past two
        ("2027-10-31T02.30bis", "2027-10-31T01:30Z"),  # the second
        ("2027-10-31T03.00", "2027-10-31T02:00Z"),
        ("2027-11-01", "2027-10-31T23:00Z"),
    ],
)
def test_an_instant_is_written_one_way(team: FlaskClient, written: str, meant: str):
    instant = datetime.fromisoformat(meant)
    assert read_instant(written) == instant
    assert spelled(instant) == written
    answer = team.get(f"/office/apercu/{written}/healthz")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2027-03-02T08:00/film/", "2027-03-02T08.00/film/"),
        ("2027-03-02t8h00/", "2027-03-02T08.00/"),
        ("2027-03-02T00.00/presse/?q=x", "2027-03-02/presse/?q=x"),
        ("2027-03-02", "2027-03-02/"),
        ("2027-03-28T02.30/", "2027-03-28T03.30/"),  # an hour that never comes
        ("2027-03-02T08.00bis/", "2027-03-02T08.00/"),  # one that comes once
    ],
)
def test_written_another_way_it_is_understood(team: FlaskClient, typed: str, written: str):
    answer = team.get(f"/office/apercu/{typed}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/office/apercu/{written}"


@pytest.mark.parametrize(
    "typed", ["demain", "2027-02-30", "2027-03-02T25.00", "9999-12-31", "2200-01-01", "0001-01-01", "%01", "9" * 3000]
)
def test_what_is_no_instant_gets_the_page_that_says_so(team: FlaskClient, typed: str):
    answer = team.get(f"/office/apercu/{typed}/film/")
    assert answer.status_code in (404, 414)
    assert answer.status_code == 414 or "n’est pas un instant" in answer.text


@pytest.mark.parametrize(
    ("past", "instead"),
    [
        ("2010-11-16/presse/", "/le/2010-11-16/presse/"),
        ("2010-11-16T20.00/", "/le/2010-11-16/"),
        ("2027-02-25/seances/", "/seances/"),  # earlier today
        ("2027-02-25T10.00/", "/"),  # this very minute
    ],
)
def test_the_past_is_refused_with_the_way_to_it(team: FlaskClient, past: str, instead: str):
    answer = team.get(f"/office/apercu/{past}")
    assert answer.status_code == 404
    assert "est passé" in answer.text
    assert instead in links(answer)


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%2F%2Fevil.example/"])
def test_the_way_out_never_leads_to_another_site(team: FlaskClient, path: str):
    for prefix in (THEN, "/le/2010-11-16"):
        assert [href for href in links(team.get(prefix + path)) if href.startswith(("//", "/\\"))] == []


def test_the_form_leads_there(team: FlaskClient):
    answer = team.get("/office/apercu/?jour=2027-03-02&heure=08:00&voir=1")
    assert answer.headers["Location"] == f"{THEN}/"
    answer = team.get("/office/apercu/?jour=2+mars+2027&heure=&voir=1")
    assert answer.headers["Location"] == "/office/apercu/2027-03-02/"


def test_the_shortcuts_lead_to_tomorrow_morning_and_to_the_next_change(app: Flask, team: FlaskClient):
    publishing.article(app, **HIDDEN["embargoed"])
    found = links(team.get("/office/apercu/"))
    assert "/office/apercu/2027-02-26T08.00/" in found
    assert f"{THEN}/" in found
    assert f"{THEN}/presse/{ITEM}/" in found


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        ("hier", "08:00", "« hier » n’est pas une date"),
        ("", "08:00", "Choisissez un jour"),
        ("2027-03-02", "25:00", "« 25:00 » n’est pas une heure"),
        ("2010-11-16", "08:00", "est passé"),
        ("2300-01-01", "08:00", "au-delà"),
        ("1700-01-01", "08:00", "avant le"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_what_was_typed_stays(
    team: FlaskClient, day: str, hour: str, said: str
):
    answer = team.get("/office/apercu/", query_string={"jour": day, "heure": hour, "voir": "1"})
    text = answer.text.replace("\u202f", " ").replace("\xa0", " ")
    assert answer.status_code == 200
    assert said in text
    assert 'aria-invalid="true"' in text
    assert f'value="{day}"' in text
    assert f'value="{hour}"' in text


def test_a_list_ends_where_it_was_asked_to(app: Flask, team: FlaskClient):
    publishing.article(app, **HIDDEN["scheduled"])
    assert MARK not in team.get(f"/office/apercu/?jour={date(2027, 3, 1)}").text
    assert MARK in team.get(f"/office/apercu/?jour={date(2027, 3, 3)}").text
    assert clock.midnight(DAY) < NOW
