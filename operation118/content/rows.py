"""Between entries and rows: what a row says as an entry, and making rows say what the entries say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast, get_origin

from pydantic.fields import FieldInfo
from sqlalchemy import select
from sqlalchemy.orm import RelationshipProperty, Session, selectinload

from operation118 import clock
from operation118.content.reading import Content
from operation118.content.schema import Entry, Kind, Ref, child_schema


class CitationBook(Protocol):
    """Where citations are kept; a room above knows the tables."""

    @property
    def cited(self) -> Mapping[str, Sequence[str]]:
        """The slugs of the sources of each subject."""
        ...

    def write(self, subject: str, sources: Sequence[Any]) -> None:
        """Make `sources`, rows in their order, all that vouches for `subject`."""
        ...


@dataclass
class Tally:
    """What became of the entries of one kind, by their identities."""

    added: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    left: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])  # only in the database
    pruned: list[str] = field(default_factory=list[str])


class Shelf:
    """All the rows of the content, by table and identity, as the session knows them."""

    def __init__(self, session: Session, kinds: Sequence[Kind], book: CitationBook) -> None:
        self.session = session
        self.kinds = kinds
        self.book = book
        self.models = {kind.key: kind.model for kind in kinds}
        self.rows = {kind.model: self._read(kind) for kind in kinds}

    def _read(self, kind: Kind) -> dict[str, Any]:
        return {
            getattr(row, kind.identity): row
            for row in self.session.scalars(select(kind.model).options(selectinload("*")))
        }

    def _of(self, kind: Kind) -> dict[str, Any]:
        """The rows of one kind, in its order."""
        rows = self.rows[kind.model].items()
        mine = [(name, row) for name, row in rows if _has(row, kind.fixed)]
        return dict(sorted(mine, key=lambda named: kind.order(named[1])))

    def entries(self, kind: Kind) -> list[Entry]:
        return [self.entry(kind, row) for row in self._of(kind).values()]

    def entry(self, kind: Kind, row: Any) -> Entry:
        """What `row` says, in the shape of its kind; not validated, so that nothing is ever kept from a dump."""
        more = {"sources": self._sources(kind, row)} if kind.cited else {}
        shape = kind.shape({"publication": getattr(row, "publication", None)})
        return _entry(shape, row, **more)

    def _sources(self, kind: Kind, row: Any) -> Any:
        """The sources of a row: a list or, where the shape says so, a list for each field."""
        if kind.cited is None or get_origin(kind.schema.model_fields["sources"].annotation) is not dict:
            return self.book.cited.get(f"{kind.cited}.{getattr(row, kind.identity)}", [])
        start = f"{kind.cited}."
        return {subject[len(start) :]: cited for subject, cited in self.book.cited.items() if subject.startswith(start)}

    def sync(self, content: Content, *, prune: bool = False) -> dict[str, Tally]:
        """Add and change rows so that they say what `content` says; with `prune`, delete the others. Flushes."""
        tallies = {kind.key: Tally() for kind in self.kinds}
        with self.session.no_autoflush:
            for kind in self.kinds:
                self._put_all(kind, content[kind.key], tallies[kind.key])
            for kind in self.kinds:
                self._leftover(kind, content[kind.key], tallies[kind.key], prune=prune)
            self._forget_orphans()
        self.session.flush()
        return tallies

    def _put_all(self, kind: Kind, entries: Sequence[Entry], tally: Tally) -> None:
        positioned = "position" in kind.model.__table__.columns
        for position, entry in enumerate(entries):
            self._put(kind, entry, {**kind.fixed, "position": position} if positioned else kind.fixed, tally)

    def _put(self, kind: Kind, entry: Entry, implied: Mapping[str, Any], tally: Tally) -> None:
        """Make one row say what `entry` says; `implied` are the columns that its place in the file gives."""
        name = getattr(entry, kind.identity)
        row = self._find(kind, name)
        if row is None:
            tally.added.append(name)
            row = self.rows[kind.model][name] = kind.model()
            self.session.add(row)
        elif self.entry(kind, row) == entry and _has(row, implied):
            tally.left.append(name)
            return
        else:
            tally.changed.append(name)
            row.updated_at = clock.real_now()
        for key, value in implied.items():
            setattr(row, key, value)
        self._fill(row, entry)
        self._cite(kind, row, entry)

    def _find(self, kind: Kind, name: str) -> Any:
        rows = self.rows[kind.model]
        if kind.single and rows and name not in rows:
            rows[name] = rows.popitem()[1]  # there is one: it was renamed
        return rows.get(name)

    def _fill(self, row: Any, entry: Entry) -> None:
        """Give `row` the values of `entry` that differ from its own, naming rows where the entry names slugs."""
        for name, info in type(entry).model_fields.items():
            value = getattr(entry, name)
            if name == "sources" or _plain(getattr(row, name), info) == value:
                continue
            if child_schema(info):
                self._fill_children(row, name, value)
            else:
                setattr(row, name, self._resolved(row, name, value, info))

    def _resolved(self, row: Any, name: str, value: Any, info: FieldInfo) -> Any:
        ref = next((mark for mark in info.metadata if isinstance(mark, Ref)), None)
        if ref is None or value is None or name in row.__table__.columns:
            return value
        rows = self.rows[self.models[ref.kind]]
        return [rows[slug] for slug in cast(list[str], value)] if isinstance(value, list) else rows[value]

    def _fill_children(self, row: Any, name: str, entries: Sequence[Entry]) -> None:
        """Make the children in their order say what `entries` say; the first ones are changed in place."""
        children = getattr(row, name)
        relationship: RelationshipProperty[Any] = getattr(row.__class__, name).property
        model = relationship.mapper.class_
        del children[len(entries) :]
        children.extend(model() for _ in entries[len(children) :])
        for child, entry in zip(children, entries, strict=True):
            self._fill(child, entry)

    def _cite(self, kind: Kind, row: Any, entry: Entry) -> None:
        rows = self.rows[self.models["source"]] if kind.cited else {}
        wanted = _subjects(kind, row, getattr(entry, "sources", {}))
        for subject in _subjects(kind, row, self._sources(kind, row)) | wanted:
            self.book.write(subject, [rows[slug] for slug in wanted.get(subject, [])])

    def _leftover(self, kind: Kind, entries: Sequence[Entry], tally: Tally, *, prune: bool) -> None:
        """Note the rows that no entry names, or delete them."""
        named = {getattr(entry, kind.identity) for entry in entries}
        unnamed = [name for name in self._of(kind) if name not in named]
        (tally.pruned if prune else tally.kept).extend(unnamed)
        for name in unnamed if prune else []:
            self.session.delete(self.rows[kind.model].pop(name))

    def _forget_orphans(self) -> None:
        """Drop the citations of rows that are gone or renamed."""
        cited = [kind for kind in self.kinds if kind.cited]
        subjects = {
            subject
            for kind in cited
            for row in self._of(kind).values()
            for subject in _subjects(kind, row, self._sources(kind, row))
        }
        ours = {kind.cited for kind in cited}
        for subject in self.book.cited:
            if subject not in subjects and subject.partition(".")[0] in ours:
                self.book.write(subject, [])


def _has(row: Any, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, key) == value for key, value in values.items())


def _subjects(kind: Kind, row: Any, sources: Any) -> dict[str, list[str]]:
    """The citations of an entry by subject: one for the whole, or one for each field."""
    if kind.cited is None:
        return {}
    parts = cast(dict[str, list[str]], sources if isinstance(sources, dict) else {row.slug: sources})
    return {f"{kind.cited}.{part}": slugs for part, slugs in parts.items()}


def _entry(schema: type[Entry], row: Any, **more: Any) -> Entry:
    fields = schema.model_fields.items()
    return schema.model_construct(
        **{name: _plain(getattr(row, name), info) for name, info in fields if name not in more}, **more
    )


def _plain(value: Any, info: FieldInfo) -> Any:
    """The value of an attribute as an entry has it: slugs for rows, entries for children, texts without space around."""
    if isinstance(value, list):
        child = child_schema(info)
        return [_entry(child, item) if child else _plain(item, info) for item in cast(list[Any], value)]
    return (
        (value.strip() or ("" if info.default == "" else None)) if type(value) is str else getattr(value, "slug", value)
    )
