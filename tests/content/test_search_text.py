"""The text that a search looks into is made of all that is written around a press item."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.press.models import PressItem
from operation118.press.search import fold
from operation118.site import content


def search_text(session: Session, slug: str) -> list[str]:
    return session.scalars(select(PressItem.search_text).where(PressItem.slug == slug)).one().split()


@pytest.mark.parametrize("written", ["118 318", "118-318", "118318", "118\u202f318", "118.318", "« 118 318 »"])
def test_a_number_folds_to_its_digits(written: str):
    assert fold(written) == "118318"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Raïlane", "railane"),
        ("L’ŒUVRE d’À-côté", "l oeuvre d a cote"),
        ("le 17 novembre 2010, 118 318", "le 17 novembre 2010 118318"),
        ("1 000 000 €", "1000000"),
        ("de 2010 118 fois", "de 2010 118 fois"),
        ("100 % _ !", "100"),
    ],
)
def test_accents_case_and_punctuation_do_not_count(written: str, folded: str):
    assert fold(written) == folded


def test_people_are_found_under_their_other_spellings(session: Session):
    assert {"hausler", "hasler"} <= set(search_text(session, "courrier-picard-2010-saint-quentin"))
    assert {"lionnel", "lionel", "astier"} <= set(search_text(session, "allocine-avis-spectateurs"))


def test_everything_around_an_item_is_found(session: Session):
    words = set(search_text(session, "sens-du-client-2010-entretien-manuel-jacquinet"))
    assert {"sens", "thierry", "springsteen", "postman", "facteur", "colorado", "relations"} <= words


def test_only_what_is_about_the_film_is_found_under_its_titles(session: Session):
    assert "118318" in search_text(session, "premiere-revue-de-presse")
    assert "118318" not in search_text(session, "en-contact-2024-hotline-cannes")


def test_each_word_is_there_once(session: Session):
    for text in session.scalars(select(PressItem.search_text)):
        assert len(text.split()) == len(set(text.split()))


def test_a_new_spelling_is_found_as_soon_as_it_is_loaded(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    edit("film.toml", '"Bruno Hasler"', '"Bruno Ausler"')
    content.load(session, folder)
    words = search_text(session, "courrier-picard-2010-saint-quentin")
    assert "ausler" in words
    assert "hasler" not in words
