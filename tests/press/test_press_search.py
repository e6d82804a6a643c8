"""The search forgives, says what it did not find, and never leaves the reader without a way on."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from applications import application
from markup import words
from operation118.config import Settings
from operation118.database import db
from operation118.press import queries
from operation118.press.search import MOST_WORDS, corrections, fold
from operation118.press.search import words as searched
from operation118.site import start
from press.pages import chips, listed, of_class, page, remarks, removable

SAINT_QUENTIN = "courrier-picard-2010-saint-quentin"
SHOOT = "le-progres-2009-silence-on-tourne-a-tence"
VIEWERS = "allocine-avis-spectateurs"
VENDOME = "nouvelle-republique-2010-vendome"

SAME = [
    ["118 318", "118-318", "118318", "118.318", "118%E2%80%AF318"],
    ["Hausler", "hausler", "HAUSLER", "haüsler"],
    ["Déborah Chiarella", "deborah chiarella", "Chiarella, Déborah", "chiarella deborah"],
    ["avant-première", "avant premiere", "AVANT-PREMIÈRES"],
    ["téléconseiller", "teleconseillers", "Téléconseillers"],
]


@pytest.mark.parametrize("spellings", SAME)
def test_spelling_makes_no_difference(client: FlaskClient, spellings: list[str]):
    found = [listed(client.get(f"/presse/?q={spelling}").text) for spelling in spellings]
    assert found[0] != []
    assert all(slugs == found[0] for slugs in found)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Hasler", SAINT_QUENTIN),
        ("Lionel", VIEWERS),
        ("lionel astier", VIEWERS),
        ("Raïlane", "le-progres-2010-une-equipe-qui-gagne"),
        ("services clients", SAINT_QUENTIN),
        ("matthieu polivennes", "en-contact-2010-edito-58"),
        ("adbelkader", "le-progres-2010-une-equipe-qui-gagne"),
        ("Springsteen", "sens-du-client-2010-entretien-manuel-jacquinet"),
        ("postman", "sens-du-client-2010-entretien-manuel-jacquinet"),
        ("yakamoz", "le-progres-2010-centre-appels-tence-fiction-realite"),
        ("vendo", VENDOME),
        ("cotonou 2007", "le-progres-2010-un-heros-qui-me-ressemble"),
    ],
)
def test_it_is_found(client: FlaskClient, typed: str, slug: str):
    for path in ("/presse/", "/en/press/"):
        assert slug in listed(client.get(f"{path}?q={typed}").text)


def test_the_films_other_titles_find_what_is_about_it_and_nothing_else(client: FlaskClient):
    found = listed(client.get("/presse/?q=118-318").text)
    assert len(found) == 22
    assert "en-contact-2024-hotline-cannes" not in found


def test_all_the_words_must_be_there(client: FlaskClient):
    one, other = (set(listed(client.get(f"/presse/?q={word}").text)) for word in ("tence", "booder"))
    both = set(listed(client.get("/presse/?q=tence+booder").text))
    assert both == one & other
    assert both < one
    assert SHOOT in both


def test_a_word_is_found_from_its_beginning_only(client: FlaskClient):
    assert listed(client.get("/presse/?q=spring").text) == ["sens-du-client-2010-entretien-manuel-jacquinet"]
    assert listed(client.get("/presse/?q=ringsteen").text) == []


@pytest.mark.parametrize("typed", ["%25", "_", "%25%25_", "%5C", "!!!", "''", "«»"])
def test_wildcards_and_quotes_are_no_words(client: FlaskClient, typed: str):
    html = client.get(f"/presse/?q={typed}").text
    assert any("aucun mot" in remark for remark in remarks(html))
    assert len(listed(html)) == 23


def test_only_so_many_words_are_looked_for():
    assert len(searched(" ".join(f"mot{n}" for n in range(99)))) == MOST_WORDS


def test_what_was_typed_is_kept_and_every_way_on_leads_somewhere(client: FlaskClient):
    html = client.get("/presse/?q=Bouder&genre=entretien&annee=2010").text
    field = next(field for field in page(html).iter("input") if field.get("name") == "q")
    assert field.get("value") == "Bouder"
    assert listed(html) == []
    (nothing,) = of_class(page(html), "press-nothing")
    ways = {words(link): link.get("href", "") for link in nothing.iter("a")}
    assert "Booder" in ways
    assert ways["Revoir les 22 parutions de l’index"] == "/presse/"
    assert any(label.startswith("Sans « Bouder »") for label in ways)
    for label, href in ways.items():
        found = len(listed(client.get(href).text))
        assert found > 0, label
        if label.startswith("Sans"):
            assert label.endswith(f" {found} parution{'s' if found > 1 else ''}")


def test_what_could_leave_nothing_is_not_offered_and_what_was_chosen_is_kept(client: FlaskClient):
    html = client.get("/presse/?q=zzzz&genre=entretien&annee=2010").text
    assert list(page(html).iter("select")) == []
    assert chips(html) == {}
    kept = {field.get("name"): field.get("value") for field in page(html).iter("input")}
    assert kept == {"q": "zzzz", "genre": "entretien", "annee": "2010"}
    assert "Aucune parution sur 22" in words(page(html))


def test_the_answer_without_anything_is_in_the_readers_language(client: FlaskClient):
    (nothing,) = of_class(page(client.get("/en/press/?q=zzzzzz").text), "press-nothing")
    assert "Nobody on the line" in words(nothing)
    subjects = [words(link) for link in of_class(nothing, "chip")]
    assert len(subjects) == 3
    assert "Preview 5" in subjects


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Bouder", "Booder"),
        ("Polivenes", "Polivennes"),
        ("Jaquinet", "Jacquinet"),
        ("Azincot", "Azencot"),
        ("Tance", "Tence"),
    ],
)
def test_a_slip_is_understood(client: FlaskClient, typed: str, meant: str):
    (nothing,) = of_class(page(client.get(f"/presse/?q={typed}").text), "press-nothing")
    ways = {words(link): link.get("href", "") for link in nothing.iter("a")}
    assert meant in ways
    assert list(removable(client.get(ways[meant]).text)) == [f"« {meant} »"]


def test_only_the_wrong_word_is_corrected():
    texts = ["booder joue a tence", "tence attend"]
    assert corrections("Boder TENCE", names=["Booder", "Tence"], texts=texts) == ["Booder Tence"]
    assert corrections("tence", names=["Tence"], texts=texts) == []
    assert corrections("attent tence", names=["Tence"], texts=texts) == ["attend Tence"]


def test_in_the_time_machine_nothing_to_come_is_suggested(client: FlaskClient):
    for path, suggested in (("/presse/?q=Polivenes", True), ("/le/2009-10-01/presse/?q=Polivenes", False)):
        assert ("Polivennes" in client.get(path).text) is suggested


def test_markup_typed_by_a_reader_stays_text(client: FlaskClient):
    html = client.get("/presse/?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_the_same_is_found_on_postgresql(
    session: Session, postgres_url: str, make_settings: Callable[..., Settings], data_dir: object
):
    typed = [
        *(spelling for group in SAME for spelling in group),
        "Hasler",
        "Lionel",
        "tence booder",
        "spring",
        "100 %",
        "l'union",
    ]
    here = {text: [card.found for card in queries.catalogue(searched(text)).cards] for text in typed}
    order = [card.values for card in queries.catalogue().cards]
    settings = make_settings(DATABASE_URL=postgres_url)
    with application(settings) as app:
        start.prepare(app, settings)
        with app.app_context():
            assert db.engine.dialect.name == "postgresql"
            assert [card.values for card in queries.catalogue().cards] == order
            assert {text: [card.found for card in queries.catalogue(searched(text)).cards] for text in typed} == here


def test_folding_twice_changes_nothing():
    for text in ("L’Union", "118 318", "Déborah"):
        assert fold(fold(text)) == fold(text)
