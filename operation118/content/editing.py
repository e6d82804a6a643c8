"""One row at a time: what it says as an entry, making it say another, deleting it, and what depends on it.

The same rows as content/rows.py, read as they are needed instead of all at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast, get_args

from pydantic import AwareDatetime, ValidationError
from sqlalchemy import ForeignKey, Table, func, inspect, select
from sqlalchemy.orm import Session, selectinload

from operation118.content import french
from operation118.content.reading import refs
from operation118.content.rows import CitationBook, Shelf, Tally
from operation118.content.schema import Entry, Kind, Raw
from operation118.database import Base

Said = dict[str, Any]  # an entry in the form of the content files, as JSON keeps it


class _AsNeeded(dict[str, Any]):
    """The rows of one table by identity, each read the first time it is asked for."""

    def __init__(self, session: Session, kind: Kind) -> None:
        super().__init__()
        self._session, self._kind = session, kind

    def __missing__(self, name: str) -> Any:
        identity = getattr(self._kind.model, self._kind.identity)
        query = select(self._kind.model).where(identity == name).options(selectinload("*"))
        row = self._session.scalar(query)
        if row is None:
            raise KeyError(name)
        self[name] = row
        return row

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default


class Drawer(Shelf):
    """The rows that one entry speaks of."""

    def __init__(self, session: Session, kinds: Sequence[Kind], book: CitationBook) -> None:
        self._by_model = {kind.model: kind for kind in kinds}
        super().__init__(session, kinds, book)

    def _read(self, kind: Kind) -> dict[str, Any]:
        return _AsNeeded(self.session, kind)

    def find(self, kind: Kind, name: str) -> Any:
        """The row of this identity among those of the kind, or None."""
        row = self.rows[kind.model].get(name)
        return row if row is not None and self.belongs(kind, row) else None

    @staticmethod
    def belongs(kind: Kind, row: Any) -> bool:
        return all(getattr(row, key) == value for key, value in kind.fixed.items())

    def said(self, kind: Kind, row: Any) -> Said:
        """What a row says, as the content files would; JSON can keep it."""
        return said(self.entry(kind, row))

    def put(self, kind: Kind, entry: Entry, *, position: int | None = None) -> Any:
        """Make the row of this identity say what `entry` says, at the end if it is new; flushes. The row.

        Raises StaleDataError if somebody else wrote it at the same instant."""
        name = getattr(entry, kind.identity)
        implied = dict(kind.fixed)
        if "position" in kind.model.__table__.columns and self.find(kind, name) is None:
            implied["position"] = self._last(kind) + 1 if position is None else position
        with self.session.no_autoflush:
            self._put(kind, entry, implied, Tally())
        self.session.flush()
        return self.rows[kind.model][name]

    def _last(self, kind: Kind) -> int:
        query = select(func.max(kind.model.__table__.c.position)).filter_by(**kind.fixed)
        return self.session.scalar(query.select_from(kind.model)) or 0

    def delete(self, kind: Kind, row: Any) -> None:
        """Delete a row with what it owns and its citations; flushes."""
        if kind.cited:
            for subject in list(self.book.cited):
                self.book.write(subject, [])
        self.session.delete(row)
        self.session.flush()


def revived(kind: Kind, what: Said) -> Said:
    """What a row said, from JSON back to the form that a content file is read in."""
    instants = _instants(kind.schema)
    return {key: datetime.fromisoformat(value) if key in instants else value for key, value in what.items()}


@cache
def _instants(schema: type[Entry]) -> frozenset[str]:
    fields = schema.model_fields.items()
    return frozenset(info.alias or name for name, info in fields if AwareDatetime in _types(info.annotation))


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _types(argument)


def said(entry: Entry) -> Said:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True, warnings=False)


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one field: its path in the raw entry (`("question", 0, "topic_fr")`) and a French sentence."""

    path: tuple[str | int, ...]
    message: str


def validated(kind: Kind, raw: Raw) -> tuple[Entry | None, list[Mistake]]:
    """The entry that `raw` is, or all that is wrong with it. References are not looked up: `unresolved` does."""
    complaints = [(tuple(key.split(".")), message) for key, message in kind.schema.complaints(raw)]
    mistakes = [Mistake(path, french.complaint(message)) for path, message in complaints]
    try:
        entry = kind.shape(raw).model_validate(raw)
    except ValidationError as invalid:
        found = [Mistake(tuple(error["loc"]), french.explain(error)) for error in invalid.errors()]
        return None, mistakes + [
            mistake for mistake in found if not any(mistake.path[: len(path)] == path for path, _ in complaints)
        ]
    return (None if mistakes else entry), mistakes


def unresolved(drawer: Drawer, kind: Kind, raw: Raw) -> Iterator[Mistake]:
    """The references of `raw` to rows that do not exist, and those named twice."""
    for _, path, name, repeated, is_there in _spoken_of(drawer, kind, raw):
        if not is_there:
            yield Mistake(path, f"« {name} » n’existe pas : choisissez dans la liste, ou créez-le d’abord.")
        elif repeated:
            yield Mistake(path, f"« {name} » est là deux fois.")


def missing(drawer: Drawer, kind: Kind, raw: Raw) -> Iterator[tuple[str, str]]:
    """The kinds and names of the rows that `raw` speaks of, and that do not exist."""
    return ((key, name) for key, _, name, _, is_there in _spoken_of(drawer, kind, raw) if not is_there)


def _spoken_of(drawer: Drawer, kind: Kind, raw: Raw) -> Iterator[tuple[str, tuple[str | int, ...], str, bool, bool]]:
    """Each row that `raw` speaks of: its kind, where, its name, whether it stood there before, whether it exists."""
    for key, ref in refs(kind.schema):
        target = next(other for other in drawer.kinds if other.key == ref.kind)
        for path, name, repeated in _named((key,), raw.get(key)):
            yield ref.kind, path, name, repeated, drawer.find(target, name) is not None


def _named(path: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Each name in a reference, with its path and whether it stood there before."""
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, Mapping):
        for key, names in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _named((*path, str(key)), names)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        names = [str(name) for name in value]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        yield from ((((*path, n), name, name in names[:n])) for n, name in enumerate(names))


@dataclass(frozen=True)
class Dependents:
    """How many rows of one table name a row, in which column."""

    table: str
    count: int
    column: Any


def dependents(session: Session, row: Any) -> list[Dependents]:
    """What names `row` and would be left hanging: every foreign key to it but those of what it owns."""
    model = cast(type[Base], type(row))
    relations: list[Any] = list(cast(Any, inspect(model)).relationships)
    owned: set[Table] = {relation.mapper.local_table for relation in relations if relation.cascade.delete_orphan}
    owned.update(relation.secondary for relation in relations if relation.secondary is not None)
    found: list[Dependents] = []
    for table in Base.metadata.sorted_tables:
        for key in () if table in owned else _keys_to(table, model):
            rows = select(func.count()).select_from(table).where(key.parent == row.id)
            if count := session.scalar(rows):
                found.append(Dependents(table.name, count, key.parent))
    return found


def _keys_to(table: Table, model: type[Base]) -> Iterator[ForeignKey]:
    return (key for key in table.foreign_keys if key.column.table is model.__table__)
