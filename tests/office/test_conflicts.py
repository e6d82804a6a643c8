"""Rows that contradict themselves or each other are found, and those that only sound alike are left in peace."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from applications import application
from operation118 import publication
from operation118.accounts.models import StaffRole
from operation118.clock import PARIS
from operation118.config import Settings
from operation118.database import db
from operation118.dates import DatePrecision
from operation118.film.models import Fact, Release, ReleaseKind, Source
from operation118.office import conflicts
from operation118.office.kept import kept
from operation118.press.models import PressItem
from operation118.screenings.models import Screening, ScreeningKind, Town, Venue
from operation118.site import start

Office = Callable[[StaffRole], FlaskClient]


def a_screening(session: Session) -> Screening:
    placed = select(Screening).where(Screening.town_id.is_not(None), Screening.precision.is_(None))
    found = session.scalars(placed.order_by(Screening.slug)).first()
    found = found or session.scalars(select(Screening).where(Screening.town_id.is_not(None))).first()
    assert found
    found.on, found.precision, found.starts_at, found.team_arrives_at = (
        date(2010, 11, 10),
        DatePrecision.DAY,
        None,
        None,
    )
    session.flush()
    return found


def sentences() -> list[str]:
    return [one.sentence for one in conflicts.found(kept()).shown]


def test_an_hour_on_another_day_than_its_date_is_a_contradiction(session: Session):
    screening = a_screening(session)
    screening.starts_at = datetime(2010, 11, 9, 23, 30, tzinfo=UTC)  # half past midnight on the 10th, in Paris
    session.flush()
    assert sentences() == []
    screening.starts_at = datetime(2010, 11, 10, 23, 30, tzinfo=UTC)
    session.flush()
    (said,) = conflicts.found(kept()).shown
    assert "11" in said.sentence
    assert [line.slug for line in said.rows] == [screening.slug]


@pytest.mark.parametrize(
    ("precision", "fits"),
    [
        (DatePrecision.WEEK, True),
        (DatePrecision.MONTH, True),
        (DatePrecision.FROM, True),
        (DatePrecision.UNKNOWN, True),
        (DatePrecision.BEFORE, False),
        (DatePrecision.DAY, False),
    ],
)
def test_a_vague_date_allows_every_day_that_it_may_be(session: Session, precision: DatePrecision, fits: bool):
    screening = a_screening(session)
    screening.precision, screening.starts_at = precision, datetime(2010, 11, 12, 19, 30, tzinfo=UTC)
    session.flush()
    assert bool(sentences()) is not fits


def test_a_team_that_arrives_after_the_beginning_is_a_contradiction(session: Session):
    screening = a_screening(session)
    screening.starts_at = datetime(2010, 11, 10, 19, tzinfo=UTC)
    screening.team_arrives_at = datetime(2010, 11, 10, 20, tzinfo=UTC)
    session.flush()
    assert [sentence.partition(" ")[0] for sentence in sentences()] == ["L’équipe"]


def test_a_venue_in_another_town_is_a_contradiction(session: Session):
    screening = a_screening(session)
    other = session.scalars(select(Town).where(Town.id != screening.town_id)).first()
    venue = Venue(slug="elsewhere", name="Ailleurs", town=other)
    session.add(venue)
    screening.venue = venue
    session.flush()
    (said,) = conflicts.found(kept()).shown
    assert said.sentence == conflicts.SENTENCES[conflicts.VENUE]
    assert [(line.key, line.slug) for line in said.rows] == [("screening", screening.slug), ("venue", "elsewhere")]


def test_an_article_and_its_source_of_two_dates_are_a_contradiction(session: Session):
    source = session.scalars(select(Source).where(Source.press_slug.is_not(None), Source.on.is_not(None))).first()
    assert source
    assert source.on
    source.on -= timedelta(days=1)
    session.flush()
    assert sentences() == [conflicts.SENTENCES[conflicts.SOURCE]]


def test_two_facts_of_one_name_and_two_dates_are_a_contradiction(session: Session):
    fact = session.scalars(select(Fact).where(Fact.on.is_not(None))).first()
    assert fact
    assert fact.on
    values = {"position": 99, "section": fact.section, "label_fr": fact.label_fr, "label_en": fact.label_en}
    twin = Fact(slug="twin", on=fact.on, precision=fact.precision, **values)
    session.add(twin)
    session.flush()
    assert sentences() == []
    twin.on = fact.on + timedelta(days=3)
    session.flush()
    assert sentences() == [conflicts.SENTENCES[conflicts.FACT]]


def test_two_sheets_of_one_release_and_two_days_are_a_contradiction(session: Session):
    release = session.scalars(select(Release).where(Release.kind == ReleaseKind.THEATRICAL)).one()
    assert release.on
    values = {"kind": release.kind, "territory": release.territory, "platform_fr": release.platform_fr}
    lists = {"missing_fr": list[str](), "missing_en": list[str]()}
    twin = Release(slug="twin", position=99, on=release.on + timedelta(days=7), **values, **lists)
    session.add(twin)
    session.flush()
    assert conflicts.SENTENCES[conflicts.RELEASE] in sentences()


def test_two_articles_at_one_address_and_two_dates_are_a_contradiction(session: Session):
    items = session.scalars(select(PressItem).where(PressItem.on.is_not(None)).order_by(PressItem.on)).all()
    items[0].url = items[-1].url
    session.flush()
    assert conflicts.SENTENCES[conflicts.ITEM] in sentences()


def test_a_national_screening_on_another_day_than_the_release_is_a_contradiction(session: Session):
    release = session.scalars(select(Release).where(Release.kind == ReleaseKind.THEATRICAL)).one()
    assert release.on
    found = session.scalars(select(Screening).where(Screening.kind == ScreeningKind.NATIONAL_RELEASE)).first()
    assert found
    found.territory, found.on = release.territory, release.on + timedelta(days=7)
    session.flush()
    assert conflicts.SENTENCES[conflicts.OPENING] in sentences()


def test_articles_at_one_address_are_held_each_against_the_one_before_it(session: Session):
    items = session.scalars(select(PressItem).order_by(PressItem.slug)).all()[:3]
    for item, day in zip(items, (3, 1, 1), strict=True):
        item.url, item.on, item.precision = "https://journal.test/", date(2010, 11, day), None
    session.flush()
    found = [one for one in conflicts.found(kept()).shown if one.sentence == conflicts.SENTENCES[conflicts.ITEM]]
    assert [{line.slug for line in one.rows} for one in found] == [{items[0].slug, items[2].slug}]


def any_times(session: Session, seed: int) -> list[Screening]:
    """Screenings of any hour near their days, and of any precision."""
    luck = Random(seed)
    rows: list[Screening] = []
    for number in range(200):
        day = date(2010, 1, 1) + timedelta(days=luck.randint(0, 364))
        starts = datetime.combine(day, time(), UTC) + timedelta(minutes=luck.randint(-2 * 1440, 3 * 1440))
        values = {"precision": luck.choice([None, *DatePrecision]), "starts_at": luck.choice([None, starts])}
        values["team_arrives_at"] = luck.choice([None, None, starts + timedelta(minutes=luck.randint(-60, 20))])
        rows.append(Screening(slug=f"essai-{number}", kind=ScreeningKind.REGULAR, with_debate=False, on=day, **values))
    session.add_all(rows)
    session.flush()
    return rows


def at_odds(screening: Screening) -> int:
    """How often a screening contradicts itself."""
    starts, arrives, when = screening.starts_at, screening.team_arrives_at, screening.dated
    if starts is None:
        return 0
    day = starts.astimezone(PARIS).date()
    early, late = day < when.first, day > when.last
    match when.precision:
        case DatePrecision.UNKNOWN:
            wrong = False
        case DatePrecision.FROM:
            wrong = early
        case DatePrecision.BEFORE:
            wrong = late
        case _:
            wrong = early or late
    return int(wrong) + int(arrives is not None and arrives > starts)


@pytest.mark.parametrize("seed", range(3))
def test_of_any_screenings_those_at_odds_with_themselves_are_found(session: Session, seed: int):
    expected = sum(at_odds(screening) for screening in any_times(session, seed))
    assert 20 < expected == conflicts.found(kept()).total


def test_on_postgresql_the_same_are_found(postgres_url: str, make_settings: Callable[..., Settings]):
    with application(make_settings(DATABASE_URL=postgres_url)) as app, app.app_context(), publication.everything():
        start.upgrade()
        expected = sum(at_odds(screening) for screening in any_times(db.session, 7))
        assert 20 < expected == conflicts.found(kept()).total
        many(db.session)
        assert conflicts.found(kept()).total == 1001
        db.session.rollback()


def many(session: Session) -> None:
    """Eleven hundred screenings, each at odds with itself."""
    starts = datetime(2010, 11, 12, 19, tzinfo=UTC)
    values = {"kind": ScreeningKind.REGULAR, "with_debate": False, "on": date(2010, 11, 10), "starts_at": starts}
    session.add_all(Screening(slug=f"autre-{number}", **values) for number in range(1100))
    session.flush()


def test_contradictions_are_counted_as_far_as_a_thousand(session: Session, office: Office):
    many(session)
    session.commit()
    assert conflicts.found(kept()).total == 1001
    page = office(StaffRole.EDITOR).get("/office/faits/").text.replace("\u00a0", " ")
    assert 'Contradictions <span class="count">plus de 1 000</span>' in page
    assert "Et beaucoup d’autres, qui viendront ici à mesure." in page
