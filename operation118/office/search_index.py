"""What can be found, kept up to date: whatever is flushed is found in the same transaction, with what is named in it.

The index is begun once, in the life of a database: from then on each flush of a session brings the rows that changed, and
those that show their names, up to date. What was there before is added a few thousand rows at a time (`step`), by whoever
searches and by the mail worker's chores, until the index is whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, String, cast, delete, event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import PassiveFlag, Session
from sqlalchemy.orm.attributes import get_history

from operation118 import publication
from operation118.database import db
from operation118.office.models import Findable
from operation118.office.subjects import BY_MODEL, SUBJECTS, Made, Subject, loads, naming

MARK = "mark"  # the kind of the one row that says that the index was begun; its text says in what form
WHOLE = "whole"  # its detail, once all is there
FORM = "2"
CHUNK = 500
STEP = 5000  # rows added at a time to an index that is not whole
Item = TypeVar("Item")


def _chunks(rows: Iterable[Item]) -> Iterator[list[Item]]:
    """A few hundred at a time: databases bind only so many values in a statement."""
    left = iter(rows)
    while some := list(islice(left, CHUNK)):
        yield some


# --- Writing ------------------------------------------------------------------------------------------------------


def _write(session: Session, made: Iterable[Made], *, keep: bool = False) -> None:
    """Add these rows to the index; those that are there are replaced, or left with `keep`."""
    connection = session.connection()
    insert = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[connection.dialect.name](Findable)
    values = {name: insert.excluded[name] for name in ("title", "detail", "text")}
    replaced = insert.on_conflict_do_update(index_elements=["slug", "kind"], set_=values)
    statement = insert.on_conflict_do_nothing(index_elements=["slug", "kind"]) if keep else replaced
    for rows in _chunks(made):
        connection.execute(statement, rows)


def _made(session: Session, model: type[Any], ids: Iterable[int]) -> Iterator[Made]:
    for some in _chunks(ids):
        query = select(model).where(model.id.in_(some)).options(*loads(model))
        for row in session.scalars(query, execution_options=publication.EVERYTHING):
            yield from (subject.made(row) for subject in BY_MODEL[model] if subject.is_of(row))


class State(Enum):
    """How far the index is: `BEGUN`, it is kept with each change, but what is older may be missing."""

    ABSENT = 0
    BEGUN = 1
    WHOLE = 2


def _form() -> str:
    return " ".join([FORM, *sorted(subject.key for subject in SUBJECTS)])


def _mark() -> Select[str]:
    return select(Findable.detail).where(Findable.slug == "", Findable.kind == MARK, Findable.text == _form())


def state(session: Session) -> State:
    """The state of the index in the form that this code gives it; in another, it counts for nothing."""
    detail = session.scalar(_mark())
    return State.ABSENT if detail is None else State.WHOLE if detail == WHOLE else State.BEGUN


def step(session: Session, most: int = STEP) -> int:
    """Begin the index, or add what is not there yet; how many rows that were. Each step wants its own commit: the others
    must know that it is begun before anything is read for it."""
    match state(session):
        case State.ABSENT:
            session.execute(delete(Findable))
            _write(session, [{"kind": MARK, "slug": "", "title": "", "detail": "", "text": _form()}])
            return 1
        case State.BEGUN:
            return _fill(session, most)
        case State.WHOLE:
            return 0


def _fill(session: Session, most: int) -> int:
    """Add what is missing, so many rows at most; once nothing is, say so."""
    added = 0
    for subject in SUBJECTS:
        ids = session.scalars(_missing(subject).limit(most - added), execution_options=publication.EVERYTHING).all()
        _write(session, _made(session, subject.model, ids), keep=True)
        added += len(ids)
        if added >= most:
            return added
    session.execute(update(Findable).where(Findable.slug == "", Findable.kind == MARK).values(detail=WHOLE))
    return added


def _missing(subject: Subject) -> Select[int]:
    name = cast(getattr(subject.model, subject.identity), String)
    there = select(Findable.id).where(Findable.slug == name, Findable.kind == subject.key)
    return select(subject.model.id).filter_by(**subject.fixed).where(~there.exists())


def keep_filling() -> int:
    """The chore: one step."""
    return step(db.session)


# --- With each flush ----------------------------------------------------------------------------------------------

_TOUCHED = "findable.touched"


@dataclass
class _Touched:
    ids: defaultdict[type[Any], set[int]] = field(default_factory=lambda: defaultdict[type[Any], set[int]](set))
    gone: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])  # kinds and slugs


@event.listens_for(Session, "after_flush")
def _notice(session: Session, context: object) -> None:
    """Note what the flush wrote, while it is known."""
    touched = _Touched()
    for row in (*session.new, *(row for row in session.dirty if session.is_modified(row))):
        if type(row) in BY_MODEL:
            touched.ids[type(row)].add(row.id)
            touched.gone.update(_former(row))
    for row in session.deleted:
        touched.gone.update((subject.key, str(getattr(row, subject.identity))) for subject in _subjects(row))
    if touched.ids or touched.gone:
        session.info[_TOUCHED] = touched


def _subjects(row: Any) -> Iterator[Subject]:
    return (subject for subject in BY_MODEL.get(type(row), ()) if subject.is_of(row))


def _former(row: Any) -> Iterator[tuple[str, str]]:
    """The name that a renamed row had."""
    for subject in _subjects(row):
        former = get_history(row, subject.identity, PassiveFlag.PASSIVE_NO_INITIALIZE).deleted or ()
        yield from ((subject.key, str(name)) for name in former)


@event.listens_for(Session, "after_flush_postexec")
def _follow(session: Session, context: object) -> None:
    """Bring the index to what was written, if there is one."""
    touched: _Touched | None = session.info.pop(_TOUCHED, None)
    if touched is None or state(session) is State.ABSENT:
        return
    for kind, slug in touched.gone:
        session.connection().execute(delete(Findable).where(Findable.kind == kind, Findable.slug == slug))
    for model, ids in list(touched.ids.items()):
        for other, query in naming(model, ids):
            touched.ids[other].update(session.scalars(query, execution_options=publication.EVERYTHING))
    for model, ids in touched.ids.items():
        _write(session, _made(session, model, sorted(ids)))
