"""What was deleted, or done to a few rows of a list, is undone from the very message that says so."""

from collections.abc import Callable
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse, words
from office.finding import add_person
from office.forms import csrf, fields
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.film.models import Image, Person
from operation118.press.models import PressItem
from operation118.publication import Publication
from web import publishing

Office = Callable[[StaffRole], FlaskClient]
LIST = "/office/presse/articles/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def document(client: FlaskClient, address: str) -> Element:
    return parse(client.get(address).text)[0]


def notice(page: Element) -> Element:
    return next(one for one in page.iter("p") if one.get("role") == "status")


def pressed(client: FlaskClient, page: Element, **other: str) -> str:
    """Press the button of the message; where that leads."""
    button = next(notice(page).iter("button"))
    form = next(one for one in page.iter("form") if one.get("id") == button.get("form"))
    sent = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
    assert form.get("method") == "post"
    answer = client.post(form.get("action", ""), data=sent | other)
    assert answer.status_code == 302
    return answer.headers["Location"]


def undone(client: FlaskClient, page: Element) -> str:
    """The same; what is said then."""
    return words(notice(document(client, pressed(client, page)))).replace("\u00a0", " ")


def delete(client: FlaskClient, address: str) -> None:
    page = client.get(f"{address}supprimer/").text
    assert client.post(f"{address}supprimer/", data=fields(page)).status_code in (302, 303)


def test_a_deletion_is_undone_by_the_message_that_says_it(editor: FlaskClient, session: Session):
    add_person(session, "Ada Lovelace")
    session.commit()
    delete(editor, "/office/film/personnes/somebody/")
    page = document(editor, "/office/film/personnes/")
    assert "Supprimé" in words(notice(page))
    assert "Rétabli" in undone(editor, page)
    session.expire_all()
    assert session.scalars(select(Person).where(Person.slug == "somebody")).one().name == "Ada Lovelace"
    assert [one for one in document(editor, "/office/film/personnes/").iter("p") if one.get("role") == "status"] == []


def test_so_is_that_of_a_picture(app: Flask, office: Office, session: Session):
    officer, image = office(StaffRole.PRESS_OFFICER), publishing.image(app, file=f"{'0' * 32}.jpg")
    delete(officer, f"/office/images/{image.slug}/")
    assert "Rétabli" in undone(officer, document(officer, "/office/images/"))
    assert session.scalars(select(Image.slug).where(Image.slug == image.slug)).one() == image.slug


def test_what_somebody_typed_never_becomes_a_button(editor: FlaskClient, session: Session):
    add_person(session, '"><button form="annuler-1">Ada</button>/1-1')
    session.commit()
    delete(editor, "/office/film/personnes/somebody/")
    page = document(editor, "/office/film/personnes/")
    assert [words(button) for button in notice(page).iter("button")] == ["Annuler"]
    assert "</button>/1-1" in words(notice(page))


@pytest.mark.parametrize("count", [1, 3])
def test_what_a_list_did_is_undone_from_there(editor: FlaskClient, session: Session, count: int):
    slugs = session.scalars(select(PressItem.slug).order_by(PressItem.id).limit(count)).all()
    editor.post(LIST, data=csrf(editor) | {"choix": list(slugs), "etat": "withdrawn"})
    page = document(editor, LIST)
    if count == 1:
        said = undone(editor, page)
        assert said.startswith("Remis comme avant : « ")
        assert said.endswith(" ». De nouveau publié.")
        session.expire_all()
        assert session.scalars(select(PressItem.publication).where(PressItem.slug.in_(slugs))).all() == [
            Publication.PUBLISHED
        ]
        return
    journal = document(editor, next(notice(page).iter("a")).get("href", ""))
    lines = [one for one in journal.iter("li") if (one.get("id") or "").startswith("ligne-")]
    assert len(lines) == count
    assert len([one for one in journal.iter("form") if "/annuler/" in one.get("action", "")]) == count


def withdrawn(editor: FlaskClient, session: Session, address: str = LIST) -> tuple[PressItem, Element]:
    """An article that was withdrawn from its list, and the page that says so."""
    item = session.scalars(select(PressItem).order_by(PressItem.id)).all()[0]
    answer = editor.post(address, data=csrf(editor) | {"choix": [item.slug], "etat": "withdrawn"})
    return item, document(editor, answer.headers["Location"])


@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}?q=a&tri=-date", "/office/presse/articles/?q=%C3%A9t%C3%A9%20%2F%2F"]
)
def test_undoing_leads_back_to_the_list_as_it_was(editor: FlaskClient, session: Session, address: str):
    assert pressed(editor, withdrawn(editor, session, address)[1]) == address


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "/",
        "//ailleurs.test/office/",
        "https://ailleurs.test/office/",
        "/office/\\ailleurs.test",
        "/office//ailleurs.test",
        "/office/../presse/",
        "javascript:alert(1)",
        "/office/\r\nSet-Cookie: a=b",
    ],
)
def test_it_leads_nowhere_but_into_the_office(editor: FlaskClient, session: Session, elsewhere: str):
    item, page = withdrawn(editor, session)
    assert pressed(editor, page, retour=elsewhere) == f"/office/journal/?fiche=item.{item.slug}"


def test_what_was_put_back_says_what_the_public_sees(editor: FlaskClient, session: Session):
    item = session.scalars(select(PressItem).order_by(PressItem.id)).all()[0]
    item.publication, item.published_at = Publication.DRAFT, clock.now() + timedelta(days=1)
    session.commit()
    editor.post(LIST, data=csrf(editor) | {"choix": [item.slug], "etat": "withdrawn"})
    assert "De nouveau un brouillon. L’état est « brouillon » : rien ne" in undone(editor, document(editor, LIST))
    delete(editor, f"{LIST}{item.slug}/")
    assert "». De nouveau un brouillon." in undone(editor, document(editor, LIST))


def test_what_changed_nothing_has_nothing_to_undo(editor: FlaskClient, session: Session):
    slug = session.scalars(select(PressItem.slug)).all()[0]
    editor.post(LIST, data=csrf(editor) | {"choix": [slug], "etat": "published"})
    said = notice(document(editor, LIST))
    assert list(said.iter("button")) == list(said.iter("a")) == []


def test_the_pages_of_the_door_say_it_and_undo_nothing(editor: FlaskClient, session: Session):
    add_person(session, "Ada Lovelace")
    session.commit()
    delete(editor, "/office/film/personnes/somebody/")
    said = notice(document(editor, "/office/connexion/preuve/"))
    assert words(said).endswith("depuis le journal.")
    assert said.get("class") == "desk-notice desk-notice-message"
