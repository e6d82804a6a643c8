"""The pages hold together: every screening reachable, nothing slow, nothing broken by a hostile address."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from markup import words
from operation118.screenings.models import Event, EventGuest, Screening, ScreeningGuest, Tour
from screenings.pages import DEDUCED, FOLDERS, SLUGS, linked, of_class, page, road, toured_then_out

CountQueries = Callable[[], AbstractContextManager[list[str]]]


def keep(session: Session, slugs: Sequence[str]) -> None:
    """Leave only these screenings."""
    doomed = session.scalars(select(Screening).where(Screening.slug.not_in(slugs)))
    for screening in doomed.all():
        session.delete(screening)
    session.commit()
    session.expunge_all()


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_road_goes_through_every_screening_in_order(reader: FlaskClient, lang: str):
    assert linked(road(reader.get(FOLDERS[lang]).text)) == toured_then_out(SLUGS)


def test_the_tour_has_as_many_signs_as_it_says_and_the_cinemas_stand_apart(reader: FlaskClient):
    document = page(reader.get("/seances/").text)
    tour, cinemas = of_class(document, "road")
    assert (len(linked([tour])), len(linked([cinemas]))) == (6, 4)
    assert "En salles en 2010" in [words(heading) for heading in document.iter("h3")]


def test_what_is_over_is_heard_to_be(reader: FlaskClient):
    assert all("passé" in words(sign) for sign in road(reader.get("/seances/").text))


@pytest.mark.parametrize(("lang", "mark"), [("fr", "? (sous réserve)"), ("en", "? (unconfirmed)")])
def test_what_is_deduced_is_marked_on_its_plate_and_beside_the_map(reader: FlaskClient, lang: str, mark: str):
    document = page(reader.get(FOLDERS[lang]).text)
    lines = [
        line for towns in of_class(document, "atlas-towns") for line in towns.iter("li") if not list(line.iter("ul"))
    ]
    for signs in (road(reader.get(FOLDERS[lang]).text), lines):
        marked = {linked([sign])[0] for sign in signs if mark in words(sign)}
        assert marked == DEDUCED


def test_the_calendar_has_an_address_to_subscribe_to(reader: FlaskClient):
    for prefix in ("", "/le/2010-11-16"):
        document = page(reader.get(f"{prefix}/en/screenings/").text)
        assert "https://film.test/en/screenings.ics" in words(document)
        assert "webcal://film.test/en/screenings.ics" in [link.get("href") for link in document.iter("a")]


def test_a_legend_explains_the_dots_only_where_they_differ(reader: FlaskClient):
    assert "Point plein" not in reader.get("/seances/").text
    assert "Point plein" in reader.get("/le/2010-11-16/seances/").text


def test_on_paper_a_screening_says_the_film_and_its_address(reader: FlaskClient):
    (line,) = of_class(page(reader.get("/seances/laon-2010-11-10/").text), "on-paper")
    assert "118 318" in words(line).replace("\u00a0", " ")
    assert words(line).endswith("https://film.test/seances/laon-2010-11-10/")


@pytest.mark.parametrize("lang", FOLDERS)
def test_the_list_beside_the_map_says_what_the_map_says(reader: FlaskClient, lang: str):
    document = page(reader.get(FOLDERS[lang]).text)
    towns = of_class(document, "atlas-towns")[0]
    assert sorted(linked([towns])) == sorted(set(SLUGS) - {"sortie-nationale-2010-11-17"})
    pins = [link.get("aria-label") for link in of_class(document, "map-names")[0].iter("a")]
    assert pins == [words(heading).rpartition(" ")[0] for heading in towns.iter("h3")]


def test_pins_lead_to_a_screening_or_to_the_town_of_several(reader: FlaskClient):
    document = page(reader.get("/seances/").text)
    ids = {element.get("id") for element in document.iter()}
    links = [link.get("href", "") for link in of_class(document, "map-numbers")[0].iter("a")]
    assert len(links) == 7
    for href in links:
        assert href.removeprefix("#") in ids if href.startswith("#") else reader.get(href).status_code == 200
    assert sum(href.startswith("#") for href in links) == 2  # two towns had two screenings


def test_what_was_announced_and_what_was_found_are_both_said(reader: FlaskClient):
    told = {
        "fr": "Quinze villes annoncées, deux équipes. Six avant-premières retrouvées à ce jour.",
        "en": "Fifteen towns announced, two teams. Six previews traced so far.",
    }
    for lang, path in FOLDERS.items():
        assert told[lang] in words(page(reader.get(path).text))


def test_a_meeting_with_the_press_is_no_screening(reader: FlaskClient):
    html = reader.get("/seances/").text
    assert "Place du Colonel-Fabien" in html
    assert not any("Paris" in words(sign) for sign in road(html))


def test_kinds_are_told_apart(reader: FlaskClient):
    kinds = [words(of_class(sign, "panel")[0]) for sign in road(reader.get("/seances/").text)]
    assert kinds.count("Avant-première") == 6
    assert kinds.count("À l’affiche en 2010") == 3
    assert kinds.count("Sortie nationale") == 1


@pytest.mark.parametrize("place", range(len(SLUGS)))
def test_each_page_leads_to_its_neighbours(reader: FlaskClient, place: int):
    expected = [SLUGS[other] for other in (place - 1, place + 1) if 0 <= other < len(SLUGS)]
    signs = road(reader.get(f"/seances/{SLUGS[place]}/").text)
    assert linked(signs) == expected
    assert ["Vous êtes ici" in words(sign) for sign in signs] == [False] * bool(place) + [True] + [False] * (place < 9)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", FOLDERS)
def test_each_page_has_its_twin_and_its_calendar(reader: FlaskClient, lang: str, slug: str):
    html = reader.get(f"{FOLDERS[lang]}{slug}/").text
    other = "en" if lang == "fr" else "fr"
    assert f'href="{FOLDERS[other]}{slug}/"' in html
    assert f'href="{FOLDERS[lang]}{slug}.ics"' in html


def test_the_base_map_is_credited_wherever_it_is_drawn(reader: FlaskClient):
    for path in ("/seances/", "/en/screenings/", "/seances/laon-2010-11-10/"):
        html = reader.get(path).text
        assert "svg-maps" in html
        assert "creativecommons.org/licenses/by/4.0/" in html


@pytest.mark.parametrize(
    "slug",
    [
        "nowhere",
        "tence-2010-11-06%01",
        "%27%20OR%201=1--",
        "<script>alert(1)</script>",
        "..%2f..%2fetc%2fpasswd",
        "%ff%fe",
        "TENCE-2010-11-06",
        "a" * 1_000,
        "séance",
    ],
)
@pytest.mark.parametrize("shape", ["/seances/{}/", "/en/screenings/{}/", "/seances/{}.ics"])
def test_an_unknown_screening_is_not_found(reader: FlaskClient, shape: str, slug: str):
    response = reader.get(shape.format(slug))
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("path", ["/seances/", "/en/screenings/", "/seances/laon-2010-11-10/", "/seances.ics"])
def test_a_page_costs_the_same_for_one_screening_and_for_three(
    client: FlaskClient, session: Session, count_queries: CountQueries, path: str
):
    costs: list[int] = []
    for slugs in (SLUGS[3:6], SLUGS[5:6]):  # with guests and venues, the one of the page among them
        keep(session, slugs)
        client.get("/film/")  # what every page needs and keeps is read beforehand
        with count_queries() as statements:
            assert client.get(path).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6


def test_without_rows_the_page_still_says_so(client: FlaskClient, session: Session):
    for table in (ScreeningGuest, EventGuest, Screening, Event, Tour):
        session.execute(delete(table))
    session.commit()
    html = client.get("/seances/").text
    assert "Aucune séance n’est annoncée." in html
    assert road(html) == []


def test_without_content_nothing_breaks(empty_app: Flask):
    client = empty_app.test_client()
    assert client.get("/seances/").status_code == 503
    assert client.get("/seances/laon-2010-11-10/").status_code == 503
    assert client.get("/seances.ics").status_code == 503
