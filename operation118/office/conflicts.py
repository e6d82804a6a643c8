"""Rows that contradict themselves or each other: what no form can refuse, for each of them is right when it is read alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from operation118.clock import PARIS
from operation118.database import db
from operation118.dates import DatePrecision, PartialDate, day_label, time_label
from operation118.film.models import Fact, Release, ReleaseKind, Source
from operation118.office.facts import MOST, Line, rows_of
from operation118.office.kept import Kept
from operation118.office.midnights import AtUtc
from operation118.office.queries import MOST_COUNTED, whole
from operation118.office.rooms import DESKS
from operation118.press.models import PressItem
from operation118.screenings.models import Screening, ScreeningKind, Venue

VENUE, SOURCE, FACT, RELEASE, ITEM, OPENING = "venue", "source", "fact", "release", "item", "opening"
SENTENCES = {
    VENUE: "Ce cinéma est dans une autre ville que sa séance.",
    SOURCE: "L’article et la source qu’il est n’ont pas la même date, ou pas la même adresse.",
    FACT: "Deux faits du même intitulé ne disent pas la même date.",
    RELEASE: "Deux fiches de la même sortie ne disent pas le même jour.",
    ITEM: "Deux articles à la même adresse n’ont pas la même date.",
    OPENING: "La sortie en salles et la séance nationale ne disent pas le même jour.",
}


@dataclass(frozen=True)
class Contradiction:
    sentence: str
    rows: list[Line]


@dataclass(frozen=True)
class Contradictions:
    shown: list[Contradiction]
    total: int


class Pair(NamedTuple):
    """Two rows that contradict each other: what about, the kind and the slug of each."""

    sort: str
    slug: str
    key: str
    other_slug: str
    other_key: str

    @property
    def one(self) -> tuple[str, str]:
        return self.key, self.slug

    @property
    def other(self) -> tuple[str, str]:
        return self.other_key, self.other_slug


# --- Two rows -----------------------------------------------------------------------------------------------------


def _pair(sort: str, first: tuple[str, Any], second: tuple[str, Any]) -> Select[*tuple[Any, ...]]:
    """A query of pairs: what they contradict each other about, the kind and the slug of each."""
    (key, one), (other_key, other) = first, second
    return select(
        literal(sort).label("sort"),
        one.slug.label("slug"),
        literal(key).label("key"),
        other.slug.label("other_slug"),
        literal(other_key).label("other_key"),
    )


def _differ(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.on.is_not(None), other.on.is_not(None), one.on != other.on)


def _equal(one: Any, other: Any) -> ColumnElement[bool]:
    """Equality that a database can join by: `IS NOT DISTINCT FROM` would compare each row with every other."""
    if one.property.columns[0].nullable:
        return func.coalesce(one, "") == func.coalesce(other, "")
    return one == other


def _twins(sort: str, key: str, model: type[Any], *same: str) -> Select[*tuple[Any, ...]]:
    """Two rows of one table that say the same, but not the same date."""
    one, other = aliased(model), aliased(model)
    equal = (_equal(getattr(one, name), getattr(other, name)) for name in same)
    return _pair(sort, (key, one), (key, other)).where(one.id < other.id, *equal, _differ(one, other))


def _of_one_address() -> Select[*tuple[Any, ...]]:
    """Two articles at one address, each with the one before it by date: thousands at one address are not all compared."""

    def before(column: Any) -> Any:
        return func.lag(column).over(partition_by=PressItem.url, order_by=(PressItem.on, PressItem.id))

    shared = select(PressItem.url).group_by(PressItem.url).having(func.count() > 1)  # few: the others need no order
    columns = PressItem.on, before(PressItem.on).label("earlier"), PressItem.slug, before(PressItem.slug).label("other")
    item = select(*columns).where(PressItem.on.is_not(None), PressItem.url.in_(shared)).subquery().c
    one = literal(ITEM).label("sort"), item.other.label("slug"), literal("item").label("key")
    return select(*one, item.slug.label("other_slug"), literal("item").label("other_key")).where(
        item.earlier != item.on
    )


def _pairs() -> list[Pair]:
    """Every two rows that contradict each other, 1,001 at most."""
    elsewhere = _pair(VENUE, ("screening", Screening), ("venue", Venue)).join(Screening.venue)
    presents = _pair(SOURCE, ("item", PressItem), ("source", Source)).join(Source, Source.press_slug == PressItem.slug)
    dated = or_(PressItem.on.is_distinct_from(Source.on), PressItem.precision.is_distinct_from(Source.precision))
    opening = _pair(OPENING, ("release", Release), ("screening", Screening)).join(
        Screening, _differ(Release, Screening)
    )
    national = Release.kind == ReleaseKind.THEATRICAL, Screening.kind == ScreeningKind.NATIONAL_RELEASE
    queries = (
        elsewhere.where(Screening.town_id != Venue.town_id),
        select(whole(presents.where(or_(dated, PressItem.url != Source.url)))),
        opening.where(*national, Screening.territory.is_not_distinct_from(Release.territory)),
        _twins(FACT, "fact", Fact, "section", "label_fr"),
        _twins(RELEASE, "release", Release, "kind", "territory", "platform_fr"),
        _of_one_address(),
    )
    some = (query.limit(MOST_COUNTED + 1).subquery() for query in queries)
    rows = db.session.execute(union_all(*(select(query) for query in some)))
    return sorted(Pair(*row) for row in rows)[: MOST_COUNTED + 1]


# --- One screening ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Times:
    slug: str
    on: date
    precision: DatePrecision | None
    starts_at: datetime | None
    team_arrives_at: datetime | None

    def contradictions(self) -> Iterator[str]:
        """What its own columns say against each other."""
        starts, when = self.starts_at, PartialDate(self.on, self.precision or DatePrecision.DAY)
        if starts and not when.may_be(starts.astimezone(PARIS).date()):
            began = day_label(starts.astimezone(PARIS).date(), "fr")
            yield f"La date dit « {when.label('fr')} », l’heure tombe le {began}."
        if starts and self.team_arrives_at and self.team_arrives_at > starts:
            yield f"L’équipe arriverait après le début ({time_label(starts, 'fr')})."


def _alone() -> list[tuple[str, str]]:
    """Slugs of screenings, each with what is wrong in it, 1,001 at most. Paris is two hours ahead of UTC at most: what begins
    on its day before 22:00 begins on it in Paris too, and needs no closer look."""
    starts, arrives, on = Screening.starts_at, Screening.team_arrives_at, Screening.on
    odd = or_(arrives > starts, starts < AtUtc(on, literal("00:00")), starts >= AtUtc(on, literal("22:00")))
    columns = (Screening.slug, on, Screening.precision, starts, arrives)
    query = select(*columns).where(on.is_not(None), odd).execution_options(yield_per=MOST_COUNTED)
    with db.session.execute(query) as rows:
        found = ((row.on, row.slug, sentence) for row in rows for sentence in _Times(*row).contradictions())
        some = sorted(islice(found, MOST_COUNTED + 1))
    return [(slug, sentence) for _, slug, sentence in some]


def count(kept: Kept) -> int:
    """How many contradictions there are: as far as 1,000, then it is 1,001 or more."""
    return len(kept.of("alone", _alone)) + len(kept.of("pairs", _pairs))


def found(kept: Kept) -> Contradictions:
    """What contradicts itself or something else, with the rows to look at."""
    alone, pairs = kept.of("alone", _alone), kept.of("pairs", _pairs)
    named = [("screening", slug) for slug, _ in alone[:MOST]]
    named += [row for pair in pairs[:MOST] for row in (pair.one, pair.other)]
    rows = rows_of(dict.fromkeys(named))
    told = [(sentence, [("screening", slug)]) for slug, sentence in alone[:MOST]]
    told += [(SENTENCES[pair.sort], [pair.one, pair.other]) for pair in pairs[:MOST]]
    there = ((sentence, some) for sentence, some in told if all(row in rows for row in some))
    shown = [Contradiction(sentence, [_line(rows, *row) for row in some]) for sentence, some in there]
    return Contradictions(shown[:MOST], count(kept))


def _line(rows: dict[tuple[str, str], Any], key: str, slug: str) -> Line:
    row = rows[key, slug]
    when = row.when.label("fr") if getattr(row, "when", None) else ""
    return Line(key, slug, DESKS[key].title(row), when)
