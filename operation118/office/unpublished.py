"""A draft, or a row that was withdrawn, which the team sees in the whole site as if it were published; and no other row so."""

from typing import Any, NamedTuple

from sqlalchemy import select

from operation118.content.desks import Desk
from operation118.database import Base, db
from operation118.office.frame import may
from operation118.office.rooms import BY_KEY, JOURNALED
from operation118.publication import EVERYTHING, Publication, Publishable
from operation118.web.row_numbers import row_number


class Found(NamedTuple):
    desk: Desk
    row: Any


def name_of(desk: Desk, row: Any) -> str:
    """What the addresses of the preview call it: `item-12`."""
    return f"{desk.key}-{row.id}"


def is_hidden(row: Any) -> bool:
    """Whether the public will not see it, whatever the hour."""
    return isinstance(row, Publishable) and row.publication is not Publication.PUBLISHED


def may_open(name: str) -> bool:
    """Whether whoever is signed in may open the sheets of the kind of this name."""
    return may("image_office.edit" if name.startswith("image-") else "office.edit")


def find(name: str) -> Found | None:
    """The row of this name, if it is one that can be published."""
    key, _, number = name.rpartition("-")
    kind = BY_KEY.get(key)
    if kind is None or key not in JOURNALED or not issubclass(kind.model, Publishable):
        return None
    try:
        query = select(kind.model).filter_by(id=row_number(number), **kind.fixed)
    except ValueError:  # greater than any
        return None
    row = db.session.scalar(query, execution_options=EVERYTHING)
    return Found(JOURNALED[key], row) if row else None


def shown(name: str) -> tuple[type[Base], int] | None:
    """The table and the number of the row that whoever asks may see so."""
    found = find(name) if may_open(name) else None
    return (BY_KEY[found.desk.key].model, found.row.id) if found and is_hidden(found.row) else None
