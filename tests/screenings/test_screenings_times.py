"""Past and coming are told apart, at any instant one looks from."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from markup import words
from operation118 import clock
from operation118.clock import PARIS
from operation118.dates import DatePrecision
from operation118.screenings.models import Event, Screening, ScreeningGuest
from operation118.web.headers import SHARED_SECONDS
from screenings.pages import FOLDERS, SLUGS, AddScreening, coming, linked, of_class, page, road, struck, toured_then_out
from web.shared_caches import kept_before


def status(html: str) -> str:
    return words(next(of_class(page(html), "planted")[0].iter("b")))


@pytest.mark.parametrize(
    ("day", "past"),
    [
        ("2010-10-14", 0),
        ("2010-10-26", 0),
        ("2010-10-27", 1),
        ("2010-10-31", 1),  # the week of the 25th ends that Sunday
        ("2010-11-01", 2),
        ("2010-11-17", 7),
        ("2010-11-18", 8),
        ("2010-11-30", 9),  # the cinema week of the 25th ends that Tuesday
        ("2010-12-01", 10),
    ],
)
def test_the_tour_leaves_its_towns_behind_as_time_goes_by(reader: FlaskClient, day: str, past: int):
    html = reader.get(f"/le/{day}/seances/").text
    assert linked(road(html)) == toured_then_out(SLUGS[:past])
    assert struck(html) == [slug for slug in toured_then_out(SLUGS[:past]) if slug != "sortie-nationale-2010-11-17"]
    assert coming(html) == SLUGS[past:]


def test_no_screening_is_told_before_the_release_was(reader: FlaskClient):
    html = reader.get("/le/2010-10-01/seances/").text
    assert (struck(html), coming(html)) == ([], [])
    assert "Aucune séance n’est annoncée." in html
    assert reader.get("/le/2010-10-01/seances/laon-2010-11-10/").status_code == 404
    assert "BEGIN:VEVENT" not in reader.get("/le/2010-10-01/seances.ics").text


def test_a_meeting_is_told_from_its_day_on(client: FlaskClient, session: Session):
    place = "Place du Colonel-Fabien"
    assert place not in client.get("/le/2010-10-17/seances/").text
    assert place in client.get("/le/2010-10-18/seances/").text
    meeting = session.scalars(select(Event)).one()
    meeting.on = clock.today() + timedelta(days=3)
    session.commit()
    assert place not in client.get("/seances/").text
    assert kept_before(clock.midnight(clock.today() + timedelta(days=3)), client, "/seances/") == 10


def test_a_run_is_on_until_its_cinema_week_ends(reader: FlaskClient):
    path = "/seances/saint-quentin-2010-11-03/"
    said = [status(reader.get(f"/le/2010-11-{day}{path}").text) for day in ("02", "03", "09", "10")]
    assert said == ["À venir", "En ce moment", "En ce moment", "Date passée"]


def test_a_run_that_has_begun_is_not_to_come(reader: FlaskClient):
    main = page(reader.get("/le/2010-11-04/seances/").text)
    headings = [words(heading) for heading in of_class(main, "horizon")[0].iter("h2")]
    under_way, to_come = of_class(main, "coming")
    assert headings == ["En ce moment", "À venir"]
    assert linked([under_way]) == ["saint-quentin-2010-11-03"]
    assert linked([to_come]) == SLUGS[3:]


def said_of_the_neighbours(client: FlaskClient, slug: str, lang: str = "fr") -> list[str]:
    signs = road(client.get(f"{FOLDERS[lang]}{slug}/").text)
    return [words(label) for sign in signs for label in of_class(sign, "order")]


def test_neighbours_are_before_or_after_only_when_that_is_known(reader: FlaskClient):
    assert said_of_the_neighbours(reader, "laon-2010-11-10") == ["Juste avant", "Vous êtes ici", "Le même jour"]
    assert said_of_the_neighbours(reader, "vendome-2010-11-10", "en") == ["The same day", "You are here", "Just after"]
    chalons = said_of_the_neighbours(reader, "chalons-en-champagne-2010-10-26")
    assert chalons == ["Vous êtes ici", "Vers la même date"]


def test_hours_of_one_day_put_its_screenings_in_order(client: FlaskClient, add_screening: AddScreening):
    day = date(2031, 7, 2)
    add_screening("a-late", on=day, starts_at=datetime(2031, 7, 2, 19, tzinfo=UTC))
    add_screening("b-early", on=day, starts_at=datetime(2031, 7, 2, 12, tzinfo=UTC))
    assert coming(client.get("/seances/").text) == ["b-early", "a-late"]
    assert said_of_the_neighbours(client, "a-late") == ["Juste avant", "Vous êtes ici"]


def test_an_evening_is_today_on_its_day(reader: FlaskClient):
    said = [status(reader.get(f"/le/2010-11-{day}/en/screenings/laon-2010-11-10/").text) for day in ("09", "10", "11")]
    assert said == ["Coming up", "Today", "Past date"]


def test_the_tour_is_told_once_it_was_announced(reader: FlaskClient):
    assert "villes annoncées" not in reader.get("/le/2010-10-25/seances/").text
    assert "villes annoncées" in reader.get("/le/2010-10-26/seances/").text


def test_a_national_release_is_never_struck(reader: FlaskClient):
    html = reader.get("/seances/sortie-nationale-2010-11-17/").text
    assert status(html) == "Date passée"
    assert not of_class(of_class(page(html), "planted")[0], "past")


def test_a_sign_ahead_says_its_hour(client: FlaskClient, add_screening: AddScreening):
    add_screening("evening", on=date(2031, 7, 2), starts_at=datetime(2031, 7, 2, 20, 30, tzinfo=PARIS))
    (sign,) = road(client.get("/seances/").text, ahead=True)
    assert "mer. 2 juil. à 20 h 30" in words(sign)


def test_the_home_page_announces_the_national_release(reader: FlaskClient):
    html = reader.get("/le/2010-11-16/").text
    assert linked(road(html)) == SLUGS[-3:]
    assert "villes annoncées" not in html
    assert "villes annoncées" in reader.get("/").text


def test_the_calendar_is_the_main_action_only_before(reader: FlaskClient):
    def main_action(path: str) -> str:
        buttons = of_class(page(reader.get(path).text), "button")
        return words(next(button for button in buttons if "button-ghost" not in button.get("class", "").split()))

    assert main_action("/le/2010-11-01/seances/laon-2010-11-10/") == "Ajouter à mon agenda"
    with pytest.raises(StopIteration):
        main_action("/seances/laon-2010-11-10/")


def test_the_evening_before_is_one_click_away(reader: FlaskClient):
    html = reader.get("/en/screenings/laon-2010-11-10/").text
    assert 'href="/le/2010-11-09/en/screenings/laon-2010-11-10/"' in html
    there = reader.get("/le/2010-11-09/en/screenings/laon-2010-11-10/")
    assert there.status_code == 200
    assert "/le/2010-11-08/" not in there.text


def test_today_nothing_is_promised(reader: FlaskClient):
    html = reader.get("/seances/").text
    assert coming(html) == []
    assert "Aucune séance n’est annoncée." in html
    assert "Yssingeaux</a>, <time" in html
    assert not list(page(html).iter("form"))


def test_before_the_first_one_there_is_no_last_one(client: FlaskClient, session: Session):
    session.execute(delete(ScreeningGuest))
    session.execute(delete(Screening))
    session.commit()
    assert "La dernière que nous ayons retrouvée" not in client.get("/seances/").text


def test_a_screening_tomorrow_comes_first_and_changes_the_page_at_midnight(
    client: FlaskClient, add_screening: AddScreening
):
    tomorrow = clock.today() + timedelta(days=1)
    add_screening("tomorrow", on=tomorrow)
    for path in ("/seances/", "/seances/tomorrow/", "/seances.ics"):
        assert kept_before(clock.midnight(tomorrow), client, path) == 10, path
    assert coming(client.get("/seances/").text) == ["tomorrow"]
    assert "pas encore annoncée" in client.get("/seances/tomorrow/").text


def test_a_page_of_today_changes_when_the_day_ends(client: FlaskClient, add_screening: AddScreening):
    add_screening("today", on=clock.today())
    assert kept_before(clock.next_midnight(), client, "/seances/") == 10


def test_a_page_of_the_past_never_changes(reader: FlaskClient):
    assert kept_before(clock.next_midnight(), reader, "/seances/") == SHARED_SECONDS


@pytest.mark.parametrize(
    ("precision", "first", "ends"),
    [
        (DatePrecision.DAY, date(2030, 1, 2), date(2030, 1, 2)),
        (DatePrecision.WEEK, date(2029, 12, 31), date(2030, 1, 6)),
        (DatePrecision.MONTH, date(2030, 2, 1), date(2030, 2, 28)),
        (DatePrecision.FROM, date(2030, 1, 2), date(2030, 1, 8)),  # Wednesday to Tuesday
        (DatePrecision.FROM, date(2030, 1, 8), date(2030, 1, 8)),
    ],
)
def test_when_a_screening_may_last_be_seen(precision: DatePrecision, first: date, ends: date):
    assert Screening(slug="any", on=first, precision=precision).ends_on == ends


def test_a_screening_without_a_date_is_refused():
    with pytest.raises(ValueError, match="has no date"):
        _ = Screening(slug="any", on=None, precision=None).ends_on
