"""An article is a source too: its own row among the sources agrees with it, and is made with it if nobody named another."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from operation118.content import Entry
from operation118.content.batches import batches
from operation118.database import db
from operation118.film.content import SourceEntry
from operation118.film.models import Source
from operation118.press.content import ItemEntry
from operation118.press.models import Outlet, PressItem


def presume(raw: dict[str, Any]) -> None:
    """An article that names no source is its own."""
    if not raw.get("sources") and raw.get("slug"):
        raw["sources"] = [raw["slug"]]


def promised(entry: Entry) -> Iterator[tuple[str, str]]:
    """The source that `make` makes if it does not exist yet."""
    if isinstance(entry, ItemEntry) and entry.slug in entry.sources:
        yield "source", entry.slug


def make(entries: Sequence[Entry]) -> None:
    """Make the sources that articles are of themselves, where an article names its own and it does not exist yet; let those
    of its sources that are its own page present it (again). Flushes."""
    items = [entry for entry in entries if isinstance(entry, ItemEntry)]
    wanted = {slug for item in items for slug in item.sources}
    named = {source.slug: source for some in batches(iter(wanted)) for source in _sources(Source.slug.in_(some))}
    outlets = _outlets({item.outlet for item in items if item.slug not in named})
    for item in items:
        for source in (named[slug] for slug in item.sources if slug in named):
            source.press_slug = source.press_slug or (item.slug if source.url == item.url else None)
        if item.slug in item.sources and item.slug not in named:
            db.session.add(_own(item, outlets.get(item.outlet, item.outlet)))
    db.session.flush()


def _sources(condition: ColumnElement[bool]) -> Sequence[Source]:
    return db.session.scalars(select(Source).where(condition)).all()


def _outlets(slugs: Collection[str]) -> dict[str, str]:
    """The names of outlets."""
    found = db.session.scalars(select(Outlet).where(Outlet.slug.in_(slugs))) if slugs else ()
    return {outlet.slug: outlet.name for outlet in found}


def _own(item: ItemEntry, outlet: str) -> Source:
    return Source(
        slug=item.slug, outlet=outlet, url=item.url, press_slug=item.slug, on=item.on, precision=item.precision
    )


def objections(entry: Entry) -> Iterator[tuple[str, str]]:
    """A source that presents an article has the article's address and date; they are corrected on the article."""
    if not isinstance(entry, SourceEntry) or not entry.press_slug:
        return
    item = db.session.scalar(select(PressItem).where(PressItem.slug == entry.press_slug))
    told = "C’est celle d’un article du site : corrigez-la sur l’article, la source suivra."
    if item is not None and entry.url != item.url:
        yield "url", told
    if item is not None and (entry.on, entry.precision) != (item.on, item.precision):
        yield "date", told


def follow(items: Sequence[PressItem]) -> None:
    """Let the sources that present these articles have their address and their date, as the content files want it."""
    presented = {item.slug: item for item in items}
    for source in _sources(Source.press_slug.in_(presented)):
        item = presented[source.press_slug or ""]
        source.url, source.on, source.precision = item.url, item.on, item.precision


def leave(item: PressItem) -> None:
    """The sources that present an article remain when it goes: they are pages that were read."""
    for source in db.session.scalars(select(Source).where(Source.press_slug == item.slug)):
        source.press_slug = None
