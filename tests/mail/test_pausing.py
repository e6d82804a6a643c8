"""A pause stops a letter for every worker, whatever each has in hand; nothing leaves twice for it."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from mail.conftest import TheComposer
from mail.post import message, open_campaign, post, states
from mail.sink import Sink
from operation118.database import db
from operation118.mail import claims, composing, lanes
from operation118.mail.models import Message, MessageState
from operation118.mail.worker import Worker

LEASE = timedelta(minutes=5)


def paused_at_the_first(app: Flask, sink: Sink) -> None:
    """While the relay takes the first mail, which lasts, somebody pauses the letter."""

    def pause() -> None:
        sink.on_mail = bool
        with app.app_context():
            lanes.close_lane(7)
            db.session.commit()
        time.sleep(0.3)

    open_campaign(app, 7, 12)
    sink.on_mail = pause
    Worker(app).drain()


def test_a_pause_lets_only_the_mail_being_spoken_leave(mail_app: Flask, sink: Sink, composer: TheComposer):
    paused_at_the_first(mail_app, sink)
    assert len(sink.mails) == 1
    assert sorted(states(mail_app).values()) == ["sent", *["waiting"] * 11]
    assert composer.finished == []
    with mail_app.app_context():
        lanes.open_lane(7)
        db.session.commit()
    Worker(mail_app).drain()
    assert sorted(mail.recipients[0] for mail in sink.mails) == sorted(f"r{reader}@example.org" for reader in range(12))
    assert composer.finished == [7]


def test_a_pause_holds_on_postgresql_too(postgres_url: str, make_app: Callable[..., Flask], sink: Sink):
    app = make_app(DATABASE_URL=postgres_url, SMTP_URL=sink.url)
    composing.register(app, TheComposer())
    paused_at_the_first(app, sink)
    assert len(sink.mails) == 1
    assert sorted(states(app).values()) == ["sent", *["waiting"] * 11]


def test_a_claim_under_way_is_waited_for_by_the_pause(postgres_url: str, make_app: Callable[..., Flask]):
    """Otherwise what is being claimed while the lane closes would leave after it."""
    app = make_app(DATABASE_URL=postgres_url)
    open_campaign(app, 7, 3)

    def pause() -> None:
        with app.app_context():
            lanes.close_lane(7)
            db.session.commit()

    closing = threading.Thread(target=pause)
    with app.app_context():
        assert len(claims.claim(7, "one", limit=2, lease=LEASE, resting=[])) == 2
        closing.start()
        time.sleep(0.3)
        assert closing.is_alive()
        db.session.commit()
        closing.join()
        assert claims.claim(7, "one", limit=2, lease=LEASE, resting=[]) == []
    assert set(states(app).values()) == {"waiting"}


def test_one_mail_taken_back_does_not_keep_the_others(mail_app: Flask, sink: Sink):
    numbers = post(mail_app, *(message(f"m{number}") for number in range(4)))

    def call_off() -> None:
        sink.on_mail = bool
        with mail_app.app_context():
            db.session.execute(update(Message).where(Message.id == numbers[1]).values(state=MessageState.CANCELLED))
            db.session.commit()

    sink.on_mail = call_off
    assert Worker(mail_app).drain() == 4
    assert [mail.recipients[0] for mail in sink.mails] == ["m0@example.org", "m2@example.org", "m3@example.org"]
