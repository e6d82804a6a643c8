"""What a visitor and a machine find on the screenings' pages."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markup import parse, words
from operation118.screenings.models import Screening

AddScreening = Callable[..., Screening]  # see the fixture `add_screening`
SLUGS = [
    "chalons-en-champagne-2010-10-26",
    "saint-quentin-2010-10",
    "saint-quentin-2010-11-03",
    "saint-etienne-2010-11-05",
    "tence-2010-11-06",
    "laon-2010-11-10",
    "vendome-2010-11-10",
    "sortie-nationale-2010-11-17",
    "tence-2010-11-19",
    "yssingeaux-2010-11-25",
]  # in the order of the road
OUT = ["saint-quentin-2010-11-03", "sortie-nationale-2010-11-17", "tence-2010-11-19", "yssingeaux-2010-11-25"]
DEDUCED = {
    "saint-quentin-2010-10",
    "saint-quentin-2010-11-03",
    "tence-2010-11-06",
    "vendome-2010-11-10",
    "tence-2010-11-19",
}
FOLDERS = {"fr": "/seances/", "en": "/en/screenings/"}


def page(html: str) -> Element:
    return parse(html)[0]


def of_class(element: Element, name: str) -> list[Element]:
    return [child for child in element.iter() if name in child.get("class", "").split()]


def linked(elements: list[Element]) -> list[str]:
    """The slugs of the screenings that these elements link to, in order."""
    links = [link.get("href", "") for element in elements for link in element.iter("a")]
    return [href.rstrip("/").rpartition("/")[2] for href in links]


def road(html: str, *, ahead: bool = False) -> list[Element]:
    """The signs along the road already travelled, or along the one `ahead`, in order."""
    roads = [signs for signs in of_class(page(html), "road") if ("coming" in signs.get("class", "")) == ahead]
    return [item for signs in roads for item in signs.iter("li")]


def coming(html: str) -> list[str]:
    """The slugs of the screenings announced first on the page."""
    return linked(road(html, ahead=True))


def toured_then_out(slugs: list[str]) -> list[str]:
    """As the page lists what is over: the evenings of the tour, then the cinemas."""
    return [slug for slug in slugs if slug not in OUT] + [slug for slug in slugs if slug in OUT]


def struck(html: str) -> list[str]:
    """The slugs whose sign is the one at the exit of the town."""
    return [linked([item])[0] for item in road(html) if of_class(item, "past")]


def facts(html: str) -> dict[str, str]:
    """The table of a screening's page: label to value."""
    rows = [row for table in of_class(page(html), "facts") for row in table.iter("div")]
    return {words(next(row.iter("dt"))): " / ".join(words(value) for value in row.iter("dd")) for row in rows}


def event(html: str) -> dict[str, Any]:
    """The structured data of a screening's page."""
    scripts = [json.loads("".join(script.itertext())) for script in page(html).iter("script") if script.text]
    return next(data for data in scripts if data["@type"] in ("ScreeningEvent", "PublicationEvent"))
