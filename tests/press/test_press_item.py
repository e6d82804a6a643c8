"""A page for each item: true to what was read, linked to what it came from and to what stands beside it."""

import json
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import words
from operation118.config import ROOT
from operation118.dates import DatePrecision
from operation118.film.models import Citation, Credit, Person, Source
from operation118.press.filters import KIND_SLUGS
from operation118.press.models import PressItem, PressKind
from operation118.web.typography import typeset
from press.pages import listed, of_class, page
from web.shared_caches import kept_before

Add = Callable[..., PressItem]
Counter = Callable[[], AbstractContextManager[list[str]]]

ITEMS: list[dict[str, Any]] = tomllib.loads((ROOT / "content/press.toml").read_text())["item"]
SLUGS = [item["slug"] for item in ITEMS]
INTERVIEW = "ambush-2010-entretien-manuel-jacquinet"
CONTEXT = "en-contact-2024-hotline-cannes"
EVE = "/le/2010-11-16"


def path(slug: str, lang: str = "fr") -> str:
    return f"/presse/{slug}/" if lang == "fr" else f"/en/press/{slug}/"


def spaced(text: str, lang: str) -> str:
    """`text` as a page shows it, every kind of space being one."""
    return " ".join(typeset(text, lang).split())


def roles(html: str) -> dict[str, str]:
    """The people named, each with the role or, without one, the name again."""
    (aside,) = of_class(page(html), "aside")
    entries = [entry for people in of_class(aside, "plain") for entry in people.iter("li")]
    return {words(next(entry.iter("a"))): words(next(entry.iter("span"), entry)) for entry in entries}


def structured(html: str) -> dict[str, Any]:
    scripts = [script for script in page(html).iter("script") if script.get("type") == "application/ld+json"]
    return next(data for script in scripts if "isBasedOn" in (data := json.loads(script.text or "")))


def links(element: Element) -> list[str]:
    return [link.get("href", "") for link in element.iter("a")]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("item", ITEMS, ids=SLUGS)
def test_the_page_says_what_the_content_says(client: FlaskClient, item: dict[str, Any], lang: str):
    html = client.get(path(item["slug"], lang)).text
    document = page(html)
    text = words(document)
    (title,) = document.iter("h1")
    assert words(title) == spaced(item["title"], item["language"])
    assert title.get("lang", lang) == item["language"]
    for field in ("author", "interviewer", "republished_where"):
        assert item.get(field, "") in text
    for field in ("summary", "title_note", "author_note", "date_note", "outlet_note"):
        assert spaced(item.get(f"{field}_{lang}", ""), lang) in text
    original = [link for link in document.iter("a") if link.get("href") == item["url"]]
    assert original[0].get("rel") == "external noopener"


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("item", [item for item in ITEMS if "question" in item], ids=lambda item: item["slug"])
def test_an_interview_is_a_conversation_whose_questions_can_be_linked(
    client: FlaskClient, item: dict[str, Any], lang: str
):
    document = page(client.get(path(item["slug"], lang)).text)
    calls = [section for section in of_class(document, "call") if section.tag == "section"]
    assert len(calls) == len(item["question"])
    for n, (call, question) in enumerate(zip(calls, item["question"], strict=True), 1):
        assert call.get("id") == f"q{n}"
        assert f"#q{n}" in links(call)
        assert spaced(question[f"topic_{lang}"], lang) in words(call)
        assert spaced(question[f"answer_{lang}"], lang) in words(call)


@pytest.mark.parametrize(
    ("slug", "lang", "label", "machine"),
    [
        (INTERVIEW, "fr", "13 octobre 2010", "2010-10-13"),
        (INTERVIEW, "en", "13 October 2010", "2010-10-13"),
        (CONTEXT, "fr", "mai 2024", "2024-05"),
        ("le-figaro-2008-cinema-centres-appels", "fr", "au plus tard le 12 septembre 2008", None),
        ("le-figaro-2008-cinema-centres-appels", "en", "by 12 September 2008", None),
        ("allocine-avis-spectateurs", "fr", "sans date", None),
        ("allocine-avis-spectateurs", "en", "undated", None),
    ],
)
def test_a_date_is_no_more_precise_than_what_is_known(
    client: FlaskClient, slug: str, lang: str, label: str, machine: str | None
):
    html = client.get(path(slug, lang)).text
    meta = of_class(page(html), "meta")[0]
    assert label in words(meta).replace("\u00a0", " ")
    assert [time.get("datetime") for time in meta.iter("time")] == ([machine] if machine else [])
    assert structured(html)["isBasedOn"].get("datePublished") == machine


