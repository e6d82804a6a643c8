"""To whom a campaign is narrowed, beyond its topics: readers of one language, people near a town.

The only place known of a subscriber is that of the alerts they asked for; whoever has none is near nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import cos, pi, radians, sin
from typing import Any

from sqlalchemy import ColumnElement, and_

from operation118.newsletter.models import Alert
from operation118.places import EARTH_RADIUS_KM, Commune

DISTANCES = (10, 30, 60, 100)  # kilometres
_DEGREE = pi / 180  # radians


@dataclass(frozen=True)
class Near:
    """Within `km` of a place."""

    label: str
    latitude: float  # degrees, WGS 84
    longitude: float
    km: int

    def holds(self) -> ColumnElement[bool]:
        """That an alert's commune is in it: Pythagoras on a map that is true around the place. At 100 km it is wrong by
        less than a hundred metres, and positions are known to a kilometre."""
        north = (Alert.latitude - self.latitude) * _DEGREE
        east = (Alert.longitude - self.longitude) * _DEGREE
        middle = cos(radians(self.latitude)) - sin(radians(self.latitude)) * north / 2
        reach = (self.km / EARTH_RADIUS_KM) ** 2
        margin = 2 * self.km / 111
        box = Alert.latitude.between(self.latitude - margin, self.latitude + margin)
        return and_(box, north * north + (east * middle) * (east * middle) <= reach)


@dataclass(frozen=True)
class Reach:
    """One language or all, one place or everywhere."""

    lang: str | None = None
    near: Near | None = None

    def as_data(self) -> dict[str, Any]:
        """As the campaign's row keeps it; what narrows nothing is left out."""
        return {name: value for name, value in asdict(self).items() if value}


EVERYBODY = Reach()


def read(data: Mapping[str, Any] | None) -> Reach:
    """The reach that a campaign's row keeps."""
    near = (data or {}).get("near")
    return Reach((data or {}).get("lang"), Near(**near) if near else None)


def around(commune: Commune, km: int) -> Near:
    return Near(commune.label, commune.latitude, commune.longitude, km)
