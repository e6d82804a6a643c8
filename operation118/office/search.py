"""Search everything: which rows hold all the words that were typed, a few of each kind, the likeliest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select, true

from operation118.accounts.models import Staff
from operation118.database import db
from operation118.newsletter import people
from operation118.office.models import Findable
from operation118.press.search import corrections, fold, words

A_FEW = 5  # of each kind, on the page that shows them all
MANY = 100  # of one kind, on the page that shows it alone
SHORTEST_WORD = 2  # characters
SHORTEST_ADDRESS = 3  # characters before the addresses of subscribers are searched
NAMED = ("person", "character", "town", "venue", "outlet", "tag")  # what a mistyped word is most likely to name
MOST_NAMES = 2000


@dataclass(frozen=True)
class Hit:
    """One row that was found; `slug` is what names it within its kind."""

    kind: str
    slug: str
    title: str
    detail: str = ""


@dataclass(frozen=True)
class Found:
    """The best hits of one kind, and how many there are, or at least are."""

    kind: str
    hits: list[Hit]
    total: int
    open_ended: bool = False  # there are more, which nobody counted


def is_enough(typed: str) -> bool:
    """Whether there is a word of two letters: one letter is everywhere."""
    return any(len(word) >= SHORTEST_WORD for word in words(typed))


def _holds(sought: Collection[str]) -> ColumnElement[bool]:
    return and_(true(), *(Findable.text.contains(word, autoescape=True) for word in sought))


def _rank(sought: Sequence[str]) -> ColumnElement[int]:
    """0 where the title begins with the first word, 1 where it has them all, 2 where words begin so, 3 elsewhere."""
    in_title = and_(true(), *(Findable.text.like(f"%{word}%\n%") for word in sought))
    begins = and_(true(), *(Findable.text.contains(f" {word}", autoescape=True) for word in sought))
    starts = and_(Findable.text.startswith(sought[0], autoescape=True), in_title)
    return case((starts, 0), (in_title, 1), (begins, 2), else_=3)


def find(typed: str, *, kinds: Collection[str], limit: int = A_FEW) -> list[Found]:
    """What holds every word of `typed`, whatever its accents and case, among these kinds, in their order."""
    sought = words(typed)
    if not is_enough(typed) or not kinds:
        return []
    numbered = select(
        Findable.id,
        func.row_number().over(partition_by=Findable.kind, order_by=(_rank(sought), Findable.id)).label("place"),
        func.count().over(partition_by=Findable.kind).label("total"),
    ).where(_holds(sought), Findable.kind.in_(kinds))
    best = numbered.subquery()
    columns = (Findable.kind, Findable.slug, Findable.title, Findable.detail, best.c.total)
    query = select(*columns).join(best, best.c.id == Findable.id).where(best.c.place <= limit)
    rows = db.session.execute(query.order_by(best.c.place)).all()
    hits: dict[str, list[Hit]] = {}
    for row in rows:
        hits.setdefault(row.kind, []).append(Hit(row.kind, row.slug, row.title, row.detail))
    totals = {row.kind: row.total for row in rows}
    return [Found(kind, hits[kind], totals[kind]) for kind in kinds if kind in hits]


def each_alone(typed: str, *, kinds: Collection[str]) -> list[tuple[str, int]]:
    """The words of `typed`, each with how many rows hold it: for when none holds them all."""
    sought = words(typed)
    if len(sought) < 2 or not kinds:
        return []
    counts = [func.count(case((_holds([word]), 1))) for word in sought]
    numbers = db.session.execute(select(*counts).where(Findable.kind.in_(kinds))).one()
    return [(word, number) for word, number in zip(sought, numbers, strict=True) if number]


def other_spellings(typed: str, *, known: Collection[str] = ()) -> list[str]:
    """What may have been meant: names that look like the words nothing holds; `known` are words that something holds."""
    names = db.session.scalars(select(Findable.title).where(Findable.kind.in_(NAMED)).limit(MOST_NAMES)).all()
    return corrections(typed, names=names, texts=[*known, *(fold(name) for name in names)])[:3]


def subscribers(typed: str, *, limit: int = A_FEW) -> Found | None:
    """Who on the list has this address, or one that begins so; one word only, for an address has no space."""
    if len(typed.split()) != 1 or len(typed) < SHORTEST_ADDRESS:
        return None
    some, following = people.named(typed, after="")
    hits = [Hit("subscriber", str(row.id), row.address, row.state.value) for row in some]
    return Found("subscriber", hits[:limit], len(hits), open_ended=following is not None) if hits else None


def colleagues(typed: str) -> Found | None:
    """Who of the team has these words in their name or address: they are few."""
    sought = words(typed)
    rows = db.session.execute(select(Staff.id, Staff.name, Staff.email).order_by(Staff.name)).all()
    hits = [
        Hit("staff", str(row.id), row.name, row.email)
        for row in rows
        if sought and all(word in fold(f"{row.name} {row.email}") for word in sought)
    ]
    return Found("staff", hits, len(hits)) if hits else None
