"""The communes of France: their names, postcodes, and where they are, from open data (docs/places.md).

The table is read at the first question, not at import.
"""

import gzip
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import NamedTuple, Protocol

DATA = Path(__file__).parent / "communes.tsv.gz"
EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG)
SHORTEST = 2  # characters worth looking for
_TAB = "\t"
_SPELLINGS = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_PLAIN = bytes(code if code in b"\n0123456789abcdefghijklmnopqrstuvwxyz" else ord(" ") for code in range(256))
_SPACES = re.compile(" {2,}")
_SAINT = re.compile(r"\bst(e?)\b")
_DIGITS = re.compile(r"\d+")


class Located(Protocol):
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


class Point(NamedTuple):
    latitude: float
    longitude: float


class Precision(StrEnum):
    """Whose position a commune's is: its own, or the middle of the communes known around it."""

    COMMUNE = "c"
    POSTCODE = "p"  # those of the same postcode
    NEIGHBOURS = "n"  # those of the same intercommunality
    DEPARTMENT = "d"


@dataclass(frozen=True, slots=True)
class Commune:
    insee: str
    name: str
    department_code: str
    department: str
    postcodes: tuple[str, ...]
    population: int
    latitude: float  # degrees, WGS 84, to a hundredth
    longitude: float
    precision: Precision

    @property
    def label(self) -> str:
        """What tells it from its namesakes."""
        return f"{self.name} ({self.department})"


@dataclass(frozen=True)
class _Table:
    """The communes as lines of the file, the most populous first, with their folded names beside them."""

    lines: list[str]
    names: list[str]
    departments: dict[str, str]

    def commune(self, line: str) -> Commune:
        insee, name, department, postcodes, population, latitude, longitude, precision = line.split("\t")
        return Commune(
            insee,
            name,
            department,
            self.departments[department],
            tuple(postcodes.split()),
            int(population),
            float(latitude),
            float(longitude),
            Precision(precision),
        )


def fold(text: str) -> str:
    """Without accents, case, hyphens, apostrophes; "st" and "ste" in full. Lines stay lines."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(_SPELLINGS)).encode("ascii", "ignore")
    return _SAINT.sub(r"saint\1", _SPACES.sub(" ", letters.translate(_PLAIN).decode()))


@cache
def _table() -> _Table:
    departments, _, communes = gzip.decompress(DATA.read_bytes()).decode().partition("\n\n")
    lines = sorted(communes.split("\n"), key=_population, reverse=True)
    names = fold("\n".join(line.split("\t", 2)[1] for line in lines)).split("\n")
    return _Table(lines, names, dict(line.split("\t") for line in departments.split("\n")))  # pyright: ignore[reportArgumentType]


def _population(line: str) -> int:
    return int(line.split("\t", 5)[4])


def commune(insee: str) -> Commune | None:
    """The commune of this INSEE code."""
    table = _table()
    found = (line for line in table.lines if line.startswith(f"{insee}\t"))
    return next(map(table.commune, found), None)


def find(text: str, limit: int | None = None) -> list[Commune]:
    """The communes, `limit` at most, that `text` may mean, a name or a postcode or both: those so named first, then
    those whose name begins so, then those with such a word in it; among these the most populous first."""
    table = _table()
    post = "".join(_DIGITS.findall(text))
    name = " ".join(_DIGITS.sub(" ", fold(text)).split())
    if len(name) + len(post) < SHORTEST:
        return []
    named = sorted((_rank(known, name), index) for index, known in enumerate(table.names) if f" {name}" in f" {known}")
    lines = (table.lines[index] for _, index in named)
    return [table.commune(line) for line in islice((line for line in lines if _has_postcode(line, post)), limit)]


def _rank(known: str, name: str) -> int:
    return 0 if known == name else 1 if known.startswith(name) else 2


def _has_postcode(line: str, beginning: str) -> bool:
    return not beginning or f" {beginning}" in f" {line.split(_TAB, 4)[3]}"


def distance_km(a: Located, b: Located) -> float:
    """As the crow flies (haversine)."""
    north, east = radians(b.latitude - a.latitude) / 2, radians(b.longitude - a.longitude) / 2
    chord = sin(north) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))
