"""What one's own page and the proof say, in words for people."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter.subscribers import NOON, confirmed, find, said
from operation118 import clock
from operation118.mail.models import Message, MessageState
from operation118.newsletter import mails, proof, subscribing
from operation118.newsletter.labels import mail_label
from operation118.newsletter.models import Campaign, SubscriberState
from operation118.newsletter.wording import Form
from operation118.web.languages import speaking

Maker = Callable[..., dict[str, str]]
MORNING = datetime(2026, 11, 22, 7, 18, 19, tzinfo=UTC)


def spaced(text: str) -> str:
    return re.sub(r"\s", " ", text)


@pytest.mark.parametrize(
    ("lang", "minute", "second"),
    [
        ("fr", "22 novembre 2026 à 8 h 18", "22 novembre 2026 à 8 h 18 min 19 s"),
        ("en", "22 November 2026, 8:18", "22 November 2026, 8:18:19"),
    ],
)
def test_an_instant_is_told_to_the_minute_and_proven_to_the_second(app: Flask, lang: str, minute: str, second: str):
    with app.app_context(), speaking(lang):
        assert spaced(proof.instant_label(MORNING)) == minute
        assert spaced(proof.instant_label(MORNING, exact=True)) == second


def test_the_proof_has_no_word_of_the_machine(session: Session):
    found = confirmed()
    subscribing.withdraw(found, said=said(Form.ONE_CLICK))
    with speaking("fr"):
        french = proof.of(found.address).as_text()
    with speaking("en"):
        english = proof.of(found.address).as_text()
    assert "Où : le formulaire de la lettre, en français. Sujets : le DVD, les séances." in spaced(french)
    assert "le bouton de désinscription de la messagerie" in french
    assert "Where: the letter’s form, in French. Topics: the DVD, screenings." in spaced(english)


@pytest.mark.parametrize("state", MessageState)
def test_every_state_of_a_mail_has_its_words(app: Flask, state: MessageState):
    with app.app_context():
        assert mail_label(state) != state.value


def test_a_letter_is_named_by_its_subject(client: FlaskClient, links_of: Maker, session: Session):
    own = links_of(SubscriberState.CONFIRMED)["own"]
    subscriber = find()
    assert subscriber is not None
    letter = Campaign(slug="a", topics=["dvd"], subject_fr="Un sujet", body_fr="", created_at=NOON)
    session.add(letter)
    session.flush()
    common = {"key": "a", "recipient": subscriber.address, "domain": "example.org", "lang": "en", "name": "campaign"}
    times = {"created_at": NOON, "due_at": NOON}
    row = Message(campaign_id=letter.id, subscriber_id=subscriber.id, state=MessageState.KEPT, **common, **times)
    session.add(row)
    session.commit()
    assert "Un sujet (gardé, non envoyé)" in spaced(client.get(own).text)


def test_whoever_asks_again_while_paused_is_told_until_when(session: Session):
    found = confirmed()
    subscribing.pause(found, said=said(Form.PAUSE))
    mails.already(found, asked=found.topics)
    text = session.query(Message.text).where(Message.name == "newsletter/already").scalar()
    assert "en pause jusqu’au" in text
    with clock.at(datetime(2099, 1, 1, tzinfo=UTC)):
        mails.already(found, asked=found.topics)
    texts = [row.text for row in session.query(Message.text).where(Message.name == "newsletter/already")]
    assert ["en pause" in (text or "") for text in texts] == [True, False]


def test_a_downloaded_file_is_named_in_the_language_of_the_page(client: FlaskClient, links_of: Maker):
    own = links_of(SubscriberState.CONFIRMED)["own"].replace("/lettre/moi/", "/en/newsletter/me/")
    assert 'filename="letter.json"' in client.get(f"{own}data.json").headers["Content-Disposition"]
    assert 'filename="consent-proof.txt"' in client.get(f"{own}proof.txt").headers["Content-Disposition"]
