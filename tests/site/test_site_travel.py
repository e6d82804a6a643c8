"""The way into the time machine: a form that leads to a day, or says why there is none."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import pytest
import time_machine
from flask.testing import FlaskClient

from markup import parse, words
from operation118 import clock
from operation118.web.time_machine import EARLIEST


def field(html: str) -> Element:
    document, _ = parse(html)
    return next(element for element in document.iter("input") if element.get("name") == "jour")


def remark(html: str) -> str:
    """What the page says beside the field, found as a screen reader finds it."""
    document, _ = parse(html)
    named = field(html).get("aria-describedby")
    return next((words(element) for element in document.iter() if named and element.get("id") == named), "")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_form_asks_for_a_day_between_the_first_and_yesterday(client: FlaskClient, prefix: str):
    html = client.get(f"{prefix}/le/").text
    asked = field(html)
    yesterday = clock.today() - timedelta(days=1)
    assert (asked.get("type"), asked.get("min"), asked.get("max")) == ("date", str(EARLIEST), str(yesterday))
    assert asked.get("aria-invalid") is None
    assert remark(html) == ""


@pytest.mark.parametrize("typed", ["2010-11-16", " 2010-11-16 ", "16 novembre 2010", "16/11/2010"])
def test_a_day_leads_to_the_site_as_of_that_day(client: FlaskClient, typed: str):
    for page, target in (("/le/", "/le/2010-11-16/"), ("/en/le/", "/le/2010-11-16/en/")):
        response = client.get(page, query_string={"jour": typed})
        assert response.status_code == 302
        assert response.headers["Location"] == target
        assert client.get(target).status_code == 200


def test_the_first_day_and_yesterday_are_reached(client: FlaskClient):
    for day in (EARLIEST, clock.today() - timedelta(days=1)):
        assert client.get(f"/le/?jour={day}").headers["Location"] == f"/le/{day}/"


@pytest.mark.parametrize(
    ("typed", "shown_as", "said"),
    [
        ("2010-11-31", "text", "« 2010-11-31 » n’est pas une date"),
        ("hier", "text", "« hier » n’est pas une date"),
        ("2999-01-01", "date", "n’est pas encore passé"),
        ("1800-01-01", "date", "ne remonte pas avant le 28 décembre 1895"),
    ],
)
def test_what_is_no_day_is_kept_and_remarked_upon(client: FlaskClient, typed: str, shown_as: str, said: str):
    response = client.get("/le/", query_string={"jour": typed})
    asked = field(response.text)
    assert response.status_code == 200
    assert (asked.get("type"), asked.get("value"), asked.get("aria-invalid")) == (shown_as, typed, "true")
    assert said in remark(response.text).replace("\u202f", " ").replace("\u00a0", " ")


def test_today_has_not_passed(client: FlaskClient):
    assert "n’est pas encore passé" in remark(client.get(f"/le/?jour={clock.today()}").text)


def test_an_empty_field_is_asked_again(client: FlaskClient):
    assert remark(client.get("/le/?jour=").text) == "Choisissez un jour."


def test_what_cannot_be_shown_is_not(client: FlaskClient):
    html = client.get("/le/?jour=%02hier%01").text
    assert field(html).get("value") == " hier "
    assert client.get("/le/?jour=16%C2%A0novembre%E2%80%AF2010").headers["Location"] == "/le/2010-11-16/"


def test_the_last_day_moves_at_midnight(client: FlaskClient):
    with time_machine.travel(datetime(2026, 7, 14, 21, 59, 30, tzinfo=UTC), tick=False):
        response = client.get("/le/")
        assert field(response.text).get("max") == "2026-07-13"
        assert "s-maxage=30" in response.headers["Cache-Control"]
    with time_machine.travel(datetime(2026, 7, 14, 22, 0, tzinfo=UTC), tick=False):
        assert field(client.get("/le/").text).get("max") == "2026-07-14"


def test_what_was_typed_stays_text(client: FlaskClient):
    html = client.get("/le/", query_string={"jour": '"><b>x</b>'}).text
    assert field(html).get("value") == '"><b>x</b>'


def test_one_leaves_a_day_for_another(client: FlaskClient):
    """From a travelled page, too, a stop and the form lead to the day itself, not to a day within a day."""
    document, _ = parse(client.get("/le/2010-11-16/le/").text)
    stops = [link.get("href", "") for link in document.iter("a") if link.get("rel") == "nofollow"]
    assert "/le/2010-11-17/" in stops
    assert client.get("/le/2010-11-16/le/?jour=2012-10-10").headers["Location"] == "/le/2012-10-10/"


def test_a_stop_is_no_more_exact_than_its_source(client: FlaskClient):
    assert "<b>Au plus tard le 12\u00a0septembre 2008</b> le premier article" in client.get("/le/").text
    assert "<b>By 12\u00a0September 2008</b> the first article" in client.get("/en/le/").text
    assert "<b>13\u00a0octobre 2010</b> la date de sortie" in client.get("/le/").text
