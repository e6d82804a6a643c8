"""What a page says of itself to machines, in its head: addresses, card, place in the site."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context

from operation118.film.image_structured import image_json_ld
from operation118.film.models import Film
from operation118.film.structured import JsonLd, breadcrumbs, movie_json_ld, website_json_ld
from operation118.press.models import PressItem
from operation118.screenings.models import Screening
from operation118.site import cards
from operation118.site.cards import Card
from operation118.web.languages import LANGUAGES, current
from operation118.web.languages import gettext as _
from operation118.web.links import absolute

LONGEST_DESCRIPTION = 200  # characters; what readers show of it
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
TYPES = {"press.item": "article", "film.page": "video.movie"}  # Open Graph's; other pages are the website


@dataclass(frozen=True)
class Feed:
    title: str
    url: str


@dataclass(frozen=True)
class Head:
    """Addresses are absolute; `alternates` are (hreflang, address), empty for a page that has no twin."""

    title: str
    description: str
    type: str
    canonical: str
    alternates: list[tuple[str, str]]
    locales: tuple[str, ...]  # of this page, then of its twin
    card: Card
    image: str
    feed: Feed | None
    json_ld: list[JsonLd]


@pass_context
def page_head(context: Context, title: str, description: str) -> Head | None:
    """The head of the page being made, or None for an error page and for a site without content.

    `title` and `description` are its blocks, as rendered."""
    film: Film | None = context.get("film")
    if film is None or context.get("code"):
        return None
    name = _plain(title) or film.title
    alone = request.endpoint in ("site.home", "press.item")  # titles that tell what they are about
    card, image = _card(context, film)
    return Head(
        title=name if alone else f"{name} · {film.short_title}",
        description=_shortened(_plain(description)),
        type=TYPES.get(request.endpoint or "", "website"),
        canonical=context["canonical_url"],
        alternates=_alternates(context),
        locales=tuple(LOCALES[lang] for lang in sorted(LANGUAGES, key=lambda lang: lang != current())),
        card=card,
        image=absolute(image),
        feed=_feed(film),
        json_ld=list(_structured(context, film, name)),
    )


def _plain(block: str) -> str:
    """The text of a rendered block; its no-break spaces stay."""
    return re.sub(r"[ \t\n]+", " ", html.unescape(block)).strip()


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[:LONGEST_DESCRIPTION].rpartition(" ")[0].rstrip(" ,;:.") + "…"


def _card(context: Context, film: Film) -> tuple[Card, str]:
    """The card of the page and its path; pages without one of their own have that of home."""
    item, screening = context.get("item"), context.get("screening")
    if request.endpoint == "press.item" and isinstance(item, PressItem):
        card = cards.press_card(item, film)
        return card, cards.address(card, "press", slug=item.slug)
    if request.endpoint == "screenings.page" and isinstance(screening, Screening):
        card = cards.screening_card(screening, film)
        return card, cards.address(card, "screening", slug=screening.slug)
    name = cards.PAGES.get(request.endpoint or "", "home")
    card = cards.page_card(name, film)
    return card, cards.address(card, "page", name=name)


def _alternates(context: Context) -> list[tuple[str, str]]:
    """The page in each language; a reader of neither gets the French one. Past days are nobody's alternate, nor is a preview."""
    other = context.get("other_lang_url")
    if not other or context.get("mounted"):
        return []
    here = current()
    addresses = {
        lang: context["canonical_url"] if lang == here else absolute(other.partition("?")[0]) for lang in LANGUAGES
    }
    return [*addresses.items(), ("x-default", addresses["fr"])]


def _sections() -> dict[str, tuple[str, str]]:
    """The rooms with pages under an index: name and endpoint of that index."""
    return {"press": (_("La presse"), "press.index"), "screenings": (_("Les séances"), "screenings.index")}


def _feed(film: Film) -> Feed | None:
    """The room's own feed, beside the site's."""
    room = request.blueprint or ""
    if room not in _sections():
        return None
    return Feed(f"{film.short_title} · {_sections()[room][0]}", url_for(f"site.{room}_atom"))


def _structured(context: Context, film: Film, title: str) -> Iterator[JsonLd]:
    """What home and the film's page are, and the way to the others; rooms say themselves what their rows are."""
    canonical: str = context["canonical_url"]
    if request.endpoint == "site.home":
        yield website_json_ld(film, url=canonical, lang=current())
        return
    if request.endpoint == "film.page":
        credits, links = [*context["cast"], *context["crew"]], context["facts"]["link"]
        images = [image_json_ld(image) for image in context["images"]]
        yield movie_json_ld(film, context["vouchers"], url=canonical, credits=credits, links=links, images=images)
    if context.get("mounted"):
        return
    trail = [(film.short_title, absolute(url_for("site.home")))]
    section = _sections().get(request.blueprint or "")
    if section and request.endpoint != section[1]:
        trail.append((section[0], absolute(url_for(section[1]))))
    yield breadcrumbs([*trail, (title, canonical)])
