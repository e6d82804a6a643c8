"""Reads the first sheet of an XLSX or ODS file and writes its cells as JSON, one row a line.

Run as a program of its own (`spreadsheets.py` does), within limits: what a hostile file may do to it, the site does not
feel. It imports nothing of the site, so that it starts in a moment.

The formulas that have no result and the cells in error are looked for in the XML itself: python-calamine shows both as
empty cells.
"""

import json
import re
import resource
import signal
import sys
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MOST_ROWS = 100_000
MOST_COLUMNS = 600
MOST_BYTES = 256 * 2**20  # of all the files of the archive, once inflated
MOST_WRITTEN = 256 * 2**20  # bytes
MOST_MEMORY = 1536 * 2**20  # bytes
MOST_SECONDS = 60  # of the processor
CHUNK = 2**16
HOLLOW = "une formule dont le résultat n’est pas dans le fichier, ou une erreur"
_ODS = "content.xml"
_SUSPECT = re.compile(rb"<(?:\w+:)?f[ >/]|t=\"e\"|table:formula=|\"error\"")
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")
Place = tuple[int, int]


class Unreadable(Exception):
    """The file cannot be read; the message says why, in French."""


def limit() -> None:
    """Hold this process within bounds, where the system can; what goes beyond ends it, and leaves no copy of its memory."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python takes it for an error like another, and goes on
    bounds = {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: MOST_SECONDS,
        resource.RLIMIT_FSIZE: MOST_WRITTEN,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


# --- What the archive holds ---------------------------------------------------------------------------------------


def measure(path: Path) -> None:
    """Raises Unreadable unless the archive inflates to a size that may be read; what it says of its size is not believed."""
    with ZipFile(path) as archive, path.open("rb") as file:
        left = MOST_BYTES
        for info in archive.infolist():
            left -= _inflated(file, info, left)
            if left < 0:
                raise Unreadable(f"le fichier, une fois décompressé, dépasse {MOST_BYTES // 2**20} Mo")


def _inflated(file: IO[bytes], info: ZipInfo, most: int) -> int:
    """How many bytes a file of the archive comes to; just over `most` if it is more."""
    if info.compress_type == ZIP_STORED:
        return info.compress_size
    if info.compress_type != ZIP_DEFLATED or info.flag_bits & 1:
        raise Unreadable("le fichier est chiffré, ou compressé comme aucun tableur ne le fait")
    file.seek(info.header_offset)
    header = file.read(30)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    return sum(_pieces(file, info.compress_size, most))


def _pieces(file: IO[bytes], length: int, most: int) -> Iterator[int]:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    total = 0
    while length > 0 and total <= most:
        packed = file.read(min(CHUNK, length))
        length -= len(packed) or length
        while packed and total <= most:
            piece = inflating.decompress(packed, CHUNK)
            packed = inflating.unconsumed_tail
            total += len(piece)
            yield len(piece)


# --- How far the sheet goes ---------------------------------------------------------------------------------------


def hold(row: int, column: int) -> None:
    """Raises Unreadable where a cell, counted from 0, stands further than any table of ours: the empty ones before it
    would be written too."""
    if row >= MOST_ROWS:
        raise Unreadable(f"sa feuille va au-delà de {_grouped(MOST_ROWS)} lignes ; partagez-la")
    if column >= MOST_COLUMNS:
        raise Unreadable(
            f"sa feuille va au-delà de {_grouped(MOST_COLUMNS)} colonnes ; ce n’est pas un de nos tableaux"
        )


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


# --- Cells that only look empty -----------------------------------------------------------------------------------


def _elements(file: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Where the elements of an XML file start and end; nothing is fetched from anywhere, and this process is within limits."""
    return iterparse(file, ("start", "end"))  # noqa: S314


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    found = (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name)
    return next(found, "")


