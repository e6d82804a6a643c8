"""From Markdown to what readers see: clean HTML, a text that reads as one, blocks in their language."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse
from newsletter.campaigning import letter
from operation118 import clock
from operation118.film.models import Release, ReleaseKind
from operation118.newsletter import blocks, markdown, rendering
from operation118.newsletter.refused import Refused
from operation118.press.models import PressItem, PressKind
from operation118.web.typography import NARROW

BEFORE_THE_TOUR = datetime(2010, 11, 3, 12, tzinfo=UTC)


def html(source: str, lang: str = "fr") -> str:
    return markdown.to_html(source, lang=lang, address=str)


def text(source: str, lang: str = "fr") -> str:
    return markdown.to_text(source, lang=lang, address=str)


def test_headings_leave_the_first_level_to_the_subject():
    assert html("# Un\n\n## Deux\n\n### Trois") == "<h2>Un</h2>\n<h2>Deux</h2>\n<h3>Trois</h3>\n"


def test_type_is_set_in_the_language_of_the_letter():
    assert html("Ah ! L'ami") == f"<p>Ah{NARROW}! L’ami</p>\n"
    assert html("Ah! Don't", "en") == "<p>Ah! Don’t</p>\n"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,AAAA)",
        '<img src=x onerror="alert(1)">',
        "[x](vbscript:x)",
        "<https://example.org/><iframe src=//example.org>",
    ],
)
def test_nothing_runs_in_a_letter(source: str):
    document, _ = parse(f"<!doctype html><html lang=fr><head><title>x</title></head><body>{html(source)}</body></html>")
    assert not list(document.iter("script")) + list(document.iter("iframe")) + list(document.iter("img"))
    assert all(link.get("href", "").startswith("https:") for link in document.iter("a"))


def test_the_text_reads_as_a_text():
    source = (
        "## Deux dates\n\nVenez [voir](https://example.org/a), *vite*  \nou **demain**.\n\n- un\n- [deux](/b)\n\n"
        "3. trois\n4. quatre\n\n> dit-on\n\n---\n\n![Une affiche](https://example.org/i.png) [voir](https://example.org/a)"
    )
    assert text(source) == (
        "Deux dates\n----------\n\nVenez voir [1], vite\nou demain.\n\n- un\n- deux [2]\n\n3. trois\n4. quatre\n\n"
        "> dit-on\n\n* * *\n\n[Une affiche] voir [1]\n\n[1] https://example.org/a\n[2] /b"
    )


def test_a_long_heading_is_wrapped_too():
    title = "Un titre plus long que la largeur d'une page de texte, et qui continue encore un peu après elle"
    lines = text(f"## {title}\n\nPuis.").splitlines()
    assert [len(line) <= markdown.WIDTH for line in lines] == [True] * len(lines)
    assert " ".join(lines[:2]).replace("’", "'") == title
    assert lines[2] == "-" * len(lines[0])


def test_words_in_the_other_language_say_so():
    source = f"### {markdown.foreign('Ah ! [les autres]', 'fr', among='en')}\n\nIsn't it: right? :fr[pas fermé"
    assert html(source, "en") == (
        f'<h3><span lang="fr">Ah{NARROW}! [les autres]</span></h3>\n<p>Isn’t it: right? :fr[pas fermé</p>\n'
    )
    assert text(source, "en").startswith(f"Ah{NARROW}! [les autres]\n---")
    assert markdown.to_page(source, lang="en", address=str).count('lang="fr"') == 1
    assert markdown.foreign("Ah !", "fr", among="fr") == "Ah !"


def test_no_other_attribute_comes_in_by_the_other_language():
    assert "span" not in html(":de[Ach] :fr(x) :fr[[x](javascript:alert(1))")


def test_the_text_is_wrapped_but_its_addresses_are_not():
    long = "https://example.org/" + "a" * 100
    lines = text("mot " * 40 + f"[ici]({long})").splitlines()
    assert max(len(line) for line in lines if long not in line) <= markdown.WIDTH
    assert f"[1] {long}" in lines


def test_what_rows_say_is_never_taken_for_markdown():
    said = "*Une* [étoile](https://example.org) _et_ `puis` \\ <b> & #1"
    assert text(markdown.escape(said)) == said
    assert "<em>" not in html(markdown.escape(said))


def test_a_page_shows_no_picture_from_elsewhere():
    page = markdown.to_page("![Là-bas](https://example.org/i.png) ![Ici](/static/i.png)", lang="fr", address=str)
    assert page.count("<img") == 1
    assert '<a href="https://example.org/i.png" rel="external noopener">Là-bas</a>' in page


def test_screenings_to_come_are_told_in_the_readers_language(session: Session):
    with clock.at(BEFORE_THE_TOUR):
        french, english = (blocks.expand("{{ seances }}", lang=lang) for lang in ("fr", "en"))
    assert "https://film.test/seances/" in french
    assert "https://film.test/en/screenings/" in english
    assert "novembre 2010" in french
    assert "November 2010" in english


def test_no_screening_to_come_is_said(session: Session):
    assert "Aucune séance" in blocks.expand("{{ seances }}", lang="fr")
    assert "No screening" in blocks.expand("{{ seances }}", lang="en")


def test_an_interview_is_presented(session: Session):
    item = session.scalars(select(PressItem).where(PressItem.kind == PressKind.INTERVIEW)).first()
    assert item
    body = html(blocks.expand(f"{{{{ entretien: {item.slug} }}}}", lang="en"), "en")
    assert f"https://film.test/en/press/{item.slug}/" in body
    assert item.outlet.name in body
    assert f'<h3><span lang="fr">{item.title[:5]}' in body
    assert "<span" not in html(blocks.expand(f"{{{{ entretien: {item.slug} }}}}", lang="fr"))


def test_another_kind_of_article_is_no_interview(session: Session):
    slug = session.scalars(select(PressItem.slug).where(PressItem.kind != PressKind.INTERVIEW)).first()
    with pytest.raises(Refused, match="Ligne 3"):
        blocks.expand(f"Ici :\n\n{{{{ entretien: {slug} }}}}", lang="fr")


def test_the_dvd_is_told_as_far_as_it_is_known(session: Session):
    assert "DVD" in blocks.expand("{{ dvd }}", lang="fr")
    for release in session.scalars(select(Release).where(Release.kind == ReleaseKind.VIDEO)):
        session.delete(release)
    session.flush()
    assert "Pas de DVD annoncé" in text(blocks.expand("{{ dvd }}", lang="fr"))


@pytest.mark.parametrize("block", ["{{ dvd: maintenant }}", "{{ seances: demain }}"])
def test_a_block_that_takes_nothing_is_given_nothing(session: Session, block: str):
    with pytest.raises(Refused, match="rien ne suit"):
        blocks.expand(block, lang="fr")


def test_the_mail_says_why_it_comes_and_how_to_leave(session: Session):
    parts = rendering.sample(letter(), "en")
    assert parts.subject == "News of the DVD"
    for part in (parts.text, parts.html):
        assert "https://film.test/en/dvd/" in part
        assert "https://film.test/en/newsletter/archive/nouvelles/" in part
        assert "/en/newsletter/" in part


def test_a_letter_that_stays_private_names_no_page_of_its_own(session: Session):
    assert "archive" not in rendering.sample(letter(in_archive=False), "en").text
