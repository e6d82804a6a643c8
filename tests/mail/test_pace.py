"""Token buckets: what is shared by all workers holds for all of them."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from mail.post import message, post, states
from mail.sink import Sink
from operation118 import clock
from operation118.database import db
from operation118.mail import chores, pace
from operation118.mail.worker import Worker

NONE = timedelta(0)


def taken(name: str, rate: float, seconds: float) -> int:
    """How many tokens one gets by asking without rest for so many seconds."""
    start, number = clock.now(), 0
    for step in range(int(seconds * 20) + 1):
        with clock.at(start + timedelta(seconds=step / 20)):
            while pace.take(name, rate) == NONE:
                number += 1
    return number


@pytest.mark.parametrize(("rate", "seconds", "most"), [(5, 10, 55), (0.5, 10, 6), (20, 3, 80)])
def test_a_bucket_gives_its_rate_and_one_second_s_worth_ahead(mail_app: Flask, rate: float, seconds: float, most: int):
    with mail_app.app_context():
        assert rate * seconds <= taken("example.org", rate, seconds) <= most


def test_a_bucket_left_alone_gives_no_more_than_one_second_s_worth_at_once(mail_app: Flask):
    with mail_app.app_context():
        pace.take("example.org", 5)
        with clock.at(clock.now() + timedelta(hours=1)):
            assert taken("example.org", 5, 0) == 5


def test_without_a_rate_there_is_no_limit(mail_app: Flask):
    with mail_app.app_context():
        assert all(pace.take("example.org", 0) == NONE for _ in range(1000))
        assert pace.resting(0) == []


@pytest.mark.settings(MAIL_DOMAIN_RATE="20")
def test_a_domain_that_had_enough_for_now_is_waited_for(mail_app: Flask, sink: Sink):
    """Its token may come between two looks: there is work as long as something is due."""
    post(mail_app, *(message(f"m{number}") for number in range(60)))
    assert Worker(mail_app).drain() == 60


@pytest.mark.settings(MAIL_DOMAIN_RATE="2")
def test_a_domain_that_had_enough_lets_the_others_pass(mail_app: Flask, sink: Sink):
    slow = [message(f"slow{number}", f"r{number}@slow.example") for number in range(4)]
    post(mail_app, *slow, message("quick", "r@quick.example"))
    started = clock.real_now()
    Worker(mail_app).drain()
    order = [mail.recipients[0].partition("@")[2] for mail in sink.mails]
    assert Counter(states(mail_app).values()) == {"sent": 5}
    assert order.index("quick.example") <= 2
    assert clock.real_now() - started > timedelta(seconds=0.9)


@pytest.mark.settings(MAIL_RATE="4")
def test_all_mails_together_keep_to_the_global_rate(mail_app: Flask, sink: Sink):
    post(mail_app, *(message(f"m{number}", f"r@d{number}.example") for number in range(8)))
    started = clock.real_now()
    Worker(mail_app).drain()
    assert len(sink.mails) == 8
    assert clock.real_now() - started > timedelta(seconds=0.9)


def test_a_domain_left_alone_for_a_day_is_forgotten(mail_app: Flask):
    with mail_app.app_context():
        start = clock.now()
        pace.take("idle.example", 1)
        with clock.at(start + timedelta(hours=20)):
            pace.take("busy.example", 1)
            assert pace.forget() == 0
        with clock.at(start + timedelta(hours=25)):
            assert chores.all_chores()["idle domains"]() == 1
            assert db.session.scalars(select(pace.Pace.name)).all() == ["busy.example"]
            assert pace.take("idle.example", 1) == NONE


def test_two_askers_never_get_the_same_token(mail_app: Flask):
    with mail_app.app_context():
        now = clock.now()
        assert pace.take("example.org", 1) == NONE
        db.session.commit()
        known = db.session.get(pace.Pace, "example.org")
        assert known is not None
        assert pace._move("example.org", known.next_at, now + timedelta(seconds=5))
        assert not pace._move("example.org", known.next_at - timedelta(seconds=1), now)
