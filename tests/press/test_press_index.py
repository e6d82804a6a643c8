"""The index: everything that is out, narrowed as one wishes, counted truthfully."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from itertools import pairwise
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import words
from operation118.dates import DatePrecision
from operation118.press import ARGUMENTS, queries
from operation118.press.filters import CONTEXT, KIND_SLUGS, Facet, Selection, counts, narrowed
from operation118.press.models import About, PressItem
from press.pages import chips, chosen, counted, listed, of_class, options, page, remarks, removable

Add = Callable[..., PressItem]
Counter = Callable[[], AbstractContextManager[list[str]]]
SELECTS = [facet.value for facet in Facet if facet is not Facet.KIND]


def bears(item: PressItem, facet: Facet, value: str) -> bool:
    """Whether `item` has that value, from the rows themselves."""
    year = "sans-date" if item.precision is DatePrecision.UNKNOWN else str(item.on)[:4]
    values = {
        Facet.KIND: [CONTEXT if item.about is About.CONTEXT else KIND_SLUGS[item.kind]],
        Facet.OUTLET: [item.outlet.slug],
        Facet.PERSON: [person.slug for person in item.people],
        Facet.YEAR: [year],
        Facet.TAG: [tag.slug for tag in item.tags],
        Facet.LANGUAGE: [item.language],
    }
    return value in values[facet]


def everything(session: Session) -> list[PressItem]:
    return list(session.scalars(select(PressItem)))


def test_all_is_listed_newest_first_then_what_has_no_date_then_what_is_not_about_the_film(
    client: FlaskClient, session: Session
):
    items = sorted(everything(session), key=lambda item: item.slug)
    items.sort(key=lambda item: item.dated.precision is not DatePrecision.DAY)
    items.sort(key=lambda item: (item.public_on, item.on), reverse=True)
    items.sort(key=lambda item: item.precision is DatePrecision.UNKNOWN)
    items.sort(key=lambda item: item.about is About.CONTEXT)
    assert listed(client.get("/presse/").text) == [item.slug for item in items]
    assert len(items) == 23


def test_of_one_day_what_was_out_by_then_comes_after_what_came_out_that_day(client: FlaskClient, add_item: Add):
    for slug, precision in (("b", DatePrecision.DAY), ("a", DatePrecision.BEFORE), ("c", DatePrecision.DAY)):
        add_item(slug, on=date(2025, 5, 5), precision=precision)
    assert listed(client.get("/presse/").text)[:3] == ["b", "c", "a"]


def test_undated_pieces_are_filed_under_no_year_at_the_end(client: FlaskClient):
    *sections, last = of_class(page(client.get("/presse/").text), "press-year")
    headings = [words(heading) for section in sections for heading in section.iter("h2")]
    assert headings == ["2022", "2017", "2012", "2011", "2010", "2009", "2008", "Sans date"]
    assert of_class(last, "press-beside")
    assert words(of_class(sections[-1], "milestone")[0]) == "?"
    assert of_class(sections[-1], "entry-when") == []
    assert len(listed(client.get("/presse/?annee=sans-date").text)) == len(of_class(sections[-1], "entry")) == 2


def test_a_kind_counts_what_bears_its_name(client: FlaskClient):
    html = client.get("/presse/").text
    labels = [words(kind) for kind in of_class(page(html), "kind")]
    for label, (href, count) in list(chips(html).items())[1:]:
        assert labels.count(label if label in labels else label[:-1]) == count
        assert {words(kind) for kind in of_class(page(client.get(href).text), "kind")} <= {label, label[:-1]}
    whole, *kinds, context = (count for _, count in chips(html).values())
    assert (whole, whole + context) == (sum(kinds), len(labels))


@pytest.mark.parametrize(
    "start", ["", "genre=entretien", "genre=contexte", "personne=booder", "q=film", "annee=2010&genre=reportage"]
)
def test_each_count_is_what_choosing_it_leaves_about_the_film(client: FlaskClient, start: str):
    html = client.get(f"/presse/?{start}").text
    given = {name: values[0] for name, values in parse_qs(start).items()}
    for href, count in chips(html).values():
        assert len(counted(client.get(href).text)) == count, href
    for name in SELECTS:
        for value, count in options(html, name).items():
            query = urlencode(
                {key: kept for key, kept in given.items() if key != name} | ({name: value} if value else {})
            )
            assert len(counted(client.get(f"/presse/?{query}").text)) == count, query


def test_every_value_of_every_row_can_be_chosen_and_finds_its_rows(client: FlaskClient, session: Session):
    items = everything(session)
    html = client.get("/presse/").text
    for facet in Facet:
        offered = options(html, facet.value) if facet is not Facet.KIND else {}
        values = {*KIND_SLUGS.values(), CONTEXT} if facet is Facet.KIND else set(offered) - {""}
        for value in values:
            rows = {item.slug for item in items if bears(item, facet, value)}
            found = listed(client.get(f"/presse/?{facet.value}={value}").text)
            assert set(found) == rows, value
            assert rows


def test_what_the_kind_and_the_people_say_is_offered_under_no_other_name(client: FlaskClient):
    html = client.get("/presse/").text
    offered = options(html, "sujet")
    assert not {"entretien", "critique", "booder"} & set(offered)
    assert {"critique-negative", "tence"} <= set(offered)
    assert "entretien" in options(client.get("/presse/?sujet=entretien").text, "sujet")  # an address once shared


SLUGS = {
    Facet.KIND: [*KIND_SLUGS.values(), CONTEXT],
    Facet.OUTLET: ["le-progres", "en-contact", "ambush", "nobody"],
    Facet.PERSON: ["booder", "manuel-jacquinet", "julien-baillargeon", "bruno-hausler"],
    Facet.YEAR: ["2008", "2010", "2011", "2022", "sans-date"],
    Facet.TAG: ["entretien", "avant-premiere", "tence", "tournage"],
    Facet.LANGUAGE: ["fr", "en"],
}


def selections() -> st.SearchStrategy[dict[Facet, str]]:
    return st.fixed_dictionaries({}, optional={facet: st.sampled_from(values) for facet, values in SLUGS.items()})


def test_filters_together_leave_and_count_what_the_rows_say(session: Session):
    items = {item.id: item for item in everything(session)}
    cards = queries.catalogue().cards

    def brute(chosen: dict[Facet, str]) -> set[int]:
        return {key for key, item in items.items() if all(bears(item, facet, value) for facet, value in chosen.items())}

    def is_context(key: int) -> bool:
        return items[key].about is About.CONTEXT

    @settings(max_examples=300, deadline=None, database=None)
    @given(selections())
    def check(chosen: dict[Facet, str]) -> None:
        assert {card.id for card in narrowed(cards, Selection(chosen))} == brute(chosen)
        for facet in Facet:
            found = counts(cards, Selection(chosen), facet)
            for value in SLUGS[facet]:
                wanted = chosen | {facet: value}
                figure = [key for key in brute(wanted) if is_context(key) is (wanted.get(Facet.KIND) == CONTEXT)]
                assert found[value] == len(figure), (chosen, facet, value)

    check()


def test_the_chosen_values_stay_chosen_and_can_be_let_go_one_by_one(client: FlaskClient):
    html = client.get("/presse/?genre=entretien&media=le-progres&personne=manuel-jacquinet&annee=2010&q=Tence").text
    assert (chosen(html, "media"), chosen(html, "personne"), chosen(html, "annee")) == (
        "le-progres",
        "manuel-jacquinet",
        "2010",
    )
    assert set(removable(html)) == {"« Tence »", "Entretiens", "Le Progrès", "Manuel Jacquinet", "2010"}
    for label, href in removable(html).items():
        rest = removable(client.get(href).text)
        assert set(rest) == set(removable(html)) - {label}


def test_a_search_keeps_the_kind_that_was_chosen(client: FlaskClient):
    form = next(form for form in page(client.get("/presse/?genre=critique").text).iter("form"))
    hidden = {field.get("name"): field.get("value") for field in form.iter("input") if field.get("type") == "hidden"}
    assert hidden == {"genre": "critique"}


def test_arguments_are_the_same_in_both_languages(client: FlaskClient):
    query = "?genre=entretien&personne=booder&annee=2010&sujet=entretien&langue=fr&q=Booder"
    assert listed(client.get(f"/presse/{query}").text) == listed(client.get(f"/en/press/{query}").text) != []


def test_the_page_cache_knows_every_argument_that_is_read(client: FlaskClient):
    names = {field.get("name") for field in page(client.get("/presse/?genre=article").text).iter() if field.get("name")}
    assert names & ARGUMENTS == ARGUMENTS - {"page"}


def test_untouched_fields_leave_the_address(client: FlaskClient):
    for typed, kept in (
        ("/en/press/?genre=article&q=&media=&annee=2017&langue=", "/en/press/?genre=article&annee=2017"),
        ("/le/2010-11-16/presse/?q=", "/le/2010-11-16/presse/"),
        ("/presse/?utm_source=", "/presse/"),
    ):
        answer = client.get(typed, follow_redirects=True)
        assert [step.status_code for step in answer.history] == [302]
        assert answer.request.url == f"http://localhost{kept}"


def test_a_narrowed_index_is_not_for_search_engines(client: FlaskClient):
    def robots(path: str) -> list[str]:
        metas = page(client.get(path).text).iter("meta")
        return [meta.get("content", "") for meta in metas if meta.get("name") == "robots"]

    assert robots("/presse/") == []
    assert robots("/presse/?genre=entretien") == ["noindex"]
    assert robots("/le/2010-11-16/presse/?genre=entretien") == ["noindex"]


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("genre", "Aucun genre de ce nom"),
        ("media", "Aucun média de ce nom"),
        ("personne", "Aucune personne de ce nom"),
        ("annee", "Rien de cette année"),
        ("sujet", "Aucun sujet de ce nom"),
        ("langue", "Rien dans cette langue"),
    ],
)
def test_an_unknown_value_is_remarked_and_hides_nothing(client: FlaskClient, name: str, remark: str):
    for value in ("nulle-part", "x" * 5_000, "%01x", "%FFx", "' OR 1=1 --", "%", "٣"):
        html = client.get(f"/presse/?{name}={value}").text
        assert any(remark in found for found in remarks(html)), value
        assert len(listed(html)) == 23


@pytest.mark.parametrize("value", ["%01", "%0a%0d", "+", "%E2%80%A8", "%EF%BF%BD"])
def test_what_cannot_be_seen_is_no_value(client: FlaskClient, value: str):
    for name in ("media", "q"):
        html = client.get(f"/presse/?{name}={value}").text
        assert removable(html) == {}
        assert len(listed(html)) == 23


def test_values_are_read_whatever_their_case(client: FlaskClient):
    assert listed(client.get("/presse/?media=Le-Progres").text) == listed(client.get("/presse/?media=le-progres").text)


def test_of_repeated_arguments_the_first_counts_and_it_is_said(client: FlaskClient):
    html = client.get("/presse/?media=ambush&media=imdb&q=film&q=tournage").text
    assert set(removable(html)) == {"« film »", "AMBUSH"}
    assert len([remark for remark in remarks(html) if "la première a été gardée" in remark]) == 2
    assert remarks(client.get("/presse/?media=ambush&media=ambush").text) == []


def test_a_search_that_is_too_long_is_cut_and_it_is_said(client: FlaskClient):
    html = client.get(f"/presse/?q={'tence ' * 1000}").text
    assert any("100 premiers caractères" in remark for remark in remarks(html))
    assert "le-progres-2009-silence-on-tourne-a-tence" in listed(html)


@pytest.mark.parametrize("number", ["0", "-3", "2", "99999999999999999999", "x", "%01", "9" * 5000, "1.5"])
def test_a_page_that_is_not_there_gives_the_nearest_and_says_so(client: FlaskClient, number: str):
    html = client.get(f"/presse/?page={number}").text
    assert any("page" in remark for remark in remarks(html))
    assert len(listed(html)) == 23


def test_a_long_index_comes_in_pages_of_fifty_without_a_gap_or_a_repeat(client: FlaskClient, add_item: Add):
    for n in range(100):
        add_item(f"made-up-{n:03}", on=date(2015, 1, 1 + n % 3))
    pages = [listed(client.get(f"/presse/?page={n}").text) for n in (1, 2, 3)]
    assert [len(found) for found in pages] == [50, 50, 23]
    assert len({slug for found in pages for slug in found}) == 123
    assert pages[2][-1] == "en-contact-2024-hotline-cannes"
    html = client.get("/presse/?page=2&genre=actualite").text
    neighbours = {
        link.get("rel"): link.get("href", "") for link in page(html).iter("a") if link.get("rel") in ("prev", "next")
    }
    assert parse_qs(urlsplit(neighbours["prev"]).query) == {"genre": ["actualite"]}
    assert parse_qs(urlsplit(neighbours["next"]).query) == {"genre": ["actualite"], "page": ["3"]}


@pytest.mark.parametrize("query", ["", "?q=film", "?genre=entretien&annee=2010", "?q=introuvable"])
def test_the_index_costs_as_many_queries_for_one_item_as_for_many(
    client: FlaskClient, count_queries: Counter, keep_items: Callable[[int], None], query: str
):
    costs: list[int] = []
    for left in (23, 3, 1):
        keep_items(left)
        with count_queries() as statements:
            assert client.get(f"/presse/{query}").status_code == 200
        costs.append(len(statements))
    assert len(set(costs)) == 1
    assert costs[0] <= 6


def test_years_are_in_order(client: FlaskClient):
    years = [value for value in options(client.get("/presse/").text, "annee") if value.isdecimal()]
    assert all(later > earlier for later, earlier in pairwise(years))
