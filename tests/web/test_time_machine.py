"""The site as of a past day: read-only, out of the indexes, and itself all the way down."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse
from operation118 import clock
from operation118.film.models import Release, ReleaseKind

PAGES = ["/", "/film/", "/dvd/", "/presse/", "/seances/", "/chronologie/", "/contact/"]


@pytest.fixture
def eve(session: Session) -> date:
    """The day before the film opened."""
    opening = session.scalars(select(Release.on).filter_by(kind=ReleaseKind.THEATRICAL)).one()
    assert opening
    return opening - timedelta(days=1)


def ribbon(html: str) -> str | None:
    document, _ = parse(html)
    asides = [aside for aside in document.iter("aside") if "ribbon" in aside.get("class", "")]
    return "".join(asides[0].itertext()) if asides else None


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["", "/en"])
def test_every_page_is_there_as_of_a_past_day(client: FlaskClient, eve: date, path: str, lang: str):
    french_only = {"/presse/": "/press/", "/seances/": "/screenings/", "/chronologie/": "/timeline/"}
    page = client.get(f"/le/{eve}{lang}{french_only.get(path, path) if lang else path}")
    assert page.status_code == 200
    assert str(eve.year) in (ribbon(page.text) or "")


@pytest.mark.parametrize("path", PAGES)
def test_its_links_stay_on_that_day_but_for_the_way_out(client: FlaskClient, eve: date, path: str):
    document, _ = parse(client.get(f"/le/{eve}{path}").text)
    links = [link.get("href", "") for link in document.iter("a")]
    own = [href for href in links if href.startswith("/") and not href.startswith("/static/")]
    leaving = [href for href in own if not href.startswith(f"/le/{eve}/")]
    assert path in leaving
    assert all(href == path or href.startswith("/le/") for href in leaving)


def test_the_way_out_keeps_the_question_asked(client: FlaskClient, eve: date):
    document, _ = parse(client.get(f"/le/{eve}/presse/?q=x").text)
    assert "/presse/?q=x" in [link.get("href") for link in document.iter("a")]


def test_the_present_has_no_ribbon(client: FlaskClient):
    assert ribbon(client.get("/").text) is None


def test_the_past_is_out_of_the_indexes(client: FlaskClient, eve: date):
    assert client.get(f"/le/{eve}/").headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/").headers


def test_the_past_cannot_be_written_to(client: FlaskClient, eve: date):
    assert client.post(f"/le/{eve}/contact/").status_code == 405


def test_the_past_may_be_kept_for_ever_but_is_asked_for_again(client: FlaskClient, eve: date):
    assert client.get(f"/le/{eve}/").headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("lang", ["", "en/"])
def test_today_and_the_future_are_refused_with_a_page(client: FlaskClient, lang: str):
    today = clock.today()
    for day in (today, today + timedelta(days=1), date(9999, 12, 31)):
        response = client.get(f"/le/{day}/{lang}")
        assert response.status_code == 404
        assert response.mimetype == "text/html"


@pytest.mark.parametrize(
    "path",
    [
        "/le/demain/",
        "/le/2010-13-40/",
        "/le/2010-11-31/",
        "/le/0001-01-01/",
        "/le/%01/",
        "/le/" + "9" * 3000 + "/",
    ],
)
def test_a_date_it_cannot_read_is_refused_with_a_page(client: FlaskClient, path: str):
    response = client.get(path)
    assert response.status_code in (404, 414)
    assert response.mimetype == "text/html"


@pytest.mark.parametrize(
    "day", ["2010-W46-2", "-2010-11-16", "2010-11-16T12:00", "٢٠١٠-١١-١٦", "16/11/2010", "1e9", " "]
)
def test_an_odd_day_leads_to_a_day_or_to_a_page(client: FlaskClient, day: str):
    response = client.get(f"/le/{day}/", follow_redirects=True)
    assert response.status_code in (200, 404)
    assert response.mimetype == "text/html"


@pytest.mark.parametrize("typed", ["/le/2010-11-16", "/le/20101116/", "/en/le/2010-11-16/"])
def test_a_day_typed_another_way_is_understood(client: FlaskClient, typed: str):
    response = client.get(typed)
    assert response.status_code == 301
    assert response.headers["Location"] == f"/le/2010-11-16{'/en' if 'en' in typed else ''}/"


def test_one_does_not_travel_within_a_travel(client: FlaskClient, eve: date):
    response = client.get(f"/le/{eve}/le/2009-01-01/")
    assert response.status_code == 404 or response.headers["Location"] == "/le/2009-01-01/"


def test_the_first_days_of_the_calendar_do_not_break_it(client: FlaskClient):
    for day in ("0002-01-01", "1000-06-01", "1582-10-10"):
        assert client.get(f"/le/{day}/").status_code in (200, 404)
        assert client.get(f"/le/{day}/chronologie/").status_code in (200, 404)


def test_yesterday_begins_at_midnight_in_paris(client: FlaskClient):
    with time_machine.travel(datetime(2026, 7, 14, 21, 59, tzinfo=UTC), tick=False):
        assert client.get("/le/2026-07-14/").status_code == 404
    with time_machine.travel(datetime(2026, 7, 14, 22, 0, tzinfo=UTC), tick=False):
        assert client.get("/le/2026-07-14/").status_code == 200


def test_what_was_published_later_is_not_there(client: FlaskClient, eve: date):
    def addresses(prefix: str) -> set[str]:
        document, _ = parse(client.get(f"{prefix}/presse/").text)
        links = [link.get("href", "").removeprefix(prefix) for link in document.iter("a")]
        return {href for href in links if href.startswith("/presse/") and href.count("/") == 3}

    then, now = addresses(f"/le/{eve}"), addresses("")
    assert then < now
    later = (now - then).pop()
    assert client.get(later).status_code == 200
    assert client.get(f"/le/{eve}{later}").status_code == 404
