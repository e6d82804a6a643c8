"""Whatever the rows are, what is to come is told whole, in order and once, and the film's state as the public pages will
say it."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from applications import application
from office.coming import NOW, World, happenings, moving
from operation118 import clock, publication
from operation118.config import Settings
from operation118.database import Base, db
from operation118.dates import DatePrecision
from operation118.film import queries as film_queries
from operation118.film.states import ReleaseState, state_at
from operation118.office import foretold, preview
from operation118.office.midnights import Midnight, Over
from operation118.office.stock import Sort
from operation118.screenings import queries as screening_queries
from operation118.screenings.models import Screening, ScreeningKind
from operation118.site import start
from operation118.site.states import milestones

MINUTE = timedelta(minutes=1)
Setting = Callable[..., Settings]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@contextmanager
def world(app: Flask, seed: int) -> Generator[None]:
    """The team's look at the rows of a world."""
    with app.test_request_context("/office/"), publication.everything():
        rows = World(seed)
        rows.fill(db.session)
        yield
        db.session.rollback()
        filled = {row.__tablename__ for row in rows.rows}
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in filled:
                db.session.execute(delete(table))
        db.session.commit()


def every_part(until: datetime = preview.FOREVER) -> Iterator[preview.Moment]:
    after: datetime | None = None
    while True:
        part = preview.coming(NOW, until, after=after).part
        yield from part.moments
        if part.following is None:
            return
        assert part.moments, "a part that tells nothing"
        after = part.following


def told(moment: preview.Moment) -> Counter[Sort]:
    return Counter(change.sort for change in moment.changes) | Counter(moment.counts)


# --- What is told -------------------------------------------------------------------------------------------------


