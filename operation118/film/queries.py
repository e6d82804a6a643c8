"""Reads of the film's rows, each with the sources that vouched for it at `clock.today()`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, String, cast, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from operation118 import clock, publication
from operation118.database import db
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import (
    Character,
    Citation,
    Credit,
    Department,
    Fact,
    Film,
    Image,
    Job,
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
        return subject not in self.by_subject or bool(self.of(subject))

    def told_on(self, subject: str) -> date | None:
        """The day the first dated source told it."""
        days = [source.when.last for source in self.by_subject.get(subject, []) if source.when]
        return min(days, default=None)

    def known_as(self, day: date) -> PartialDate:
        """`day` as the sources that end on it have it: no more exact than the most exact of them."""
        dates = {source.when for sources in self.by_subject.values() for source in sources if source.when}
        found = [when for when in dates if when.last == day]
        return min(found, key=lambda when: list(DatePrecision).index(when.precision), default=PartialDate(day))

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
    """The film, or None while no content is loaded; the clock is told when anything is published next."""
    row = db.session.execute(select(Film, publication.next_change()).limit(1)).one_or_none()
    if row is None:
        return None
    publication.note(row[1])
    return row[0]


def film_and_images() -> tuple[Film | None, list[Image]]:
    """The film and the pictures of it that can be shown, in order, in one query."""
    query = select(Film, publication.next_change(), Image).outerjoin(Image, true()).order_by(Image.position)
    rows = db.session.execute(query).all()
    if not rows:
        return None, []
    publication.note(rows[0][1])
    images = (row[2] for row in rows if row[2])  # none where there is no picture
    return rows[0][0], [image for image in images if image.sizes]


def film_and_bill() -> tuple[Film | None, list[Credit]]:
    """The film, and the credits of which a bill is made: who directed it, and the cast; in one query."""
    directs = cast(Credit.jobs, String).contains(f'"{Job.DIRECTOR.value}"')
    billed = or_(Credit.department == Department.CAST, directs)
    query = select(Film, publication.next_change(), Credit).outerjoin(Credit, billed).order_by(Credit.position)
    rows = db.session.execute(query.options(joinedload(Credit.person))).all()
    if not rows:
        return None, []
    publication.note(rows[0][1])
    return rows[0][0], [row[2] for row in rows if row[2]]


def has_images() -> bool:
    """Whether there is any picture to show."""
    return any(db.session.scalars(select(Image.sizes)))


def vouchers(*kinds: str) -> Vouchers:
    """The citations of every subject of these kinds (`film`, `fact`, `release` …), in one query."""
    wanted = or_(*(Citation.subject.startswith(f"{kind}.", autoescape=True) for kind in kinds))
    query = select(Citation.subject, Source).outerjoin(Citation.source).where(wanted)
    by_subject: dict[str, list[Source]] = defaultdict(list)
    for subject, source in db.session.execute(query.order_by(Citation.subject, Citation.position)):
        by_subject[subject] += [source] if source else []  # none for a source that is held back: not told yet
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
    cited = select(Citation.id).where(Citation.subject == literal(f"{kind}.") + slug)
    out = cited.join(Citation.source).where(or_(Source.on.is_(None), Source.on <= clock.today()))
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
    """Every page that was read, oldest first; not one that is still to come out."""
    rows = db.session.scalars(select(Source).order_by(Source.on, Source.slug))
    return [source for source in rows if source.when is None or not _to_come(source.when)]


def _to_come(when: PartialDate) -> bool:
    comes_at = clock.midnight(when.last)
    if comes_at > clock.latest():
        clock.changes_everywhere_at(comes_at)
        return True
    return False


def credits_by_person(person_ids: Iterable[int]) -> Sequence[Credit]:
    """The credits of these people, for their roles beside their names."""
    query = select(Credit).where(Credit.person_id.in_(list(person_ids)))
    return db.session.scalars(query.options(selectinload(Credit.character)).order_by(Credit.position)).all()
