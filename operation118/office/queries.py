"""Reads of the office's lists, by keyset: a page costs the same however far one goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select

from operation118.content import Kind
from operation118.content.desks import Desk
from operation118.database import db
from operation118.press.search import fold
from operation118.publication import Publication

PAGE = 50
MOST_COUNTED = 1000
MANY = 300  # options beyond which a field shows a list to type in rather than to choose from


@dataclass(frozen=True)
class Wanted:
    """What part of a list is asked for. `after` is the last row seen: its sort value, as text, and its number."""

    order: str
    typed: str = ""
    publication: Publication | None = None
    after: tuple[str, int] | None = None

    @property
    def column(self) -> str:
        return self.order.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.order.startswith("-")


@dataclass(frozen=True)
class Sheet:
    rows: Sequence[Any]
    total: int  # 1,001 for more than 1,000
    after: str | None  # where the next page begins


def _filtered(kind: Kind, desk: Desk, wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = kind.model.__table__.c
    conditions = [columns[key] == value for key, value in kind.fixed.items()]
    if wanted.publication is not None and "publication" in columns:
        conditions.append(columns.publication == wanted.publication)
    words = wanted.typed.split()
    return conditions + [or_(false(), *(_contains(columns[name], word) for name in desk.found_in)) for word in words]


def _contains(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a column has a word in it, whatever its case: SQLite's own LIKE sees to that, and lower() would cost double."""
    wanted = fold(word) or word if column.name == "search_text" else word
    if db.engine.dialect.name == "sqlite":
        return column.contains(wanted, autoescape=True)
    return column.icontains(wanted, autoescape=True)


def _beyond(column: Any, number: Any, wanted: Wanted) -> ColumnElement[bool] | None:
    """The rows after the last one seen; empty values come last in either direction."""
    if wanted.after is None:
        return None
    value, last_id = wanted.after
    next_one = number < last_id if wanted.descending else number > last_id
    if value == "":
        return and_(column.is_(None), next_one)
    known = _value(column, value)
    further = column < known if wanted.descending else column > known
    beyond = or_(further, and_(column == known, next_one))
    return or_(beyond, column.is_(None)) if column.nullable else beyond


def _value(column: Any, text: str) -> Any:
    kind = column.type.python_type
    if kind in (date, datetime):
        return kind.fromisoformat(text)
    return kind(text)


def listed(kind: Kind, desk: Desk, wanted: Wanted) -> Sheet:
    """One page of the rows of a kind. The total is counted as far as 1,000."""
    model: Any = kind.model
    column, number = model.__table__.c[wanted.column], model.__table__.c.id
    conditions = _filtered(kind, desk, wanted)
    some = select(literal(1)).select_from(model).where(*conditions).limit(MOST_COUNTED + 1)
    total = db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
    beyond = _beyond(column, number, wanted)
    query = select(model).where(*conditions, *([beyond] if beyond is not None else [])).options(*desk.loads)
    rows = db.session.scalars(query.order_by(*_order(column, number, wanted)).limit(PAGE + 1)).unique().all()
    more = len(rows) > PAGE
    return Sheet(rows[:PAGE], total, cursor(rows[PAGE - 1], wanted) if more else None)


def _order(column: Any, number: Any, wanted: Wanted) -> tuple[Any, ...]:
    if column is number:
        return (number.desc() if wanted.descending else number,)
    main = column.desc() if wanted.descending else column.asc()
    return (main.nulls_last() if column.nullable else main), (number.desc() if wanted.descending else number.asc())


def cursor(row: Any, wanted: Wanted) -> str:
    value = getattr(row, wanted.column)
    text = value.value if isinstance(value, Enum) else "" if value is None else str(value)
    return f"{row.id}.{text}"


def read_cursor(text: str) -> tuple[str, int] | None:
    number, dot, value = text.partition(".")
    return (value, int(number)) if dot and number.isascii() and number.isdecimal() and len(number) < 12 else None


def counts(kinds: Sequence[Kind]) -> dict[str, int]:
    """How many rows each kind has, in one query."""
    numbers = [select(func.count()).select_from(kind.model).filter_by(**kind.fixed).scalar_subquery() for kind in kinds]
    return dict(zip((kind.key for kind in kinds), db.session.execute(select(*numbers)).one(), strict=True))


def options(kind: Kind, desk: Desk) -> list[tuple[str, str]]:
    """Every row of a kind by its identity and what it is called, in alphabetical order; beyond 300, only identities."""
    model: Any = kind.model
    total = db.session.scalar(select(func.count()).select_from(model)) or 0
    if total > MANY:
        return [(slug, slug) for slug in db.session.scalars(select(model.slug).order_by(model.slug).limit(2000))]
    rows = db.session.scalars(select(model).options(*desk.loads)).unique()
    return sorted(((row.slug, desk.title(row)) for row in rows), key=lambda option: fold(option[1]))


def selected(kind: Kind, slugs: Sequence[str]) -> Sequence[Any]:
    """These rows, in no order, whole."""
    model: Any = kind.model
    return db.session.scalars(select(model).where(model.slug.in_(slugs[:PAGE]))).all()
