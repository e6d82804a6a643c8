"""What the rows are called to which something happens by itself, and the pages that show them: one statement for all."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Select, String, bindparam, cast, func, null, select, union_all

from operation118.database import db
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Image, Source
from operation118.newsletter.models import Campaign
from operation118.office.stock import Row, number_of
from operation118.press.models import Outlet, PressItem
from operation118.publication import EVERYTHING
from operation118.screenings.labels import kind_label
from operation118.screenings.models import Event, Screening, ScreeningKind, Town

# The endpoints of the rows that have a page.
PAGES: dict[type[Any], str] = {PressItem: "press.item", Screening: "screenings.page"}
TABLES: tuple[type[Any], ...] = (PressItem, Screening, Event, Image, Source, Campaign)
_PLACE = func.coalesce(Town.name, Screening.territory)


def _words(model: type[Any], first: Any, second: Any = None, *, dated: bool = False) -> Select[*tuple[Any, ...]]:
    """The words of some rows of a table, and their dates."""
    place = TABLES.index(model)
    words = cast(first, String).label("first"), cast(null() if second is None else second, String).label("second")
    on = model.on if dated else cast(null(), Date)
    precision = model.precision if dated else cast(null(), Source.precision.type)
    own = number_of(place).label("table"), model.id.label("id"), model.slug.label("slug")
    named = select(*own, *words, on.label("on"), precision.label("precision"))
    return named.where(model.id.in_(bindparam(f"rows_{place}", expanding=True)))


@cache
def _statement() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(
        _words(Source, Source.outlet, dated=True),
        _words(PressItem, PressItem.title, Outlet.name).join(PressItem.outlet),
        _words(Screening, Screening.kind, _PLACE, dated=True).outerjoin(Screening.town),
        _words(Event, Town.name, dated=True).join(Event.town),
        _words(Image, Image.alt_fr),
        _words(Campaign, Campaign.subject_fr),
    )


def _parts(model: type[Any], first: str, second: str | None, date: PartialDate | None) -> Iterator[str | None]:
    yield kind_label(ScreeningKind(first)) if model is Screening else first
    yield second
    yield date.label("fr") if date else None


def called(rows: Iterable[Row]) -> dict[Row, tuple[str, tuple[str, str] | None]]:
    """What each of these rows is called, with the endpoint and the slug of its page if it has one."""
    wanted = set(rows)
    ids = {f"rows_{place}": [row for table, row in wanted if table is model] for place, model in enumerate(TABLES)}
    found: Sequence[Any] = db.session.execute(_statement(), ids, execution_options=EVERYTHING).all()
    names: dict[Row, tuple[str, tuple[str, str] | None]] = {}
    for row in found:
        table: int = row.table
        model, date = TABLES[table], PartialDate(row.on, row.precision or DatePrecision.DAY) if row.on else None
        parts = _parts(model, row.first, row.second, date)
        page = (PAGES[model], row.slug) if model in PAGES else None
        names[model, row.id] = ", ".join(part for part in parts if part), page
    return names
