"""Reads of the office's lists, by keyset: a page costs the same however far one goes."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, false, func, literal, or_, select, true, tuple_

from operation118 import clock
from operation118.content import Kind
from operation118.content.desks import Desk
from operation118.database import UtcDateTime, db
from operation118.press.search import fold
from operation118.publication import STATES, Publication
from operation118.web.row_numbers import row_number

PAGE = 50
MOST_COUNTED = 1000
MANY = 300  # options beyond which a field shows a list to type in rather than to choose from


@dataclass(frozen=True)
class Wanted:
    """What part of a list is asked for. `after` is the last row seen: its sort value, as text, and its number."""

    order: str
    typed: str = ""
    state: str = ""  # a key of publication.STATES
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


def whole(query: Select[*tuple[Any, ...]]) -> CTE:
    """The rows of `query`, for a query that cuts them: PostgreSQL, told how few are wanted, would join its tables row by
    row in the hope of finding them soon, which takes longest where there is none."""
    return query.cte().prefix_with("MATERIALIZED", dialect="postgresql")


def _filtered(kind: Kind, desk: Desk, wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = kind.model.__table__.c
    conditions = [columns[key] == value for key, value in kind.fixed.items()]
    if wanted.state and "publication" in columns:
        conditions += _in_state(columns, wanted.state)
    words = wanted.typed.split()
    return conditions + [or_(false(), *(_contains(columns[name], word) for name in desk.found_in)) for word in words]


def states(kind: Kind) -> dict[str, str]:
    """The states that a row of this kind may be in, with their names."""
    columns = kind.model.__table__.c
    known = STATES if "publication" in columns else {}
    return {key: label for key, label in known.items() if key != "embargo" or "embargo_lifts_at" in columns}


def _in_state(columns: Any, state: str) -> Iterator[ColumnElement[bool]]:
    """What `publication.state_of` tells of a row, as conditions."""
    if state in ("draft", "withdrawn"):
        yield columns.publication == Publication(state)
        return
    yield columns.publication == Publication.PUBLISHED
    held = columns.embargo_lifts_at > clock.now() if "embargo_lifts_at" in columns else false()
    waits = columns.published_at > clock.now()
    yield {
        "embargo": held,
        "scheduled": and_(waits, func.coalesce(held, false()).is_(false())),
        "published": and_(func.coalesce(waits, false()).is_(false()), func.coalesce(held, false()).is_(false())),
    }[state]


def _contains(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a column has a word in it, whatever its case: SQLite's own LIKE sees to that, and lower() would cost double."""
    wanted = fold(word) or word if column.name == "search_text" else word
    if db.engine.dialect.name == "sqlite":
        return column.contains(wanted, autoescape=True)
    return column.icontains(wanted, autoescape=True)


def _parts(column: Any, number: Any, wanted: Wanted) -> Iterator[tuple[ColumnElement[bool], tuple[Any, ...]]]:
    """What is left of a list after the last row seen, each part with its order: the rows that have a value, then, in either
    direction, those that have none. Apart, both are in the order of an index."""
    ends = wanted.after is not None and wanted.after[0] == "" and column.nullable
    keys = (number,) if column is number else (column, number)
    order = tuple(key.desc() if wanted.descending else key.asc() for key in keys)
    if not ends:
        valued = column.is_not(None) if column.nullable else true()
        yield and_(valued, _beyond(column, number, wanted)), order
    if column.nullable:
        last = wanted.after[1] if ends and wanted.after else None
        further = true() if last is None else number < last if wanted.descending else number > last
        yield and_(column.is_(None), further), order[1:]


def _beyond(column: Any, number: Any, wanted: Wanted) -> ColumnElement[bool]:
    """The rows after the last one seen, of those that have a value."""
    if wanted.after is None:
        return true()
    value, last = wanted.after
    here, seen = tuple_(column, number), tuple_(literal(_value(column, value), column.type), literal(last))
    return here < seen if wanted.descending else here > seen


def _value(column: Any, text: str) -> Any:
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(text)
    kind = column.type.python_type
    return kind.fromisoformat(text) if kind is date else kind(text)


def listed(kind: Kind, desk: Desk, wanted: Wanted) -> Sheet:
    """One page of the rows of a kind. The total is counted as far as 1,000, where the page does not have them all."""
    model: Any = kind.model
    columns, conditions = model.__table__.c, _filtered(kind, desk, wanted)
    query = select(model).where(*conditions).options(*desk.loads)
    rows: list[Any] = []
    for part, order in _parts(columns[wanted.column], columns.id, wanted):
        if len(rows) <= PAGE:
            some = query.where(part).order_by(*order).limit(PAGE + 1 - len(rows))
            rows += db.session.scalars(some).unique()
    more = len(rows) > PAGE
    total = len(rows) if wanted.after is None and not more else _count(model, conditions)
    return Sheet(rows[:PAGE], total, cursor(rows[PAGE - 1], wanted) if more else None)


def _count(model: Any, conditions: Sequence[ColumnElement[bool]]) -> int:
    some = select(literal(1)).select_from(model).where(*conditions).limit(MOST_COUNTED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def cursor(row: Any, wanted: Wanted) -> str:
    value = getattr(row, wanted.column)
    text = value.value if isinstance(value, Enum) else "" if value is None else str(value)
    return f"{row.id}.{text}"


def read_cursor(text: str) -> tuple[str, int] | None:
    number, dot, value = text.partition(".")
    with suppress(ValueError):
        return (value, row_number(number)) if dot else None
    return None


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
