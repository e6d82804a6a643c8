"""What stands around the work of the office: the keys, where one stands, and what a form needs before it is sent."""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from markup import parse, words
from newsletter.desking import DESK, plain, press, write
from office.tabling import TITLES, sent, table, text
from operation118.accounts.models import StaffRole
from operation118.content import Kind
from operation118.office.fields import needed
from operation118.office.frame import MENU
from operation118.office.labels import title_label
from operation118.office.rooms import BY_KEY, DESKS
from operation118.office.table_columns import columns
from operation118.screenings.models import Screening

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")


def menu(page: str) -> list[Element]:
    document, _ = parse(page)
    [nav] = [nav for nav in document.iter("nav") if nav.get("id") == "menu"]
    return list(nav.iter("a"))


@pytest.mark.parametrize(
    ("path", "standing"),
    [
        ("/office/film/", {"Le film": "page"}),
        ("/office/film/personnes/", {"Le film": "true"}),
        ("/office/presse/articles/nouveau/", {"La presse": "true"}),
        ("/office/equipe/", {"L’équipe": "page"}),
        ("/office/equipe/inviter/", {"L’équipe": "true"}),
        ("/office/courrier/abonnes/", {"Le courrier": "true"}),
        ("/office/moi/", {}),
        ("/office/", {}),
    ],
)
def test_the_menu_says_where_one_stands(office: Office, path: str, standing: dict[str, str]):
    links = menu(office(StaffRole.ADMIN).get(path).text)
    here = {words(link).lstrip("0123456789* "): link.get("aria-current") for link in links if link.get("aria-current")}
    assert here == standing


def test_each_room_has_a_key_of_the_telephone_and_none_has_two(office: Office):
    keys = [link.get("aria-keyshortcuts") for link in menu(office(StaffRole.ADMIN).get("/office/equipe/").text)]
    assert sorted(keys, key=str) == sorted("*0123456789")
    assert len(MENU) == len(keys)


# --- What is needed -----------------------------------------------------------------------------------------------


def marked(page: str) -> Iterator[str]:
    """The fields that say before anything is sent that they are needed, and the lists that do."""
    document, _ = parse(page)
    for element in document.iter():
        if element.get("required") is not None:
            yield element.get("name", "")
        if element.tag == "fieldset" and "nécessaire" in words(next(element.iter("legend"))):
            yield element.get("id", "")


@pytest.mark.parametrize("key", ["screening", "item", "person", "fact", "event", "crew", "town"])
def test_what_a_row_cannot_do_without_is_marked_in_its_form(office: Office, key: str):
    page = office(StaffRole.EDITOR).get(f"/office/{DESKS[key].path}/nouveau/").text
    labels = [label for label in parse(page)[0].iter("label") if "pour publier" in words(label)]
    later = {label.get("for", "") for label in labels}
    assert set(marked(page)) == needed(BY_KEY[key].schema, DESKS[key]) - {"slug"} - later
    assert later == {"item": {"summary_fr", "summary_en"}, "event": {"note_fr", "note_en"}}.get(key, set())


def test_what_is_presumed_is_not_asked_for_and_a_date_that_is_wanted_is():
    assert "sources" not in needed(BY_KEY["item"].schema, DESKS["item"])
    assert {"date", "sources"} <= needed(BY_KEY["screening"].schema, DESKS["screening"])


def test_a_table_needs_what_a_form_needs():
    kind: Kind = BY_KEY["screening"]
    assert {column.title for column in columns(kind) if column.needed} == needed(kind.schema, DESKS["screening"])


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (f"{DESK}nouvelle/", {"sujets", "objet_fr"}),
        ("/office/images/nouvelle/", {"fichier", "credit", "terms_fr", "terms_en", "alt_fr", "alt_en"}),
        ("/office/tableaux/tag/importer/", {"table"}),
        ("/office/courrier/liste/", {"fichiers", "sujets"}),
    ],
)
def test_the_other_forms_mark_theirs(office: Office, path: str, names: set[str]):
    assert set(marked(office(StaffRole.EDITOR).get(path).text)) == names


def test_an_address_that_makes_itself_is_not_asked_of_who_left_it_empty(office: Office):
    editor = office(StaffRole.EDITOR)
    here = "/office/film/personnes/nouveau/"
    page = press(editor, here, here)
    assert page.status_code == 422
    assert 'id="name-erreur"' in page.text
    assert 'id="slug-erreur"' not in page.text
    page = press(editor, here, here, name="…")
    assert 'id="slug-erreur"' in page.text


# --- In the words of the team --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "title", "label"),
    [
        ("screening", "kind", "Genre"),
        ("screening", "note_fr", "Note (français)"),
        ("item", "question 2 answer_en", "Question 2 : Réponse, au style indirect (anglais)"),
        ("film", "sources title", "Sources : Titre"),
        ("cast", "position", "Place"),
        ("redirect", "from", "from"),
    ],
)
def test_a_column_is_called_as_the_desk_calls_the_field(kind: str, title: str, label: str):
    assert title_label(kind, title) == label


def test_a_rehearsal_speaks_the_words_of_the_desks(office: Office, session: Session):
    editor = office(StaffRole.EDITOR)
    page = text(editor.get(sent(editor, "tag", table([TITLES, ["mot", "Un mot", ""]]))))
    assert "Intitulé (anglais) label_en" in page
    page = text(editor.get(sent(editor, "screening", table([["slug", "kind"], ["une", "fête"]]))))
    assert "Genre kindChoisissez l’une des valeurs proposées : preview, regular, national_release." in page
    slug = session.scalars(select(Screening.slug)).first() or ""
    page = text(editor.get(sent(editor, "screening", table([["slug", "publication"], [slug, "draft"]]))))
    assert re.search("État publication .*Brouillon", page)


def test_the_journal_tells_a_letter_in_words(office: Office):
    editor = office(StaffRole.EDITOR)
    slug = write(editor)
    here = f"{DESK}{slug}/modifier/"
    fields = {"objet_fr": "Le DVD est là", "texte_fr": "Bonjour", "langue": "fr", "version": "1"}
    press(editor, here, here, **fields, sujets=["dvd", "seances"])
    page = plain(editor.get(f"/office/journal/?fiche=letter.{slug}"))
    assert "Une seule histoire : <b>Lettre « Le DVD est là »</b>" in page
    for told in ("<dt>Sujets</dt>", "Les séances", "<dt>Objet (français)</dt>", "Langue : français"):
        assert told in page, told
    assert f'href="{DESK}{slug}/"' in page
    assert "Lettres</option>" in page
