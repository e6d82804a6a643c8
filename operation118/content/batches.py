"""Many rows at a time: those that a few hundred entries speak of, in a few queries, and no others.

The same rows as content/rows.py, without ever holding all of them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar, cast, get_origin

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload

from operation118.content.editing import Drawer
from operation118.content.rows import CitationBook, Tally
from operation118.content.schema import Entry, Kind, Ref
from operation118.database import Base

BATCH = 500
Book = Callable[[Session, str | Collection[str]], CitationBook]  # the citations of some subjects, or of `film.` all
Item = TypeVar("Item")


def batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while some := list(islice(items, BATCH)):
        yield some


def has_parts(kind: Kind) -> bool:
    """Whether the citations of a row are told field by field."""
    return get_origin(kind.schema.model_fields["sources"].annotation) is dict if kind.cited else False


class Batch(Drawer):
    """The rows of one kind with these identities; those they name can be fetched too."""

    def __init__(self, session: Session, kinds: Sequence[Kind], book: Book, kind: Kind, names: Collection[str]) -> None:
        subjects = f"{kind.cited}." if has_parts(kind) else [f"{kind.cited}.{name}" for name in names]
        super().__init__(session, kinds, book(session, subjects if kind.cited else ()))
        self.kind = kind
        self.fetch(kind, names)

    def _read(self, kind: Kind) -> dict[str, Any]:
        return {}

    def fetch(self, kind: Kind, names: Collection[str]) -> None:
        """Have the rows of these identities at hand."""
        held = self.rows[kind.model]
        identity = getattr(kind.model, kind.identity)
        for some in batches(iter([name for name in names if name not in held])):
            query = select(kind.model).where(identity.in_(some)).options(selectinload("*"))
            held.update((getattr(row, kind.identity), row) for row in self.session.scalars(query))

    def put_all(self, wanted: Sequence[tuple[Entry, Mapping[str, Any]]]) -> list[Any]:
        """Make rows say these entries, each with the columns that its place implies; flushes. The rows, in that order."""
        self._fetch_named([entry for entry, _ in wanted])
        with self.session.no_autoflush:
            for entry, implied in wanted:
                self._put(self.kind, entry, implied, Tally())
        self.session.flush()
        return [self.rows[self.kind.model][getattr(entry, self.kind.identity)] for entry, _ in wanted]

    def _fetch_named(self, entries: Sequence[Entry]) -> None:
        targets = {kind.key: kind for kind in self.kinds}
        for name, info in self.kind.schema.model_fields.items():
            for mark in info.metadata:
                if isinstance(mark, Ref) and name not in self.kind.model.__table__.columns:
                    self.fetch(targets[mark.kind], {one for entry in entries for one in _named(getattr(entry, name))})

    def forget(self, rows: Sequence[Any]) -> None:
        """Delete rows with what they own and their citations; flushes."""
        for row in rows:
            if self.kind.cited:
                self.book.write(f"{self.kind.cited}.{getattr(row, self.kind.identity)}", [])
            self.session.delete(row)
        self.session.flush()


def _named(value: Any) -> Iterator[str]:
    """The names in a reference, whatever its shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        parts = cast(list[Any], value if isinstance(value, list) else [*value.values()])
        yield from (name for part in parts for name in _named(part))


class Register(Drawer):
    """The names of all rows, without the rows; `promised` are those of rows that will be there in time."""

    def __init__(self, session: Session, kinds: Sequence[Kind]) -> None:
        self.promised: set[tuple[str, str]] = set()
        self._names: dict[str, dict[str, int | None]] = {}
        super().__init__(session, kinds, cast(CitationBook, None))

    def _read(self, kind: Kind) -> dict[str, Any]:
        return {}

    def names(self, kind: Kind) -> dict[str, int | None]:
        """The identities of the rows of a kind, with their positions where they have any."""
        if kind.key not in self._names:
            columns = kind.model.__table__.columns
            position = [getattr(kind.model, "position")] if "position" in columns else []  # noqa: B009
            query = select(getattr(kind.model, kind.identity), *position).filter_by(**kind.fixed)
            self._names[kind.key] = {row[0]: row[1] if position else None for row in self.session.execute(query)}
        return self._names[kind.key]

    def find(self, kind: Kind, name: str) -> Any:
        there = name in self.names(kind) or (kind.key, name) in self.promised
        return name if there else None


def depended_on(session: Session, model: type[Base], ids: Collection[int]) -> set[int]:
    """Those of the rows that another row names, which would be left hanging: see editing.dependents."""
    relations = inspect(model).relationships
    owned = {relation.mapper.local_table for relation in relations if relation.cascade.delete_orphan}
    owned |= {relation.secondary for relation in relations if relation.secondary is not None}
    found = set[int]()
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if table not in owned and key.column.table is model.__table__:
                found.update(session.scalars(select(key.parent).where(key.parent.in_(ids)).distinct()))
    return found
