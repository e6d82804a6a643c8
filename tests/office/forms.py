"""Forms of the office, as a browser would send them back."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient

from markup import parse


def fields(html: str) -> dict[str, str]:
    """What the page's forms would send if nothing was touched: name → value."""
    document, _ = parse(html)
    forms = (form for form in document.iter("form") if form.get("method") == "post")
    return {name: value for form in forms for element in form.iter() for name, value in _sent(element)}


def csrf(client: FlaskClient) -> dict[str, str]:
    """The token of the session, as every form carries it."""
    return {"csrf_token": fields(client.get("/office/presse/articles/nouveau/").text)["csrf_token"]}


def _sent(element: Element) -> Iterator[tuple[str, str]]:
    name = element.get("name")
    if not name or element.tag == "button" or (element.get("type") == "checkbox" and element.get("checked") is None):
        return
    if element.tag == "select":
        yield name, _chosen(list(element.iter("option")))
    elif element.tag == "textarea":
        yield name, "".join(element.itertext()).removeprefix("\n")
    else:
        yield name, element.get("value", "on" if element.get("type") == "checkbox" else "")


def _chosen(options: list[Element]) -> str:
    chosen = [option for option in options if option.get("selected") is not None] or options[:1]
    return chosen[0].get("value", "") if chosen else ""
