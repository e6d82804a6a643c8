"""Key 0: a person when there is one, and no invitation to write while there is nobody."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from markup import parse, words

PAGES = ["/contact/", "/mentions-legales/", "/vie-privee/", "/accessibilite/", "/film/", "/dvd/"]
INVITATIONS = re.compile(r"(?i)écrivez-nous|dites-le[ -]nous|peut écrire|mène à quelqu’un")


def main(client: FlaskClient, path: str) -> str:
    document, _ = parse(client.get(path).text)
    return words(next(document.iter("main")))


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_promised_while_there_is_nobody(client: FlaskClient, path: str):
    assert INVITATIONS.search(main(client, path)) is None


def test_the_page_says_that_nobody_answers_yet(client: FlaskClient):
    said = main(client, "/contact/")
    assert said.startswith("Personne ne décroche encore L’équipe de ce site n’a pas encore indiqué son adresse.")
    assert "En attendant" in said
    assert "Journaliste" not in said
    assert "Nobody picks up yet" in main(client, "/en/contact/")


@pytest.mark.settings(CONTACT_EMAIL="equipe@film.test", CONTACT_PHONE="04 00 00 00 00")
def test_somebody_is_reached_by_mail_and_by_telephone(app: Flask):
    client = app.test_client()
    html = client.get("/contact/").text
    assert 'href="mailto:equipe@film.test"' in html
    assert 'href="tel:0400000000"' in html
    assert main(client, "/contact/").startswith("Vous allez parler à quelqu’un")
    assert "Journaliste" in html


@pytest.mark.parametrize("path", PAGES[1:])
@pytest.mark.settings(CONTACT_PHONE="04 00 00 00 00")
def test_one_way_is_enough_to_invite(app: Flask, path: str):
    assert INVITATIONS.search(main(app.test_client(), path))