def all_is_told_once() -> None:
    expected = Counter(happening for happening in happenings(db.session) if happening[0] > NOW)
    expected += Counter((instant, Sort.STATE) for instant, _ in foretold.turns(NOW)[1:])
    moments = list(every_part())
    assert [moment.instant for moment in moments] == sorted({instant for instant, _ in expected})
    assert Counter({(one.instant, sort): n for one in moments for sort, n in told(one).items()}) == expected
    assert preview.coming(NOW).total == expected.total()
    middle = sorted(expected)[len(expected) // 2][0] if expected else NOW
    assert [one.instant for one in every_part(middle)] == [one.instant for one in moments if one.instant <= middle]


def the_bar_is_right() -> None:
    expected = [happening[0] for happening in happenings(db.session) if happening[0] > NOW]
    expected += [instant for instant, _ in foretold.turns(NOW)[1:]]
    minutes = {preview.seen_from(instant) + shift for instant in expected for shift in (-MINUTE, timedelta(), MINUTE)}
    for minute in sorted(minute for minute in minutes if minute > NOW):
        around = preview.around(NOW, minute)
        assert around.count == sum(instant <= minute for instant in expected)
        seen = {instant: preview.seen_from(instant) for instant in expected}
        assert around.before == max((one for one in expected if seen[one] < minute), default=None)
        assert around.after == min((one for one in expected if seen[one] > minute), default=None)


@pytest.mark.parametrize("size", [100, 3])
@pytest.mark.parametrize("seed", range(15))
def test_all_that_is_to_come_is_told_once_in_order(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int, size: int
):
    monkeypatch.setattr(preview, "PART", size)
    with world(empty_app, seed):
        all_is_told_once()


@pytest.mark.parametrize("seed", range(5))
def test_the_bar_knows_how_much_happens_before_and_what_is_next(empty_app: Flask, seed: int):
    with world(empty_app, seed):
        the_bar_is_right()


# --- The film's state ---------------------------------------------------------------------------------------------


def shown() -> ReleaseState:
    """The state that home shows."""
    vouchers = film_queries.vouchers("film", "release", "press")
    known = milestones(film_queries.releases(), vouchers, screening_queries.along_the_road())
    return state_at(known, clock.today())


def the_state_is_the_public_one(app: Flask) -> None:
    turns = foretold.turns(NOW)
    assert all(before[1] is not after[1] for before, after in pairwise(turns))
    instants = {NOW, *moving(db.session), *(turned for turned, _ in turns)}
    for instant in sorted(instants | {instant - MINUTE for instant in instants if instant - MINUTE > NOW}):
        state = [state for turned, state in turns if turned <= instant][-1]
        with app.app_context(), publication.as_public(), time_machine.travel(instant, tick=False):
            assert state is shown(), instant


@pytest.mark.parametrize("seed", range(25))
def test_the_state_foretold_is_the_public_one_at_any_instant(empty_app: Flask, seed: int):
    with world(empty_app, seed):
        the_state_is_the_public_one(empty_app)


def test_the_worlds_have_states_that_come_and_go(empty_app: Flask):
    found: set[ReleaseState] = set()
    back = 0
    for seed in range(25):
        with world(empty_app, seed):
            states = [state for _, state in foretold.turns(NOW)]
        found |= set(states)
        back += states != sorted(states, key=list(ReleaseState).index)
    assert len(found) >= 6
    assert back


# --- On PostgreSQL ------------------------------------------------------------------------------------------------


@pytest.fixture
def on_postgresql(postgres_url: str, make_settings: Setting) -> Iterator[Flask]:
    with application(make_settings(DATABASE_URL=postgres_url)) as app:
        with app.app_context():
            start.upgrade()
        yield app


def test_on_postgresql_all_this_is_so_too(on_postgresql: Flask, monkeypatch: pytest.MonkeyPatch):
    for seed in range(6):
        monkeypatch.setattr(preview, "PART", [100, 3][seed % 2])
        with world(on_postgresql, seed):
            all_is_told_once()
            the_bar_is_right()
            the_state_is_the_public_one(on_postgresql)


def midnights_are_those_of_the_clock() -> None:
    first = date(2026, 1, 1)
    for number in range(0, 800, 3):
        for precision in (None, *DatePrecision):
            row = Screening(kind=ScreeningKind.REGULAR, on=first + timedelta(days=number), precision=precision)
            row.slug, row.with_debate = f"{row.on}-{precision}", False
            db.session.add(row)
    db.session.flush()
    for row, begins, over in db.session.execute(
        select(Screening, Midnight(Screening.on), Over(Screening.on, Screening.precision))
    ):
        assert begins == clock.midnight(row.on or first)
        assert over == clock.midnight(row.ends_on + timedelta(days=1)), (row.on, row.precision)
    db.session.rollback()


def test_midnight_is_the_same_in_sql(empty_app: Flask, on_postgresql: Flask):
    for app in (empty_app, on_postgresql):
        with app.app_context(), publication.everything():
            midnights_are_those_of_the_clock()


# --- Many ---------------------------------------------------------------------------------------------------------


def test_more_than_a_thousand_at_one_instant_are_one_moment(empty_app: Flask):
    at = datetime(2027, 3, 2, 7, tzinfo=UTC)
    with empty_app.test_request_context("/office/"), publication.everything():
        for number in range(1200):
            values = {"kind": ScreeningKind.REGULAR, "on": date(2027, 4, 7), "with_debate": False}
            db.session.add(Screening(slug=f"s-{number}", published_at=at, **values))
        db.session.flush()
        moments = list(every_part())
        assert preview.coming(NOW).total > 1000
        around = preview.around(NOW, at + MINUTE)
    announced, begins, ends = (moment.sentences for moment in moments)
    assert [sentence.text for sentence in announced] == ["plus de 1 000 séances sont annoncées"]
    assert not announced[0].is_whole
    assert [sentences[0].text.partition(" ")[0] for sentences in (begins, ends)] == ["plus", "plus"]
    assert around.count > 1000
    assert around.before == at
    assert around.after == clock.midnight(date(2027, 4, 7))
