"""Reads of the press. Only what is out at `clock.today()` is read, and the clock is told when more will be."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, literal, select, true
from sqlalchemy.orm import defer, joinedload, load_only, selectinload, with_expression

from operation118 import clock
from operation118.database import db
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Citation, Credit, Person
from operation118.press.filters import Card, Facet, kind_of, year_of
from operation118.press.models import About, Outlet, PressItem, PressKind, PressPerson, Seen, Tag, press_tag

_INEXACT = func.coalesce(PressItem.precision, DatePrecision.DAY) != DatePrecision.DAY
NEWEST_FIRST = (PressItem.public_on.desc(), PressItem.on.desc(), _INEXACT, PressItem.slug)
_IN_THE_INDEX = (
    PressItem.about == About.CONTEXT,
    PressItem.precision.is_not_distinct_from(DatePrecision.UNKNOWN),
    *NEWEST_FIRST,
)

Row = TypeVar("Row")
_public_on: Callable[[Any], date] = attrgetter("public_on")


def _out(rows: Iterable[Row]) -> list[Row]:
    """Those of all the rows, which have their `public_on`, that are out; the clock is told when the next one will be."""
    known, today = list(rows), clock.today()
    to_come = [day for day in map(_public_on, known) if day > today]
    if to_come:
        clock.changes_at(clock.midnight(min(to_come)))
    return [row for row in known if _public_on(row) <= today]


def public_items(*, complete: bool = False) -> list[PressItem]:
    """What is out, newest first, with outlets; `complete` adds people, tags and questions."""
    options = [joinedload(PressItem.outlet), defer(PressItem.search_text)]
    if complete:
        people = selectinload(PressItem.person_links).joinedload(PressPerson.person)
        options += [people, selectinload(PressItem.tags), selectinload(PressItem.questions)]
    return _out(db.session.scalars(select(PressItem).options(*options).order_by(*NEWEST_FIRST)))


def about_film(items: Iterable[PressItem]) -> list[PressItem]:
    """`items` without what is only context."""
    return [item for item in items if item.about is About.FILM]


_VARIETY = (PressKind.INTERVIEW, PressKind.REPORT, PressKind.REVIEW, PressKind.ARTICLE, PressKind.NEWS)


def various(items: Sequence[PressItem], n: int) -> list[PressItem]:
    """Up to `n` pieces about the film, of as many kinds and outlets as there are, in order of time.

    None is without a title of its own. Preferred are those whose outlet needs no note (« avis d'un utilisateur »),
    with more questions, of the outlet that wrote most on the film, read whole, the earliest."""
    pieces = [item for item in about_film(items) if not item.title_note_fr]
    followed = Counter(item.outlet_id for item in pieces)

    def merit(item: PressItem) -> tuple[object, ...]:
        noted, partial = item.outlet_note_fr is not None, item.seen is not Seen.WHOLE
        return noted, -item.question_count, -followed[item.outlet_id], partial, item.public_on

    best = sorted(pieces, key=merit)
    chosen: list[PressItem] = []
    for kind in _VARIETY:
        taken = {item.outlet_id for item in chosen}
        fit = (item for item in best if item.kind is kind and not item.outlet_note_fr and item.outlet_id not in taken)
        chosen += list(fit)[:1]
    chosen += [item for item in best if item not in chosen]
    return sorted(chosen[:n], key=attrgetter("public_on", "on"))


def years(items: Sequence[PressItem]) -> tuple[int, int] | None:
    """The first and the last year of the dated ones among `items`; None when there is none."""
    known = [item.dated.day.year for item in items if item.precision is not DatePrecision.UNKNOWN]
    return (min(known), max(known)) if known else None


@dataclass(frozen=True)
class Catalogue:
    """What the index is made from: a card for each item out, newest first, then what has no date, then what is only context."""

    cards: list[Card]
    outlets: dict[str, str]  # names by slug, as for people
    people: dict[str, str]
    tags: dict[str, Tag]


def _holds(words: Iterable[str]) -> ColumnElement[bool]:
    """Whether the folded text has, for each of `words`, a word that begins so."""
    text = literal(" ") + PressItem.search_text
    return and_(true(), *(text.contains(f" {word}", autoescape=True) for word in words))


def _beside(rows: Iterable[Any], out: Collection[int]) -> tuple[dict[int, tuple[str, ...]], dict[str, Any]]:
    """Of rows (item id, slug, what it names): the slugs beside each item that is out, and what they name."""
    slugs: dict[int, list[str]] = defaultdict(list)
    named: dict[str, Any] = {}
    for item_id, slug, what in rows:
        if item_id in out:
            slugs[item_id].append(slug)
            named[slug] = what
    return {item_id: tuple(found) for item_id, found in slugs.items()}, named


def _listed(words: Iterable[str]) -> Sequence[Any]:
    date_columns = (PressItem.public_on, PressItem.on, PressItem.precision)
    columns = (PressItem.id, *date_columns, PressItem.kind, PressItem.about, PressItem.language)
    outlet = (Outlet.slug.label("outlet"), Outlet.name.label("outlet_name"))
    query = select(*columns, *outlet, _holds(words).label("found")).join(PressItem.outlet)
    return _out(db.session.execute(query.order_by(*_IN_THE_INDEX)).all())


def catalogue(words: Iterable[str] = ()) -> Catalogue:
    """Every item that is out, as a card that knows whether it holds all of `words` (folded)."""
    rows = _listed(words)
    out = {row.id for row in rows}
    person = select(PressPerson.item_id, Person.slug, Person.name).join(PressPerson.person)
    people_of, people = _beside(db.session.execute(person.order_by(PressPerson.position)), out)
    tag = select(press_tag.c.item_id, Tag.slug, Tag).join_from(press_tag, Tag)
    tags_of, tags = _beside(db.session.execute(tag.order_by(Tag.slug)), out)
    cards = [
        Card(
            row.id,
            {
                Facet.KIND: (kind_of(row.kind, row.about),),
                Facet.OUTLET: (row.outlet,),
                Facet.PERSON: people_of.get(row.id, ()),
                Facet.YEAR: (year_of(PartialDate(row.on, row.precision or DatePrecision.DAY)),),
                Facet.TAG: tags_of.get(row.id, ()),
                Facet.LANGUAGE: (row.language.lower(),),
            },
            found=bool(row.found),
        )
        for row in rows
    ]
    return Catalogue(cards, {row.outlet: row.outlet_name for row in rows}, people, tags)


def items(ids: Sequence[int]) -> list[PressItem]:
    """The items of these ids, in their order, with outlets."""
    options = (joinedload(PressItem.outlet), defer(PressItem.search_text))
    rows = db.session.scalars(select(PressItem).where(PressItem.id.in_(ids)).options(*options))
    found = {item.id: item for item in rows}
    return [found[item_id] for item_id in ids if item_id in found]


def search_texts() -> list[str]:
    """The folded words of every item that is out."""
    rows = db.session.execute(select(PressItem.public_on, PressItem.search_text)).all()
    return [row.search_text for row in _out(rows)]


_READ_ON = (
    select(func.max(Citation.checked_on))
    .where(Citation.subject == literal("press.") + PressItem.slug)
    .correlate(PressItem)
    .scalar_subquery()
)


def find(slug: str) -> PressItem | None:
    """The item of this address, if it is out, with all that its page shows."""
    roles = joinedload(PressPerson.person).joinedload(Person.credits).joinedload(Credit.character)
    query = select(PressItem).where(PressItem.slug == slug)
    loaded = query.options(
        joinedload(PressItem.outlet),
        joinedload(PressItem.tags),
        selectinload(PressItem.questions),
        selectinload(PressItem.person_links).options(roles),
        defer(PressItem.search_text),
        with_expression(PressItem.read_on, _READ_ON),
    )
    return next(iter(_out(db.session.scalars(loaded).unique())), None)


@dataclass(frozen=True)
class Neighbour:
    """Another item, lightly loaded (what a headline shows), and how many people and tags it shares."""

    item: PressItem
    people: int
    tags: int

    @property
    def public_on(self) -> date:
        return self.item.public_on


def neighbours(item: PressItem) -> list[Neighbour]:
    """Everything that is out, newest first, `item` included, seen from `item`."""
    people = [link.person_id for link in item.person_links]
    shared_people = select(func.count()).where(PressPerson.item_id == PressItem.id, PressPerson.person_id.in_(people))
    tags = [tag.id for tag in item.tags]
    shared_tags = select(func.count()).where(press_tag.c.item_id == PressItem.id, press_tag.c.tag_id.in_(tags))
    query = select(PressItem, shared_people.scalar_subquery(), shared_tags.scalar_subquery()).order_by(*NEWEST_FIRST)
    headline = (PressItem.slug, PressItem.title, PressItem.on, PressItem.precision, PressItem.public_on)
    nature = (PressItem.kind, PressItem.about, PressItem.language)
    rows = db.session.execute(query.options(load_only(*headline, *nature), joinedload(PressItem.outlet)))
    return _out(Neighbour(*row) for row in rows)
