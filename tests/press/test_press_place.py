"""Where an item stands among the others: before and after it, and what to read next."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import words
from operation118.press import queries
from operation118.press.models import About, PressItem
from operation118.press.related import place
from press.pages import of_class, page
from press.test_press_item import CONTEXT, EVE, INTERVIEW, ITEMS, SLUGS, path

Add = Callable[..., PressItem]


def related_to(html: str) -> list[str]:
    headlines = of_class(page(html), "headline")
    return [
        link.get("href", "").rstrip("/").rpartition("/")[2] for headline in headlines for link in headline.iter("a")
    ]


def test_the_pages_follow_one_another_in_order_of_time(client: FlaskClient):
    seen: list[str] = []
    following: str | None = path("le-figaro-2008-cinema-centres-appels")
    while following:
        document = page(client.get(following).text)
        seen.append(following)
        siblings = next(nav for nav in document.iter("nav") if "siblings" in nav.get("class", ""))
        assert f"n° {len(seen)} des 20 parutions datées" in words(siblings)
        ways = {link.get("rel"): link.get("href") for link in document.iter("a")}
        assert ways.get("prev") == (seen[-2] if len(seen) > 1 else None)
        following = ways.get("next")
    dated = (item["slug"] for item in ITEMS if item.get("date_precision") != "unknown" and item["about"] == "film")
    assert {path(slug) for slug in dated} == set(seen)


def test_what_is_not_about_the_film_stands_outside_that_order(client: FlaskClient):
    for lang in ("fr", "en"):
        document = page(client.get(path(CONTEXT, lang)).text)
        assert of_class(document, "siblings") == []
        assert len(related_to(client.get(path(CONTEXT, lang)).text)) == 3


def test_what_has_no_date_has_no_place_in_time(client: FlaskClient):
    for lang, undated in (("fr", "sans date"), ("en", "undated")):
        document = page(client.get(path("allocine-avis-spectateurs", lang)).text)
        assert undated in words(of_class(document, "page-head")[0])
        assert not [link for link in document.iter("a") if link.get("rel") in ("prev", "next")]


@pytest.mark.parametrize("slug", SLUGS)
def test_what_to_read_next_is_another_item_about_the_film(client: FlaskClient, slug: str):
    found = related_to(client.get(path(slug)).text)
    assert len(set(found)) == 3
    assert slug not in found
    assert CONTEXT not in found


def test_what_is_nearest_in_people_subjects_and_time_is_read_next(client: FlaskClient):
    laon = related_to(client.get(path("l-union-2010-avant-premiere-laon")).text)
    assert {"nouvelle-republique-2010-vendome", "le-progres-2010-un-heros-qui-me-ressemble"} <= set(laon)
    assert related_to(client.get(path("allocine-avis-spectateurs")).text)[0] == "senscritique-2012-renger"


def test_among_little_context_comes_after_what_is_about_the_film(session: Session, add_item: Add):
    for item in session.scalars(select(PressItem)):
        if item.slug not in (CONTEXT, INTERVIEW, SLUGS[-1]):
            session.delete(item)
    session.commit()
    distant = add_item("distant", on=date(1999, 1, 1))
    item = queries.find(CONTEXT)
    assert item is not None
    others = place(item, queries.neighbours(item)).related
    assert [other.about for other in others] == sorted((other.about for other in others), reverse=True)
    assert distant in others
    alone = queries.find("distant")
    assert alone is not None
    assert place(alone, queries.neighbours(alone)).related[-1].about is About.CONTEXT


def test_the_place_in_time_is_that_of_the_day_looked_at(client: FlaskClient):
    assert "n°\u00a04 des 12 parutions" in client.get(EVE + path(INTERVIEW)).text
    assert "n°\u00a04 des 20 parutions" in client.get(path(INTERVIEW)).text