def _sheet_path(archive: ZipFile, sheet: str) -> str:
    """The file of an XLSX archive that holds the sheet of this name."""
    sheets = (one for _, one in _elements(archive.open("xl/workbook.xml")) if _tag(one) == "sheet")
    number = next((_attribute(one, "id") for one in sheets if one.get("name") == sheet), "")
    relations = (one for _, one in _elements(archive.open("xl/_rels/workbook.xml.rels")))
    target = next((one.get("Target", "") for one in relations if one.get("Id") == number), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def hollow(path: Path, sheet: str) -> dict[int, list[int]]:
    """The columns where the sheet has a formula without a result, or an error, by row."""
    found: dict[int, list[int]] = {}
    with ZipFile(path) as archive:
        is_ods = _ODS in archive.namelist()
        part = _ODS if is_ods else _sheet_path(archive, sheet)
        if part in archive.namelist() and _is_suspect(archive.open(part)):
            for row, column in (_of_ods if is_ods else _of_xlsx)(archive.open(part), sheet):
                hold(row, column)
                found.setdefault(row, []).append(column)
    return found


def _is_suspect(file: IO[bytes]) -> bool:
    tail = b""
    while piece := file.read(CHUNK):
        if _SUSPECT.search(tail + piece):
            return True
        tail = piece[-32:]
    return False


def _of_xlsx(file: IO[bytes], sheet: str) -> Iterator[Place]:
    row = column = 0
    for event, element in _elements(file):
        name = _tag(element)
        if event == "start" and name == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif event == "end" and name == "c":
            place = _place(element.get("r", ""), row, column)
            column = place[1] + 1
            if _is_hollow(element):
                yield place
        elif event == "end" and name == "row":
            element.clear()


def _place(reference: str, row: int, column: int) -> Place:
    """From 0; a cell that names no place stands after the one before it."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return row - 1, column
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return int(found[2]) - 1, number - 1


def _is_hollow(cell: Element) -> bool:
    parts = {_tag(part): part for part in cell}
    empty = "v" not in parts and "is" not in parts
    return cell.get("t") == "e" or ("f" in parts and empty)


def _of_ods(file: IO[bytes], sheet: str) -> Iterator[Place]:
    row, here = 0, False
    for event, element in _elements(file):
        name = _tag(element)
        if event == "start" and name == "table":
            row, here = 0, _attribute(element, "name") == sheet
        elif event == "end" and name == "table-row":
            if here:
                yield from ((row, column) for column in _hollow_columns(element))
            row += int(_attribute(element, "number-rows-repeated") or 1)
            element.clear()


def _hollow_columns(row: Element) -> Iterator[int]:
    column = 0
    for cell in row:
        kinds = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
        if "error" in kinds or (_attribute(cell, "formula") and not kinds):
            yield column
        column += int(_attribute(cell, "number-columns-repeated") or 1)


# --- Rows ---------------------------------------------------------------------------------------------------------


def _said(value: Any) -> Any:
    """A cell as JSON keeps it; `spreadsheets.cell_of` reads it."""
    if isinstance(value, datetime):
        return {"at": value.replace(microsecond=0).isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value if isinstance(value, (str, int, float, bool)) else {"bad": _strange(value)}


def _strange(value: Any) -> str:
    return "une heure sans jour" if isinstance(value, time) else "une durée"


def _titles(merged: Collection[tuple[Place, Place]]) -> dict[int, set[int]]:
    """The columns that stand merged side by side, by row: titles, which are no data."""
    titles: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in merged:
        if right > left and bottom - top < 100:
            for row in range(top, bottom + 1):
                titles.setdefault(row, set()).update(range(left, right + 1))
    return titles


def rows(path: Path) -> Iterator[list[Any]]:
    """Each row of the first visible sheet, as JSON keeps it. Raises Unreadable."""
    with CalamineWorkbook.from_path(str(path)) as book:  # pyright: ignore[reportUnknownMemberType]
        seen = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
        names = [one.name for one in book.sheets_metadata if (one.typ, one.visible) == seen]
        if not names:
            raise Unreadable("le fichier n’a aucune feuille visible")
        sheet = book.get_sheet_by_name(names[0])
        hold(*(sheet.end or (0, 0)))
        bad, titles = hollow(path, names[0]), _titles(sheet.merged_cell_ranges or ())
        left = (sheet.start or (0, 0))[1]
        number = -1
        for number, cells in enumerate(sheet.iter_rows()):
            said = _with_hollow([""] * left + [_said(value) for value in cells], bad.get(number, ()))
            merged = titles.get(number)
            yield [] if merged and all(cell == "" or n in merged for n, cell in enumerate(said)) else said
        for beyond in range(number + 1, max(bad, default=-1) + 1):  # where calamine sees nothing any more
            yield _with_hollow([], bad.get(beyond, ()))


def _with_hollow(said: list[Any], columns: Sequence[int]) -> list[Any]:
    for column in columns:
        said += [""] * (column + 1 - len(said))
        said[column] = {"bad": HOLLOW}
    return said


def main(path: Path) -> int:
    limit()
    try:
        measure(path)
        for row in rows(path):
            sys.stdout.write(f"{json.dumps(row, ensure_ascii=False)}\n")
    except Unreadable as unreadable:
        sys.stderr.write(str(unreadable))
    except (CalamineError, BadZipFile, ParseError, zlib.error, LookupError, ValueError, OSError, MemoryError):
        sys.stderr.write(
            "ce n’est pas un classeur que nous sachions lire, ou il est abîmé ; ouvrez-le et enregistrez-le de nouveau"
        )
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
