"""Two who edit one row at once: what only one of them changed is kept, what both did is shown to whoever saves last."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.desking import DESK, write
from office.forms import fields
from operation118.accounts import journal, meanwhile
from operation118.accounts.meanwhile import Opened
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.newsletter.models import Campaign
from operation118.press.models import PressItem

Office = Callable[[StaffRole], FlaskClient]


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def address(session: Session) -> str:
    item = session.scalars(select(PressItem).where(PressItem.questions.any())).first()
    assert item is not None
    return f"/office/presse/articles/{item.slug}/"


def notes(html: str) -> dict[str, str]:
    """What the form says of the other's work, by the field it stands at."""
    found = re.findall(r'<span class="field-theirs" id="([\w-]+)">(.*?)</span></span>', html, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ") for name, text in found}


def test_what_only_the_other_changed_is_taken_over(editor: FlaskClient, session: Session, address: str):
    mine = fields(editor.get(address).text)
    assert editor.post(address, data=mine | {"title": "Le leur", "question-0-topic_fr": "La leur ?"}).status_code == 302
    answer = editor.post(address, data=mine | {"summary_fr": "Mon résumé."})
    assert answer.status_code == 409
    shown = fields(answer.text)
    assert (shown["title"], shown["question-0-topic_fr"], shown["summary_fr"]) == (
        "Le leur",
        "La leur ?",
        "Mon résumé.",
    )
    assert set(notes(answer.text)) == {"title-avant", "question-avant"}
    assert f"Avant : {mine['title']}" in notes(answer.text)["title-avant"]
    assert "Modifié par vous et par l’autre" not in answer.text
    assert editor.post(address, data=shown).status_code == 302
    item = session.scalars(select(PressItem).where(PressItem.title == "Le leur")).one()
    assert (item.summary_fr, item.questions[0].topic_fr) == ("Mon résumé.", "La leur ?")


def test_what_both_changed_is_for_whoever_saves_last_to_choose(editor: FlaskClient, address: str):
    mine = fields(editor.get(address).text)
    for title in ("Le leur", "Le leur, relu"):
        theirs = fields(editor.get(address).text)
        assert editor.post(address, data=theirs | {"title": title, "url": "https://exemple.fr/"}).status_code == 302
    answer = editor.post(address, data=mine | {"title": "Le mien"})
    assert answer.status_code == 409
    assert fields(answer.text)["title"] == "Le mien"
    assert notes(answer.text)["title-autre"] == "Écrit entre-temps : Le leur, relu"
    assert set(notes(answer.text)) == {"title-autre", "url-avant"}
    assert '<a href="#title">' in answer.text


def test_what_both_wrote_alike_is_no_conflict_of_theirs(editor: FlaskClient, address: str):
    mine = fields(editor.get(address).text)
    assert editor.post(address, data=mine | {"title": "Le même", "url": "https://exemple.fr/"}).status_code == 302
    answer = editor.post(address, data=mine | {"title": "Le même", "summary_fr": "Mon résumé."})
    assert set(notes(answer.text)) == {"url-avant"}


def test_a_form_that_does_not_say_what_it_was_opened_on_overwrites_nothing(editor: FlaskClient, address: str):
    mine = fields(editor.get(address).text)
    assert editor.post(address, data=mine | {"title": "Le leur"}).status_code == 302
    old = mine | {"version": mine["version"].partition(":")[0], "summary_fr": "Mon résumé."}
    answer = editor.post(address, data=old)
    assert answer.status_code == 409
    assert set(notes(answer.text)) == {"title-autre", "summary_fr-autre"}


def test_a_letter_is_shared_alike(editor: FlaskClient, session: Session):
    slug = write(editor)
    page = f"{DESK}{slug}/modifier/"
    mine = fields(editor.get(page).text)
    assert editor.post(page, data=mine | {"objet_fr": "Le leur", "sujets": ["dvd", "presse"]}).status_code == 303
    answer = editor.post(page, data=mine | {"sujets": ["dvd"], "texte_fr": "Mon texte."})
    assert answer.status_code == 409
    shown = fields(answer.text)
    assert (shown["objet_fr"], shown["texte_fr"]) == ("Le leur", "Mon texte.")
    assert "Avant : Le DVD arrive" in notes(answer.text)["objet_fr-avant"]
    assert editor.post(page, data=shown | {"sujets": ["dvd", "presse"]}).status_code == 303
    letter = session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
    assert (letter.subject_fr, letter.body_fr) == ("Le leur", "Mon texte.")


# --- What the journal tells ---------------------------------------------------------------------------------------


def changed(before: dict[str, object], after: dict[str, object], action: JournalAction = JournalAction.CHANGED) -> int:
    line = journal.record(action=action, subject="item.un", summary="un article", before=before, after=after)
    return line.id


def test_a_row_is_told_as_it_was_when_its_form_was_opened(session: Session):
    first = changed({"title": "A"}, {"title": "B"})
    second = changed({"title": "B", "author": "Elle"}, {"title": "C"})
    changed({"read": "hier"}, {}, JournalAction.DID)  # no change of the row
    third = changed({"title": "C"}, {"title": "D", "on": "2010"})
    now = {"title": "D", "on": "2010", "url": "x"}
    told = [meanwhile.as_opened("item.un", line, now) for line in (third, second, first, 0)]
    assert told == [
        now,
        {"title": "C", "url": "x"},
        {"title": "B", "author": "Elle", "url": "x"},
        {"title": "A", "author": "Elle", "url": "x"},
    ]
    assert meanwhile.newest("item.un") == third
    assert meanwhile.newest("item.deux") == 0
    assert session.scalars(select(JournalEntry)).all()


@pytest.mark.parametrize("typed", ["", "x", "3:y", ":", "3", f"{2**31}:{2**31}", "-1:-1"])
def test_a_mark_that_makes_no_sense_tells_nothing(typed: str):
    assert meanwhile.read(typed) == Opened(3 if typed.startswith("3") else None, None)
    assert meanwhile.read("7:42") == Opened(7, 42)
    assert str(Opened(7, 42)) == "7:42"
