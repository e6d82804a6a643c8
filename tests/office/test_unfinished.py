"""The texts of a draft may wait, in one language or in both; nothing is public before they are there."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse, words
from office.forms import csrf, fields
from office.tabling import sent, text
from office.test_editing import Office, addresses, errors
from operation118.accounts.models import StaffRole
from operation118.content import ContentError
from operation118.press.models import PressItem
from operation118.publication import Publication
from operation118.screenings.models import Screening
from operation118.site import content

LIST, NEW = "/office/presse/articles/", "/office/presse/articles/nouveau/"
TITLE = "Un entretien inachevé"
FRENCH = {"question-0-topic_fr": "Pourquoi ce titre ?", "question-0-answer_fr": "Il le raconte."}
ENGLISH = {"question-0-topic_en": "Why this title?", "question-0-answer_en": "He tells it.", "summary_en": "A trial."}


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def draft(editor: FlaskClient, session: Session) -> str:
    """The address of an article of which there is a title, a question and its answer in French, and nothing else."""
    outlet = session.scalars(select(PressItem)).all()[0].outlet.slug
    known = {"kind": "interview", "about": "film", "language": "fr", "date": "11/2010", "seen": "whole"}
    typed = known | {"title": TITLE, "url": "https://exemple.fr/inacheve", "outlet": outlet, "publication": "draft"}
    answer = editor.post(NEW, data=fields(editor.get(NEW).text) | typed | FRENCH)
    assert answer.status_code == 302, errors(answer.text)
    return LIST + session.scalars(select(PressItem.slug).where(PressItem.title == TITLE)).one() + "/"


def said(editor: FlaskClient, address: str) -> str:
    document, _ = parse(editor.get(address).text)
    return " ".join(words(element) for element in document.iter() if "desk-notice" in element.get("class", ""))


def found(session: Session) -> PressItem:
    session.expire_all()
    return session.scalars(select(PressItem).where(PressItem.title == TITLE)).one()


def test_a_draft_is_kept_as_far_as_it_was_written(editor: FlaskClient, session: Session, draft: str):
    item = found(session)
    assert (item.summary_fr, item.summary_en, item.questions[0].topic_en) == ("", "", "")
    typed = fields(editor.get(draft).text)
    assert {name: typed[name] for name in FRENCH} == FRENCH
    assert editor.post(draft, data=typed).status_code == 302
    assert "Rien n’avait changé" in said(editor, draft)
    lacking = words(parse(editor.get(draft).text)[0]).replace("\u00a0", " ")
    assert "Il manque, pour publier : Résumé (français), Résumé (anglais), Question 1, " in lacking
    anchors = {link.get("href") for link in parse(editor.get(draft).text)[0].iter("a")}
    assert {"#summary_fr", "#question-0-topic_en", "#question-0-answer_en"} <= anchors


def test_it_is_published_in_its_form_only_once_all_is_there(
    editor: FlaskClient, app: Flask, session: Session, draft: str
):
    typed = fields(editor.get(draft).text) | {"publication": "published"}
    refused = editor.post(draft, data=typed)
    assert refused.status_code == 422
    assert errors(refused.text) == ["Ce champ est nécessaire."] * 4  # the summary twice, the question, the answer
    assert fields(refused.text)["question-0-answer_fr"] == FRENCH["question-0-answer_fr"]
    assert found(session).publication is Publication.DRAFT
    assert editor.post(draft, data=typed | ENGLISH | {"summary_fr": "Un essai."}).status_code == 302
    assert "Why this title?" in app.test_client().get(f"/en/press/{found(session).slug}/").text


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_a_list_leaves_it_a_draft_and_says_what_it_wants(editor: FlaskClient, session: Session, draft: str, state: str):
    item = found(session)
    other = session.scalars(select(PressItem).where(PressItem.id != item.id)).all()[0]
    other.publication = Publication.DRAFT
    session.commit()
    ticked = csrf(editor) | {"choix": [item.slug, other.slug], "etat": state}
    assert editor.post(LIST, data=ticked).status_code == 302
    told = said(editor, LIST)
    wanted = f"« {TITLE} » reste en brouillon : il y manque Résumé (français), Résumé (anglais), Question 1, "
    assert wanted in told.replace("\u00a0", " ")
    session.refresh(other)
    assert (found(session).publication, other.publication) == (Publication.DRAFT, Publication(state))


def test_the_form_asks_for_these_texts_only_to_publish(editor: FlaskClient):
    document, _ = parse(editor.get(NEW).text)
    required = {element.get("name") for element in document.iter() if element.get("required") is not None}
    assert {"title", "outlet", "url"} <= required
    assert not {name for name in required if name and name.endswith(("_fr", "_en"))}
    labels = {label.get("for"): words(label) for label in document.iter("label")}
    assert all("pour publier" in labels[name] for name in ("summary_fr", "summary_en"))


def test_a_dump_of_it_loads_back_equal_and_not_as_anything_else(session: Session, draft: str, tmp_path: Path):
    content.dump(session, tmp_path)
    tallies = content.load(session, tmp_path)
    assert [key for key, tally in tallies.items() if tally.added or tally.changed] == []
    press = tmp_path / "press.toml"
    press.write_text(press.read_text("utf-8").replace('publication = "draft"', 'publication = "published"'), "utf-8")
    with pytest.raises(ContentError) as refused:
        content.load(session, tmp_path)
    assert len(refused.value.problems) == 4
    assert all("required" in problem for problem in refused.value.problems)


def test_a_table_takes_it_out_and_in_again(editor: FlaskClient, draft: str):
    address = sent(editor, "item", editor.get("/office/tableaux/item.csv").data)
    assert "Ce fichier ne change rien" in text(editor.get(address))


def test_a_note_in_one_language_waits_too(editor: FlaskClient, session: Session):
    address = addresses(session, "screening")[0]
    typed = fields(editor.get(address).text) | {"note_fr": "Une remarque.", "note_en": ""}
    assert "L’autre langue est remplie" in " ".join(errors(editor.post(address, data=typed).text))
    assert editor.post(address, data=typed | {"publication": "draft"}).status_code == 302
    slug = address.split("/")[-2]
    row = session.scalars(select(Screening).where(Screening.slug == slug)).one()
    session.refresh(row)
    assert (row.note_fr, row.note_en, row.publication) == ("Une remarque.", None, Publication.DRAFT)
