"""What a reader finds on the press room's pages."""

import re
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

from markup import parse, words


def page(html: str) -> Element:
    return parse(html)[0]


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def of_class(element: Element, name: str) -> list[Element]:
    return [child for child in element.iter() if has_class(child, name)]


def _slugs(within: Element) -> list[str]:
    links = (link.get("href", "") for entry in of_class(within, "entry") for link in entry.iter("a"))
    return [href.rstrip("/").rpartition("/")[2] for href in links]


def listed(html: str) -> list[str]:
    """The slugs of the items that the index lists, in order."""
    return _slugs(page(html))


def beside(html: str) -> list[str]:
    """Of those, the ones told apart as not about the film."""
    sections = (section for section in page(html).iter("section") if of_class(section, "press-beside"))
    return [slug for section in sections for slug in _slugs(section)]


def counted(html: str) -> list[str]:
    """Of those, the ones that the figures count: all but what is told apart, unless it was asked for by name."""
    apart = [] if "contexte" in chosen_kinds(html) else beside(html)
    return [slug for slug in listed(html) if slug not in apart]


def chosen_kinds(html: str) -> list[str]:
    """The kind the index is narrowed to, if any, as its address says."""
    current = [
        link for nav in page(html).iter("nav") for link in of_class(nav, "chip") if link.get("aria-current") == "true"
    ]
    return [kind for link in current for kind in parse_qs(urlsplit(link.get("href", "")).query).get("genre", [])]


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
