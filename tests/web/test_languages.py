"""Two languages, one view."""

import pytest
from flask.testing import FlaskClient

from markup import parse, words

PAGES = [
    ("/", "/en/"),
    ("/film/", "/en/film/"),
    ("/dvd/", "/en/dvd/"),
    ("/presse/", "/en/press/"),
    ("/seances/", "/en/screenings/"),
    ("/chronologie/", "/en/timeline/"),
    ("/contact/", "/en/contact/"),
    ("/mentions-legales/", "/en/legal-notice/"),
    ("/vie-privee/", "/en/privacy/"),
    ("/accessibilite/", "/en/accessibility/"),
    ("/credits/", "/en/credits/"),
]


def languages_of(html: str) -> set[str | None]:
    document, _ = parse(html)
    return {link.get("href") for link in document.iter("a") if link.get("hreflang") in ("fr", "en")}


@pytest.mark.parametrize(("french", "english"), PAGES)
def test_each_page_leads_to_itself_in_the_other_language(client: FlaskClient, french: str, english: str):
    assert english in languages_of(client.get(french).text)
    assert french in languages_of(client.get(english).text)


@pytest.mark.parametrize(("french", "english"), PAGES)
def test_a_page_leads_only_to_pages_of_its_language(client: FlaskClient, french: str, english: str):
    for path, stranger in ((french, "/en/"), (english, None)):
        document, _ = parse(client.get(path).text)
        own = [link.get("href", "") for link in document.iter("a") if not link.get("hreflang")]
        pages = [href for href in own if href.startswith("/") and not href.startswith(("/static/", "/le/", "/api/"))]
        strangers = [href for href in pages if href.startswith("/en/") == (path == french)]
        assert [href for href in strangers if stranger or not href.startswith("/openapi")] == []


def test_the_two_languages_say_different_things(client: FlaskClient):
    headings = [words(next(parse(client.get(path).text)[0].iter("h1"))) for path in ("/contact/", "/en/contact/")]
    assert headings[0] != headings[1]


def test_the_english_root_wants_its_slash(client: FlaskClient):
    response = client.get("/en")
    assert response.status_code == 308
    assert response.location == "/en/"


def test_a_page_does_not_depend_on_the_language_the_browser_prefers(client: FlaskClient):
    english = client.get("/film/", headers={"Accept-Language": "en"})
    assert english.data == client.get("/film/", headers={"Accept-Language": "fr"}).data
    assert "Accept-Language" not in english.headers.get("Vary", "")
