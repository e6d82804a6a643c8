"""The journal says who did what once, names the fields, and asks before it deletes."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.people import person
from office.finding import add_person
from office.forms import fields
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.database import db
from operation118.film.models import Person
from operation118.office.frame import moment, told
from operation118.office.journal_views import named

Office = Callable[[StaffRole], FlaskClient]
PAGE = "/office/journal/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def entry(summary: str, action: JournalAction = JournalAction.DID, subject: str = "staff.1") -> JournalEntry:
    return JournalEntry(staff_name="Alix", action=action, subject=subject, summary=summary)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (entry("Alix : premier administrateur"), "Alix : premier administrateur"),
        (entry("Dora : invitation (Presse)"), "Alix : Dora : invitation (Presse)"),
        (entry("a relu les sources : Genres"), "Alix a relu les sources : Genres"),
        (entry("un article : X", JournalAction.CREATED, "item.x"), "Alix a créé un article : X"),
        (entry("une image : X", JournalAction.CHANGED, "image.x"), "Alix a modifié une image : X"),
    ],
)
def test_a_line_names_its_author_once(line: JournalEntry, said: str):
    between, rest = told(line)
    assert f"{line.staff_name}{between} {rest}".replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["Nom"], "Nom"),
        (["Nom", "Date"], "Nom et Date"),
        (["Nom", "Date", "Lieu"], "Nom, Date et Lieu"),
        (["Nom", "Date", "Lieu", "Début"], "Nom, Date et 2 autres champs"),
    ],
)
def test_changed_fields_are_named(labels: list[str], said: str):
    assert named(labels) == said


def test_an_instant_is_broken_only_before_its_hour(session: Session):
    line = journal.record(action=JournalAction.DID, subject="film.x", summary="a fait quelque chose")
    day, _, hour = moment(line.at).partition(" ")
    assert re.fullmatch(r"\d+(er)?\u00a0\w+\u00a0\d{4}", day)
    assert hour.startswith("à\u00a0")


def undo(client: FlaskClient, line: JournalEntry) -> TestResponse:
    token = fields(client.get(PAGE).text)["csrf_token"]
    return client.post(f"{PAGE}{line.id}/annuler/", data={"csrf_token": token}, follow_redirects=True)


def rename(client: FlaskClient, name: str) -> JournalEntry:
    address = "/office/film/personnes/somebody/"
    client.post(address, data=fields(client.get(address).text) | {"name": name})
    return newest()


def newest() -> JournalEntry:
    line = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert line
    return line


def test_what_was_undone_goes_by_the_name_it_has_again(editor: FlaskClient, session: Session):
    add_person(session, "Ada L’Ancienne")
    session.commit()
    line = rename(editor, "Ada La Nouvelle")
    notice = unescape(undo(editor, line).text).partition('role="status">')[2].partition("</p>")[0]
    assert notice == "Annulé\u00a0: une personne\u00a0: Ada L’Ancienne."


def test_undoing_a_creation_asks_and_says_that_the_row_is_deleted(editor: FlaskClient, session: Session):
    address = "/office/film/personnes/nouveau/"
    form = fields(editor.get(address).text)
    editor.post(address, data=form | {"name": "Ada Lovelace", "slug": "ada"})
    page = editor.get(PAGE).text
    asked = page.partition('<details class="journal-undo">')[2].partition("</details>")[0]
    assert "La fiche serait supprimée" in asked
    assert "Oui, la supprimer" in asked
    assert "Supprimé\u00a0: une personne\u00a0: Ada Lovelace." in undo(editor, newest()).text
    assert session.scalars(select(Person).where(Person.slug == "ada")).first() is None


def test_the_names_of_the_team_are_typeset(editor: FlaskClient, session: Session):
    person(StaffRole.EDITOR).name = "Maud d'Or"
    session.commit()
    assert "Maud d’Or" in editor.get(PAGE).text
