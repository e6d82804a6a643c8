"""What a state and a date come to is said when they are saved; a list never throws a date away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from markup import parse, words
from office.forms import csrf, fields
from operation118 import clock
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.office import editing
from operation118.office.frame import moment
from operation118.press.models import PressItem
from operation118.publication import Publication, state_of
from operation118.screenings.models import Screening

Office = Callable[[StaffRole], FlaskClient]
LIST = "/office/presse/articles/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def item(session: Session) -> PressItem:
    return session.scalars(select(PressItem).order_by(PressItem.id)).all()[0]


@pytest.fixture
def tomorrow() -> datetime:
    return clock.now() + timedelta(days=1)


def said(editor: FlaskClient, address: str) -> str:
    """The message that a page shows once."""
    document, _ = parse(editor.get(address).text)
    notices = (element for element in document.iter("p") if "desk-notice-" in element.get("class", ""))
    return " ".join(map(words, notices)).replace("\u00a0", " ")


def saved(editor: FlaskClient, item: PressItem, state: str, instant: datetime) -> str:
    address = f"{LIST}{item.slug}/"
    typed = fields(editor.get(address).text)
    date = f"{instant.astimezone(clock.PARIS):%Y-%m-%dT%H:%M}"
    assert editor.post(address, data=typed | {"publication": state, "published_at": date}).status_code == 302
    return said(editor, address)


def ticked(editor: FlaskClient, state: str, *slugs: str) -> str:
    assert editor.post(LIST, data=csrf(editor) | {"choix": list(slugs), "etat": state}).status_code == 302
    return said(editor, LIST)


def test_a_date_says_what_it_comes_to(editor: FlaskClient, item: PressItem, tomorrow: datetime):
    assert "rien ne paraîtra le" in saved(editor, item, "draft", tomorrow)
    assert "Visible à partir du" in saved(editor, item, "published", tomorrow)
    assert "isible" not in saved(editor, item, "published", clock.now() - timedelta(days=1))


def test_a_date_to_come_stays_whatever_a_list_does(
    editor: FlaskClient, app: Flask, session: Session, item: PressItem, tomorrow: datetime
):
    saved(editor, item, "draft", tomorrow)
    assert "Visible à partir du" in ticked(editor, "published", item.slug)
    assert app.test_client().get(f"/presse/{item.slug}/").status_code == 404
    ticked(editor, "withdrawn", item.slug)
    ticked(editor, "draft", item.slug)
    session.refresh(item)
    assert item.published_at is not None
    assert abs(item.published_at - tomorrow) < timedelta(minutes=1)


def test_a_row_that_somebody_changes_at_that_instant_changes_nothing(
    editor: FlaskClient, session: Session, item: PressItem, monkeypatch: pytest.MonkeyPatch
):
    def meanwhile(row: PressItem) -> bool:
        session.connection().execute(update(PressItem).values(version=PressItem.version + 1))
        return False

    monkeypatch.setattr(editing, "is_to_come", meanwhile)
    assert "rien n’a changé" in ticked(editor, "withdrawn", item.slug)
    session.refresh(item)
    assert item.publication is Publication.PUBLISHED


def test_of_many_those_that_wait_are_counted(
    editor: FlaskClient, session: Session, item: PressItem, tomorrow: datetime
):
    saved(editor, item, "draft", tomorrow)
    other = session.scalars(select(PressItem.slug).where(PressItem.id != item.id)).all()[0]
    ticked(editor, "draft", other)
    told = ticked(editor, "published", item.slug, other)
    assert "2 sur 2" in told
    assert "1 ne paraîtra qu’à la date de sa fiche" in told


def test_of_many_the_grammar_follows_how_many_changed(editor: FlaskClient, session: Session):
    slugs = session.scalars(select(PressItem.slug).order_by(PressItem.id)).all()[:3]
    ticked(editor, "withdrawn", slugs[0])
    assert "1 sur 3 passe à l’état « publié »." in ticked(editor, "published", *slugs)
    assert "3 sur 3 passent à l’état « retiré »." in ticked(editor, "withdrawn", *slugs)
    assert ticked(editor, "withdrawn", *slugs) == "Rien n’a changé : les 3 étaient déjà à l’état « retiré »."


def test_a_row_that_was_already_so_says_it(editor: FlaskClient, session: Session, item: PressItem, tomorrow: datetime):
    for state, word in (("published", "publié"), ("withdrawn", "retiré"), ("draft", "un brouillon")):
        ticked(editor, state, item.slug)
        assert ticked(editor, state, item.slug).endswith(f"était déjà {word}.")
    saved(editor, item, "published", tomorrow)
    told = ticked(editor, "published", item.slug)
    assert f"était déjà programmé pour le {' '.join(moment(tomorrow).split())}." in told
    assert told.endswith("Pour le publier maintenant, videz « Visible à partir de » sur sa fiche.")
    item.embargo_lifts_at = tomorrow
    session.commit()
    assert "était déjà publié, mais sous embargo jusqu’au" in ticked(editor, "published", item.slug)


def test_saving_says_when_the_public_begins_or_ceases_to_see_it(
    editor: FlaskClient, item: PressItem, tomorrow: datetime
):
    past = clock.now() - timedelta(days=1)
    assert "Le public" not in saved(editor, item, "published", past)
    assert "Le public ne le voit plus. Visible à partir du" in saved(editor, item, "published", tomorrow)
    assert "Le public" not in saved(editor, item, "draft", tomorrow)
    assert "Le public le voit maintenant." in saved(editor, item, "published", past)
    assert saved(editor, item, "withdrawn", past).endswith("Le public ne le voit plus.")


def test_a_row_whose_other_is_gone_says_which_to_bring_back_first(editor: FlaskClient, session: Session):
    screening = session.scalars(select(Screening).where(Screening.venue_id.is_not(None))).all()[0]
    venue = screening.venue
    assert venue is not None
    others = session.scalars(select(Screening).where(Screening.venue_id == venue.id)).all()
    for address in (
        *(f"/office/seances/seances/{row.slug}/" for row in others),
        f"/office/seances/cinemas/{venue.slug}/",
    ):
        typed = fields(editor.get(f"{address}supprimer/").text)
        assert editor.post(f"{address}supprimer/", data=typed).status_code == 302, address
    lines = session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    editor.post(f"/office/journal/{lines[0].id}/annuler/", data=csrf(editor))
    told = said(editor, "/office/journal/")
    assert "supprimée elle aussi" in told
    assert venue.name in told


def listed(editor: FlaskClient, state: str) -> set[str]:
    document, _ = parse(editor.get(LIST, query_string={"etat": state}).text)
    boxes = (element for element in document.iter("input") if element.get("name") == "choix")
    return {box.get("value", "") for box in boxes}


def test_a_list_is_narrowed_to_each_state_that_its_rows_show(editor: FlaskClient, session: Session, tomorrow: datetime):
    items = session.scalars(select(PressItem).order_by(PressItem.id)).all()
    states = ("draft", "withdrawn", "scheduled", "embargo")
    draft, withdrawn, scheduled, embargo = items[:4]
    draft.publication, withdrawn.publication = Publication.DRAFT, Publication.WITHDRAWN
    scheduled.published_at = embargo.published_at = embargo.embargo_lifts_at = tomorrow
    items[4].published_at = items[4].embargo_lifts_at = clock.now() - timedelta(days=1)
    session.commit()
    assert [listed(editor, state) for state in states] == [{item.slug} for item in items[:4]]
    assert listed(editor, "published") == {item.slug for item in items[4:]}
    assert {str(state_of(item)) for item in items[4:]} == {"Publié"}
    assert len(listed(editor, "nothing")) == len(items)
