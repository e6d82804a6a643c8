"""What somebody who means harm would try, and what must not be left of somebody who is gone."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from newsletter.subscribers import ADDRESS, confirmed, find, pending, said
from operation118.database import db
from operation118.mail import outbox
from operation118.mail.models import Message, MessageState
from operation118.mail.outbox import Refused
from operation118.mail.worker import Worker
from operation118.newsletter import erasing, links, subscribing
from operation118.newsletter.models import Consent, SubscriberState
from operation118.web.logs import unsigned


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_the_number_of_somebody_erased_is_never_anybody_else_s(session: Session, client: FlaskClient):
    first = confirmed()
    number, own = first.id, path_of(links.manage_url(first.id, "fr"))
    letters = set(session.scalars(sa.select(Message.id)))
    erasing.erase(first, said=said())
    session.execute(sa.delete(Message))
    session.commit()
    second = pending("victim@example.org")
    session.commit()
    assert second.id > number
    assert min(session.scalars(sa.select(Message.id))) > max(letters)
    assert "victim@example.org" not in client.get(own).text


def test_the_link_to_leave_opens_nothing_else(session: Session, client: FlaskClient):
    subscriber = confirmed()
    session.commit()
    token = links.unsubscribe_url(subscriber.id, "fr").rstrip("/").rpartition("/")[2]
    assert client.get(f"/lettre/moi/{token}/").status_code == 404
    assert client.get(f"/lettre/moi/{token}/donnees.json").status_code == 404
    assert client.post(f"/lettre/moi/{token}/effacer/").status_code == 404
    assert client.get(f"/lettre/desinscription/{token}/").status_code == 200


@pytest.mark.parametrize(
    "statement", ["UPDATE consent SET wording = 'forged'", "DELETE FROM consent", "UPDATE consent SET network = 'x'"]
)
def test_the_ledger_refuses_even_plain_sql(session: Session, statement: str):
    pending()
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(sa.text(statement))
    session.rollback()
    assert session.scalars(sa.select(Consent.wording)).all() != ["forged"]


def test_a_second_click_is_no_second_request(session: Session):
    first = pending()
    again = pending()
    assert (again.id, again.version) == (first.id, 1)
    assert len(session.scalars(sa.select(Message)).all()) == 1


@pytest.mark.parametrize(
    "state", [MessageState.WAITING, MessageState.CLAIMED, MessageState.KEPT, MessageState.UNCERTAIN]
)
def test_nothing_posted_before_leaves_after_somebody_left(session: Session, state: MessageState):
    subscriber = confirmed()
    session.execute(sa.update(Message).values(state=state))
    subscribing.withdraw(subscriber, said=said())
    assert set(session.scalars(sa.select(Message.state))) == {MessageState.CANCELLED}


def test_a_mail_put_back_while_its_reader_left_does_not_leave(app: Flask):
    with app.app_context():
        subscriber = confirmed()
        subscribing.withdraw(subscriber, said=said())
        db.session.execute(sa.update(Message).values(state=MessageState.WAITING))
        db.session.commit()
    Worker(app).drain()
    with app.app_context():
        assert set(db.session.scalars(sa.select(Message.state))) == {MessageState.SUPPRESSED}


@pytest.mark.settings(SMTP_URL="")
def test_of_somebody_erased_no_file_and_no_word_stays(app: Flask, tmp_path: Path):
    with app.app_context():
        confirmed()
        db.session.commit()
        Worker(app).drain()
        kept = [Path(reply) for reply in db.session.scalars(sa.select(Message.reply)) if reply]
        assert len(kept) == 2
        assert all(path.exists() for path in kept)
        subscriber = find()
        assert subscriber is not None
        erasing.erase(subscriber, said=said())
        db.session.commit()
        assert not any(path.exists() for path in kept)
        for message in db.session.scalars(sa.select(Message)):
            assert (message.recipient, message.domain, message.text, message.reply) == ("", "", None, None)
            with pytest.raises(Refused):
                outbox.retry(message)


@pytest.mark.parametrize("tail", ["", "/", ")", ".", ");", "/donnees.json"])
def test_no_log_holds_a_link_that_opens_somebody_s_page(tail: str):
    assert "T3qFrCILyqsbz4B6iOmiGA" not in unsigned(f"/lettre/moi/2.T3qFrCILyqsbz4B6iOmiGA{tail}")


def test_an_error_of_the_database_does_not_tell_who(session: Session):
    with pytest.raises(DatabaseError) as error:
        session.execute(sa.text("INSERT INTO nowhere (a) VALUES (:address)"), {"address": ADDRESS})
    assert ADDRESS not in str(error.value)


def test_who_left_may_come_back_by_confirming_anew(session: Session):
    subscriber = confirmed()
    subscribing.withdraw(subscriber, said=said())
    again = pending()
    subscribing.confirm(again, version=again.version, said=said())
    assert again.state is SubscriberState.CONFIRMED
