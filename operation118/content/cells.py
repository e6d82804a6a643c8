"""One cell of a table: a value of an entry as a person reads it in a spreadsheet, and back.

What cannot be read is left as it is: the entry's own schema then refuses it, and says what it expected."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum, auto
from types import NoneType
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic import AwareDatetime

from operation118.clock import PARIS
from operation118.content.spreadsheets import Cell
from operation118.dates import read_day

SEPARATOR = " | "
YES = frozenset({"oui", "vrai", "true", "yes", "1", "x"})
NO = frozenset({"non", "faux", "false", "no", "0"})
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_FRENCH_DATE = re.compile(r"(?:(\d{1,2})[/.])?(\d{1,2})[/.](\d{4})", re.ASCII)
_SHORT_MONTH = re.compile(r"([^\W\d_]{3,5})\.?[ -](\d\d)")  # what Excel makes of 2010-11: « nov.-10 »
_HOUR = re.compile(r"(.+?)[ T](\d{1,2}) ?[:h] ?(\d\d)(?::(\d\d))?", re.ASCII)
_SPACES = str.maketrans(dict.fromkeys(" \u00a0\u202f"))
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janv", "jan"),
            ("févr", "feb", "fév"),
            ("mars", "mar"),
            ("avr", "apr"),
            ("mai", "may"),
            ("juin", "jun"),
            ("juil", "jul"),
            ("août", "aug"),
            ("sept", "sep"),
            ("oct",),
            ("nov",),
            ("déc", "dec"),
        ),
        1,
    )
    for name in names
}
_CENTURY = 30  # Excel takes 29 for 2029, and 30 for 1930


class Shape(Enum):
    """What a cell may hold."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    FLAG = auto()
    DAY = auto()  # or as much of one as is known
    INSTANT = auto()


_SHAPES: dict[Any, Shape] = {
    bool: Shape.FLAG,
    int: Shape.WHOLE,
    float: Shape.NUMBER,
    date: Shape.DAY,
    AwareDatetime: Shape.INSTANT,
}


@dataclass(frozen=True)
class Field:
    """A field that stands in one cell: a value, or with `many` a list of them."""

    shape: Shape
    many: bool = False


def field_of(annotation: Any) -> Field:
    inner = bare_type(annotation)
    many = get_origin(inner) is list
    return Field(_SHAPES.get(bare_type(get_args(inner)[0]) if many else inner, Shape.TEXT), many)


def bare_type(annotation: Any) -> Any:
    """The type of a field, without what may be missing and without its validators."""
    if get_origin(annotation) is Annotated:
        return bare_type(get_args(annotation)[0])
    chosen = [argument for argument in get_args(annotation) if argument is not NoneType]
    if get_origin(annotation) in (None, list, dict) or not chosen:
        return annotation
    return bare_type(chosen[0])


# --- Writing ------------------------------------------------------------------------------------------------------


def written(value: Any, field: Field, decimal: str = ",") -> str:
    """The text of a cell, from a value as JSON keeps it."""
    if value is None:
        return ""
    if field.many:
        texts = (written(item, Field(field.shape), decimal) for item in cast(list[Any], value))
        return SEPARATOR.join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return repr(value).replace(".", decimal)
    return _local(datetime.fromisoformat(value)) if field.shape is Shape.INSTANT else str(value)


def _local(instant: datetime) -> str:
    """« 2010-11-17 20:30 » in Paris; with its offset in the one hour a year that comes twice."""
    local = instant.astimezone(PARIS)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return local.isoformat(" ")
    return local.replace(tzinfo=None).isoformat(" ", "seconds" if local.second or local.microsecond else "minutes")


# --- Reading ------------------------------------------------------------------------------------------------------


def read(cell: Cell, field: Field) -> Any:
    """The value of a cell; None if it is empty."""
    if cell == "":
        return None
    if field.many:
        return (
            [_READERS[field.shape](text) for text in split(cell)]
            if isinstance(cell, str)
            else [_READERS[field.shape](cell)]
        )
    return _READERS[field.shape](cell)


def split(cell: str) -> list[str]:
    """The texts of a list, those between `|`; `\\|` stands for the character itself."""
    texts = [""]
    escaped = False
    for character in cell:
        if escaped:
            texts[-1] += character if character in "|\\" else f"\\{character}"
            escaped = False
        elif character == "|":
            texts.append("")
        elif character == "\\":
            escaped = True
        else:
            texts[-1] += character
    texts[-1] += "\\" if escaped else ""
    return [text.strip() for text in texts if text.strip()]


def _text(cell: Cell) -> Any:
    """A number that a spreadsheet made of a text is a text again."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell) if type(cell) is int else cell


def _whole(cell: Cell) -> Any:
    if isinstance(cell, str):
        typed = cell.translate(_SPACES)
        return int(typed) if _WHOLE.fullmatch(typed) and len(typed) < 19 else cell
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _number(cell: Cell) -> Any:
    if isinstance(cell, str):
        typed = cell.translate(_SPACES)
        return float(typed.replace(",", ".")) if _NUMBER.fullmatch(typed) and len(typed) < 40 else cell
    return float(cell) if type(cell) is int else cell


def _flag(cell: Cell) -> Any:
    word = str(_whole(cell)).lower() if not isinstance(cell, bool) else ""
    return (word in YES) if word in YES | NO else cell


def _day(cell: Cell) -> Any:
    """ISO 8601, with as much of the day as is known."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return str(_whole(cell))
    if _ISO.fullmatch(cell):
        return cell
    if french := _FRENCH_DATE.fullmatch(cell):
        return "-".join(part.zfill(2) for part in reversed(french.groups()) if part)
    if short := _SHORT_MONTH.fullmatch(cell.lower()):
        return _month(short[1], int(short[2])) or cell
    day = read_day(cell) if not cell.isdecimal() else None
    return day.isoformat() if day else cell


def _month(name: str, year: int) -> str | None:
    month = _MONTHS.get(name)
    return f"{2000 + year if year < _CENTURY else 1900 + year}-{month:02}" if month else None


def _instant(cell: Cell) -> Any:
    """An instant; without an offset it is in Paris, where an hour that does not exist (the spring change) is refused."""
    found = cell if isinstance(cell, datetime) else _parsed(cell)
    if found is None or found.tzinfo is not None:
        return found or cell
    local = found.replace(tzinfo=PARIS)
    return local if local.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) == found else cell


def _parsed(cell: Cell) -> datetime | None:
    if not isinstance(cell, str):
        return None
    if found := _HOUR.fullmatch(cell):
        hour, minute, second = (int(part or 0) for part in found.groups()[1:])
        text = f"{_day(found[1].strip())}T{hour:02}:{minute:02}:{second:02}"
    else:
        text = cell
    try:
        return datetime.fromisoformat(text) if len(text) > len("2010-11-17") else None
    except ValueError:
        return None


_READERS: Mapping[Shape, Callable[[Cell], Any]] = {
    Shape.TEXT: _text,
    Shape.WHOLE: _whole,
    Shape.NUMBER: _number,
    Shape.FLAG: _flag,
    Shape.DAY: _day,
    Shape.INSTANT: _instant,
}
