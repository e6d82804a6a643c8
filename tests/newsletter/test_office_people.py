"""The subscribers in the office: found by their address, one's page with the proof, a list taken over, the list handed out."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from applications import application
from newsletter import subscribers
from newsletter.campaigning import subscriber
from newsletter.desking import journal, plain, press
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.mail import suppression
from operation118.mail.models import SuppressionReason, SuppressionScope
from operation118.newsletter import people, subscribing
from operation118.newsletter.models import SubscriberState, Subscription
from operation118.site import start

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
ROOM = "/office/courrier/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


# --- Finding somebody ---------------------------------------------------------------------------------------------


def test_somebody_is_found_by_their_address_whatever_its_case(editor: FlaskClient, session: Session):
    reader = subscriber(session, "Marie.Curie@example.org")
    subscriber(session, "autre@example.org")
    page = editor.get(f"{ROOM}abonnes/?q=marie.curie@EXAMPLE.org").text
    assert f"/office/courrier/abonnes/{reader.id}/" in page
    assert "autre@" not in page


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_those_whose_address_begins_so_are_found_in_pages(
    engine: str, tmp_path: Path, make_settings: Callable[..., Settings], request: pytest.FixtureRequest
):
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else f"sqlite:///{tmp_path}/x.sqlite"
    with application(make_settings(DATABASE_URL=url)) as app, app.app_context():
        start.upgrade()
        names = [f"marie{number:03}" for number in range(60)] + ["Marie-Anne", "mari", "nadia", "mar.b", "marié"]
        for name in names:
            subscriber(db.session, f"{name}@example.org")
        found, after = people.named("marie", after="")
        rest, end = people.named("marie", after=after or "")
        both = [one.address for one in (*found, *rest)]
        assert len(found) == people.PAGE
        assert end is None
        assert sorted(both) == sorted(f"{name}@example.org" for name in names if name.lower().startswith("marie"))
        assert both == sorted(both)
        assert people.named("m", after="") == ([], None)
        assert [one.address for one in people.named("mar.", after="")[0]] == ["mar.b@example.org"]


def test_the_newest_come_first_by_pages(editor: FlaskClient, session: Session):
    for number in range(51):
        subscriber(session, f"lecteur{number}@example.org")
    first = editor.get(f"{ROOM}abonnes/").text
    after = first.split("apres=")[1].split('"')[0]
    assert "lecteur50@" in first
    assert "lecteur0@" not in first
    assert "lecteur0@" in editor.get(f"{ROOM}abonnes/?apres={after}").text


@pytest.mark.parametrize("query", ["?apres=x", "?q=%25%27--&apres=%25", "?q=" + "a" * 400])
def test_strange_queries_find_nobody(editor: FlaskClient, query: str):
    assert editor.get(f"{ROOM}abonnes/{query}").status_code == 200


# --- One person ---------------------------------------------------------------------------------------------------


def test_a_persons_page_has_what_is_known_and_the_words_they_agreed_to(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    session.commit()
    page = plain(editor.get(f"{ROOM}abonnes/{reader.id}/"))
    assert "Confirmé" in page
    assert "Les mots montrés" in page
    assert page.count("<details>") == 2  # two lines of the ledger
    proof = editor.get(f"{ROOM}abonnes/{reader.id}/preuve.txt")
    assert "Preuve du consentement" in proof.text
    assert "attachment" in proof.headers["Content-Disposition"]
    data = editor.get(f"{ROOM}abonnes/{reader.id}/preuve.json").get_json()
    assert [line["kind"] for line in data["lines"]] == ["asked", "confirmed"]
    assert editor.get(f"{ROOM}abonnes/{reader.id}/tout.json").get_json()["subscriber"]["address"] == reader.address


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SubscriberState.PENDING, "redemander la lettre sur le site envoie un nouveau lien"),
        (SubscriberState.CONFIRMED, "un lien y mène au pied de chaque lettre"),
        (SubscriberState.UNSUBSCRIBED, "Plus rien ne lui est écrit. L’adresse reste ici jusqu’au"),
    ],
)
def test_a_persons_page_says_what_can_be_done_and_what_only_they_can(
    editor: FlaskClient, session: Session, state: SubscriberState, told: str
):
    reader = subscribers.MAKERS[state]()
    session.commit()
    page = plain(editor.get(f"{ROOM}abonnes/{reader.id}/"))
    assert told in page
    assert "seule la boîte prouve à qui est l’adresse" in page
    assert "Lui écrire de nouveau" not in page


def test_a_servers_word_is_taken_back_from_the_persons_page(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    reason = SuppressionReason.HARD_BOUNCE
    suppression.suppress(reader.fingerprint, scope=SuppressionScope.ALL, reason=reason)
    session.commit()
    here = f"{ROOM}abonnes/{reader.id}/"
    assert "Lui écrire de nouveau" in editor.get(here).text
    press(editor, f"{ROOM}ecartes/reprendre/", here, adresse=reader.address)
    assert suppression.lines(reader.fingerprint) == []
    assert "Lui écrire de nouveau" not in editor.get(here).text


def test_the_proof_outlives_the_person(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    address = reader.address
    session.commit()
    session.delete(reader)
    session.commit()
    answer = press(editor, f"{ROOM}abonnes/preuve/", f"{ROOM}abonnes/", adresse=address)
    assert "Confirmation" in answer.text
    assert press(editor, f"{ROOM}abonnes/preuve/", f"{ROOM}abonnes/", adresse="rien").status_code == 303


# --- The list handed out ------------------------------------------------------------------------------------------


def test_what_stands_under_the_list_is_reached_from_its_head(editor: FlaskClient):
    head = editor.get(f"{ROOM}abonnes/").text.split('role="search" aria-label')[0]
    assert 'href="#preuve"' in head
    assert 'href="#sortir"' in head


def test_the_list_is_handed_out_as_a_table_and_the_journal_knows(editor: FlaskClient, session: Session):
    subscriber(session, "ana@example.org")
    answer = press(editor, f"{ROOM}abonnes/exporter/", f"{ROOM}abonnes/")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["address", "ana@example.org"]
    assert journal()[-1].subject == "subscribers.export"
    assert editor.get(f"{ROOM}abonnes/exporter/").status_code in (404, 405)


@pytest.mark.parametrize("role", [StaffRole.PRESS_OFFICER, StaffRole.DOOR])
@pytest.mark.parametrize("path", ["abonnes/exporter/", "liste/", "abonnes/preuve/", "ecartes/reprendre/"])
def test_only_editors_take_lists_in_or_out(office: Office, role: StaffRole, path: str):
    assert office(role).post(ROOM + path).status_code == 403


def test_the_person_is_the_one_who_left(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    subscribing.withdraw(reader, said=subscribers.said())
    session.commit()
    assert "Désabonné le" in plain(editor.get(f"{ROOM}abonnes/{reader.id}/"))
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert session.scalars(select(Subscription)).all() == []
