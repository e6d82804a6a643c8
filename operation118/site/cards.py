"""The picture that goes with a shared link: a sign, a key or a call, 1200 × 630, made by typst and kept on disk."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
from flask import Blueprint, Response, abort, request, url_for

from operation118.config import ROOT
from operation118.film.models import Film
from operation118.film.views import the_film
from operation118.press import queries as press_queries
from operation118.press.models import PressItem, PressKind
from operation118.publication import missing
from operation118.screenings import queries as screening_queries
from operation118.screenings.labels import kind_label
from operation118.screenings.models import Screening
from operation118.web.keeping import keep
from operation118.web.languages import current, localized
from operation118.web.languages import gettext as _
from operation118.web.settings import current_settings
from operation118.web.typography import typeset

bp = Blueprint("cards", __name__)

WIDTH, HEIGHT = 1200, 630
TEMPLATE = ROOT / "templates" / "print" / "card.typ"
FONTS = ROOT / "static" / "fonts"
LONGEST_HEADING = 170  # characters; the smallest letters hold about twice as many
VERSION = "v"  # argument that changes with the picture, so that an address can be kept for ever
# `public` does not come first: the page cache dates what it keeps for a minute, and would date this too
FOR_EVER = "max-age=31536000, public, immutable"


class Layout(StrEnum):
    """The functions of card.typ."""

    TITLE = "title"
    SECTION = "section"
    CALL = "call"
    ARTICLE = "article"
    TOWN = "town"


@dataclass(frozen=True)
class Card:
    """What one card says, typeset."""

    layout: Layout
    lang: str
    mark: str
    film: str
    heading: str
    kicker: str = ""
    lines: list[str] = field(default_factory=list[str])
    digit: str = ""
    plate: str = ""
    struck: bool = False
    parts: list[str] = field(default_factory=list[str])
    town: str = ""
    route: str = ""

    @property
    def alt(self) -> str:
        """The words on the picture."""
        words = [self.kicker, self.heading, *self.lines, self.plate, self.film]
        return " · ".join(dict.fromkeys(word for word in words if word))

    @property
    def digest(self) -> str:
        """A name for the picture: what it says and how it is drawn."""
        return hashlib.blake2b(self.data.encode() + _drawing(), digest_size=16).hexdigest()

    @property
    def data(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@cache
def _drawing() -> bytes:
    """A digest of what cards are drawn with."""
    digest = hashlib.blake2b(version("typst").encode())
    for path in (TEMPLATE, *sorted(FONTS.glob("*.ttf"))):
        digest.update(path.read_bytes())
    return digest.digest()


def _signed(layout: Layout, film: Film, heading: str, lang: str | None = None) -> Card:
    """A card of `film`, its heading (in `lang`) typeset and kept to a length that can be drawn."""
    here = current()
    if len(heading) > LONGEST_HEADING:
        heading = heading[:LONGEST_HEADING].rpartition(" ")[0] + "…"
    return Card(
        layout,
        lang=here,
        mark=typeset(film.mark, here),
        film=typeset(film.title, here),
        heading=typeset(heading, lang or here),
    )


def _home(film: Film) -> Card:
    parts = [typeset(part, current()) for part in film.title_parts]
    card = _signed(Layout.TITLE, film, film.title)
    return replace(card, parts=parts, town=film.sign_town, route=film.sign_route)


def _section(film: Film, name: str) -> Card:
    sections = {
        "film": ("1", _("Le film"), _("Qui, quoi, où : l'histoire, les visages, les sources")),
        "screenings": ("2", _("Les séances"), _("Les villes de la tournée, les dates, la carte")),
        "press": ("3", _("La presse"), _("Articles, entretiens et critiques, avec leurs sources")),
        "dvd": ("4", _("Le DVD"), _("Ce que l'on sait, et ce que l'on ne sait pas")),
        "letter": ("5", _("La lettre"), _("Un mot quand il y a du nouveau, et rien entre-temps")),
        "timeline": ("", _("Chronologie"), _("Une vie de film, année par année")),
        "photos": ("", _("Les photos"), _("À reprendre avec leur crédit et leurs conditions")),
    }
    digit, heading, promise = sections[name]
    return replace(_signed(Layout.SECTION, film, heading), digit=digit, lines=[promise])


PAGES: dict[str, str] = {
    "site.home": "home",
    "film.page": "film",
    "screenings.index": "screenings",
    "press.index": "press",
    "film.dvd": "dvd",
    "newsletter.index": "letter",
    "site.timeline": "timeline",
    "images.index": "photos",
}


def page_card(name: str, film: Film) -> Card:
    """The card of home or of a section, named as in PAGES."""
    return _home(film) if name == "home" else _section(film, name)


def press_card(item: PressItem, film: Film) -> Card:
    """An interview rings as a call; anything else is an article."""
    lines = [item.outlet.name, item.dated.label(current())]
    if item.interviewer:
        lines.append(_("propos recueillis par %(name)s", name=item.interviewer))
    elif item.author:
        lines.append(_("par %(name)s", name=item.author))
    layout = Layout.CALL if item.kind is PressKind.INTERVIEW else Layout.ARTICLE
    card = _signed(layout, film, item.title, item.language[:2])
    return replace(card, kicker=item.kind_label, lines=lines)


def screening_card(screening: Screening, film: Film) -> Card:
    """The town's panel; the one at its exit once the screening is past. Nobody leaves a whole country."""
    card = _signed(Layout.TOWN, film, screening.town.name if screening.town else screening.territory or "")
    return replace(
        card,
        kicker=kind_label(screening.kind),
        lines=[screening.venue.name] if screening.venue else [],
        plate=screening.dated.label(current()),
        struck=screening.is_past and screening.town is not None,
    )


