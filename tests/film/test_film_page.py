"""The film's page: who is who, its way around, and who says so."""

from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse, words
from operation118.film.models import Release, ReleaseKind


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


def jumps(document: Element) -> list[str]:
    chips = [link.get("href", "") for link in document.iter("a") if link.get("class") == "chip"]
    return [chip[1:] for chip in chips if chip.startswith("#")]


def test_every_jump_leads_to_a_chapter(client: FlaskClient):
    """To a folded one by what it holds, for that opens it."""
    document, _ = parse(client.get("/film/").text)
    chapters = [section.get("id") for section in document.iter("section")]
    folded = [
        part.get("id") for fold in document.iter("details") if fold.get("class") == "fold" for part in fold.iter()
    ]
    assert len(jumps(document)) == 7
    assert [jump for jump in jumps(document) if jump not in chapters] == ["fact-idee", "fact-lieux-de-tournage"]
    assert {"fact-idee", "fact-lieux-de-tournage"} <= set(folded)


def test_a_past_page_jumps_only_to_what_it_has(client: FlaskClient):
    document, _ = parse(client.get("/le/2010-09-01/film/").text)
    assert jumps(document)[0] == "histoire"
    assert "inconnu" not in jumps(document)


@pytest.mark.parametrize("day", ["1900-01-01", "2008-09-11"])
def test_nothing_is_told_before_anybody_told_it(client: FlaskClient, day: str):
    html = client.get(f"/le/{day}/film/").text
    document, _ = parse(html)
    sheet = next(element for element in document.iter("dl") if element.get("class") == "sheet")
    assert words(sheet) == "Sortie en FranceDate inconnue"
    assert jumps(document) == []
    assert not any(word in html.lower() for word in ("banquier", "comédie", "118 productions"))


def test_what_is_told_first_stands_alone(client: FlaskClient):
    """In 2009 the producers were known, and nobody had told the story."""
    html = client.get("/le/2009-12-01/film/").text
    assert "118 Productions" in html
    assert "Personne n’en a encore raconté l’histoire." in words(parse(html)[0])
    assert 'id="histoire"' not in html


@pytest.mark.parametrize(
    ("path", "title"),
    [("/le/2010-11-16/film/", "Où le film sera vu"), ("/le/2010-11-17/film/", "Où le film a été vu")],
)
def test_a_release_to_come_has_not_been_seen(client: FlaskClient, path: str, title: str):
    document, _ = parse(client.get(path).text)
    releases = next(section for section in document.iter("section") if section.get("id") == "sorties")
    assert words(next(releases.iter("h2"))) == title


@pytest.mark.parametrize("path", ["/film/", "/"])
def test_where_to_see_it_today_is_answered(client: FlaskClient, path: str):
    question = "Où voir le film aujourd’hui"
    answer = "En ligne ou sur disque, nous n’avons pu vérifier aucune offre."
    assert question in (html := client.get(path).text)
    assert answer in html
    assert question not in client.get(f"/le/2010-11-20{path}").text


def test_an_offer_that_lasts_is_the_answer(app: Flask, session: Session):
    release = session.scalars(select(Release).where(Release.kind == ReleaseKind.VOD)).one()
    release.last_year = None
    session.commit()
    for path in ("/film/", "/"):
        document, _ = parse(app.test_client().get(path).text)
        where = next(element for element in document.iter("p") if element.get("class") == "where-today")
        assert words(where).startswith(f"Où voir le film aujourd’hui ? {release.platform_fr}.")
        assert next(where.iter("a")).get("href") == f"/film/#release-{release.slug}"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/dvd/", "Annoncé le 10 octobre 2012. Sorti ? Nous ne le savons pas."),
        ("/en/dvd/", "Announced on 10 October 2012. Out? We do not know."),
    ],
)
def test_the_question_of_the_dvd_has_an_answer(client: FlaskClient, path: str, answer: str):
    document, _ = parse(client.get(path).text)
    assert words(next(element for element in document.iter("p") if element.get("class") == "answer")) == answer


def test_no_picture_is_promised_while_there_is_none(client: FlaskClient):
    assert "/photos/" not in client.get("/film/").text
    assert "/photos/" not in client.get("/credits/").text
    assert 'name="description" content="Aucune image n’est disponible."' in client.get("/photos/").text


@pytest.mark.parametrize(("path", "said"), [("/film/", "3 sources : Genre"), ("/en/film/", "3 sources: Genre")])
def test_a_toggle_says_what_it_is_about(client: FlaskClient, path: str, said: str):
    document, _ = parse(client.get(path).text)
    named = [words(summary) for summary in document.iter("summary")]
    assert said in named
    assert all(" source" not in name or ":" in name for name in named)


@pytest.mark.parametrize("path", ["/en/", "/en/film/"])
def test_the_title_is_announced_as_french(client: FlaskClient, path: str):
    document, _ = parse(client.get(path).text)
    assert next(document.iter("h1")).get("lang") == "fr"


def test_the_page_leads_on(client: FlaskClient):
    document, _ = parse(client.get("/film/").text)
    onward = next(element for element in document.iter("nav") if "onward" in element.get("class", ""))
    assert [link.get("href") for link in onward.iter("a")] == ["/presse/", "/seances/", "/chronologie/"]


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
