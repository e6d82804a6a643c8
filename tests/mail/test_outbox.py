"""The outbox: a mail is a row of the caller's transaction, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from mail.post import message, post, row, states
from mail.samples import VALUES
from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import lanes, outbox, suppression
from operation118.mail.models import Message, MessageState, SuppressionReason, SuppressionScope


def test_the_same_key_is_the_same_mail(app: Flask):
    with app.app_context():
        values = VALUES["newsletter/confirm"]()
        first = outbox.post(key="k", name="newsletter/confirm", to="A@Example.org", lang="fr", values=values)
        again = outbox.post(key="k", name="newsletter/confirm", to="b@example.org", lang="en", values=values)
        db.session.commit()
        assert again is first
        assert db.session.scalar(select(func.count()).select_from(Message)) == 1
        assert (first.recipient, first.domain, first.state) == ("A@Example.org", "example.org", MessageState.WAITING)


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNCERTAIN, MessageState.KEPT])
def test_a_human_may_send_again_what_did_not_surely_leave(mail_app: Flask, state: MessageState):
    (number,) = post(mail_app, message("a", state=state, attempts=9, settled_at=clock.now()))
    with mail_app.app_context():
        mail = db.session.get_one(Message, number)
        outbox.retry(mail)
        assert (mail.state, mail.attempts, mail.settled_at) == (MessageState.WAITING, 0, None)


@pytest.mark.parametrize(
    "state", [MessageState.SENT, MessageState.SUPPRESSED, MessageState.CANCELLED, MessageState.SENDING]
)
def test_nobody_sends_again_what_left_or_must_not_leave(mail_app: Flask, state: MessageState):
    (number,) = post(mail_app, message("a", state=state))
    with mail_app.app_context(), pytest.raises(outbox.Refused, match=state.value):
        outbox.retry(db.session.get_one(Message, number))


def test_a_campaign_is_counted_cancelled_and_sent_again_by_its_lane(mail_app: Flask):
    kinds = (MessageState.WAITING, MessageState.WAITING, MessageState.SENT, MessageState.UNCERTAIN)
    numbers = post(mail_app, *(message(f"m{n}", campaign_id=7, state=state) for n, state in enumerate(kinds)))
    post(mail_app, message("other", campaign_id=8))
    with mail_app.app_context():
        assert lanes.counts(7) == {MessageState.WAITING: 2, MessageState.SENT: 1, MessageState.UNCERTAIN: 1}
        assert lanes.requeue(7, MessageState.UNCERTAIN) == 1
        assert lanes.cancel(7) == 3
        db.session.commit()
        assert lanes.counts(8) == {MessageState.WAITING: 1}
    assert row(mail_app, numbers[2]).state is MessageState.SENT


def test_only_what_failed_is_uncertain_or_was_kept_can_be_sent_again(mail_app: Flask):
    with mail_app.app_context(), pytest.raises(ValueError, match="sent"):
        lanes.requeue(7, MessageState.SENT)


def test_the_suppression_list_knows_people_by_a_hash_only(mail_app: Flask):
    with mail_app.app_context():
        fingerprint = tokens.fingerprint(" Reader@Example.ORG ")
        suppression.suppress(fingerprint, scope=SuppressionScope.BULK, reason=SuppressionReason.COMPLAINT)
        suppression.suppress(fingerprint, scope=SuppressionScope.BULK, reason=SuppressionReason.REQUEST)
        db.session.commit()
        assert "reader" not in str([line.__dict__ for line in db.session.scalars(select(suppression.Suppression))])
        assert suppression.suppressed(["reader@example.org"], bulk=False) == {}
        assert suppression.suppressed(["reader@example.org"], bulk=True) == {"reader@example.org": "complaint"}
        assert suppression.lift(fingerprint, reasons=[SuppressionReason.HARD_BOUNCE]) == 0
        assert suppression.lift(fingerprint, reasons=[SuppressionReason.COMPLAINT]) == 1
        assert suppression.suppressed(["reader@example.org"], bulk=True) == {}


def test_the_hash_outlives_a_change_of_the_secret_key(make_app: Callable[..., Flask]):
    old = "the first secret key, of 32 characters at least"
    first = make_app(SECRET_KEY=old)
    second = make_app(SECRET_KEY="another secret key, of 32 characters too", FINGERPRINT_KEY=old, OLD_SECRET_KEYS="x y")
    with first.app_context():
        fingerprint = tokens.fingerprint("reader@example.org")
    with second.app_context():
        assert tokens.fingerprint("reader@example.org") == fingerprint


def test_mails_are_forgotten_thirty_days_after_they_left(mail_app: Flask):
    now = clock.now()
    old, recent = now - timedelta(days=31), now - timedelta(days=29)
    post(mail_app, message("old", state=MessageState.SENT, settled_at=old))
    post(mail_app, message("recent", state=MessageState.SENT, settled_at=recent), message("waits", created_at=old))
    post(mail_app, message("letter", state=MessageState.SENT, settled_at=old, campaign_id=7))
    with mail_app.app_context():
        assert outbox.forget() == 1
        db.session.commit()
    assert states(mail_app).keys() == {"recent", "waits", "letter"}


def test_a_mail_due_later_is_not_due_now(mail_app: Flask):
    later = clock.now() + timedelta(days=1)
    (number,) = post(mail_app, message("later", due_at=later))
    assert row(mail_app, number).due_at == later
