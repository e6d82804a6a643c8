"""What the home page says, and when it says nothing yet."""

from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient

from markup import parse, words


def hero(client: FlaskClient, path: str) -> Element:
    document, _ = parse(client.get(path).text)
    return next(element for element in document.iter("div") if element.get("class") == "hero")


def test_nobody_pitches_what_nobody_told(client: FlaskClient):
    before = hero(client, "/le/1900-01-01/")
    assert "Personne n’en parle encore" in words(before)
    assert "banquier" not in words(before)
    assert [link.get("href") for link in before.iter("a")] == ["/le/1900-01-01/film/"]
    assert "banquier" in words(hero(client, "/"))


def test_a_first_article_is_there_to_read(client: FlaskClient):
    links = [link.get("href") for link in hero(client, "/le/2009-12-01/").iter("a")]
    assert links == ["/le/2009-12-01/film/", "/le/2009-12-01/presse/"]


@pytest.mark.parametrize("day", ["", "/le/2010-11-16"])
def test_the_newest_piece_comes_first(client: FlaskClient, day: str):
    document, _ = parse(client.get(f"{day}/").text)
    trio = next(element for element in document.iter("ol") if element.get("class") == "trio")
    years = [words(meta).rpartition(" ")[2] for meta in trio.iter("p") if meta.get("class") == "meta"]
    assert years == sorted(years, reverse=True)
    assert years[0] > "2008"


@pytest.mark.parametrize(
    ("front", "press", "life"),
    [
        ("/", "Lire les 22 articles et entretiens", "Suivre le film année par année"),
        ("/en/", "Read the 22 articles and interviews", "Follow the film year by year"),
    ],
)
def test_the_press_and_the_life_of_the_film_are_two_actions(client: FlaskClient, front: str, press: str, life: str):
    document, _ = parse(client.get(front).text)
    (actions,) = (block for block in document.iter("p") if block.get("class") == "buttons more")
    assert [words(link) for link in actions.iter("a")] == [press, life]
    assert words(actions) == f"{press} {life}"


def test_only_what_is_about_the_film_is_counted(client: FlaskClient):
    document, _ = parse(client.get("/").text)
    assert "22 articles et entretiens, de 2008 à 2022" in words(document)


@pytest.mark.parametrize("path", ["/", "/lettre/"])
def test_the_letter_says_that_a_topic_is_needed(client: FlaskClient, path: str):
    document, _ = parse(client.get(path).text)
    topics = next(element for element in document.iter("fieldset") if element.get("class") == "letter-topics")
    hint = next(element for element in topics.iter("p") if element.get("id") == topics.get("aria-describedby"))
    assert words(hint) == "Au moins un sujet."


def test_what_is_asked_for_is_introduced(client: FlaskClient):
    """Its words are those of the ledger: the page says before them what they are."""
    said = words(parse(client.get("/dvd/").text)[0])
    assert "Vous demandez : Le DVD – une lettre quand la date de mise en vente est connue" in said


def test_a_deduced_day_looks_deduced(client: FlaskClient):
    document, _ = parse(client.get("/").text)
    road = next(element for element in document.iter("ol") if element.get("class") == "road")
    plates = {words(sign)[:5]: words(sign) for sign in road}
    assert plates["Tence"].endswith("? (sous réserve)")
    assert "réserve" not in plates["Châlo"]


def menu(client: FlaskClient, path: str) -> str:
    document, _ = parse(client.get(path).text)
    return words(next(element for element in document.iter("nav") if element.get("id") == "menu"))


@pytest.mark.parametrize("path", ["/", "/nulle-part/"])
def test_the_key_0_promises_nobody_while_there_is_nobody(client: FlaskClient, path: str):
    assert menu(client, path).endswith("0Contact")
    assert "Quelqu’un" not in client.get(path).text


@pytest.mark.settings(CONTACT_EMAIL="equipe@film.test")
def test_the_key_0_promises_somebody(app: Flask):
    assert menu(app.test_client(), "/").endswith("0Quelqu’un")


@pytest.mark.parametrize(
    ("path", "door"),
    [("/nulle-part/", "/en/"), ("/en/nowhere/", "/"), ("/le/2010-11-16/nulle-part/", "/le/2010-11-16/en/")],
)
def test_what_is_nowhere_has_a_door_in_the_other_language(client: FlaskClient, path: str, door: str):
    document, _ = parse(client.get(path).text)
    other = next(link for link in document.iter("a") if link.get("class") == "lang")
    assert (other.get("href"), client.get(door).status_code) == (door, 200)


@pytest.mark.parametrize("path", ["/vie-privee/", "/en/privacy/", "/accessibilite/"])
def test_a_long_notice_has_its_contents(client: FlaskClient, path: str):
    document, _ = parse(client.get(path).text)
    contents = next(element for element in document.iter("nav") if "contents" in element.get("class", ""))
    listed = {link.get("href", "")[1:]: words(link) for link in contents.iter("a")}
    titles = {title.get("id"): words(title) for title in document.iter("h2") if title.get("id")}
    assert listed == titles
