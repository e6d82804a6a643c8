"""The film's page: who is who, its way around, and who says so."""

import pytest
from flask.testing import FlaskClient

from markup import parse, words


@pytest.mark.parametrize("path", ["/film/", "/en/film/"])
def test_the_two_leads_stand_face_to_face_and_nowhere_else(client: FlaskClient, path: str):
    document, _ = parse(client.get(path).text)
    leads = next(element for element in document.iter("div") if element.get("class") == "leads")
    assert [words(name) for name in leads.iter("h3")] == ["Booder", "Bruno Hausler"]
    cast = next(element for element in document.iter("section") if element.get("id") == "distribution")
    names = [words(name) for name in cast.iter("h3")]
    assert len(names) == 5
    assert {"Booder", "Bruno Hausler"} & set(names) == set()


def test_one_lead_alone_is_no_dialogue(client: FlaskClient):
    """In 2009 a single lead was known: he stands in the cast."""
    html = client.get("/le/2009-12-01/film/").text
    assert 'class="leads"' not in html
    assert "Booder" in html


def test_every_jump_leads_to_a_chapter(client: FlaskClient):
    document, _ = parse(client.get("/film/").text)
    chips = [link.get("href", "#")[1:] for link in document.iter("a") if link.get("class") == "chip"]
    chapters = [section.get("id") for section in document.iter("section")]
    assert len(chips) == 7
    assert set(chips) <= set(chapters)


def test_a_past_page_jumps_only_to_what_it_has(client: FlaskClient):
    document, _ = parse(client.get("/le/2008-01-01/film/").text)
    chips = [link.get("href") for link in document.iter("a") if link.get("class") == "chip"]
    assert chips == ["#histoire"]


def test_every_source_can_be_linked_to(client: FlaskClient):
    document, _ = parse(client.get("/film/").text)
    toggles = [element for element in document.iter("details") if element.get("class") == "sources"]
    assert len(toggles) > 30
    assert all(toggle.get("id", "").startswith("s-") for toggle in toggles)


def test_values_begin_with_a_capital(client: FlaskClient):
    for path in ("/film/", "/en/film/", "/dvd/"):
        document, _ = parse(client.get(path).text)
        values = [words(element) for element in document.iter("dd")]
        assert [value for value in values if value[:1].islower()] == []


def test_the_sign_of_the_dvd_does_not_know_how_far_it_is(client: FlaskClient):
    drawing = client.get("/dvd/").text.partition("<svg")[2].partition("</svg>")[0]
    assert "DVD\u202f? km" in drawing
