"""Tables as CSV: every row of a kind, in its order, as an import takes it back."""

import csv
import itertools
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import RelationshipProperty

from operation118.content import Entry, Kind
from operation118.content.batches import Batch, batches
from operation118.content.sheets import REMARK, Layout, cells, title, titled, values
from operation118.content.spreadsheets import Cell, Dialect, Row, Unreadable, safe
from operation118.database import db
from operation118.film.content import Citations
from operation118.office.rooms import BY_KEY
from operation118.office.table_files import Sent
from operation118.office.table_lines import Line, Outcome
from operation118.site.content import KINDS

SPARE = 1  # columns for a child, in a table that has none yet


def rows(kind: Kind, dialect: Dialect) -> Iterator[list[str]]:
    """The table of a kind, titles first."""
    layout = Layout(kind)
    wide = {key: max(_most(kind, key), SPARE) for key in layout.children}
    paths = list(layout.paths(children=wide, parts={key: list(_parts(kind, key)) for key in layout.parts}))
    yield [title(path) for path in paths]
    for entry, position in _entries(kind):
        yield cells(layout, values(layout, entry, position), paths, dialect)


def written(kind: Kind, dialect: Dialect) -> IO[bytes]:
    """The table as a file of CSV."""
    return _file(rows(kind, dialect), dialect)


def _file(lines: Iterable[list[str]], dialect: Dialect) -> IO[bytes]:
    """A file of CSV, at its beginning; it is on the disk, under no name."""
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    text = TextIOWrapper(file, encoding=dialect.encoding, newline="")
    csv.writer(text, delimiter=dialect.delimiter).writerows(lines)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def _entries(kind: Kind) -> Iterator[tuple[Entry, int | None]]:
    """What every row says, with its position if it has one, in the order of the content files."""
    model: Any = kind.model
    order: Any = kind.order(model)  # of the columns themselves, as of a row's values
    names = select(getattr(model, kind.identity)).filter_by(**kind.fixed)
    query = names.order_by(*(cast(tuple[Any, ...], order) if isinstance(order, tuple) else (order,)))
    for some in batches(iter(db.session.scalars(query).all())):
        batch = Batch(db.session, KINDS, lambda session, of: Citations(session, of=of), kind, some)
        rows = (batch.rows[model][name] for name in some if name in batch.rows[model])
        yield from ((batch.entry(kind, row), getattr(row, "position", None)) for row in rows)


def _most(kind: Kind, key: str) -> int:
    """The greatest number of children that any row has."""
    name = next(name for name, info in kind.schema.model_fields.items() if (info.alias or name) == key)
    relation: RelationshipProperty[Any] = getattr(kind.model, name).property
    parent = next(iter(relation.remote_side))
    counts = select(func.count().label("count")).select_from(relation.mapper.class_).group_by(parent).subquery()
    return db.session.scalar(select(func.max(counts.c.count))) or 0


def _parts(kind: Kind, key: str) -> dict[str, None]:
    """The parts that the table in a field has, in any row."""
    name = next(name for name, info in kind.schema.model_fields.items() if (info.alias or name) == key)
    return {part: None for entry, _ in _entries(kind) for part in getattr(entry, name)}


def refused(sent: Sent) -> IO[bytes]:
    """The lines that were refused, as they were sent, with the reason in a remark: to correct and to send again."""
    reasons = {line.number: _told(line) for line in sent.all_lines(Outcome.REFUSED) if line.number}
    rows = sent.rows()
    sheet = titled(Layout(BY_KEY[sent.key]), rows)
    wide = len(sheet.titles)
    lines = ([*_as_sent(row, wide), safe(reasons[row.number])] for row in rows if row.number in reasons)
    return _file(itertools.chain([[*map(safe, sheet.titles), f"{REMARK} refus"]], lines), Dialect.FRENCH)


def _told(line: Line) -> str:
    return " · ".join(f"{title} : {message}" for title, message in line.refusals)


def _as_sent(row: Row, wide: int) -> list[str]:
    cells = [_text(cell) for cell in row.cells[:wide]]
    return [*cells, *[""] * (wide - len(cells))]


def _text(cell: Cell) -> str:
    """What a spreadsheet reads as the same cell."""
    match cell:
        case bool():
            return "oui" if cell else "non"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
        case Unreadable():
            return ""
        case date():
            return cell.isoformat() if not isinstance(cell, datetime) else cell.isoformat(" ")
        case _:
            return safe(str(cell)) if isinstance(cell, str) else str(cell)
