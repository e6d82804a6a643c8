"""Reads of the film's rows, each with the sources that vouched for it at `clock.today()`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from operation118 import clock
from operation118.database import db
from operation118.film.models import (
    Character,
    Citation,
    Credit,
    Department,
    Fact,
    Film,
    Release,
    ReleaseKind,
    Source,
)

Row = TypeVar("Row")


@dataclass(frozen=True)
class Vouched(Generic[Row]):
    """A row and the sources, known at the instant looked at, that vouch for it."""

    row: Row
    sources: list[Source] = field(default_factory=list[Source])


@dataclass(frozen=True)
class Vouchers:
    """The citations of many subjects, cut at the instant looked at."""

    by_subject: dict[str, list[Source]]

    def of(self, subject: str) -> list[Source]:
        """The sources of `subject` that were out at that instant; an undated page counts as out."""
        return [source for source in self.by_subject.get(subject, []) if _out(source)]

    def told(self, subject: str) -> bool:
        """Whether anybody had told it at that instant; what nobody vouches for is ours, and always told."""
        return not self.by_subject.get(subject) or bool(self.of(subject))

    def told_on(self, subject: str) -> date | None:
        """The day the first dated source told it."""
        days = [source.when.last for source in self.by_subject.get(subject, []) if source.when]
        return min(days, default=None)

    def vouch(self, kind: str, rows: Iterable[Row]) -> list[Vouched[Row]]:
        """The rows that were told, with their sources; the subject of a row is `<kind>.<slug>`."""
        subjects = [(row, f"{kind}.{row.slug}") for row in rows]  # type: ignore[attr-defined]
        return [Vouched(row, self.of(subject)) for row, subject in subjects if self.told(subject)]


def _out(source: Source) -> bool:
    if source.when is None:
        return True
    clock.changes_at(clock.midnight(source.when.last))
    return source.when.last <= clock.today()


def film() -> Film | None:
    """The film, or None while no content is loaded."""
    return db.session.scalar(select(Film).limit(1))


def vouchers(*kinds: str) -> Vouchers:
    """The citations of every subject of these kinds (`film`, `fact`, `release` …), in one query."""
    wanted = or_(*(Citation.subject.startswith(f"{kind}.", autoescape=True) for kind in kinds))
    rows = db.session.scalars(
        select(Citation)
        .where(wanted)
        .options(joinedload(Citation.source))
        .order_by(Citation.subject, Citation.position)
    )
    by_subject: dict[str, list[Source]] = defaultdict(list)
    for citation in rows:
        by_subject[citation.subject].append(citation.source)
    return Vouchers(dict(by_subject))


def opening_told() -> ColumnElement[bool]:
    """A condition: the film has no theatrical release, or its date had been told at `clock.today()`."""
    opening = select(Release.id).where(Release.kind == ReleaseKind.THEATRICAL)
    cited = opening.join(Citation, Citation.subject == literal("release.") + Release.slug)
    told = cited.join(Source, Source.id == Citation.source_id).where(Source.on <= clock.today())
    return ~opening.exists() | told.exists()


def credits(department: Department | None = None) -> Sequence[Credit]:
    """The cast, the crew, or both, in order, with people and characters."""
    query = select(Credit).options(joinedload(Credit.person), joinedload(Credit.character)).order_by(Credit.position)
    return db.session.scalars(query.where(Credit.department == department) if department else query).all()


def characters() -> Sequence[Character]:
    return db.session.scalars(select(Character).order_by(Character.position)).all()


def facts() -> Sequence[Fact]:
    return db.session.scalars(select(Fact).order_by(Fact.position)).all()


def _told(kind: str, slug: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition that Vouchers.told checks, in SQL: some source was out, or nobody vouches for the row."""
    cited = select(Citation.id).join(Citation.source).where(Citation.subject == literal(f"{kind}.") + slug)
    out = cited.where(or_(Source.on.is_(None), Source.on <= clock.today()))
    return ~cited.exists() | out.exists()


def dated_facts() -> Sequence[Fact]:
    """The facts that have a date and had been told, for the timeline."""
    return db.session.scalars(select(Fact).where(Fact.on.is_not(None), _told("fact", Fact.slug))).all()


def told_releases() -> Sequence[Release]:
    """The releases that had been told, for the timeline."""
    return db.session.scalars(select(Release).where(_told("release", Release.slug)).order_by(Release.position)).all()


def releases() -> Sequence[Release]:
    return db.session.scalars(select(Release).order_by(Release.position)).all()


def sources() -> Sequence[Source]:
    """Every page that was read, oldest first."""
    return db.session.scalars(select(Source).order_by(Source.on, Source.slug)).all()


def credits_by_person(person_ids: Iterable[int]) -> Sequence[Credit]:
    """The credits of these people, for their roles beside their names."""
    query = select(Credit).where(Credit.person_id.in_(list(person_ids)))
    return db.session.scalars(query.options(selectinload(Credit.character)).order_by(Credit.position)).all()
