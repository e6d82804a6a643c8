"""Whoever receives a confirmation that somebody else asked for ends it for good, and no one learns of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mail.returns import about
from newsletter.subscribers import ADDRESS, NOON, find, ledger_kinds, path_of, pending, send
from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import bounces, suppression
from operation118.mail.models import Message, MessageState, Suppression, SuppressionReason, SuppressionScope
from operation118.mail.worker import Worker
from operation118.newsletter import erasing, links, mails, subscribing
from operation118.newsletter.models import SubscriberState


@pytest.fixture
def refusal(session: Session) -> str:
    """The path by which somebody, written to unasked, refuses."""
    path = path_of(links.refuse_url(pending()))
    session.commit()
    return path


def away(session: Session) -> list[tuple[SuppressionScope, SuppressionReason]]:
    session.expire_all()
    rows = session.execute(sa.select(Suppression.scope, Suppression.reason).order_by(Suppression.scope))
    return [(scope, reason) for scope, reason in rows]


def test_every_question_carries_the_way_to_refuse_it(session: Session, refusal: str):
    with clock.at(clock.now() + timedelta(days=4)):
        subscribing.remind()
    written = session.execute(sa.select(Message.name, Message.text, Message.html)).all()
    assert [name for name, _text, _html in written] == ["newsletter/confirm", "newsletter/reminder"]
    assert {name for name, _text, _html in written} < mails.ASKING
    for _name, text, html in written:
        assert f"https://film.test{refusal}" in str(text)
        assert f"https://film.test{refusal}" in str(html)
        assert ADDRESS not in refusal


def test_opening_the_link_does_nothing_and_its_button_ends_everything(
    client: FlaskClient, session: Session, refusal: str
):
    page = client.get(refusal)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "Ne m’écrivez plus jamais" in page.text
    assert (away(session), find() is None) == ([], False)
    for _ in range(2):
        answer = client.post(refusal)
        assert (answer.status_code, answer.location) == (303, refusal)
    assert "C’est fait" in client.get(refusal).text
    assert (SuppressionScope.ALL, SuppressionReason.REQUEST) in away(session)
    assert find() is None
    assert session.scalars(sa.select(Message.recipient)).all() == [""]
    assert ledger_kinds() == ["asked", "erased"]


@pytest.mark.settings(SMTP_URL="")
def test_who_refused_is_not_written_to_and_the_form_answers_the_same(app: Flask, client: FlaskClient):
    with app.app_context():
        refusal = path_of(links.refuse_url(pending()))
        db.session.commit()
    before = send(client)
    client.post(refusal)
    after = send(client)
    assert (after.status_code, after.location, after.data) == (before.status_code, before.location, before.data)
    Worker(app).drain()
    with app.app_context():
        last = sa.select(Message.state).order_by(Message.id.desc()).limit(1)
        assert db.session.scalar(last) is MessageState.SUPPRESSED


def test_a_request_is_refused_even_after_it_was_erased(client: FlaskClient, session: Session):
    with clock.at(NOON):
        refusal = path_of(links.refuse_url(pending()))
    with clock.at(NOON + timedelta(days=8)):
        erasing.expire()
    session.commit()
    client.post(refusal)
    assert away(session) == [(SuppressionScope.ALL, SuppressionReason.REQUEST)]


def test_no_other_link_refuses(client: FlaskClient, session: Session, refusal: str):
    subscriber = find()
    assert subscriber
    other = path_of(links.manage_url(subscriber.id, "fr")).split("/")[-2]
    for path in (f"/lettre/refus/{other}/", refusal[:-4] + "/", refusal.replace("/refus/", "/moi/")):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert client.post(refusal, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert away(session) == []


def test_the_english_page_speaks_english(client: FlaskClient, session: Session):
    path = path_of(links.refuse_url(pending(lang="en")))
    session.commit()
    assert path.startswith("/en/newsletter/refuse/")
    assert "Never write to me again" in client.get(path).text


def test_who_calls_a_confirmation_unwanted_is_asked_nothing_any_more(session: Session, refusal: str):
    question = session.scalars(sa.select(Message)).one()
    bounces.receive(about(question.id, "complaint"))
    session.flush()
    assert (SuppressionScope.ALL, SuppressionReason.COMPLAINT) in away(session)
    assert suppression.suppressed([ADDRESS], bulk=False) == {ADDRESS: SuppressionReason.COMPLAINT}
    subscriber = find()
    assert subscriber
    assert subscriber.state is SubscriberState.UNSUBSCRIBED


def test_the_hash_of_the_link_is_the_one_of_the_list(refusal: str):
    assert refusal.split("/")[-2].startswith(f"{tokens.fingerprint(ADDRESS)}.")
