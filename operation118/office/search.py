"""Search everything: which rows hold all the words that were typed, a few of each kind, the likeliest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true, union_all

from operation118.accounts.models import Staff
from operation118.database import db
from operation118.newsletter import people
from operation118.office.models import Findable
from operation118.office.queries import MOST_COUNTED
from operation118.press.search import corrections, fold, words

A_FEW = 5  # of each kind, on the page that shows them all
MANY = 100  # of one kind, on the page that shows it alone
SHORTEST_WORD = 2  # characters
SHORTEST_ADDRESS = 3  # characters before the addresses of subscribers are searched
NAMED = ("person", "character", "town", "venue", "outlet", "tag")  # what a mistyped word is most likely to name
MOST_NAMES = 2000
IN_TITLE = 1  # the last rank of the rows that have the words in their titles


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


def _in_title(sought: Sequence[str]) -> ColumnElement[bool]:
    return and_(true(), *(Findable.text.like(f"%{word}%\n%") for word in sought))


def _rank(sought: Sequence[str]) -> ColumnElement[int]:
    """0 where the title begins with the first word, 1 where it has them all, 2 where words begin so, 3 elsewhere."""
    begins = and_(true(), *(Findable.text.contains(f" {word}", autoescape=True) for word in sought))
    starts = and_(Findable.text.startswith(sought[0], autoescape=True), _in_title(sought))
    return case((starts, 0), (_in_title(sought), 1), (begins, 2), else_=3)


def _matches(sought: Sequence[str], kinds: Collection[str], limit: int) -> dict[str, list[tuple[int, int]]]:
    """The ranks and numbers of the rows that hold these words, by their kinds. Once a thousand of a kind are there, only
    those are looked for that have the words in their titles, until `limit` are: the table is gone through once."""
    wanted, titled, after = set(kinds), set[str](), 0
    found: dict[str, list[tuple[int, int]]] = {kind: [] for kind in kinds}
    while wanted or titled:
        anywhere = and_(Findable.kind.in_(wanted), _holds(sought))
        kept = or_(anywhere, and_(Findable.kind.in_(titled), _in_title(sought))) if titled else anywhere
        query = select(Findable.id, Findable.kind, _rank(sought)).where(kept, Findable.id > after)
        rows: Sequence[Any] = db.session.execute(query.order_by(Findable.id).limit(MOST_COUNTED + 1)).all()
        for number, kind, rank in rows:
            found[kind].append((rank, number))
            after = number
        if len(rows) <= MOST_COUNTED:
            break
        titled = {kind for kind in kinds if len(found[kind]) > MOST_COUNTED and _titles(found[kind]) < limit}
        wanted = {kind for kind in kinds if len(found[kind]) <= MOST_COUNTED}
    return found


def _titles(found: Sequence[tuple[int, int]]) -> int:
    return sum(rank <= IN_TITLE for rank, _ in found)


def find(typed: str, *, kinds: Collection[str], limit: int = A_FEW) -> list[Found]:
    """What holds every word of `typed`, whatever its accents and case, among these kinds, in their order."""
    sought = words(typed)
    if not is_enough(typed) or not kinds:
        return []
    found = {kind: sorted(rows) for kind, rows in _matches(sought, kinds, limit).items() if rows}
    best = [row for rows in found.values() for _, row in rows[:limit]]
    columns = (Findable.id, Findable.kind, Findable.slug, Findable.title, Findable.detail)
    known = {row.id: row for row in db.session.execute(select(*columns).where(Findable.id.in_(best)))}
    hits = {kind: [known[row] for _, row in rows[:limit] if row in known] for kind, rows in found.items()}
    return [
        Found(kind, [Hit(*row[1:]) for row in hits[kind]], min(len(rows), MOST_COUNTED), len(rows) > MOST_COUNTED)
        for kind, rows in found.items()
    ]


def each_alone(typed: str, *, kinds: Collection[str]) -> list[tuple[str, int]]:
    """The words of `typed`, each with how many rows hold it, as far as 1,000: for when none holds them all."""
    sought = words(typed)
    if len(sought) < 2 or not kinds:
        return []
    some = (select(literal(word).label("word")).where(_holds([word]), Findable.kind.in_(kinds)) for word in sought)
    whole = union_all(*(select(query.limit(MOST_COUNTED + 1).subquery()) for query in some)).subquery()
    rows = db.session.execute(select(whole.c.word, func.count().label("number")).group_by(whole.c.word))
    numbers = {row.word: row.number for row in rows}
    return [(word, numbers[word]) for word in sought if word in numbers]


def other_spellings(typed: str, *, known: Collection[str] = ()) -> list[str]:
    """What may have been meant: names that look like the words nothing holds; `known` are words that something holds."""
    names = db.session.scalars(select(Findable.title).where(Findable.kind.in_(NAMED)).limit(MOST_NAMES)).all()
    return corrections(typed, names=names, texts=[*known, fold("; ".join(names))])[:3]


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
