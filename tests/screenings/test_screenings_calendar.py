"""The calendars, read by a library that did not write them."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import PUBLIC_URL
from operation118.screenings.models import Screening
from screenings.pages import SLUGS, AddScreening, facts

PATHS = {"fr": "/seances.ics", "en": "/en/screenings.ics"}


def calendar(client: FlaskClient, path: str = "/seances.ics") -> Any:
    response = client.get(path)
    assert response.status_code == 200
    return vobject.readOne(response.text)


def by_slug(events: Sequence[Any]) -> dict[str, Any]:
    return {event.uid.value.partition("@")[0]: event for event in events}


@pytest.fixture
def events(reader: FlaskClient) -> dict[str, Any]:
    return by_slug(calendar(reader).vevent_list)


def span(event: Any) -> tuple[date, date]:
    return event.dtstart.value, event.dtend.value


@pytest.mark.parametrize("path", PATHS.values())
def test_the_calendar_holds_every_screening_once(reader: FlaskClient, path: str):
    found = calendar(reader, path).vevent_list
    assert sorted(by_slug(found)) == sorted(SLUGS)
    assert len(found) == len(SLUGS)
    assert all(event.uid.value.endswith("@film.test") for event in found)


@pytest.mark.parametrize("path", [*PATHS.values(), "/en/screenings/laon-2010-11-10.ics"])
def test_it_is_served_as_a_calendar(reader: FlaskClient, path: str):
    response = reader.get(path)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.fullmatch(r"attachment; filename=[a-z0-9-]+\.ics", response.headers["Content-Disposition"])
    assert "Set-Cookie" not in response.headers


def test_lines_are_folded_and_ended_as_the_standard_wants(reader: FlaskClient):
    body = reader.get("/seances.ics").data
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert body.count(b"\n") == body.count(b"\r\n")


def test_the_calendar_says_its_name_and_when_to_come_back(reader: FlaskClient):
    made = calendar(reader, "/en/screenings.ics")
    assert made.x_wr_calname.value.endswith(": screenings")
    assert made.refresh_interval.value == "P1D"
    assert made.refresh_interval.params == {"VALUE": ["DURATION"]}
    assert made.version.value == "2.0"


def test_an_evening_without_an_hour_is_a_whole_day(events: dict[str, Any]):
    assert span(events["laon-2010-11-10"]) == (date(2010, 11, 10), date(2010, 11, 11))
    assert "heure non retrouvée" in events["laon-2010-11-10"].description.value


def test_the_release_everywhere_misses_no_hour(events: dict[str, Any]):
    assert "heure" not in events["sortie-nationale-2010-11-17"].description.value


@pytest.mark.parametrize("path", PATHS.values())
def test_a_description_is_in_one_language_and_ends_its_sentences_once(reader: FlaskClient, path: str):
    told = [event.description.value for event in calendar(reader, path).vevent_list]
    assert not [text for text in told if ".." in text]
    missing = "heure non retrouvée" if path == PATHS["fr"] else "time not found"
    assert sum(missing in text for text in told) == len(SLUGS) - 1
    assert not [text for text in told if "heure" in text and path != PATHS["fr"]]


def test_an_hour_to_come_is_not_announced_yet(client: FlaskClient, add_screening: AddScreening):
    add_screening("evening", on=date(2031, 7, 2))
    assert "(heure pas encore annoncée)" in calendar(client, "/seances/evening.ics").vevent.description.value


def test_a_week_is_seven_days(events: dict[str, Any]):
    first, end = span(events["saint-quentin-2010-10"])
    assert (first, end - first) == (date(2010, 10, 25), timedelta(days=7))
    assert events["saint-quentin-2010-10"].description.value.startswith("Semaine du 25")


def test_a_run_is_its_first_day_and_says_from(events: dict[str, Any]):
    assert span(events["tence-2010-11-19"]) == (date(2010, 11, 19), date(2010, 11, 20))
    assert events["tence-2010-11-19"].description.value.startswith("À partir du vendredi 19")


def test_the_national_release_has_no_place(events: dict[str, Any]):
    release = events["sortie-nationale-2010-11-17"]
    assert not hasattr(release, "location")
    assert not hasattr(release, "geo")
    assert release.summary.value.endswith("Sortie nationale · France")


def test_a_screening_says_where_it_is(events: dict[str, Any]):
    laon = events["laon-2010-11-10"]
    assert laon.location.value == "Le Forum, Laon, Aisne, France"
    latitude, longitude = map(float, laon.geo.value.split(";"))
    assert (latitude, longitude) == pytest.approx((49.56, 3.62), abs=0.1)
    assert laon.categories.value == ["Avant-première"]
    assert laon.url.value == f"{PUBLIC_URL}/seances/laon-2010-11-10/"


def test_what_is_deduced_is_said_to_be(events: dict[str, Any]):
    assert "Sous réserve" in events["tence-2010-11-06"].description.value


def test_it_speaks_the_language_of_the_page(reader: FlaskClient):
    laon = calendar(reader, "/en/screenings/laon-2010-11-10.ics").vevent
    assert laon.summary.value.endswith("Preview · Laon")
    assert laon.summary.params == {"LANGUAGE": ["en"]}
    assert laon.url.value == f"{PUBLIC_URL}/en/screenings/laon-2010-11-10/"
    assert laon.uid.value == calendar(reader, "/seances/laon-2010-11-10.ics").vevent.uid.value


def test_all_day_events_do_not_fill_the_day(events: dict[str, Any]):
    assert {event.transp.value for event in events.values()} == {"TRANSPARENT"}


def test_a_known_hour_is_kept_in_its_zone(client: FlaskClient, add_screening: AddScreening):
    add_screening("evening", on=date(2031, 7, 2), starts_at=datetime(2031, 7, 2, 18, 30, tzinfo=UTC))
    made = calendar(client, "/seances/evening.ics")
    assert made.vtimezone.tzid.value == "Europe/Paris"
    start = made.vevent.dtstart.value
    assert (start.hour, start.minute, start.utcoffset()) == (20, 30, timedelta(hours=2))
    assert made.vevent.transp.value == "OPAQUE"
    assert "heure non retrouvée" not in made.vevent.description.value
    assert facts(client.get("/seances/evening/").text)["Quand"] == "mercredi 2 juillet 2031 à 20 h 30"


def test_no_zone_is_described_when_no_hour_is_known(reader: FlaskClient):
    assert "VTIMEZONE" not in reader.get("/seances.ics").text


def test_two_downloads_are_the_same_until_something_changes(client: FlaskClient, session: Session):
    before = client.get("/seances.ics").data
    assert client.get("/seances.ics").data == before
    laon = session.scalars(select(Screening).where(Screening.slug == "laon-2010-11-10")).one()
    first = calendar(client, "/seances/laon-2010-11-10.ics").vevent
    laon.updated_at += timedelta(hours=1)
    session.commit()
    second = calendar(client, "/seances/laon-2010-11-10.ics").vevent
    assert second.uid.value == first.uid.value
    assert int(second.sequence.value) > int(first.sequence.value)
    assert second.dtstamp.value > first.dtstamp.value


def test_a_hostile_name_cannot_add_a_line(client: FlaskClient, add_screening: AddScreening):
    note = "Fin.\r\nEND:VEVENT\nBEGIN:VEVENT; a, b\\c"
    add_screening("evening", on=date(2031, 7, 2), note_fr=note, note_en=note)
    made = calendar(client, "/seances/evening.ics")
    assert len(made.vevent_list) == 1
    assert "a, b\\c" in made.vevent.description.value


def test_the_time_machine_hands_out_addresses_of_today(reader: FlaskClient):
    made = calendar(reader, "/le/2010-11-01/seances/laon-2010-11-10.ics")
    assert made.vevent.url.value == f"{PUBLIC_URL}/seances/laon-2010-11-10/"
