"""The worker: every mail leaves once, or says why it did not."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from mail.conftest import TheComposer
from mail.post import at, message, open_campaign, post, row, states
from mail.sink import Sink
from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import chores, claims, suppression
from operation118.mail.models import Message, MessageState, SuppressionReason, SuppressionScope
from operation118.mail.worker import BATCH, Worker

LEASE = timedelta(minutes=5)


def begun(worker: str, mail: Message) -> bool:
    """Whether that worker could begin to speak that mail."""
    with claims.Hand(worker, LEASE, []).turning() as turn:
        taken = turn(mail, None)
    db.session.commit()
    return taken


def test_what_is_due_is_sent_once(mail_app: Flask, sink: Sink):
    post(mail_app, message("a"), message("b"))
    assert Worker(mail_app).drain() == 2
    assert Worker(mail_app).drain() == 0
    assert [mail.recipients for mail in sink.mails] == [["a@example.org"], ["b@example.org"]]
    assert states(mail_app) == {"a": "sent", "b": "sent"}


def test_what_is_not_due_yet_waits(mail_app: Flask, sink: Sink):
    post(mail_app, message("later", due_at=clock.now() + timedelta(minutes=1)))
    assert Worker(mail_app).drain() == 0
    assert states(mail_app) == {"later": "waiting"}


def test_a_batch_takes_one_connection(mail_app: Flask, sink: Sink):
    post(mail_app, *(message(f"m{number}") for number in range(30)))
    Worker(mail_app).drain()
    assert (len(sink.mails), sink.connections) == (30, 1)


def test_a_mail_refused_for_good_has_failed_and_says_why(mail_app: Flask, sink: Sink):
    sink.refusals["gone@example.org"] = "550 5.1.1 no such person"
    (number,) = post(mail_app, message("gone"))
    post(mail_app, message("here"))
    Worker(mail_app).drain()
    failed = row(mail_app, number)
    assert (failed.state, failed.code, failed.reply) == (MessageState.FAILED, 550, "5.1.1 no such person")
    assert states(mail_app)["here"] == "sent"
    post(mail_app, message("again", "gone@example.org"))
    Worker(mail_app).drain()
    assert states(mail_app)["again"] == "suppressed"


def test_a_mail_refused_for_now_waits_longer_each_time_and_fails_after_the_last(mail_app: Flask, sink: Sink):
    sink.refusals["busy@example.org"] = "451 4.3.0 later"
    (number,) = post(mail_app, message("busy"))
    worker = Worker(mail_app)
    instant = clock.now()
    waits: list[float] = []
    while row(mail_app, number).state is MessageState.WAITING:
        with clock.at(instant):
            worker.drain()
        due = row(mail_app, number).due_at
        waits.append((due - instant).total_seconds() / 60)
        instant = max(due, instant)
    assert [round(wait) for wait in waits[:-1]] == [1, 5, 15, 60, 240, 480, 960, 1120]
    failed = row(mail_app, number)
    assert failed.state is MessageState.FAILED
    assert "given up after 9 attempts" in (failed.reply or "")


def test_a_mail_the_relay_may_have_taken_is_uncertain(mail_app: Flask, sink: Sink):
    sink.answers = ["drop"]
    (number, _) = post(mail_app, message("unheard"), message("next"))
    Worker(mail_app).drain()
    assert row(mail_app, number).state is MessageState.UNCERTAIN
    assert states(mail_app)["next"] == "sent"


def test_a_connection_lost_before_the_mail_was_given_loses_nothing(mail_app: Flask, sink: Sink):
    sink.refusals["closing@example.org"] = "421 4.3.2 closing"
    post(mail_app, message("closing"), message("next"))
    Worker(mail_app).drain()
    assert states(mail_app) == {"closing": "waiting", "next": "sent"}
    assert sink.connections == 2


@pytest.mark.settings(SMTP_URL="smtp://127.0.0.1:9?timeout=1")
def test_a_relay_that_does_not_answer_costs_no_attempt(mail_app: Flask):
    (number, _) = post(mail_app, message("a"), message("b"))
    Worker(mail_app).drain()
    assert states(mail_app) == {"a": "waiting", "b": "waiting"}
    assert row(mail_app, number).worker is None


def test_the_same_message_id_goes_with_each_attempt(mail_app: Flask, sink: Sink):
    sink.answers = ["451 4.3.0 later"]
    (number,) = post(mail_app, message("again"))
    worker = Worker(mail_app)
    worker.drain()
    first = sink.seen[0].message["Message-ID"]
    with clock.at(clock.now() + timedelta(hours=1)):
        worker.drain()
    assert sink.mails[0].message["Message-ID"] == first
    assert re.fullmatch(rf"<{number}-[0-9a-f]{{32}}@film\.test>", first)


def test_an_address_on_the_suppression_list_is_not_written_to(mail_app: Flask, sink: Sink):
    post(mail_app, message("left"), message("stays"))
    with mail_app.app_context():
        fingerprint = tokens.fingerprint("LEFT@example.org")
        suppression.suppress(fingerprint, scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
        db.session.commit()
    Worker(mail_app).drain()
    assert states(mail_app) == {"left": "suppressed", "stays": "sent"}


def test_a_batch_of_which_nothing_may_leave_does_not_end_the_work(mail_app: Flask, sink: Sink):
    with mail_app.app_context():
        for number in range(BATCH):
            gone = tokens.fingerprint(f"m{number}@example.org")
            suppression.suppress(gone, scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
        db.session.commit()
    post(mail_app, *(message(f"m{number}") for number in range(BATCH)))
    post(mail_app, message("after"))
    Worker(mail_app).drain()
    assert states(mail_app)["after"] == "sent"


def test_who_wants_no_letters_still_gets_what_they_ask_for(mail_app: Flask, sink: Sink, composer: TheComposer):
    post(mail_app, message("asked", "reader@example.org"))
    open_campaign(mail_app, 7, 0)
    post(mail_app, message("letter", "reader@example.org", campaign_id=7, subscriber_id=1))
    with mail_app.app_context():
        fingerprint = tokens.fingerprint("reader@example.org")
        suppression.suppress(fingerprint, scope=SuppressionScope.BULK, reason=SuppressionReason.COMPLAINT)
        db.session.commit()
    Worker(mail_app).drain()
    assert states(mail_app) == {"asked": "sent", "letter": "suppressed"}


def test_each_reader_of_a_campaign_gets_their_own_copy(mail_app: Flask, sink: Sink, composer: TheComposer):
    open_campaign(mail_app, 7, 3)
    Worker(mail_app).drain()
    for reader, mail in enumerate(sink.mails):
        assert mail.message["To"] == f"r{reader}@example.org"
        assert mail.message["List-Unsubscribe"] == f"<https://film.test/bye/{reader}.abc_-d>"
        for kind in ("plain", "html"):
            body = mail.message.get_body((kind,))
            assert body is not None
            assert f"https://film.test/me/{reader}.abc_-d" in body.get_content()
    assert composer.finished == [7]


def test_a_reader_who_left_meanwhile_is_left_out(mail_app: Flask, sink: Sink, composer: TheComposer):
    open_campaign(mail_app, 7, 3)
    composer.left = {1}
    Worker(mail_app).drain()
    assert states(mail_app)["campaign:7:1"] == "suppressed"
    assert len(sink.mails) == 2


def test_what_somebody_waits_for_passes_before_a_campaign(mail_app: Flask, sink: Sink, composer: TheComposer):
    open_campaign(mail_app, 7, 5)
    post(mail_app, message("asked"))
    Worker(mail_app).drain()
    assert sink.mails[0].recipients == ["asked@example.org"]


def test_nothing_leaves_a_closed_lane(mail_app: Flask, sink: Sink, composer: TheComposer):
    open_campaign(mail_app, 7, 2)
    with mail_app.app_context():
        claims.db.session.merge(claims.Lane(campaign_id=7, open=False))
        db.session.commit()
    assert Worker(mail_app).drain() == 0
    assert composer.finished == []


def test_two_workers_never_hold_the_same_mail(mail_app: Flask):
    post(mail_app, *(message(f"m{number}") for number in range(6)))
    with mail_app.app_context():
        one = claims.claim(0, "one", limit=4, lease=LEASE, resting=[])
        db.session.commit()
        two = claims.claim(0, "two", limit=4, lease=LEASE, resting=[])
        db.session.commit()
        assert (len(one), len(two)) == (4, 2)
        assert not begun("two", one[0])
        assert begun("one", one[0])


@pytest.mark.parametrize(("campaign", "after"), [(0, MessageState.WAITING), (7, MessageState.UNCERTAIN)])
def test_after_a_worker_died_only_what_somebody_waits_for_is_sent_again(
    mail_app: Flask, campaign: int, after: MessageState
):
    open_campaign(mail_app, campaign, 0)
    numbers = post(mail_app, message("begun", campaign_id=campaign), message("held", campaign_id=campaign))
    with mail_app.app_context():
        held = claims.claim(campaign, "dead", limit=2, lease=LEASE, resting=[])
        db.session.commit()
        assert begun("dead", held[0])
        assert claims.sweep() == 0
    with mail_app.app_context(), clock.at(clock.now() + LEASE * 2):
        assert claims.sweep() == 2
        db.session.commit()
    assert row(mail_app, numbers[0]).state is after
    assert row(mail_app, numbers[1]).state is MessageState.WAITING


def test_a_worker_told_to_stop_ends_its_mail_and_gives_the_rest_back(mail_app: Flask, sink: Sink):
    post(mail_app, *(message(f"m{number}") for number in range(5)))
    worker = Worker(mail_app)
    sink.on_mail = worker.stop
    worker.drain()
    assert sorted(states(mail_app).values()) == ["sent", "waiting", "waiting", "waiting", "waiting"]


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(mail_app: Flask, sink: Sink):
    post(
        mail_app,
        message("odd", "é@example.org"),
        message("headers", headers={"X-Odd": "a\r\nBcc: b@example.org"}),
        message("fine"),
    )
    Worker(mail_app).drain()
    assert states(mail_app) == {"odd": "suppressed", "headers": "suppressed", "fine": "sent"}
    assert len(sink.mails) == 1


def test_a_chore_that_fails_does_not_keep_the_others_from_being_done(mail_app: Flask):
    done: list[str] = []

    def breaks() -> int:
        raise RuntimeError("broken")

    def works() -> int:
        done.append("works")
        return 1

    chores.register(mail_app, "breaks", breaks)
    chores.register(mail_app, "works", works)
    Worker(mail_app).minute()
    assert done == ["works"]


@pytest.mark.settings(SMTP_URL="")
def test_without_a_relay_mails_are_kept_in_files_and_sent_when_there_is_one(mail_app: Flask, tmp_path: Path):
    (number,) = post(mail_app, message("kept"))
    Worker(mail_app).drain()
    kept = row(mail_app, number)
    assert kept.state is MessageState.KEPT
    assert b"Bonjour kept" in Path(kept.reply or "").read_bytes()


def test_instants_are_those_of_the_clock(mail_app: Flask, sink: Sink):
    """Across the end of summer time: an hour is an hour."""
    with clock.at(at("2026-10-25 01:30")):
        post(mail_app, message("night", due_at=clock.now() + timedelta(hours=2)))
    worker = Worker(mail_app)
    with clock.at(at("2026-10-25 02:29")):  # the second one: fold
        assert worker.drain() == 0
    with clock.at(at("2026-10-25 01:30") + timedelta(hours=3)):
        assert worker.drain() == 1


def test_every_engine_gives_a_mail_to_one_worker_only(postgres_url: str, make_app: Callable[..., Flask], sink: Sink):
    app = make_app(DATABASE_URL=postgres_url, SMTP_URL=sink.url)
    post(app, *(message(f"m{number}") for number in range(10)))
    assert Worker(app).drain() == 10
    assert len({mail.recipients[0] for mail in sink.mails}) == 10
    with app.app_context():
        assert db.session.query(Message).count() == 10


def test_each_outcome_is_written_on_postgresql_too(postgres_url: str, make_app: Callable[..., Flask], sink: Sink):
    app = make_app(SMTP_URL=sink.url, DATABASE_URL=postgres_url)
    sink.refusals = {"gone@example.org": "550 5.1.1 nobody", "busy@example.org": "451 4.3.0 later"}
    post(app, *(message(key) for key in ("a", "gone", "b", "busy", "c")))
    assert Worker(app).drain() == 5
    assert states(app) == {"a": "sent", "gone": "failed", "b": "sent", "busy": "waiting", "c": "sent"}
    with app.app_context():
        assert set(suppression.suppressed({"gone@example.org", "busy@example.org"}, bulk=False)) == {"gone@example.org"}
