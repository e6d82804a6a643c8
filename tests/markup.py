"""What every HTML page of the site must be: `problems(html, path)` lists what is wrong with one."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as MESSAGES

PUBLIC_URL = "https://film.test"
OWN_HOSTS = frozenset({"", "film.test", "localhost", "127.0.0.1"})
TYPED_FIELDS = frozenset({"input", "select", "textarea"})
UNLABELLED_INPUTS = frozenset({"hidden", "submit", "button", "reset", "image"})
LOADING_RELS = frozenset({"stylesheet", "preload", "modulepreload", "icon", "apple-touch-icon", "manifest", "prefetch"})
NAMING = ("aria-labelledby", "aria-describedby", "aria-controls", "for")


@lru_cache(maxsize=16)  # slow, and a page is often asked for, then looked at
def parse(html: str) -> tuple[Element, list[str]]:
    """The document, without namespaces, and the parser's complaints."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document: Element = parser.parse(html)
    complaints = [f"line {place[0]}: {MESSAGES[code] % values}" for place, code, values in parser.errors]
    for element in document.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return document, complaints


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@cache
def problems(html: str, path: str) -> tuple[str, ...]:
    """What is wrong with the page, one line each; an empty tuple if it is as it must be."""
    document, complaints = parse(html)
    checks = (_language(document, path), _outline(document), _ids(document), _fields(document))
    more = (_inline(document), _hosts(document), _pictures(document), _controls(document))
    return (*complaints, *(line for check in (*checks, *more) for line in check))


_MOUNT = re.compile(r"^(?:/le/[^/]+|/office/apercu(?:/\d[^/]*)?(?:/avec/[^/]+)?)(?=/)")


def page_language(path: str) -> str:
    """The language an address promises; a prefix of the time machine does not count."""
    return "en" if f"{_MOUNT.sub('', path, count=1)}/".startswith("/en/") else "fr"


def _language(document: Element, path: str) -> Iterator[str]:
    if document.get("lang") != page_language(path):
        yield f"lang is {document.get('lang')!r} at {path}"


def _outline(document: Element) -> Iterator[str]:
    headings = len(list(document.iter("h1")))
    if headings != 1:
        yield f"{headings} h1"
    if not any(words(title) for title in document.iter("title")):
        yield "no title"
    if len(list(document.iter("main"))) != 1:
        yield "there must be one main"


def _ids(document: Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in document.iter() if element.get("id"))
    yield from (f"id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    for element in document.iter():
        for attribute in NAMING:
            missing = [name for name in element.get(attribute, "").split() if name not in ids]
            yield from (f"{attribute} names {name!r}, which is nowhere" for name in missing)
        target = element.get("href", "")
        if target.startswith("#") and len(target) > 1 and target[1:] not in ids:
            yield f"a link goes to {target}, which is nowhere"


def _fields(document: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in document.iter("label")}
    wrapped = {id(child) for label in document.iter("label") for child in label.iter()}
    for field in document.iter():
        if field.tag not in TYPED_FIELDS or field.get("type") in UNLABELLED_INPUTS:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled
        if not named and id(field) not in wrapped:
            yield f"{field.tag} {field.get('name')!r} has no label"


def _inline(document: Element) -> Iterator[str]:
    for element in document.iter():
        yield from (f"{element.tag} has {name}=" for name in element.attrib if name == "style" or name.startswith("on"))
    yield from ("a style element" for _ in document.iter("style"))
    for script in document.iter("script"):
        if script.get("type") == "application/ld+json":
            json.loads(script.text or "")
        elif script.text or not script.get("src"):
            yield "an inline script"


def _hosts(document: Element) -> Iterator[str]:
    for element in document.iter():
        loads = [element.get(name, "") for name in ("src", "poster", "data", "action")]
        loads += [candidate.split()[0] for candidate in element.get("srcset", "").split(",") if candidate.strip()]
        if element.tag == "use" or (element.tag == "link" and set(element.get("rel", "").split()) & LOADING_RELS):
            loads.append(element.get("href", ""))
        yield from (f"{element.tag} loads {url}" for url in loads if (urlsplit(url).hostname or "") not in OWN_HOSTS)


def _pictures(document: Element) -> Iterator[str]:
    yield from ("an img has no alt" for image in document.iter("img") if image.get("alt") is None)


def _controls(document: Element) -> Iterator[str]:
    for control in (element for element in document.iter() if element.tag in ("a", "button")):
        pictured = any(image.get("alt") or image.get("aria-label") for image in control.iter())
        if not (words(control) or pictured or control.get("aria-label") or control.get("aria-labelledby")):
            yield f"a {control.tag} says nothing ({control.get('href')})"
