"""The head of each page: where it is, what it shows when it is shared, how it stands in the site."""

import html
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from markup import parse

PAGES = ("/", "/film/", "/dvd/", "/presse/", "/seances/", "/chronologie/", "/contact/", "/seances/laon-2010-11-10/")
INTERVIEW = "/presse/ambush-2010-entretien-manuel-jacquinet/"
MAX_DESCRIPTION = 200


def head(client: FlaskClient, path: str) -> dict[str, str]:
    """The properties and links of a page's head by name; each is there once."""
    document, _ = parse(client.get(path).get_data(as_text=True))
    found: dict[str, str] = {}
    for name, value in _named(document):
        assert name not in found, f"{name} twice at {path}"
        found[name] = value
    return found


def _named(document: object) -> Iterator[tuple[str, str]]:
    for meta in document.iter("meta"):  # type: ignore[attr-defined]
        name = meta.get("property") or meta.get("name")
        if name and name != "theme-color":
            yield name, meta.get("content")
    for link in document.iter("link"):  # type: ignore[attr-defined]
        if link.get("rel") == "canonical":
            yield "canonical", link.get("href")
        if link.get("hreflang"):
            yield f"hreflang {link.get('hreflang')}", link.get("href")


@pytest.mark.parametrize("path", [*PAGES, INTERVIEW])
def test_a_page_says_in_both_languages_where_it_is(client: FlaskClient, path: str) -> None:
    french = head(client, path)
    english = head(client, french["hreflang en"].removeprefix("https://film.test"))
    assert french["canonical"] == french["og:url"] == french["hreflang fr"] == f"https://film.test{path}"
    assert english["canonical"] == english["og:url"] == french["hreflang en"]
    assert french["hreflang x-default"] == english["hreflang x-default"] == french["hreflang fr"]
    assert english["hreflang fr"] == french["hreflang fr"]
    assert (french["og:locale"], french["og:locale:alternate"]) == ("fr_FR", "en_GB")
    assert (english["og:locale"], english["og:locale:alternate"]) == ("en_GB", "fr_FR")


@pytest.mark.parametrize("path", [*PAGES, INTERVIEW, f"/en{INTERVIEW.replace('presse', 'press')}"])
def test_a_shared_page_has_a_title_words_and_a_picture(client: FlaskClient, path: str) -> None:
    said = head(client, path)
    for name in ("og:title", "og:description", "og:site_name", "og:image", "og:image:alt"):
        assert said[name].strip(), name
    assert len(said["og:description"]) <= MAX_DESCRIPTION + 1
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["twitter:card"] == "summary_large_image"


def test_titles_tell_what_they_are_about(client: FlaskClient) -> None:
    assert head(client, "/")["og:title"] == "Opération 118\u202f318, sévices clients".replace("\u202f", " ")
    assert head(client, "/dvd/")["og:title"].endswith(" · Opération 118 318")
    assert head(client, INTERVIEW)["og:title"].startswith("Faire un film sur les call centers")


def test_types_are_those_of_open_graph(client: FlaskClient) -> None:
    types = {path: head(client, path)["og:type"] for path in ("/", "/film/", "/presse/", INTERVIEW)}
    assert types == {"/": "website", "/film/": "video.movie", "/presse/": "website", INTERVIEW: "article"}


def test_filters_do_not_make_another_page(client: FlaskClient) -> None:
    assert head(client, "/presse/?genre=entretien&utm_source=x")["canonical"] == "https://film.test/presse/"


def test_a_day_of_the_past_points_to_the_present_and_stays_out_of_the_indexes(client: FlaskClient) -> None:
    said = head(client, "/le/2010-11-01/seances/laon-2010-11-10/")
    assert said["canonical"] == "https://film.test/seances/laon-2010-11-10/"
    assert said["robots"] == "noindex"
    assert not [name for name in said if name.startswith("hreflang")]
    assert said["og:image"].startswith("https://film.test/le/2010-11-01/cartes/seances/")
    assert client.get(html.unescape(said["og:image"]).removeprefix("https://film.test")).status_code == 200
    assert "robots" not in head(client, "/seances/laon-2010-11-10/")


@pytest.mark.parametrize("path", ["/nowhere/", "/presse/nobody/", "/le/2999-01-01/"])
def test_a_page_that_is_not_there_has_no_address_and_no_picture(client: FlaskClient, path: str) -> None:
    assert not {"canonical", "og:url", "og:image", "hreflang fr"} & set(head(client, path))


def test_the_address_is_the_public_one_whatever_host_is_asked(client: FlaskClient) -> None:
    page = client.get("/film/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "feeds"),
    [
        ("/", {"/feed.atom", "/feed.json"}),
        ("/presse/", {"/feed.atom", "/feed.json", "/presse/feed.atom"}),
        ("/en/screenings/", {"/en/feed.atom", "/en/feed.json", "/en/screenings/feed.atom"}),
    ],
)
def test_a_page_names_its_feeds_and_they_answer(client: FlaskClient, path: str, feeds: set[str]) -> None:
    page = client.get(path).get_data(as_text=True)
    named = re.findall(r'<link rel="alternate" type="application/(?:atom\+xml|feed\+json)"[^>]* href="([^"]+)"', page)
    assert set(named) == feeds
    assert {client.get(feed).status_code for feed in named} == {200}


def test_hostile_words_stay_in_their_attribute(app: Flask) -> None:
    from_here = '"><script>alert(1)</script>'
    page = app.test_client().get("/presse/", query_string={"q": from_here}).get_data(as_text=True)
    assert "<script>alert" not in page
