"""Feeds: press and screenings together or apart, as Atom 1.0 (RFC 4287) and as JSON Feed 1.1, in each language."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from flask import Response, get_template_attribute, render_template, request

from operation118 import clock
from operation118.dates import DatePrecision, time_label
from operation118.film.models import Film
from operation118.film.views import the_film
from operation118.press import queries as press_queries
from operation118.press.models import About, PressItem
from operation118.screenings import queries as screening_queries
from operation118.screenings.labels import kind_label
from operation118.screenings.models import Screening
from operation118.site import answers, cards
from operation118.site.views import bp
from operation118.web.languages import current, localized, t
from operation118.web.languages import gettext as _
from operation118.web.links import absolute

JSON_FEED = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True)
class Entry:
    """One press item or screening. `id` stays the same whatever the day looked at; `published`, noon in Paris so that most readers
    find the same day, is known only of an article dated to the day; `original` is the address of what is summed up."""

    day: date
    id: str
    url: str
    title: str
    language: str
    html: str
    image: str
    categories: list[tuple[str, str]]  # term, label
    updated: datetime
    published: datetime | None = None
    original: str | None = None


def _permanent(url: str) -> str:
    """`url` without the day the time machine looks at."""
    return url.replace(request.script_root, "", 1) if request.script_root else url


def _html(macro: str, *arguments: object) -> str:
    return str(get_template_attribute("site/entries.html", macro)(*arguments, lang=current())).strip()


def _nature(item: PressItem) -> tuple[str, str]:
    return (item.about if item.about is About.CONTEXT else item.kind).value, item.kind_label


def _press_entry(item: PressItem, film: Film) -> Entry:
    url = answers.address("press.item", slug=item.slug)
    card = cards.press_card(item, film)
    exact = item.dated.precision is DatePrecision.DAY
    return Entry(
        day=item.public_on,
        id=_permanent(url),
        url=url,
        title=item.title,
        language=item.language,
        html=_html("press_entry", item),
        image=absolute(cards.address(card, "press", slug=item.slug)),
        categories=[_nature(item), *((tag.slug, t(tag, "label")) for tag in item.tags)],
        updated=answers.press_updated_at(item),
        published=clock.noon(item.dated.day) if exact else None,
        original=item.url,
    )


def _screening_entry(screening: Screening, film: Film) -> Entry:
    url = answers.address("screenings.page", slug=screening.slug)
    card = cards.screening_card(screening, film)
    place = screening.town.name if screening.town else screening.territory
    hour = time_label(screening.starts_at, current()) if screening.starts_at else None
    return Entry(
        day=screening.dated.last,
        id=_permanent(url),
        url=url,
        title=f"{kind_label(screening.kind)} · {place}, {screening.dated.label(current())}",
        language=current(),
        html=_html("screening_entry", screening, hour),
        image=absolute(cards.address(card, "screening", slug=screening.slug)),
        categories=[(screening.kind.value, kind_label(screening.kind))],
        updated=answers.screening_updated_at(screening),
    )


def _press(film: Film) -> Iterable[Entry]:
    return (_press_entry(item, film) for item in press_queries.public_items(complete=True))


def _screenings(film: Film) -> Iterable[Entry]:
    return (_screening_entry(screening, film) for screening in screening_queries.along_the_road())


@dataclass(frozen=True)
class Feed:
    title: str
    url: str
    page: str
    entries: list[Entry]  # newest first, by their own date
    updated: datetime


def _feed(title: str, page: str, film: Film, entries: Iterable[Entry]) -> Feed:
    ordered = sorted(entries, key=lambda entry: (-entry.day.toordinal(), entry.id))
    updated = max((entry.updated for entry in ordered), default=film.updated_at)
    return Feed(title, answers.address(request.endpoint or ""), answers.address(page), ordered, updated)


def _everything() -> Feed:
    film = the_film()
    return _feed(film.title, "site.home", film, chain(_press(film), _screenings(film)))


def _press_alone() -> Feed:
    film = the_film()
    return _feed(f"{film.short_title} · {_('La presse')}", "press.index", film, _press(film))


def _screenings_alone() -> Feed:
    film = the_film()
    return _feed(f"{film.short_title} · {_('Les séances')}", "screenings.index", film, _screenings(film))


def _atom(feed: Feed) -> Response:
    page = render_template("site/feed.atom.xml", feed=feed, feed_id=_permanent(feed.url))
    return Response(page, mimetype="application/atom+xml")


def _json_item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.original,
        "title": entry.title,
        "content_html": entry.html,
        "image": entry.image,
        "date_published": entry.published and entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(timespec="seconds"),
        "tags": [label for _term, label in entry.categories],
        "language": current(),
    }
    return {name: value for name, value in item.items() if value is not None}


def _json(feed: Feed) -> Response:
    whole = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "language": current(),
        "authors": [{"name": the_film().title, "url": answers.address("site.home")}],
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return Response(json.dumps(whole, ensure_ascii=False), mimetype="application/feed+json")


@localized(bp, fr="/feed.atom", en="/en/feed.atom")
def feed_atom() -> Response:
    return _atom(_everything())


@localized(bp, fr="/feed.json", en="/en/feed.json")
def feed_json() -> Response:
    return _json(_everything())


@localized(bp, fr="/presse/feed.atom", en="/en/press/feed.atom")
def press_atom() -> Response:
    return _atom(_press_alone())


@localized(bp, fr="/presse/feed.json", en="/en/press/feed.json")
def press_json() -> Response:
    return _json(_press_alone())


@localized(bp, fr="/seances/feed.atom", en="/en/screenings/feed.atom")
def screenings_atom() -> Response:
    return _atom(_screenings_alone())


@localized(bp, fr="/seances/feed.json", en="/en/screenings/feed.json")
def screenings_json() -> Response:
    return _json(_screenings_alone())
