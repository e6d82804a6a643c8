"""What happens by itself on the public site, as the database holds it: never more rows than were asked for.

Each stream has things of one sort in the order of one indexed column, which is the order in which they happen: the
first rows of all the streams are the first things to happen, and one statement reads them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from operation118 import clock
from operation118.database import UtcDateTime, db
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Citation, Image, Source
from operation118.newsletter.models import Campaign, CampaignState
from operation118.office.midnights import Midnight, Over, day_of
from operation118.office.queries import MOST_COUNTED
from operation118.press.models import PressItem
from operation118.publication import EVERYTHING, Publication
from operation118.screenings.models import Event, Screening

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
LONGEST_DATE = 400  # days: a date that is a year begins so long before it ends, or less
PRECISIONS = (None, *DatePrecision)
Row = tuple[type[Any], int]  # a table and a number


class Sort(StrEnum):
    """What happens, in the order it is told."""

    STATE = "state"
    ITEM = "item"
    LIFTED = "lifted"
    SHOWN = "shown"
    BEGINS = "begins"
    ENDS = "ends"
    MEETING = "meeting"
    IMAGE = "image"
    SOURCE = "source"
    LETTER = "letter"


# --- Streams ------------------------------------------------------------------------------------------------------


def _same(day: date) -> date:
    return day


@lru_cache(1024)
def reached(today: date, turn: Callable[[date], date]) -> date:
    """The last day whose `turn`, a day that never comes before it nor goes back, has come by `today`."""
    first = today - timedelta(days=LONGEST_DATE)
    days = bisect_right(range(LONGEST_DATE + 1), today, key=lambda number: turn(first + timedelta(days=number)))
    return first + timedelta(days=days - 1)


@dataclass(frozen=True)
class Stream:
    """Rows of `model` to which something happens at the instants of `key`, or at the midnights of its days."""

    sort: Sort
    model: type[Any]
    key: Any
    conditions: tuple[ColumnElement[bool], ...]
    turn: Callable[[date], date] = _same  # of a day of `key`: the one at whose midnight it happens

    @property
    def is_dated(self) -> bool:
        return isinstance(self.key.type, Date)

    def bound(self, instant: datetime) -> date:
        """The last value of `key` whose time has come by `instant`."""
        return reached(day_of(instant), self.turn) if self.is_dated else instant


def is_precise(precision: Any, known: DatePrecision | None) -> ColumnElement[bool]:
    """The condition that a column has this precision, in words that an index understands."""
    return precision.is_(None) if known is None else precision == known


def _unless(column: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """`condition`, if there is such an instant at all."""
    return or_(column.is_(None), condition)


@cache
def streams() -> tuple[Stream, ...]:
    return (*_of_items(), *_of_screenings(), *_of_events(), *_of_images(), *_of_sources(), *_of_letters())


def _of_items() -> Iterator[Stream]:
    """An article is out once its day has come, once it is published and once no embargo holds it: the last of the three."""
    out = PressItem.publication == Publication.PUBLISHED
    day, shown, lifted = Midnight(PressItem.public_on), PressItem.published_at, PressItem.embargo_lifts_at
    last = _unless(shown, shown <= day), _unless(lifted, lifted < day)
    yield Stream(Sort.ITEM, PressItem, PressItem.public_on, (out, *last))
    yield Stream(Sort.ITEM, PressItem, shown, (out, _unless(lifted, lifted < shown), shown > day))
    yield Stream(Sort.LIFTED, PressItem, lifted, (out, _unless(shown, shown <= lifted), lifted >= day))


def _of_screenings() -> Iterator[Stream]:
    """A screening begins and ends for those who knew of it by then."""
    shown, starts = Screening.published_at, Screening.starts_at
    on, precision = Screening.on, Screening.precision
    out = Screening.publication == Publication.PUBLISHED
    yield Stream(Sort.SHOWN, Screening, shown, (out, on.is_not(None)))
    yield Stream(Sort.BEGINS, Screening, starts, (out, on.is_not(None), _unless(shown, shown <= starts)))
    yield Stream(Sort.BEGINS, Screening, on, (out, starts.is_(None), _unless(shown, shown <= Midnight(on))))
    seen = _unless(shown, shown <= Over(on, precision))
    for known in PRECISIONS:
        yield Stream(Sort.ENDS, Screening, on, (out, is_precise(precision, known), seen), _day_after(known))


def _day_after(precision: DatePrecision | None) -> Callable[[date], date]:
    return lambda day: Screening(on=day, precision=precision).ends_on + timedelta(days=1)


def _of_events() -> Iterator[Stream]:
    out, shown, day = Event.publication == Publication.PUBLISHED, Event.published_at, Midnight(Event.on)
    yield Stream(Sort.MEETING, Event, Event.on, (out, _unless(shown, shown <= day)))
    yield Stream(Sort.MEETING, Event, shown, (out, shown > day))


def _of_images() -> Iterator[Stream]:
    out, shown, lifted = Image.publication == Publication.PUBLISHED, Image.published_at, Image.embargo_lifts_at
    yield Stream(Sort.IMAGE, Image, shown, (out, _unless(lifted, lifted < shown)))
    yield Stream(Sort.LIFTED, Image, lifted, (out, _unless(shown, shown <= lifted)))


def _of_sources() -> Iterator[Stream]:
    """Those that are no article of ours: an article is told as itself."""
    cited = select(Citation.id).where(Citation.source_id == Source.id).exists()
    for known in PRECISIONS:
        alone = Source.press_slug.is_(None), is_precise(Source.precision, known)
        yield Stream(Sort.SOURCE, Source, Source.on, (*alone, cited), last_day(known))


@cache
def last_day(precision: DatePrecision | None) -> Callable[[date], date]:
    """Of a day, the last one that a date of this precision may be."""
    return lambda day: PartialDate(day, precision or DatePrecision.DAY).last


def _of_letters() -> Iterator[Stream]:
    yield Stream(Sort.LETTER, Campaign, Campaign.scheduled_at, (Campaign.state == CampaignState.SCHEDULED,))


# --- Statements ---------------------------------------------------------------------------------------------------


class Happening(NamedTuple):
    """When something happens, the place of its sort among all, and the row that it happens to."""

    instant: datetime
    place: int
    stream: int
    id: int

    @property
    def sort(self) -> Sort:
        return streams()[self.stream].sort

    @property
    def row(self) -> Row:
        return streams()[self.stream].model, self.id


def _within(number: int, stream: Stream, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The rows of a stream after one instant, up to another."""
    after = stream.key > bindparam(f"after_{number}", type_=stream.key.type)
    until = stream.key <= bindparam(f"until_{number}", type_=stream.key.type)
    return select(*columns).where(*stream.conditions, after, until)