def test_the_day_of_a_copy_is_told_apart_from_the_day_of_the_article(client: FlaskClient):
    html = client.get(path("sens-du-client-2010-entretien-manuel-jacquinet")).text.replace("\u00a0", " ")
    assert "27 mai 2011" not in words(of_class(page(html), "meta")[0])
    read = "Lu pour le dossier arrêté le 22 novembre 2026, dans la reprise qu’en a faite bpomanagers.blogspot.com, 27 mai 2011."
    assert read in words(page(html))
    assert "Original lu" not in html
    assert "Original lu pour le dossier arrêté le 22\u00a0novembre 2026." in client.get(path(INTERVIEW)).text


def test_what_is_not_about_the_film_says_so_and_is_no_review(client: FlaskClient):
    for lang, notice in (("fr", "ne parle pas du film"), ("en", "not about the film")):
        html = client.get(path(CONTEXT, lang)).text
        assert notice in words(of_class(page(html), "notice")[0])
        data = structured(html)
        assert "about" not in data
        assert not {"about", "itemReviewed"} & set(data["isBasedOn"])
        assert data["isBasedOn"]["@type"] == "Article"
    assert of_class(page(client.get(path(INTERVIEW)).text), "notice") == []


@pytest.mark.parametrize("item", ITEMS, ids=SLUGS)
def test_structured_data_claims_nothing_for_us_and_rates_nothing(client: FlaskClient, item: dict[str, Any]):
    data = structured(client.get(path(item["slug"], "en")).text)
    original = data["isBasedOn"]
    assert data["@type"] == "WebPage"
    assert data["url"] == f"https://film.test{path(item['slug'], 'en')}"
    assert "author" not in data
    assert original["url"] == item["url"]
    signed = None if "author_note_fr" in item else item.get("author")  # a deduced signature is not claimed
    assert original.get("author", {}).get("name") == item.get("interviewer", signed)
    assert original["publisher"]["name"]
    assert "ating" not in json.dumps(data)
    if item["kind"] == "review":
        assert (original["@type"], original["itemReviewed"]["@type"]) == ("Review", "Movie")


def test_people_have_their_roles_and_lead_to_all_that_is_about_them(client: FlaskClient):
    slug = "le-progres-2009-silence-on-tourne-a-tence"
    french, english = (roles(client.get(path(slug, lang)).text) for lang in ("fr", "en"))
    assert (french["Booder"], english["Booder"]) == ("joue Kader", "plays Kader")
    assert french["Manuel Jacquinet"] == "producteur délégué, coscénariste"
    assert "/presse/?personne=booder" in links(page(client.get(path(slug)).text))


def test_a_role_that_nobody_gives_is_not_made_up(client: FlaskClient):
    assert roles(client.get(path("courrier-picard-2010-saint-quentin")).text)["Bruno Hausler"] == "interprète"
    laon = roles(client.get(path("l-union-2010-avant-premiere-laon")).text)
    assert laon["David Azencot"] == "coscénariste, interprète"
    outsider = roles(client.get(path("nouvelle-republique-2010-vendome")).text)
    assert outsider["Olivier Dumez"] == "Olivier Dumez"


def test_every_person_and_subject_leads_to_an_index_that_has_the_item(client: FlaskClient):
    for item in ITEMS:
        (aside,) = of_class(page(client.get(path(item["slug"])).text), "aside")
        filtered = [href for href in links(aside) if href.startswith("/presse/?")]
        people = item.get("people", [])
        assert len(filtered) == len(people) + len({*item.get("tags", [])} - {*KIND_SLUGS.values(), *people})
        for href in filtered:
            assert item["slug"] in listed(client.get(href).text)


def test_a_deduced_signature_stands_in_brackets(client: FlaskClient):
    for lang, by in (("fr", "par [Thierry Spencer]"), ("en", "by [Thierry Spencer]")):
        assert by in words(of_class(page(client.get(path("sens-du-client-2010-critique", lang)).text), "meta")[0])
    signed = words(of_class(page(client.get(path("ambush-2012-dvd-blu-ray")).text), "meta")[0])
    assert "par Manuel Jacquinet" in signed


