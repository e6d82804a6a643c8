"""The bill: what the film is, by whom, with whom; at the head of the site, and no more than is known."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from markup import parse, words
from operation118.film.labels import billing
from operation118.film.models import Credit, Department


def of_class(html: str, name: str) -> list[str]:
    return [words(element) for element in parse(html)[0].iter("p") if element.get("class") == name]


@pytest.mark.parametrize(
    ("path", "bill"),
    [
        ("/", "Comédie de Julien Baillargeon, avec Booder et Bruno Hausler."),
        ("/en/", "Comedy by Julien Baillargeon, with Booder and Bruno Hausler."),
    ],
)
def test_the_home_page_says_who_made_the_film_and_who_is_in_it(client: FlaskClient, path: str, bill: str):
    assert of_class(client.get(path).text, "bill") == [bill]


def test_nobody_is_billed_before_anybody_named_them(client: FlaskClient):
    assert of_class(client.get("/le/2008-10-01/").text, "bill") == []


def test_a_director_is_billed_whatever_else_they_did(app: Flask, session: Session):
    session.execute(update(Credit).where(Credit.slug == "crew-david-azencot").values(jobs=["writer", "director"]))
    session.commit()
    assert of_class(app.test_client().get("/").text, "bill")[0].startswith(
        "Comédie de Julien Baillargeon, David Azencot, avec"
    )


def test_without_credits_there_is_no_bill(app: Flask, session: Session):
    session.execute(update(Credit).values(department=Department.CREW, jobs=[], position=9))
    session.commit()
    assert of_class(app.test_client().get("/").text, "bill") == []


@pytest.mark.parametrize(
    ("given", "bill"),
    [
        ((["comédie"], ["Élise Un"], []), "Comédie d'Élise Un"),
        (([], ["Jean Un"], ["Anne Deux"]), "Film de Jean Un, avec Anne Deux"),
        ((["drame", "satire"], [], ["A", "B", "C"]), "Drame, satire, avec A, B et C"),
        ((["comédie"], [], []), ""),
    ],
)
def test_a_bill_holds_what_is_known(app: Flask, given: tuple[list[str], list[str], list[str]], bill: str):
    with app.test_request_context("/"):
        assert billing(*given).replace("’", "'") == bill


@pytest.mark.parametrize("path", ["/film/", "/en/film/"])
def test_the_sheet_of_the_film_names_them_too(client: FlaskClient, path: str):
    document, _ = parse(client.get(path).text)
    sheet = next(element for element in document.iter("dl") if element.get("class") == "sheet")
    links = {
        words(link): link.get("href") for link in sheet.iter("a") if (link.get("href") or "").startswith("#credit")
    }
    assert links == {
        "Julien Baillargeon": "#credit-crew-julien-baillargeon",
        "Booder": "#credit-cast-booder",
        "Bruno Hausler": "#credit-cast-bruno-hausler",
    }
