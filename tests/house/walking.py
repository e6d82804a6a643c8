"""A walk through the whole site: every address that links lead to, and every one that only machines know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from applications import counted
from markup import PUBLIC_URL, parse
from operation118.database import db
from operation118.press.models import PressItem
from operation118.screenings.models import Screening

LINKS = (("a", "href"), ("link", "href"), ("area", "href"), ("form", "action"))
RESOURCES = (("img", "src"), ("script", "src"), ("use", "href"), ("source", "src"))


@dataclass
class Visit:
    """One address, as it was answered."""

    path: str
    status: int
    headers: Headers
    body: bytes
    queries: int
    clicks: int | None  # from home, following links between pages; None for what no page links to
    document: Element | None = None

    @property
    def mimetype(self) -> str:
        return self.headers["Content-Type"].partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Walk:
    visits: dict[str, Visit] = field(default_factory=dict[str, Visit])
    sources: dict[str, str] = field(default_factory=dict[str, str])  # the page where an address was first seen

    @property
    def pages(self) -> list[Visit]:
        """The HTML pages of the present, without those that only narrow a list."""
        visits = self.visits.values()
        return [
            visit
            for visit in visits
            if visit.document is not None and "?" not in visit.path and not travelled(visit.path)
        ]


def travelled(path: str) -> bool:
    return re.match(r"/le/\d", path) is not None


def local(base: str, target: str) -> str | None:
    """The path (with its query) of a link of ours, or None for one that leaves."""
    whole = urldefrag(urljoin(PUBLIC_URL + base, target))[0]
    if not whole.startswith((PUBLIC_URL + "/", "http://localhost/")):
        return None
    parts = urlsplit(whole)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def targets(visit: Visit, pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    assert visit.document is not None
    for tag, attribute in pairs:
        for element in visit.document.iter(tag):
            found = local(visit.path, element.get(attribute, "")) if element.get(attribute) else None
            if found and element.get("method", "get").lower() == "get":
                yield found


def cards(visit: Visit) -> Iterator[str]:
    assert visit.document is not None
    for meta in visit.document.iter("meta"):
        found = local(visit.path, meta.get("content", "")) if meta.get("property") == "og:image" else None
        if found:
            yield found


def follows(path: str, visit: Visit) -> bool:
    """Whether the walk goes on from `visit` to `path`: a narrowed list or another day leads to no further one."""
    return not (("?" in visit.path and "?" in path) or (travelled(visit.path)))


def found_on(visit: Visit) -> Iterator[tuple[str, int | None]]:
    """What a page leads to, with its distance from home, and what it shows."""
    if visit.document is None:
        return
    after = None if visit.clicks is None else visit.clicks + 1
    yield from ((target, after) for target in targets(visit, LINKS) if follows(target, visit))
    yield from ((target, None) for target in (*targets(visit, RESOURCES), *cards(visit)))


def is_public(rule: Rule) -> bool:
    """The office has a house test of its own (test_office.py)."""
    return not rule.rule.startswith("/office/")


def unlinked(app: Flask) -> Iterator[str]:
    """What pages need not link to: every address without a variable part, one of each of the programs', other days."""
    yield from ("/le/1999-12-31/", "/le/2999-01-01/")
    for rule in app.url_map.iter_rules():
        if is_public(rule) and "GET" in (rule.methods or ()) and not rule.arguments - (rule.defaults or {}).keys():
            yield rule.rule
    with app.app_context():
        yield f"/api/press/{db.session.scalars(select(PressItem.slug)).first()}"
        yield f"/api/screenings/{db.session.scalars(select(Screening.slug)).first()}"


def walked(app: Flask) -> Walk:
    """What links between pages lead to comes first, so that clicks are counted on the shortest way."""
    walk, client = Walk(), app.test_client()
    waiting: list[tuple[str, int | None]] = [("/", 0), ("/en/", 0)]
    later: list[tuple[str, int | None]] = [(address, None) for address in unlinked(app)]
    for address, clicks in chain(waiting, later):  # both grow as they are read
        if address in walk.visits:
            continue
        with counted(app) as statements:
            response = client.get(address)
        visit = Visit(address, response.status_code, response.headers, response.data, len(statements), clicks)
        walk.visits[address] = visit
        if visit.mimetype == "text/html" and visit.status == 200:
            visit.document, _ = parse(response.text)
        for target, distance in found_on(visit):
            walk.sources.setdefault(target, address)
            (later if distance is None else waiting).append((target, distance))
    return walk
