"""Rows that contradict themselves or each other are found, and those that only sound alike are left in peace."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.dates import DatePrecision
from operation118.film.models import Fact, Release, ReleaseKind, Source
from operation118.office import conflicts
from operation118.press.models import PressItem
from operation118.screenings.models import Screening, ScreeningKind, Town, Venue


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
    return [one.sentence for one in conflicts.found().shown]


def test_an_hour_on_another_day_than_its_date_is_a_contradiction(session: Session):
    screening = a_screening(session)
    screening.starts_at = datetime(2010, 11, 9, 23, 30, tzinfo=UTC)  # half past midnight on the 10th, in Paris
    session.flush()
    assert sentences() == []
    screening.starts_at = datetime(2010, 11, 10, 23, 30, tzinfo=UTC)
    session.flush()
    (said,) = conflicts.found().shown
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
    (said,) = conflicts.found().shown
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
