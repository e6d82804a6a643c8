"""All the content: every room's part together, the old addresses, and the checks between rooms."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Annotated, cast

from pydantic import Field
from sqlalchemy.orm import Session

from operation118 import publication
from operation118.config import ROOT
from operation118.content import Content, Entry, Kind, Shelf, Tally, read, shaped, write
from operation118.film.content import KINDS as FILM
from operation118.film.content import Citations, SourceEntry
from operation118.press.content import KINDS as PRESS
from operation118.press.content import ItemEntry
from operation118.press.search import refresh
from operation118.screenings.content import KINDS as SCREENINGS
from operation118.site.models import Redirect

FOLDER = ROOT / "content"

OldAddress = Annotated[str, shaped(r"/[^\s%#]*", "a decoded path such as /blog/ or /blog/?p=12")]
OurPath = Annotated[str, shaped(r"/([a-z0-9-]+/)*([a-z0-9-]+\.[a-z]+)?", "one of our paths, such as /film/")]


class RedirectEntry(Entry):
    old: OldAddress = Field(alias="from")
    new: OurPath = Field(alias="to")


KINDS: tuple[Kind, ...] = (
    *FILM,
    *SCREENINGS,
    *PRESS,
    Kind("redirects.toml", "redirect", RedirectEntry, Redirect, identity="old", order=attrgetter("old")),
)


def _sources_agree(content: Content) -> Iterator[str]:
    """A source that a press item presents has its address and its date."""
    items = {item.slug: item for item in cast(Sequence[ItemEntry], content["item"])}
    for source in cast(Sequence[SourceEntry], content["source"]):
        item = items.get(source.press_slug or "")
        if item is None:
            continue
        for key, ours, theirs in (
            ("url", source.url, item.url),
            ("date", source.on, item.on),
            ("date_precision", source.precision, item.precision),
        ):
            if ours != theirs:
                yield f'sources.toml: source "{source.slug}".{key}: expected {theirs}, as in its press item (got {ours})'


def check(folder: Path) -> Content:
    """The entries in `folder`. Raises ContentError with every problem."""
    return read(folder, KINDS, [_sources_agree])


def load(session: Session, folder: Path, *, prune: bool = False) -> Mapping[str, Tally]:
    """Make the database say what the files in `folder` say; flushes. Raises ContentError, and then changes nothing."""
    content = check(folder)
    with publication.everything():
        tallies = Shelf(session, KINDS, Citations(session)).sync(content, prune=prune)
        refresh(session)
    return tallies


def dump(session: Session, folder: Path) -> list[Path]:
    """Write every row in `folder` as content files. Raises OSError."""
    with publication.everything():
        shelf = Shelf(session, KINDS, Citations(session))
        return write(folder, KINDS, {kind.key: shelf.entries(kind) for kind in KINDS}, headers=FOLDER)
