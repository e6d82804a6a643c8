"""What search engines are told is what the page says."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from markup import PUBLIC_URL
from operation118.dates import DatePrecision, PartialDate
from operation118.screenings.structured import coarse
from screenings.pages import SLUGS, event


@pytest.mark.parametrize("slug", SLUGS)
def test_every_screening_is_of_the_film(reader: FlaskClient, slug: str):
    data = event(reader.get(f"/seances/{slug}/").text)
    film = data.get("workPresented") or data["workFeatured"]
    assert film["@type"] == "Movie"
    assert film["url"] == f"{PUBLIC_URL}/film/"
    assert data["url"] == f"{PUBLIC_URL}/seances/{slug}/"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert "offers" not in data
    assert "endDate" not in data


def test_a_place_is_as_precise_as_it_is_known(reader: FlaskClient):
    laon = event(reader.get("/seances/laon-2010-11-10/").text)["location"]
    assert (laon["@type"], laon["name"]) == ("MovieTheater", "Le Forum")
    assert laon["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Laon",
        "addressRegion": "Aisne",
        "addressCountry": "FR",
    }
    tence = event(reader.get("/seances/tence-2010-11-06/").text)["location"]
    assert (tence["@type"], tence["name"]) == ("Place", "Tence")


def test_the_national_release_is_a_publication(reader: FlaskClient):
    release = event(reader.get("/seances/sortie-nationale-2010-11-17/").text)
    assert release["@type"] == "PublicationEvent"
    assert release["location"] == {"@type": "Country", "name": "France"}


def test_only_attested_guests_are_named(reader: FlaskClient):
    laon = event(reader.get("/en/screenings/laon-2010-11-10/").text)
    assert [person["name"] for person in laon["performer"]] == ["David Azencot", "Céline Duhamel"]
    assert "performer" not in event(reader.get("/seances/saint-etienne-2010-11-05/").text)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (PartialDate(date(2010, 10, 25), DatePrecision.WEEK), "2010-10"),
        (PartialDate(date(2010, 11, 29), DatePrecision.WEEK), "2010"),
        (PartialDate(date(2010, 12, 27), DatePrecision.WEEK), ""),
        (PartialDate(date(2010, 11, 1), DatePrecision.MONTH), "2010-11"),
        (PartialDate(date(2010, 11, 19), DatePrecision.FROM), "2010-11-19"),
    ],
)
def test_a_week_is_not_told_as_a_day(when: PartialDate, said: str):
    assert coarse(when) == said
