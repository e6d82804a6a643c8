"""Rows that contradict themselves or each other: what no form can refuse, for each of them is right when it is read alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from operation118.clock import PARIS
from operation118.database import db
from operation118.dates import DatePrecision, PartialDate, day_label, time_label
from operation118.film.models import Fact, Release, ReleaseKind, Source
from operation118.office.facts import MOST, Line, rows_of
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


# --- Two rows -----------------------------------------------------------------------------------------------------


def _pair(sort: str, first: tuple[str, Any], second: tuple[str, Any]) -> Select[*tuple[Any, ...]]:
    """A query of pairs: what they contradict each other about, the kind and the slug of each."""
    (key, one), (other_key, other) = first, second
    return select(
        literal(sort).label("sort"),
        literal(key).label("key"),
        one.slug.label("slug"),
        literal(other_key).label("other_key"),
        other.slug.label("other_slug"),
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


def pairs() -> CompoundSelect[*tuple[Any, ...]]:
    """Every two rows that contradict each other: about what, and their kinds and slugs."""
    elsewhere = _pair(VENUE, ("screening", Screening), ("venue", Venue)).join(Screening.venue)
    presents = _pair(SOURCE, ("item", PressItem), ("source", Source)).join(Source, Source.press_slug == PressItem.slug)
    dated = or_(PressItem.on.is_distinct_from(Source.on), PressItem.precision.is_distinct_from(Source.precision))
    opening = _pair(OPENING, ("release", Release), ("screening", Screening)).join(
        Screening, _differ(Release, Screening)
    )
    national = Release.kind == ReleaseKind.THEATRICAL, Screening.kind == ScreeningKind.NATIONAL_RELEASE
    return union_all(
        elsewhere.where(Screening.town_id != Venue.town_id),
        presents.where(or_(dated, PressItem.url != Source.url)),
        opening.where(*national, Screening.territory.is_not_distinct_from(Release.territory)),
        _twins(FACT, "fact", Fact, "section", "label_fr"),
        _twins(RELEASE, "release", Release, "kind", "territory", "platform_fr"),
        _twins(ITEM, "item", PressItem, "url"),
    )


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
        starts = self.starts_at
        if starts and not self._may_be(starts.astimezone(PARIS).date()):
            said = PartialDate(self.on, self.precision or DatePrecision.DAY).label("fr")
            began = day_label(starts.astimezone(PARIS).date(), "fr")
            yield f"La date dit « {said} », l’heure tombe le {began}."
        if starts and self.team_arrives_at and self.team_arrives_at > starts:
            yield f"L’équipe arriverait après le début ({time_label(starts, 'fr')})."

    def _may_be(self, day: date) -> bool:
        when = PartialDate(self.on, self.precision or DatePrecision.DAY)
        match when.precision:
            case DatePrecision.FROM:
                return day >= when.first
            case DatePrecision.BEFORE:
                return day <= when.last
            case DatePrecision.UNKNOWN:
                return True
            case _:
                return when.first <= day <= when.last


def at_odds_with_themselves() -> list[tuple[str, str]]:
    """Slugs of screenings, each with what is wrong in it. All that have an hour are read, for the day it falls on depends
    on the summer time in Paris; only five columns of each."""
    columns = (Screening.slug, Screening.on, Screening.precision, Screening.starts_at, Screening.team_arrives_at)
    timed = select(*columns).where(Screening.starts_at.is_not(None), Screening.on.is_not(None))
    rows = db.session.execute(timed.order_by(Screening.on, Screening.slug))
    return [(row.slug, sentence) for row in rows for sentence in _Times(*row).contradictions()]


def found() -> Contradictions:
    """What contradicts itself or something else, with the rows to look at."""
    alone = at_odds_with_themselves()
    total = db.session.scalar(select(func.count()).select_from(pairs().subquery())) or 0
    twos: Sequence[Any] = db.session.execute(pairs().order_by("sort", "slug", "other_slug").limit(MOST)).all()
    named = [("screening", slug) for slug, _ in alone[:MOST]]
    named += [(row.key, row.slug) for row in twos] + [(row.other_key, row.other_slug) for row in twos]
    rows = rows_of(dict.fromkeys(named))
    shown = [Contradiction(sentence, [_line(rows, "screening", slug)]) for slug, sentence in alone[:MOST]]
    for pair in twos:
        both = [_line(rows, pair.key, pair.slug), _line(rows, pair.other_key, pair.other_slug)]
        shown.append(Contradiction(SENTENCES[pair.sort], both))
    return Contradictions(shown[:MOST], total + len(alone))


def _line(rows: dict[tuple[str, str], Any], key: str, slug: str) -> Line:
    row = rows[key, slug]
    when = row.when.label("fr") if getattr(row, "when", None) else ""
    return Line(key, slug, DESKS[key].title(row), when)
