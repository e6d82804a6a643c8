"""What somebody asks the team for by another way than a link: to be written to no more, to be erased."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.desking import journal, plain, press
from operation118 import tokens
from operation118.accounts.models import StaffRole
from operation118.mail import suppression
from operation118.mail.models import SuppressionReason, SuppressionScope
from operation118.newsletter import ledger, proof, queries
from operation118.newsletter.models import ConsentKind, Subscriber, SubscriberState
from operation118.newsletter.rights import Way

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
PEOPLE = "/office/courrier/abonnes/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def ask(editor: FlaskClient, reader: Subscriber, **said: str) -> str:
    """The page that follows."""
    here = f"{PEOPLE}{reader.id}/"
    answer = press(editor, f"{here}demande/", here, **said)
    assert answer.status_code == 303
    return plain(editor.get(answer.headers["Location"]))


@pytest.mark.parametrize("way", Way)
def test_who_asked_is_written_to_no_more_and_the_ledger_says_how(editor: FlaskClient, session: Session, way: Way):
    reader = subscribers.confirmed()
    session.commit()
    assert "plus rien ne lui est écrit" in ask(editor, reader, moyen=way.value, quitter="")
    session.refresh(reader)
    assert reader.state is SubscriberState.UNSUBSCRIBED
    last = ledger.lines(reader.fingerprint)[-1]
    assert (last.kind, last.detail) == (ConsentKind.WITHDRAWN, {"asked_by": way.value})
    assert last.wording.replace("\u00a0", " ") == "[Ne plus lui écrire, à sa demande]"
    assert "l’équipe, à qui" in proof.of(reader.address).as_text().replace("\u00a0", " ")


def test_who_asked_is_erased_but_for_the_hash(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    address, number = reader.address, reader.id
    session.commit()
    assert "que l’empreinte de l’adresse" in ask(editor, reader, moyen=Way.PHONE.value, effacer="")
    assert session.scalar(select(Subscriber.id).where(Subscriber.id == number)) is None
    lines = suppression.lines(tokens.fingerprint(address))
    assert [(line.scope, line.reason) for line in lines] == [(SuppressionScope.BULK, SuppressionReason.ERASED)]
    assert ledger.lines(tokens.fingerprint(address))[-1].kind is ConsentKind.ERASED


def test_who_waits_or_left_can_be_erased_and_has_nothing_to_stop(editor: FlaskClient, session: Session):
    for state in (SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED):
        reader = subscribers.MAKERS[state]()
        session.commit()
        page = editor.get(f"{PEOPLE}{reader.id}/").text
        assert 'name="quitter"' not in page
        assert 'name="effacer"' in page
        assert "il n’y a rien à arrêter" in ask(editor, reader, moyen=Way.MAIL.value, quitter="")
        session.refresh(reader)
        assert reader.state is state
        ask(editor, reader, moyen=Way.MAIL.value, effacer="")
        assert queries.by_fingerprint(reader.fingerprint) is None


@pytest.mark.parametrize("way", ["", "pigeon"])
def test_nothing_is_done_until_one_says_how_it_was_asked(editor: FlaskClient, session: Session, way: str):
    reader = subscribers.confirmed()
    session.commit()
    assert "Dites comment cela vous a été demandé" in ask(editor, reader, moyen=way, effacer="")
    session.refresh(reader)
    assert reader.state is SubscriberState.CONFIRMED


def test_the_journal_says_who_did_it_and_names_nobody(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    session.commit()
    ask(editor, reader, moyen=Way.VOICE.value, quitter="")
    entry = journal()[-1]
    assert entry.summary == "Abonné désinscrit, à sa demande (de vive voix)"
    assert reader.address not in f"{entry.subject}{entry.summary}{entry.before}{entry.after}"


@pytest.mark.parametrize("role", [StaffRole.PRESS_OFFICER, StaffRole.DOOR])
def test_others_of_the_team_may_not(office: Office, session: Session, role: StaffRole):
    reader = subscribers.confirmed()
    session.commit()
    assert office(role).post(f"{PEOPLE}{reader.id}/demande/", data={"moyen": "courriel"}).status_code == 403


@pytest.mark.parametrize(("command", "kind"), [("unsubscribe", ConsentKind.WITHDRAWN), ("erase", ConsentKind.ERASED)])
def test_it_is_done_from_a_terminal_too(app: Flask, session: Session, command: str, kind: ConsentKind):
    reader = subscribers.confirmed()
    session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["newsletter", command, reader.address.upper(), "--asked", "courrier"]).exit_code == 0
    assert ledger.lines(reader.fingerprint)[-1].kind is kind
    for address in ("nobody@example.org", "rien"):
        refused = run(args=["newsletter", command, address, "--asked", "courrier"])
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
