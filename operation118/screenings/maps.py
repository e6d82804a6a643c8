"""France as a drawing: its departments, and towns where they are. Lengths are kilometres of Lambert-93."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import atanh, cos, exp, radians, sin
from pathlib import Path
from typing import NamedTuple

from operation118.screenings.models import Town

# Lambert-93 (EPSG:2154) with the constants of IGN's note NTG_71, in metres and radians.
_EXPONENT = 0.7256077650532670
_RADIUS = 11_754_255.426096
_POLE = (700_000.0, 12_655_612.049876)
_MERIDIAN = radians(3)
_ECCENTRICITY = 0.0818191910428158  # of the GRS 80 ellipsoid

# User units of the drawing, which CSS shows at half a pixel or less each.
NAME_HEIGHT = 44
NAME_LETTER = 17.5
NAME_PADDING = 26
NUMBER_SIZE = (86, 76)
_GAPS = (16, 44, 72, 110, 160, 220)
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))


def lambert93(latitude: float, longitude: float) -> tuple[float, float]:
    """Easting and northing in metres of a point in degrees (NTG_71, algorithms 1 and 3)."""
    sine = sin(radians(latitude))
    isometric = atanh(sine) - _ECCENTRICITY * atanh(_ECCENTRICITY * sine)
    distance = _RADIUS * exp(-_EXPONENT * isometric)
    angle = _EXPONENT * (radians(longitude) - _MERIDIAN)
    return _POLE[0] + distance * sin(angle), _POLE[1] - distance * cos(angle)


@dataclass(frozen=True)
class Country:
    """The drawing's frame, and its departments by name as SVG path data."""

    west: int
    north: int
    width: int
    height: int
    departments: dict[str, str]

    @property
    def land(self) -> str:
        return "".join(self.departments.values())

    def spot(self, town: Town) -> "Spot":
        """Where `town` is on the drawing."""
        east, north = lambert93(town.latitude, town.longitude)
        return Spot(round(east / 1000 - self.west), round(self.north - north / 1000))


@cache
def country() -> Country:
    return Country(**tomllib.loads((Path(__file__).parent / "france.toml").read_text()))


class Spot(NamedTuple):
    x: int
    y: int


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> Spot:
        return Spot(round((self.left + self.right) / 2), round((self.top + self.bottom) / 2))

    def overlap(self, other: "Box") -> float:
        """The area both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0) * max(high, 0)

    def outside(self, frame: "Box") -> float:
        return (self.right - self.left) * (self.bottom - self.top) - self.overlap(frame)

    def grown(self, margin: float) -> "Box":
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)


@dataclass(frozen=True)
class Pin:
    """A town on the drawing: its spot, its panel where there is room for names, its number where there is not."""

    town: Town
    spot: Spot
    name: Box
    number: Box


def _around(spot: Spot, width: float, height: float) -> Iterator[Box]:
    """Places for a panel, the nearest first; on one side of its spot, then of another."""
    for gap in _GAPS:
        for right, down in _SIDES:
            x = spot.x + right * (width / 2 + gap)
            y = spot.y + down * (height / 2 + gap)
            yield Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _laid_out(spots: Sequence[Spot], sizes: Sequence[tuple[float, float]], frame: Box) -> list[Box]:
    """A panel for each spot that hides no other panel or spot, or as little of them as can be."""
    dots = [Box(spot.x, spot.y, spot.x, spot.y).grown(14) for spot in spots]
    panels: list[Box] = []
    for spot, dot, (width, height) in zip(spots, dots, sizes, strict=True):
        taken = [other for other in dots if other != dot] + panels

        def hidden(box: Box, taken: list[Box] = taken) -> float:
            return sum(map(box.grown(6).overlap, taken)) + 10 * box.outside(frame)

        panels.append(min(_around(spot, width, height), key=hidden))
    return panels


def pins(towns: Sequence[Town]) -> list[Pin]:
    """The towns on the drawing, panels spread so that all can be read."""
    land = country()
    frame = Box(0, 0, land.width, land.height)
    spots = [land.spot(town) for town in towns]
    names = [(len(town.name) * NAME_LETTER + NAME_PADDING, NAME_HEIGHT) for town in towns]
    named = _laid_out(spots, names, frame)
    numbered = _laid_out(spots, [NUMBER_SIZE] * len(towns), frame)
    return [Pin(*parts) for parts in zip(towns, spots, named, numbered, strict=True)]
