"""Between the rows of a table and the entries of the content files: the title of a column is the key of a field.

What is nested has a column for each of its own fields: `question 1 topic_fr` for those of a list, `sources title` for
the parts of a table. A list stands in one cell, its texts separated by ` | `. A column whose title begins with `#` is a
remark. docs/tables.md tells it all to whoever fills in a table.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any, cast, get_args, get_origin

from operation118.content.cells import Field, Shape, bare_type, field_of, read, written
from operation118.content.schema import DatedEntry, Entry, Kind, child_schema
from operation118.content.spreadsheets import Dialect, NotATable, Row, Unreadable, safe
from operation118.dates import DatePrecision

Path = tuple[str | int, ...]  # where a value stands in a raw entry: ("title",), ("question", 0, "topic_fr")
POSITION = "position"  # a column of what the content files keep in order
REMARK = "#"
LOOKED_AT = 20  # rows among which the titles must be
MOST_CHILDREN = 100
_CHILD = re.compile(r"(\S+) (\d{1,3}) (\S+)", re.ASCII)
_PLACE = Field(Shape.WHOLE)
_DATE, _PRECISION = "date", "date_precision"
_SHORTER = {DatePrecision.MONTH: ("-01", 7), DatePrecision.YEAR: ("-01-01", 4), DatePrecision.UNKNOWN: ("-01-01", 4)}


@dataclass(frozen=True)
class Layout:
    """The columns that a kind may have."""

    kind: Kind

    @cached_property
    def fields(self) -> dict[str, Field]:
        """What stands in one cell, by its key."""
        return _fields(self.kind.schema, without={*self.children, *self.parts})

    @cached_property
    def children(self) -> dict[str, dict[str, Field]]:
        """The fields of the tables in a list, by the key of the list."""
        found = {key: child_schema(info) for key, info in _keyed(self.kind.schema)}
        return {key: _fields(schema) for key, schema in found.items() if schema}

    @cached_property
    def parts(self) -> dict[str, Field]:
        """What the cells of a table hold, by its key."""
        tables = {key: bare_type(info.annotation) for key, info in _keyed(self.kind.schema)}
        return {key: field_of(get_args(table)[1]) for key, table in tables.items() if get_origin(table) is dict}

    @cached_property
    def is_ordered(self) -> bool:
        return POSITION in self.kind.model.__table__.columns

    @property
    def is_dated(self) -> bool:
        return issubclass(self.kind.schema, DatedEntry)

    @cached_property
    def _met(self) -> dict[Path, Field]:
        return {}

    def field(self, path: Path) -> Field:
        """What stands in the column of a path."""
        if path not in self._met:
            self._met[path] = self._field(path)
        return self._met[path]

    def _field(self, path: Path) -> Field:
        match path:
            case (str(key), int(), str(name)):
                return self.children[key][name]
            case (str(key), _):
                return self.parts[key]
            case _:
                return _PLACE if path == (POSITION,) and self.is_ordered else self.fields[str(path[0])]

    def path(self, title: str) -> Path | None:
        """The path that a title means; None if it means nothing here."""
        words = " ".join(title.split())
        if words in self.fields or (words == POSITION and self.is_ordered):
            return (words,)
        child = _CHILD.fullmatch(words)
        if child and child[3] in self.children.get(child[1], ()) and 1 <= int(child[2]) <= MOST_CHILDREN:
            return (child[1], int(child[2]) - 1, child[3])
        key, _, part = words.partition(" ")
        return (key, part) if key in self.parts and part and " " not in part else None

    def paths(self, *, children: Mapping[str, int], parts: Mapping[str, Sequence[str]]) -> Iterator[Path]:
        """All the columns, with as many children and the parts that are asked for, in the order of the schema."""
        if self.is_ordered:
            yield (POSITION,)
        for key, _ in _keyed(self.kind.schema):
            if key in self.children:
                yield from ((key, n, name) for n in range(children[key]) for name in self.children[key])
            elif key in self.parts:
                yield from ((key, part) for part in parts[key])
            else:
                yield (key,)


def _keyed(schema: type[Entry]) -> Iterator[tuple[str, Any]]:
    return ((info.alias or name, info) for name, info in schema.model_fields.items())


def _fields(schema: type[Entry], without: set[str] | frozenset[str] = frozenset()) -> dict[str, Field]:
    return {key: field_of(info.annotation) for key, info in _keyed(schema) if key not in without}


@cache
def title(path: Path) -> str:
    """The title of the column of a path: « question 1 topic_fr »."""
    return " ".join(str(step + 1) if isinstance(step, int) else step for step in path)


# --- From an entry to cells ---------------------------------------------------------------------------------------


def values(layout: Layout, entry: Entry, position: int | None = None) -> dict[Path, Any]:
    """What an entry says, by path, as JSON keeps it. A date says its precision even where its length does."""
    said: dict[str, Any] = entry.model_dump(mode="json", by_alias=True, warnings=False)
    if isinstance(entry, DatedEntry) and entry.on:
        said[_PRECISION] = (entry.precision or DatePrecision.DAY).value
    found: dict[Path, Any] = {(POSITION,): position + 1} if position is not None else {}
    for key, value in said.items():
        if key in layout.children:
            found |= {(key, n, name): inner for n, child in enumerate(value) for name, inner in child.items()}
        elif key in layout.parts:
            found |= {(key, part): inner for part, inner in cast(dict[str, Any], value or {}).items()}
        else:
            found[(key,)] = value
    return found


def texts(layout: Layout, found: Mapping[Path, Any], decimal: str = ",") -> dict[str, str]:
    """The same as the texts of cells, by the titles of their columns; empty ones are left out."""
    cells = ((title(path), written(value, layout.field(path), decimal)) for path, value in found.items())
    return {name: text for name, text in cells if text}


def cells(layout: Layout, found: Mapping[Path, Any], paths: Sequence[Path], dialect: Dialect) -> list[str]:
    """A row of a table to be opened in a spreadsheet, which runs none of its texts as a formula."""
    row: list[str] = []
    for path in paths:
        field = layout.field(path)
        text = written(found.get(path), field, dialect.decimal)
        row.append(safe(text) if field.shape is Shape.TEXT or field.many else text)
    return row


# --- From cells to a raw entry ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """The titles of a table, as paths; None for a column without a title, and for a remark."""

    layout: Layout
    titles: list[str]
    columns: list[Path | None]
    number: int  # of the row of titles

    @cached_property
    def keys(self) -> frozenset[str | int]:
        """The keys of the fields that the table speaks of: the others stay as they are."""
        return frozenset(path[0] for path in self.columns if path)

    def name(self, row: Row) -> str:
        """The identity that a row gives itself, or none."""
        key = self.layout.kind.identity_key
        place = self.columns.index((key,))
        value = read(row.cells[place], self.layout.fields[key]) if place < len(row.cells) else None
        return value if isinstance(value, str) else ""

    def position(self, row: Row) -> Any:
        place = self.columns.index((POSITION,)) if (POSITION,) in self.columns else len(row.cells)
        return read(row.cells[place], _PLACE) if place < len(row.cells) else None

    def unreadable(self, row: Row) -> Iterator[tuple[str, str]]:
        """The cells that hold nothing to be taken: (title, why)."""
        for n, cell in enumerate(row.cells):
            name = self.titles[n] if n < len(self.titles) and self.titles[n] else f"colonne {n + 1}"
            if n >= len(self.columns) or (self.columns[n] is None and not name.startswith(REMARK)):
                if cell != "":
                    yield name, "Cette cellule n’est sous aucun titre."
            elif isinstance(cell, Unreadable) and self.columns[n] is not None:
                yield name, f"Cette cellule tient {cell.why} : écrivez-y la valeur."

    def raw(self, row: Row, said: Mapping[str, Any]) -> "Given":
        """The raw entry of a row; the fields that the table has no column for are those that `said` has."""
        raw = {key: value for key, value in said.items() if key not in self.keys}
        children: dict[str, dict[int, dict[str, Any]]] = {}
        for path, cell in zip(self.columns, row.cells, strict=False):
            value = read(cell, self.layout.field(path)) if path and path != (POSITION,) else None
            match path:
                case _ if value is None or value == []:
                    continue
                case (str(key), int(n), str(name)):
                    children.setdefault(key, {}).setdefault(n, {})[name] = value
                case (str(key), str(part)):
                    raw.setdefault(key, {})[part] = value
                case _:
                    raw[str(cast(Path, path)[0])] = value
        raw |= {key: [rows[n] for n in sorted(rows)] for key, rows in children.items()}
        if self.layout.is_dated:
            _agree(raw, said, _PRECISION in self.keys)
        return Given(raw, {key: sorted(rows) for key, rows in children.items()})


@dataclass(frozen=True)
class Given:
    """A raw entry, and the numbers that its children have in the titles: some may have been left out."""

    raw: dict[str, Any]
    numbers: Mapping[str, Sequence[int]]

    def title(self, path: Path) -> str:
        """The title of the column, or of the columns, that a path in the raw entry comes from."""
        match path:
            case (str(key), int(n), *rest) if key in self.numbers:
                return title((key, self.numbers[key][n], *rest))
            case (str(key), str(part), *_):
                return title((key, part))
            case _:
                return title(path[:1])


def _agree(raw: dict[str, Any], said: Mapping[str, Any], precise: bool) -> None:
    """A date and its precision go together: spreadsheets make 2010-11-01 of 2010-11, where the precision says a month; and
    another date in a table without precisions is not of the former one's."""
    if not precise and raw.get(_DATE) != said.get(_DATE):
        raw.pop(_PRECISION, None)
    day, precision = raw.get(_DATE), raw.get(_PRECISION)
    first, length = _SHORTER.get(cast(DatePrecision, precision), ("", 0))
    if length and isinstance(day, str) and len(day) == len("2010-11-17") and day.endswith(first):
        raw[_DATE] = day[:length]


