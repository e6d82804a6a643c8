"""The read API: the film, the press and the screenings as JSON, in both languages at once."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeVar

from flask import Blueprint, Response, abort, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from operation118.database import db
from operation118.dates import DatePrecision
from operation118.film import queries as film_queries
from operation118.film.views import the_film
from operation118.press import queries as press_queries
from operation118.press.models import About, PressItem, PressKind
from operation118.press.search import fold
from operation118.publication import missing
from operation118.screenings import queries as screening_queries
from operation118.screenings.models import Screening, ScreeningGuest, ScreeningKind
from operation118.site import answers, shapes
from operation118.web.errors import is_api

bp = Blueprint("api", __name__, url_prefix="/api")

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Cursor = tuple[int, int, str]  # what a list is sorted by: two days, as ordinals, then the slug
Row = TypeVar("Row", PressItem, Screening)


# --- Questions ----------------------------------------------------------------------------------------------------


def _digits(value: object) -> object:
    """Only plain digits make a number; int() would also take "+1", "1_0" and the digits of other scripts."""
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        raise ValueError("expected a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_digits)]
Year = Annotated[int, Field(ge=1000, le=9999), BeforeValidator(_digits)]
Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=200)]
After = Annotated[str, Field(pattern=r"^-?[0-9]{6,7}\.-?[0-9]{6,7}\.[a-z0-9-]{1,200}$")]
Words = Annotated[str, Field(max_length=100)]


class ListQuery(BaseModel):
    """The arguments of every list."""

    model_config = ConfigDict(extra="forbid")

    limit: Whole = Field(50, ge=1, le=100, description="How many items an answer holds at most.")
    after: After | None = Field(
        None, description="Where to go on. It is part of the address in `next`: there is no need to build one."
    )

    @property
    def cursor(self) -> Cursor | None:
        if self.after is None:
            return None
        first, second, slug = self.after.split(".")
        return int(first), int(second), slug


class PressQuery(ListQuery):
    kind: PressKind | None = None
    about: About | None = None
    outlet: Slug | None = Field(None, description="Slug of the outlet.")
    person: Slug | None = Field(None, description="Slug of a person the item speaks of.")
    year: Year | None = Field(None, description="Year of the item's own date.")
    q: Words | None = Field(None, description="Words, accents or not; an item that is found has them all.")


class ScreeningQuery(ListQuery):
    kind: ScreeningKind | None = None
    town: Slug | None = Field(None, description="Slug of the town.")
    past: Literal["true", "false"] | None = Field(None, description="`true`: those that are over; `false`: the others.")


Query = TypeVar("Query", bound=BaseModel)


class NoQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _asked(shape: type[Query]) -> Query:
    """The arguments of the request. Refuses with 400 those that are unknown, given twice or malformed."""
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        abort(400, f"{', '.join(repeated)}: given more than once")
    try:
        return shape.model_validate(request.args.to_dict())
    except ValidationError as refused:
        abort(400, "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in refused.errors()))


# --- Lists --------------------------------------------------------------------------------------------------------


def _press_cursor(item: PressItem) -> Cursor:
    """Newest first."""
    return -item.public_on.toordinal(), -item.dated.day.toordinal(), item.slug


def _screening_cursor(screening: Screening) -> Cursor:
    """In the order of the road."""
    return screening.dated.last.toordinal(), screening.dated.first.toordinal(), screening.slug


def _page(rows: Iterable[tuple[Cursor, Row]], query: ListQuery) -> tuple[list[Row], str | None]:
    """The rows of the page asked for, and the address of the next one."""
    since = query.cursor
    left = sorted(entry for entry in rows if since is None or entry[0] > since)
    page = [row for _, row in left[: query.limit]]
    if len(page) == len(left):
        return page, None
    kept = {name: value for name, value in request.args.items() if name != "after"}
    after = ".".join(map(str, left[len(page) - 1][0]))
    return page, answers.address(request.endpoint or "", **kept, after=after)


def _press_wanted(item: PressItem, query: PressQuery) -> bool:
    dated = None if item.precision is DatePrecision.UNKNOWN else item.dated.day.year
    return (
        query.kind in (None, item.kind)
        and query.about in (None, item.about)
        and query.outlet in (None, item.outlet.slug)
        and query.year in (None, dated)
        and (query.person is None or query.person in {person.slug for person in item.people})
    )


def _press_found(query: PressQuery) -> Sequence[PressItem]:
    items = press_queries.public_items(complete=True)
    if query.q:
        cards = press_queries.catalogue(fold(query.q).split()).cards
        found = {card.id for card in cards if card.found}
        items = [item for item in items if item.id in found]
    return [item for item in items if _press_wanted(item, query)]


def _screening_wanted(screening: Screening, query: ScreeningQuery) -> bool:
    return (
        query.kind in (None, screening.kind)
        and query.town in (None, screening.town.slug if screening.town else "")
        and query.past in (None, "true" if screening.is_past else "false")
    )


def _with_guests(screenings: Sequence[Screening]) -> None:
    """Load the guests of all these at once."""
    ids = [screening.id for screening in screenings]
    guests = selectinload(Screening.guest_links).joinedload(ScreeningGuest.person)
    db.session.scalars(select(Screening).where(Screening.id.in_(ids)).options(guests)).all()


# --- Answers ------------------------------------------------------------------------------------------------------


def _json(shape: shapes.Shape) -> Response:
    return Response(shape.model_dump_json(), mimetype="application/json")


@bp.get("/film")
def film() -> Response:
    _asked(NoQuery)
    return _json(
        answers.film(
            the_film(),
            film_queries.vouchers("film", "credit", "character", "fact", "release"),
            credits=film_queries.credits(),
            characters=film_queries.characters(),
            facts=film_queries.facts(),
            releases=film_queries.releases(),
        )
    )


@bp.get("/press")
def press() -> Response:
    query = _asked(PressQuery)
    found = _press_found(query)
    page, following = _page([(_press_cursor(item), item) for item in found], query)
    vouchers = film_queries.vouchers("press")
    items = [answers.press_item(item, vouchers) for item in page]
    return _json(shapes.PressList(total=len(found), items=items, next=following))


@bp.get("/press/<slug>")
def press_item(slug: str) -> Response:
    _asked(NoQuery)
    item = press_queries.find(slug)
    if item is None:
        abort(missing(PressItem, slug), "no press item has this slug")
    return _json(answers.press_item(item, film_queries.vouchers("press")))


@bp.get("/screenings")
def screenings() -> Response:
    query = _asked(ScreeningQuery)
    found = [row for row in screening_queries.along_the_road() if _screening_wanted(row, query)]
    page, following = _page([(_screening_cursor(row), row) for row in found], query)
    _with_guests(page)
    vouchers = film_queries.vouchers("screening")
    items = [answers.screening(row, vouchers) for row in page]
    return _json(shapes.ScreeningList(total=len(found), items=items, next=following))


@bp.get("/screenings/<slug>")
def screening(slug: str) -> Response:
    _asked(NoQuery)
    row = screening_queries.find(slug)
    if row is None:
        abort(missing(Screening, slug), "no screening has this slug")
    return _json(answers.screening(row, film_queries.vouchers("screening")))


@bp.after_app_request
def open_to_all(response: Response) -> Response:
    """Let pages of other sites read what is meant for machines."""
    if is_api(request.path) or request.endpoint in OPEN:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


OPEN = frozenset(
    {"openapi.document"}
    | {f"site.{room}_{form}" for room in ("feed", "press", "screenings") for form in ("atom", "json")}
)
ARGUMENTS = frozenset({*PressQuery.model_fields, *ScreeningQuery.model_fields})
