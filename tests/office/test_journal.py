"""The journal says who did what once, names the fields, and asks before it deletes."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.people import person
from markup import parse, words
from office.finding import add_person
from office.forms import fields
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.database import db
from operation118.film.models import Person
from operation118.office.frame import moment, told
from operation118.office.journal_views import at_once, named

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
    assert notice == "Remis comme avant\u00a0: «\u00a0Ada L’Ancienne\u00a0»."


def shown(client: FlaskClient, line: JournalEntry, address: str = PAGE) -> str:
    """What the journal says of a line."""
    found = next(one for one in parse(client.get(address).text)[0].iter("li") if one.get("id") == f"ligne-{line.id}")
    return words(found).replace("\u00a0", " ").replace("\u202f", " ")


def test_an_undone_line_says_so_until_that_is_undone(editor: FlaskClient, session: Session):
    add_person(session, "Ada L’Ancienne")
    session.commit()
    line = rename(editor, "Ada La Nouvelle")
    assert "Annuler" in shown(editor, line)
    undo(editor, line)
    undoing = newest()
    assert undoing.undoes_id == line.id
    assert shown(editor, line).endswith(f"Annulé le {moment(undoing.at)}".replace("\u00a0", " ").replace("\u202f", " "))
    assert "Annuler" not in shown(editor, line)
    assert "C’était déjà annulé" in undo(editor, line).text
    assert newest() == undoing
    undo(editor, undoing)
    assert "Annuler" in shown(editor, line)
    assert "Annulé le" in shown(editor, undoing)


def test_a_deletion_undone_twice_says_nothing_false(editor: FlaskClient, session: Session):
    add_person(session, "Ada Lovelace")
    session.commit()
    address = "/office/film/personnes/somebody/supprimer/"
    editor.post(address, data=fields(editor.get(address).text))
    line = newest()
    assert "Rétabli" in undo(editor, line).text
    again = undo(editor, line).text
    assert "C’était déjà annulé" in again
    assert "créée depuis" not in again


def test_undoing_leads_back_to_the_journal_as_it_was(editor: FlaskClient, session: Session):
    add_person(session, "Ada L’Ancienne")
    session.commit()
    line = rename(editor, "Ada La Nouvelle")
    here = f"{PAGE}?genre=person&depuis={line.id}&avant={line.id + 1}"
    answer = editor.post(f"{PAGE}{line.id}/annuler/", data=fields(editor.get(here).text))
    assert answer.headers["Location"] == here
    assert "Annulé le" in shown(editor, line, here)


def test_undone_lines_cost_no_more_queries(
    editor: FlaskClient, session: Session, count_queries: Callable[[], AbstractContextManager[list[str]]]
):
    add_person(session, "Ada 0")
    session.commit()
    costs: list[int] = []
    for number in range(1, 6):
        undo(editor, rename(editor, f"Ada {number}"))
        editor.get(PAGE)
        with count_queries() as statements:
            editor.get(PAGE)
        costs.append(len(statements))
    assert len(set(costs)) == 1


def change(before: dict[str, object], after: dict[str, object], subject: str = "item.x") -> JournalEntry:
    line = entry("une fiche : Laon, 10 novembre 2010", JournalAction.CHANGED, subject)
    line.before, line.after = before, after
    return line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (change({"title": "x"}, {"title": "x", "publication": "withdrawn"}), ["État : publié → retiré"]),
        (
            change({"title": "x", "publication": "draft"}, {"title": "x", "published_at": "2131-05-04T06:00:00+00:00"}),
            ["État : brouillon → publié", "Visible à partir de : (rien) → 4 mai 2131 à 8 h"],
        ),
        (
            change({"starts_at": "2010-11-10T19:30:00Z"}, {"starts_at": "2010-11-10T20:15:00Z"}, "screening.x"),
            ["Début : 20 h 30 → 21 h 15"],
        ),
        (
            change({"starts_at": "2010-11-11T19:30:00Z"}, {"starts_at": "2010-11-11T20:15:00Z"}, "screening.x"),
            ["Début : 11 novembre 2010 à 20 h 30 → 11 novembre 2010 à 21 h 15"],
        ),
        (change({"summary_fr": "Un"}, {"summary_fr": "Un long résumé. " * 9}), []),
        (change({"title": "x", "author": "y"}, {"title": "z", "author": "w"}), []),
        (entry("un article : X", JournalAction.DELETED, "item.x"), []),
    ],
)
def test_one_short_change_is_told_by_its_line(line: JournalEntry, said: list[str]):
    told = [f"{label} : {before} → {after}" for label, before, after in at_once(line)]
    assert [text.replace("\u00a0", " ").replace("\u202f", " ") for text in told] == said


def test_what_its_line_tells_is_not_told_again_below(editor: FlaskClient, session: Session):
    add_person(session, "Ada L’Ancienne")
    session.commit()
    line = rename(editor, "Ada La Nouvelle")
    assert "Nom : Ada L’Ancienne → Ada La Nouvelle" in shown(editor, line)
    assert 'class="diff"' not in editor.get(PAGE).text


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