def _bounds(since: datetime, until: datetime) -> dict[str, date]:
    after = {f"after_{number}": stream.bound(since) for number, stream in enumerate(streams())}
    return after | {f"until_{number}": stream.bound(until) for number, stream in enumerate(streams())}


def _numbered(*, without: Sort | None = None) -> Iterator[tuple[int, Stream]]:
    return ((number, stream) for number, stream in enumerate(streams()) if stream.sort is not without)


def number_of(place: int) -> ColumnElement[int]:
    return literal_column(str(place), Integer)


@cache
def _in_order(without: Sort | None, backwards: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """The first rows of each stream, or its last ones."""
    some: list[Any] = []
    for number, stream in _numbered(without=without):
        key: Any = stream.key
        row: Any = stream.model.id
        day = key if stream.is_dated else cast(null(), Date)
        at = cast(null(), UtcDateTime) if stream.is_dated else key
        columns = number_of(number).label("stream"), row.label("id"), day.label("day"), at.label("at")
        order = (key.desc(), row.desc()) if backwards else (key, row)
        some.append(_within(number, stream, *columns).order_by(*order).limit(bindparam("most")).subquery())
    return union_all(*(select(one) for one in some))


@cache
def _counts() -> Select[int, int]:
    some = (_within(number, stream, number_of(number).label("stream")) for number, stream in _numbered())
    whole = union_all(*(select(one.limit(MOST_COUNTED + 1).subquery()) for one in some)).subquery()
    return select(whole.c.stream, func.count()).group_by(whole.c.stream)


# --- What happens -------------------------------------------------------------------------------------------------


def _read(since: datetime, until: datetime, most: int, *, without: Sort | None, backwards: bool) -> list[Happening]:
    given = _bounds(since, until) | {"most": most}
    places, known = list(Sort), streams()
    found: list[Happening] = []
    rows: Sequence[Any] = db.session.execute(_in_order(without, backwards), given, execution_options=EVERYTHING).all()
    for row in rows:
        number: int = row.stream
        instant: datetime = row.at or clock.midnight(known[number].turn(row.day))
        found.append(Happening(instant, places.index(known[number].sort), number, row.id))
    return sorted(found, reverse=backwards)


def first(since: datetime, until: datetime, most: int, *, without: Sort | None = None) -> list[Happening]:
    """The first things to happen after `since`, up to `until`, in order: `most` at least, if there are so many."""
    return _read(since, until, most, without=without, backwards=False)


def last(since: datetime, until: datetime) -> datetime | None:
    """When the last thing happens after `since`, up to `until`."""
    found = _read(since, until, 1, without=None, backwards=True)
    return found[0].instant if found else None


def counted(since: datetime, until: datetime) -> dict[Sort, int]:
    """How much of each sort happens after `since`, up to `until`: counted as far as 1,000, then it is 1,001 or more."""
    numbers: dict[Sort, int] = {}
    for number, count in db.session.execute(_counts(), _bounds(since, until), execution_options=EVERYTHING):
        sort = streams()[number].sort
        numbers[sort] = numbers.get(sort, 0) + count
    return numbers