def titled(layout: Layout, rows: Iterator[Row]) -> Sheet:
    """The titles of a table: its first row that has the one of the identity. Raises NotATable."""
    key = layout.kind.identity_key
    for _ in range(LOOKED_AT):
        row = next(rows, None)
        if row is None:
            break
        titles = [" ".join(cell.lower().split()) if isinstance(cell, str) else "?" for cell in row.cells]
        if key in titles:
            return _checked(layout, titles, row.number)
    raise NotATable(
        f"Aucune ligne de titres : il faut une colonne « {key} ». Exportez la table, et partez de ce fichier."
    )


def _checked(layout: Layout, titles: list[str], number: int) -> Sheet:
    columns = [layout.path(name) for name in titles]
    unknown = [n for n, path in enumerate(columns) if path is None and titles[n] and not titles[n].startswith(REMARK)]
    if unknown:
        raise NotATable(" ".join(_unknown(layout, titles[n]) for n in unknown[:5]))
    named = [path for path in columns if path]
    if twice := dict.fromkeys(title(path) for path in named if named.count(path) > 1):
        raise NotATable(f"Ces titres sont là deux fois : {', '.join(twice)}. N’en gardez qu’un.")
    return Sheet(layout, titles, columns, number)


def _unknown(layout: Layout, name: str) -> str:
    known = [*layout.fields, *layout.children, *layout.parts]
    close = get_close_matches(name, known, 1)
    hint = (
        f"Vouliez-vous dire « {close[0]} » ?" if close else f"Un titre qui commence par « {REMARK} » est une remarque."
    )
    return f"La colonne « {name} » n’existe pas ici. {hint}"
