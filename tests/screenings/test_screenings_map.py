"""The map is true, light, and readable."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from math import dist

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.screenings import maps
from operation118.screenings.maps import Box, Spot
from operation118.screenings.models import Town

# Degrees and metres, as PROJ 9 transforms EPSG:4171 to EPSG:2154.
POINTS = [
    (46.5, 3, 700000.0, 6600000.0),
    (45.1153, 4.2936, 801720.534, 6447057.804),
    (48.8534, 2.3488, 652216.626, 6861681.499),
    (48.4, -4.78, 125082.082, 6839424.164),
    (42.5, 9.5, 1234463.296, 6177585.368),
]


@pytest.mark.parametrize(("latitude", "longitude", "east", "north"), POINTS)
def test_the_projection_is_lambert_93(latitude: float, longitude: float, east: float, north: float):
    assert maps.lambert93(latitude, longitude) == pytest.approx((east, north), abs=0.001)


def rings(path: str) -> Iterator[list[Spot]]:
    for ring in re.findall(r"M([^z]*)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        x, y = numbers[:2]
        corners = [Spot(x, y)]
        for right, down in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + right, y + down
            corners.append(Spot(x, y))
        yield corners


def inside(spot: Spot, corners: list[Spot]) -> bool:
    """Whether a ray from `spot` crosses the ring an odd number of times."""
    crossings = 0
    for a, b in pairwise([*corners, corners[0]]):
        if (a.y > spot.y) != (b.y > spot.y):
            crossings += spot.x < a.x + (spot.y - a.y) * (b.x - a.x) / (b.y - a.y)
    return crossings % 2 == 1


def departments_of(spot: Spot) -> set[str]:
    land = maps.country().departments
    return {name for name, path in land.items() if any(inside(spot, ring) for ring in rings(path))}


def test_every_town_falls_inside_its_department(session: Session):
    towns = session.scalars(select(Town)).all()
    assert len(towns) >= 8
    assert {town.name: departments_of(maps.country().spot(town)) for town in towns} == {
        town.name: {town.department} for town in towns
    }


def test_the_whole_country_is_drawn_lightly():
    land = maps.country()
    assert len(land.departments) == 96
    assert len(zlib.compress(land.land.encode(), 9)) <= 6000
    for ring in rings(land.land):
        assert all(0 <= corner.x <= land.width and 0 <= corner.y <= land.height for corner in ring)
        assert len(ring) >= 3


def test_neighbours_share_their_border():
    """Each side belongs to two departments, or to one and to the sea or another country: there is no gap."""
    sides = Counter(
        frozenset((a, b))
        for path in maps.country().departments.values()
        for ring in rings(path)
        for a, b in pairwise([*ring, ring[0]])
    )
    assert set(sides.values()) == {1, 2}
    frontier = sum(dist(*side) for side, owners in sides.items() if owners == 1)
    assert 5000 < frontier < 6000  # kilometres, coasts and land borders at this scale


def overlaps(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(a, b) for a, b in combinations(boxes, 2) if a.overlap(b)]


def test_no_panel_hides_another_or_a_town(session: Session):
    pins = maps.pins(session.scalars(select(Town).order_by(Town.slug)).all())
    dots = [Box(pin.spot.x, pin.spot.y, pin.spot.x, pin.spot.y).grown(11) for pin in pins]
    for boxes in ([pin.name for pin in pins], [pin.number for pin in pins]):
        assert overlaps(boxes) == []
        assert [(box, dot) for box in boxes for dot in dots if box.overlap(dot)] == []


def test_panels_stay_in_the_frame(session: Session):
    land = maps.country()
    frame = Box(0, 0, land.width, land.height)
    pins = maps.pins(session.scalars(select(Town)).all())
    assert [pin.town.name for pin in pins if pin.name.outside(frame) or pin.number.outside(frame)] == []


def test_a_crowd_of_towns_still_gets_every_panel():
    crowd = [Town(name=f"Ville {n}", department="", latitude=46 + n / 100, longitude=3 + n / 100) for n in range(60)]
    pins = maps.pins(crowd)
    assert len(pins) == 60
    assert [pin.town for pin in pins] == crowd