def address(card: Card, endpoint: str, **values: Any) -> str:
    """The path of `card`, good for ever: another picture has another address."""
    values[VERSION] = card.digest[:8]
    return url_for(f"cards.{endpoint}", **values)


# --- Drawing and keeping ------------------------------------------------------------------------------------------


def draw(card: Card, *, pixels_per_inch: float = 72) -> bytes:
    """The PNG of `card`, 72 points an inch: the same card always gives the same bytes. Takes some 0.1 s."""
    return typst.compile(
        TEMPLATE,
        format="png",
        ppi=pixels_per_inch,
        root=TEMPLATE.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"card": card.data},
    )


def drawn(card: Card, folder: Path) -> bytes:
    """The PNG of `card`, out of `folder` if it is there; where nothing can be written it is made each time."""
    path = folder / f"{card.digest}.png"
    with suppress(OSError):
        return path.read_bytes()
    png = draw(card)
    with suppress(OSError):
        keep(path, png)
    return png


def _answer(card: Card) -> Response:
    png = drawn(card, current_settings().data_dir / "cards")
    response = Response(png, mimetype="image/png")
    if request.args.get(VERSION) == card.digest[:8]:
        response.headers["Cache-Control"] = FOR_EVER
    return response


@localized(bp, fr="/cartes/<name>.png", en="/en/cards/<name>.png")
def page(name: str) -> Response:
    if name not in PAGES.values():
        abort(404)
    return _answer(page_card(name, the_film()))


@localized(bp, fr="/cartes/presse/<slug>.png", en="/en/cards/press/<slug>.png")
def press(slug: str) -> Response:
    item = press_queries.find(slug)
    return _answer(press_card(item, the_film())) if item else abort(missing(PressItem, slug))


@localized(bp, fr="/cartes/seances/<slug>.png", en="/en/cards/screenings/<slug>.png")
def screening(slug: str) -> Response:
    found = screening_queries.find(slug)
    return _answer(screening_card(found, the_film())) if found else abort(missing(Screening, slug))
