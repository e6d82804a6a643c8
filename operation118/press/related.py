"""What to read next to an item, and where it stands among all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from operation118.dates import DatePrecision
from operation118.press.models import About, PressItem
from operation118.press.queries import Neighbour, about_film

RELATED = 3
_TAG, _PERSON, _KIND, _SAME_MONTH = 3, 2, 1, 1  # what each thing in common weighs
_MONTH = 30.0  # days


@dataclass(frozen=True)
class Place:
    """The place of an item among the dated ones about the film in order of time, from 1, and the items to read next. What
    has no date, or is not about the film, has no such place, nor anything before or after it."""

    position: int | None
    total: int
    previous: PressItem | None
    next: PressItem | None
    related: list[PressItem]


def place(item: PressItem, neighbours: Sequence[Neighbour]) -> Place:
    """The place of `item` among `neighbours` (newest first, itself included)."""
    items = about_film(neighbour.item for neighbour in reversed(neighbours))
    ordered = [other for other in items if other.dated.precision is not DatePrecision.UNKNOWN]
    here = ordered.index(item) if item in ordered else None
    return Place(
        position=None if here is None else here + 1,
        total=len(ordered),
        previous=ordered[here - 1] if here else None,
        next=ordered[here + 1] if here is not None and here + 1 < len(ordered) else None,
        related=related(item, neighbours),
    )


def related(item: PressItem, neighbours: Sequence[Neighbour]) -> list[PressItem]:
    """The items nearest to `item` in people, tags, kind and time; what is not about the film comes last."""
    others = [neighbour for neighbour in neighbours if neighbour.item is not item]
    others.sort(key=lambda other: (other.item.about is About.CONTEXT, -_closeness(item, other), other.item.slug))
    return [other.item for other in others[:RELATED]]


def _closeness(item: PressItem, other: Neighbour) -> float:
    days = abs((item.public_on - other.item.public_on).days)
    same_kind = item.kind is other.item.kind
    return _TAG * other.tags + _PERSON * other.people + _KIND * same_kind + _SAME_MONTH / (1 + days / _MONTH)
