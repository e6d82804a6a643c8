"""What hangs on a row that somebody wants to delete: counted, and the first of it named, with where it is corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from operation118.content import Kind
from operation118.content.editing import Dependents, dependents
from operation118.database import db
from operation118.film.models import Citation, Film
from operation118.office.facts import Line, rows_of
from operation118.office.labels import dependents_label
from operation118.office.rooms import BY_KEY, DESKS

NAMED = 10  # rows of a table


@dataclass(frozen=True)
class Hanging:
    label: str  # « 2 articles »
    lines: list[Line]
    more: int  # of them that are not named


def hanging(row: Any) -> list[Hanging]:
    return [_told(one, row) for one in dependents(db.session, row)]


def _told(one: Dependents, row: Any) -> Hanging:
    named = list(dict.fromkeys(_named(one, row)))[:NAMED]
    rows = rows_of(named)
    lines = [Line(*name, title=DESKS[name[0]].title(rows[name])) for name in named if name in rows]
    return Hanging(dependents_label(one.table, one.count), lines, max(0, one.count - NAMED))


def _named(one: Dependents, row: Any) -> Iterator[tuple[str, str]]:
    """The kind and the slug of the rows that name `row`, by a table of their own or by one that ties them to it."""
    table = one.column.table
    if table is Citation.__table__:
        subjects = select(Citation.subject).where(one.column == row.id).order_by(Citation.subject).limit(NAMED)
        yield from (name for subject in db.session.scalars(subjects) for name in _cited(subject))
    elif _kinds_in(table):
        yield from _of(table, one.column == row.id)
    else:
        owner = next(key for key in table.foreign_keys if key.parent is not one.column)
        yield from _of(owner.column.table, owner.column.in_(select(owner.parent).where(one.column == row.id)))


def _kinds_in(table: Table) -> list[Kind]:
    return [BY_KEY[key] for key in DESKS if BY_KEY[key].model.__table__ is table]


def _of(table: Table, condition: Any) -> Iterator[tuple[str, str]]:
    for kind in _kinds_in(table):
        found = select(table.c.slug).where(condition).filter_by(**kind.fixed).order_by(table.c.slug).limit(NAMED)
        yield from ((kind.key, slug) for slug in db.session.scalars(found))


def _cited(subject: str) -> Iterator[tuple[str, str]]:
    """The row that a citation is about: of `film.title`, the film."""
    first, _, slug = subject.partition(".")
    for kind in (BY_KEY[key] for key in DESKS if BY_KEY[key].cited == first):
        table = kind.model.__table__
        wanted = kind.fixed if kind.model is Film else {**kind.fixed, "slug": slug}
        yield from ((kind.key, name) for name in db.session.scalars(select(table.c.slug).filter_by(**wanted)))
