"""What a reader finds on the press room's pages."""

import re
from xml.etree.ElementTree import Element

from markup import parse, words


def page(html: str) -> Element:
    return parse(html)[0]


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def of_class(element: Element, name: str) -> list[Element]:
    return [child for child in element.iter() if has_class(child, name)]


def listed(html: str) -> list[str]:
    """The slugs of the items that the index lists, in order."""
    entries = of_class(page(html), "entry")
    links = (link.get("href", "") for entry in entries for link in entry.iter("a"))
    return [href.rstrip("/").rpartition("/")[2] for href in links]


def chips(html: str) -> dict[str, tuple[str, int]]:
    """The kinds one may choose: address and count by label."""
    found: dict[str, tuple[str, int]] = {}
    for nav in (nav for nav in page(html).iter("nav") if of_class(nav, "count")):
        for link in of_class(nav, "chip"):
            label, count = words(link).rsplit(" ", 1)
            found[label] = link.get("href", ""), int(count)
    return found


def options(html: str, name: str) -> dict[str, int]:
    """The values of a select with their counts; the empty one lets everything through."""
    select = next(select for select in page(html).iter("select") if select.get("name") == name)
    counted = {option.get("value", ""): re.search(r"\((\d+)\)$", words(option)) for option in select.iter("option")}
    return {value: int(count[1]) for value, count in counted.items() if count}


def chosen(html: str, name: str) -> str:
    select = next(select for select in page(html).iter("select") if select.get("name") == name)
    values = [option.get("value", "") for option in select.iter("option") if option.get("selected") is not None]
    return values[0] if values else ""


def remarks(html: str) -> list[str]:
    return [words(remark) for remark in of_class(page(html), "field-remark")]


def removable(html: str) -> dict[str, str]:
    """What the index is narrowed by, each with the address that lets go of it."""
    return {words(link).partition(" (")[0]: link.get("href", "") for link in of_class(page(html), "chip-off")}
