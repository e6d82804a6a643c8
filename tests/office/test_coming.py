"""What changes by itself between now and an instant to come, as the team reads it; and as the site will show it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from markup import parse, words
from operation118 import clock, publication
from operation118.accounts.models import StaffRole
from operation118.database import db
from operation118.dates import DatePrecision
from operation118.film import queries as film_queries
from operation118.film.models import Citation, Release, ReleaseKind, Source
from operation118.film.states import ReleaseState, state_at
from operation118.newsletter.models import Campaign, CampaignState
from operation118.office import foretold, preview
from operation118.office.stock import Sort
from operation118.press.models import PressItem
from operation118.publication import Publication
from operation118.screenings import queries as screening_queries
from operation118.screenings.models import Screening, ScreeningKind
from operation118.site.states import milestones
from web import publishing
from web.publishing import HIDDEN, INSTANT, ITEM, MARK, SCREENING

Office = Callable[[StaffRole], FlaskClient]
Counter = Callable[[], AbstractContextManager[list[str]]]
NOW = datetime(2027, 2, 25, 9, 0, tzinfo=UTC)
OPENING = date(2027, 3, 31)  # a Wednesday, three days after the clocks change


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def told(app: Flask) -> list[tuple[str, list[str]]]:
    """Each moment to come, in Paris, with its sentences."""
    with app.test_request_context("/office/"):
        return [
            (f"{moment.instant.astimezone(clock.PARIS):%d/%m %H:%M}", [sentence.text for sentence in moment.sentences])
            for moment in preview.coming(NOW).part.moments
        ]


@pytest.fixture
def to_come(app: Flask) -> None:
    """A film that is still to come out: announced next week, dated after that, shown once before, then everywhere."""
    with publishing.desk(app) as session:
        for table in (Citation, Source, Release, Screening, PressItem):
            for row in session.scalars(select(table)):
                session.delete(row)
        session.flush()
        release = Release(
            slug="sortie", position=0, kind=ReleaseKind.THEATRICAL, on=OPENING, missing_fr=[], missing_en=[]
        )
        first = source("annonce", date(2027, 3, 5))
        second = source("date", date(2027, 3, 10))
        session.add_all([release, cited("film.title", first), cited("release.sortie", second)])
        session.add(
            Screening(
                slug="partout", kind=ScreeningKind.NATIONAL_RELEASE, on=OPENING, with_debate=False, territory="France"
            )
        )
    publishing.screening(app, on=date(2027, 3, 20), starts_at=datetime(2027, 3, 20, 19, 30, tzinfo=UTC))


def source(slug: str, on: date) -> Source:
    return Source(slug=slug, outlet=slug, url=f"https://{slug}.test/", on=on)


def cited(subject: str, source: Source) -> Citation:
    return Citation(subject=subject, position=0, source=source)


def test_nothing_comes_by_itself_in_a_film_of_the_past(app: Flask):
    assert told(app) == []


def test_the_life_of_a_film_to_come_is_told_in_order(app: Flask, to_come: None):
    assert told(app) == [
        ("05/03 00:00", ["l’état passe à « annoncé »", "une source paraît"]),
        ("10/03 00:00", ["l’état passe à « daté »", "une source paraît"]),
        ("20/03 00:00", ["l’état passe à « en avant-première »"]),
        ("20/03 20:30", ["une séance a lieu"]),
        ("21/03 00:00", ["une séance devient passée"]),
        ("31/03 00:00", ["l’état passe à « en salles »", "une séance a lieu"]),
        ("01/04 00:00", ["une séance devient passée"]),
        ("07/04 00:00", ["l’état passe à « après son exploitation »"]),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"published_at": datetime(2027, 3, 25, 11, 15, tzinfo=UTC)},  # announced after it took place
        {"publication": Publication.DRAFT},
        {"on": date(2027, 4, 20)},  # after the release: the run lasts longer
        {"on": date(2027, 4, 20), "kind": ScreeningKind.REGULAR, "published_at": datetime(2027, 4, 15, tzinfo=UTC)},
    ],
)
def test_the_state_foretold_is_the_one_that_the_site_will_have(app: Flask, to_come: None, change: dict[str, object]):
    with publishing.desk(app) as session:
        publishing.changed(session.scalars(select(Screening).where(Screening.slug == SCREENING)).one(), change)
    with app.app_context():
        turns = foretold.turns(NOW)
        moments = preview.coming(NOW).part.moments
    around = [moment.instant + shift for moment in moments for shift in (timedelta(seconds=-1), timedelta())]
    for instant in [NOW, *around]:
        state = [state for turned, state in turns if turned <= instant][-1]
        with app.app_context(), time_machine.travel(instant, tick=False):
            assert state is shown(), instant
    assert len({change for moment in moments for change in moment.changes if change.sort is Sort.STATE}) >= 4


def test_a_run_whose_last_date_is_vague_lasts_as_long_as_it_may(app: Flask, to_come: None):
    with publishing.desk(app) as session:
        session.scalars(select(Release)).one().on = date(2027, 2, 3)
        session.scalars(select(Source).where(Source.slug == "date")).one().on = date(2027, 1, 10)
        for screening in session.scalars(select(Screening)):
            screening.kind, screening.on, screening.precision = (
                ScreeningKind.REGULAR,
                date(2027, 2, 1),
                DatePrecision.MONTH,
            )
            screening.starts_at = None
    with app.app_context():
        turns = foretold.turns(NOW)
    assert turns == [(NOW, ReleaseState.IN_THEATRES), (clock.midnight(date(2027, 3, 1)), ReleaseState.AFTER_RUN)]


def shown() -> ReleaseState:
    """The state that home shows."""
    vouchers = film_queries.vouchers("film", "release", "press")
    known = milestones(film_queries.releases(), vouchers, screening_queries.along_the_road())
    return state_at(known, clock.today())


@pytest.mark.parametrize("kind", ["embargoed", "draft"])
def test_a_source_that_is_held_back_moves_no_milestone_before_its_instant(app: Flask, to_come: None, kind: str):
    publishing.article(app, on=date(2027, 2, 20), **HIDDEN["embargoed"] | HIDDEN[kind])
    with app.app_context():
        turns = foretold.turns(NOW)
    for instant in (NOW, INSTANT, INSTANT + timedelta(days=1)):
        state = [state for turned, state in turns if turned <= instant][-1]
        with app.app_context(), time_machine.travel(instant, tick=False):
            assert state is shown()


def test_an_article_comes_out_when_the_last_of_its_three_conditions_is_met(app: Flask):
    publishing.article(app, on=date(2027, 3, 1), published_at=INSTANT - timedelta(days=4), embargo_lifts_at=INSTANT)
    assert told(app) == [("02/03 08:00", ["un embargo est levé"])]
    with publishing.desk(app) as session:
        item = session.scalars(select(PressItem).where(PressItem.slug == ITEM)).one()
        item.embargo_lifts_at = None
    assert told(app) == [("01/03 00:00", ["un article sort"])]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_what_nobody_published_is_not_foretold(app: Flask, state: str):
    later = {"published_at": INSTANT, **HIDDEN[state]}
    publishing.article(app, embargo_lifts_at=INSTANT, **later)
    for make in (publishing.screening, publishing.event, publishing.image):
        make(app, **later)
    assert told(app) == []


def test_what_happens_at_once_is_told_together(app: Flask, office: Office):
    publishing.article(app, **HIDDEN["scheduled"])
    publishing.screening(app, **HIDDEN["scheduled"])
    publishing.event(app, on=date(2027, 2, 1), **HIDDEN["scheduled"])
    publishing.image(app, **HIDDEN["scheduled"])
    with publishing.desk(app) as session:
        session.add_all([another(1), another(2), letter()])
    at_once = dict(told(app))["02/03 08:00"]
    assert at_once == [
        "3 articles sortent",
        "une séance est annoncée",
        "une rencontre avec la presse paraît",
        "une image paraît",
        "la lettre « Le film est là » part",
    ]
    page = office(StaffRole.EDITOR).get("/office/apercu/")
    document, _ = parse(page.text)
    main = next(words(element) for element in document.iter("main")).replace("\u202f", " ").replace("\xa0", " ")
    assert "mardi 2 mars 2027, 8 h" in main
    assert "3 articles sortent" in main
    assert "la lettre « Le film est là » part" in main
    assert f"{MARK} alt_fr" in main


def another(n: int) -> PressItem:
    """A copy of the article under another name."""
    item = db.session.scalars(select(PressItem).where(PressItem.slug == ITEM)).one()
    kept = {
        column.key: getattr(item, column.key)
        for column in PressItem.__mapper__.column_attrs
        if column.key not in ("id", "question_count")
    }
    return PressItem(**kept | {"slug": f"{ITEM}-{n}"})


def letter(state: CampaignState = CampaignState.SCHEDULED) -> Campaign:
    return Campaign(
        slug="la-sortie", state=state, topics=["release"], subject_fr="Le film est là", body_fr="…",
        created_at=NOW, scheduled_at=INSTANT,
    )  # fmt: skip


def test_a_letter_that_is_a_draft_is_not_foretold(app: Flask):
    with publishing.desk(app) as session:
        session.add(letter(CampaignState.DRAFT))
    assert told(app) == []


def test_many_changes_cost_as_many_queries_as_one(app: Flask, office: Office, count_queries: Counter):
    team = office(StaffRole.EDITOR)

    def cost() -> int:
        with count_queries() as statements:
            assert team.get("/office/apercu/").status_code == 200
            assert team.get("/office/apercu/2027-03-05/contact/").status_code == 200
        return len(statements)

    publishing.article(app, **HIDDEN["embargoed"])
    alone = cost()
    for make in (publishing.screening, publishing.event, publishing.image):
        make(app, **HIDDEN["scheduled"])
    with publishing.desk(app) as session:
        session.add_all([another(1), another(2), letter()])
    assert cost() == alone


def many(app: Flask, first: int, last: int) -> None:
    with publishing.desk(app) as session:
        for number in range(first, last):
            day = date(2027, 3, 1) + timedelta(days=number)
            values = {"kind": ScreeningKind.REGULAR, "with_debate": False, "territory": f"lieu {number:03}"}
            session.add(Screening(slug=f"lieu-{number}", on=day, **values))


def test_a_long_list_is_read_part_by_part_and_keeps_what_was_asked(app: Flask, office: Office):
    many(app, 0, 130)
    team, address = office(StaffRole.DOOR), "/office/apercu/?jour=2027-06-28&heure=08:00"
    places: list[str] = []
    parts = 0
    while address:
        page = team.get(address)
        document, _ = parse(page.text)
        named = (words(link) for link in document.iter("a") if "/seances/lieu-" in link.get("href", ""))
        places += [name.split(", ")[1] for name in named]
        assert '<span class="count">239</span>' in page.text  # 120 begin, 119 are over
        further = [link.get("href", "") for link in document.iter("a") if words(link) == "La suite"]
        assert all("jour=2027-06-28&heure=08:00&apres=2027-" in href.replace("%3A", ":") for href in further)
        address, parts = further[0] if further else "", parts + 1
    assert parts == 3
    assert sorted(places) == sorted(
        [f"lieu {number:03}" for number in range(120)] + [f"lieu {number:03}" for number in range(119)]
    )


def test_a_long_list_costs_as_many_queries_whatever_its_length(app: Flask, office: Office, count_queries: Counter):
    team = office(StaffRole.DOOR)
    counts: list[int] = []
    for first, last in ((0, 130), (130, 700)):
        many(app, first, last)
        with count_queries() as statements:
            assert team.get("/office/apercu/").status_code == 200
            assert team.get("/office/apercu/2027-05-05/contact/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 24


@pytest.mark.parametrize("after", ["", "demain", "2010-01-01", "9999-12-31T23:59:59", "2027-03-01T00:00:00+05:00"])
def test_a_list_that_begins_nowhere_begins_at_once(app: Flask, office: Office, after: str):
    publishing.article(app, **HIDDEN["scheduled"])
    assert f"{MARK} titre" in office(StaffRole.DOOR).get("/office/apercu/", query_string={"apres": after}).text


def test_the_team_reads_it_and_the_public_does_not(app: Flask, office: Office, client: FlaskClient):
    publishing.article(app, **HIDDEN["embargoed"])
    assert f"{MARK} titre" in office(StaffRole.PRESS_OFFICER).get("/office/apercu/").text
    assert MARK not in client.get("/presse/").text
    with app.app_context(), publication.as_public():
        assert db.session.scalars(select(PressItem).where(PressItem.slug == ITEM)).all() == []