def test_the_ending_of_an_ordinal_is_raised(client: FlaskClient):
    assert "77<sup>e</sup>" in client.get(path(CONTEXT)).text


def test_how_much_was_read_is_said_the_same_all_over_the_page(client: FlaskClient):
    for item in ITEMS:
        text = words(page(client.get(path(item["slug"])).text))
        assert ("Début lu" in text) == ("Seul le début" in text), item["slug"]
        assert "Original lu" not in text or "lu en entier" in text


def test_subjects_repeat_neither_the_kind_nor_the_people(client: FlaskClient):
    document = page(client.get(path("toute-la-culture-2010-rencontre-equipe")).text)
    assert [words(chip) for chip in of_class(document, "chip")] == ["Équipe", "Paris", "Tournage"]


def test_what_was_not_out_yet_is_not_there_in_the_time_machine(client: FlaskClient, session: Session):
    for item in session.scalars(select(PressItem)):
        answer = client.get(EVE + path(item.slug))
        out = item.public_on <= date(2010, 11, 16)
        assert answer.status_code == (200 if out else 404), item.slug
        if out:
            document = page(answer.text)
            linked = {link.get("href", "") for link in document.iter("a") if "/presse/" in link.get("href", "")}
            assert not [href for href in linked if "2011" in href or "2012" in href or "2017" in href]
        else:
            assert "Le numéro que vous demandez n’est pas attribué" in words(next(page(answer.text).iter("h1")))


def test_a_role_is_given_once_somebody_had_told_it(client: FlaskClient, session: Session):
    slug = "le-progres-2009-silence-on-tourne-a-tence"
    credits = session.scalars(select(Credit).join(Person).where(Person.slug == "booder")).all()
    subjects = [f"credit.{credit.slug}" for credit in credits]
    sources = session.scalars(select(Source).join(Citation).where(Citation.subject.in_(subjects))).unique().all()
    for source in sources:
        source.on, source.precision = date(2010, 10, 1), DatePrecision.DAY
    session.commit()
    assert roles(client.get(f"/le/2010-09-30{path(slug)}").text)["Booder"] == "Booder"
    assert roles(client.get(f"/le/2010-10-01{path(slug)}").text)["Booder"] == "joue Kader"


def test_an_item_to_come_is_not_there_and_the_last_one_waits_for_it(client: FlaskClient, add_item: Add):
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False):
        add_item("to-come", on=date(2027, 3, 2))
        assert client.get(path("to-come")).status_code == 404
    assert kept_before(datetime(2027, 3, 1, 23, tzinfo=UTC), client, path(INTERVIEW)) == 10
    with time_machine.travel(datetime(2027, 3, 1, 23, 1, tzinfo=UTC), tick=False):
        assert client.get(path("to-come")).status_code == 200


@pytest.mark.parametrize("slug", ["nobody", "a" * 5000, "%00", "é", "AMBUSH-2010", "1'--", INTERVIEW.upper()])
def test_an_unknown_address_is_a_themed_404(client: FlaskClient, slug: str):
    for lang in ("fr", "en"):
        answer = client.get(path(slug, lang))
        assert answer.status_code == (400 if slug == "%00" else 404)
        assert len(list(page(answer.text).iter("h1"))) == 1


def test_a_page_costs_as_many_queries_for_much_as_for_little(
    client: FlaskClient, count_queries: Counter, keep_items: Callable[[int], None], add_item: Add
):
    add_item("bare", on=date(2010, 1, 1), precision=DatePrecision.YEAR, kind=PressKind.INTERVIEW)
    client.get("/presse/")
    costs: dict[str, int] = {}
    for left in (24, 3, 1):
        keep_items(left)
        with count_queries() as statements:
            assert client.get(path(INTERVIEW)).status_code == 200
        costs[f"{left} left"] = len(statements)
    assert len(set(costs.values())) == 1, costs
    assert max(costs.values()) <= 6


def test_an_item_without_people_subjects_or_questions_has_its_page(client: FlaskClient, add_item: Add):
    add_item("bare", on=date(2010, 1, 1), precision=DatePrecision.YEAR)
    text = words(page(client.get(path("bare")).text))
    assert "Sujets" not in text
    assert "Personnes citées" not in text
