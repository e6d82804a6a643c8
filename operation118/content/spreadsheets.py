"""Tables as files: reading CSV, XLSX and ODS as rows of cells, writing CSV that a spreadsheet opens and that reads back.

A file that somebody sends is first `convert`ed: its cells are kept as JSON, one row a line, each with its number in
the spreadsheet; from then on all formats are one.
"""

import codecs
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import IO, Any, TextIO, cast

from operation118.content import workbook
from operation118.content.workbook import MOST_COLUMNS, MOST_ROWS

FORMULA = tuple("=+-@\t\r")  # what a spreadsheet would run
GUARDED = (*FORMULA, "'")  # what stands behind an apostrophe in a table, were it only for having one already
ENCODINGS = ("utf-8-sig", "cp1252")
DELIMITERS = ";,\t"
MOST_BYTES = 48 * 2**20
_LOOKED_AT = 20  # lines among which one tells which delimiter it is
_PATIENCE = 120  # seconds
ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_INVISIBLE = {chr(code) for code in range(32)} - set("\t\n\r")


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds nothing that can be taken, and why."""

    why: str


Cell = str | int | float | bool | date | datetime | Unreadable


@dataclass(frozen=True)
class Row:
    """A row that is not empty, with its number in the spreadsheet, from 1."""

    number: int
    cells: list[Cell]


class NotATable(Exception):
    """The file cannot be read as a table; the message, in French, says why and what to do."""


class Dialect(Enum):
    """Which CSV is written: what the French Excel opens by a double click, or what all other programs take."""

    FRENCH = (";", "utf-8-sig", ",")
    PLAIN = (",", "utf-8", ".")

    def __init__(self, delimiter: str, encoding: str, decimal: str) -> None:
        self.delimiter, self.encoding, self.decimal = delimiter, encoding, decimal


def safe(cell: str) -> str:
    """The cell behind an apostrophe where a spreadsheet would run it as a formula (CWE-1236), or take one away."""
    return f"'{cell}" if cell.startswith(GUARDED) else cell


def bare(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running it, and without space around."""
    stripped = cell.strip()
    return stripped[1:] if stripped.startswith("'") and stripped[1:].startswith(GUARDED) else stripped


def encoded(path: Path) -> tuple[str, int] | None:
    """The encoding in which the whole file can be read, and its number of lines; None if there is none."""
    with path.open("rb") as raw:
        is_utf16 = raw.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if is_utf16 else ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as file:
                return encoding, sum(1 for _ in file)
        except UnicodeError:
            continue
    return None


# --- Reading what was sent ----------------------------------------------------------------------------------------


def convert(source: Path, target: Path) -> None:
    """Write the cells of a CSV, XLSX or ODS file at `target`, which `rows` reads. Raises NotATable."""
    with source.open("rb") as file:
        head = file.read(4)
    if head == _OLD_EXCEL:
        raise NotATable(
            "C’est un classeur de l’ancien Excel, ou un classeur chiffré : enregistrez-le en .xlsx, sans mot de passe."
        )
    if head == ZIP:
        _convert_workbook(source, target)
    else:
        _convert_csv(source, target)


def _convert_workbook(source: Path, target: Path) -> None:
    command = [sys.executable, "-I", workbook.__file__, str(source)]
    with target.open("wb") as output:
        try:
            done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, timeout=_PATIENCE, check=False)  # noqa: S603 - our own words only
        except subprocess.TimeoutExpired:
            raise NotATable("Ce classeur est trop long à lire : enregistrez sa première feuille en CSV.") from None
    if done.returncode:
        reason = done.stderr.decode() if done.returncode == 1 else "il demande trop de mémoire, de place ou de temps"
        raise NotATable(f"Ce classeur ne se lit pas : {reason}.")


def _convert_csv(source: Path, target: Path) -> None:
    found = encoded(source)
    if found is None:
        raise NotATable("Ce fichier n’est ni en UTF-8 ni en Windows-1252 : enregistrez-le en « CSV UTF-8 ».")
    with source.open(encoding=found[0], newline="") as file, target.open("w", encoding="utf-8") as output:
        delimiter = _delimiter(file)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                output.write(f"{json.dumps(cells, ensure_ascii=False)}\n")
        except csv.Error:
            raise NotATable(
                f"Ligne {reader.line_num} du fichier : ses guillemets ne se referment pas, ou une cellule est trop longue."
            ) from None


def _delimiter(file: TextIO) -> str:
    """The delimiter that cuts the first line that any of them cuts; the file is then where its first row begins.

    Excel takes a first line such as `sep=;` for an order, and so do we."""
    first = file.readline()
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4]
    file.seek(0)
    sample = list(islice(file, _LOOKED_AT))
    file.seek(0)
    cut = next((line for line in sample if any(delimiter in line for delimiter in DELIMITERS)), "")
    cut = cut[: csv.field_size_limit()]  # whoever reads the rows refuses a longer cell, and says so
    return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([cut], delimiter=delimiter), list[str]())))


def rows(path: Path) -> Iterator[Row]:
    """The rows that are not empty of a file that was converted. Raises NotATable where there are too many."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if number > MOST_ROWS:
                raise NotATable(f"Il y a plus de {MOST_ROWS} lignes : partagez le fichier.")
            cells = [cell_of(value) for value in json.loads(line)]
            while cells and cells[-1] == "":
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise NotATable(f"Ligne {number} : plus de {MOST_COLUMNS} colonnes. Ce n’est pas un de nos tableaux.")
            if any(cell != "" for cell in cells):
                yield Row(number, cells)


def cell_of(value: Any) -> Cell:
    """A cell from what JSON kept of it; a text has Unix line ends, no space around, and nothing invisible."""
    if isinstance(value, str):
        text = bare(value.replace("\r\n", "\n").replace("\r", "\n"))
        return Unreadable("un caractère invisible") if _INVISIBLE & set(text) else text
    if isinstance(value, dict):
        (what, said), *_ = cast(dict[str, str], value).items()
        return {"at": datetime.fromisoformat, "on": date.fromisoformat, "bad": Unreadable}[what](said)
    return value


def keep(source: IO[bytes], target: Path) -> None:
    """Keep what was sent, for its owner's eyes only. Raises NotATable if it is too large."""
    target.touch(mode=0o600)
    left = MOST_BYTES
    with target.open("wb") as file:
        while piece := source.read(2**16):
            left -= len(piece)
            if left < 0:
                raise NotATable(f"Le fichier dépasse {MOST_BYTES // 2**20} Mo : partagez-le.")
            file.write(piece)
