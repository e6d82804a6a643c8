"""Every kind of mail has its text, word for word, in both languages; `GOLDEN=write` writes the files anew."""

import os
import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mail.samples import VALUES, sample
from markup import parse, words
from operation118.config import ROOT
from operation118.film.models import Film
from operation118.mail.compose import Parts
from operation118.web.languages import LANGUAGES

MAILS = ROOT / "templates" / "mail"
KINDS = sorted(path.parent.relative_to(MAILS).as_posix() for path in MAILS.rglob("subject.txt"))
GOLDEN = Path(__file__).parent / "golden"
LONGEST_SUBJECT = 70  # characters; what a telephone shows is shorter still

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def parts(kind: str, lang: str, session: Session) -> Parts:
    return sample(kind, lang)


def document(parts: Parts) -> Element:
    return parse(parts.html)[0]


def test_every_kind_of_mail_has_a_sample():
    assert set(VALUES) == set(KINDS)


def test_the_text_is_the_golden_one(kind: str, lang: str, parts: Parts):
    path = GOLDEN / f"{kind}.{lang}.txt"
    text = f"{parts.subject}\n\n{parts.text}"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


def test_no_golden_text_is_left_over():
    files = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.txt")}
    assert files == {f"{kind}.{lang}.txt" for kind in KINDS for lang in LANGUAGES}


def test_the_subject_is_short_and_one_line(parts: Parts):
    assert 0 < len(parts.subject) <= LONGEST_SUBJECT
    assert "\n" not in parts.subject


def test_a_mail_loads_nothing(parts: Parts):
    """Real text in one column: it is whole with images off, for there are none."""
    page = document(parts)
    assert [element.tag for element in page.iter() if element.get("src") or element.get("background")] == []
    assert "url(" not in parts.html
    assert "@import" not in parts.html
    assert list(page.iter("link")) == []
    assert list(page.iter("script")) == []


def test_a_mail_says_who_writes_in_which_language(parts: Parts, lang: str):
    page = document(parts)
    assert page.get("lang") == lang
    assert len(list(page.iter("h1"))) == 1
    assert words(next(page.iter("title"))) == " ".join(parts.subject.split())


@pytest.mark.parametrize(
    "kind", ["newsletter/confirm", "newsletter/taken_over", "newsletter/reminder", "newsletter/welcome"]
)
def test_the_film_s_title_is_read_aloud_in_its_language(session: Session, kind: str):
    title = session.scalars(select(Film.title)).one()
    for lang, marked in (("en", True), ("fr", False)):
        page = document(sample(kind, lang))
        [said] = [element for element in page.iter("p") if element.get("class") is None and title in words(element)][:1]
        assert [element.get("lang") for element in said.iter("span")] == (["fr"] if marked else [])


def test_the_style_is_in_the_elements_and_the_night_in_the_head(parts: Parts):
    page = document(parts)
    assert all(element.get("style") for element in page.iter("h1"))
    style = "".join("".join(element.itertext()) for element in page.iter("style"))
    assert "prefers-color-scheme: dark" in style
    assert ".button {" not in style.partition("@media")[0]


def test_the_text_says_what_the_html_says(parts: Parts):
    """Every link of the HTML stands in the text too."""
    page = document(parts)
    links = {element.get("href", "") for element in page.iter("a")}
    assert [link for link in links if link not in parts.text] == []
    assert not re.search(r"<[a-z]|&[a-z]+;|\{\{", parts.text)
