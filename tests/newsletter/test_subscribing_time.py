"""What time does by itself: one reminder, the end of requests, the forgetting of those who left."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.subscribers import ADDRESS, NOON, confirmed, find, ledger_kinds, mails, pending, unsubscribed
from operation118 import clock
from operation118.mail import chores
from operation118.mail.models import Message, Suppression, SuppressionReason
from operation118.newsletter import erasing, ledger, subscribing, wording
from operation118.newsletter.ledger import Said
from operation118.newsletter.models import Consent, SubscriberState, Topic
from operation118.newsletter.wording import Form

pytestmark = pytest.mark.usefixtures("session")
DAY = timedelta(days=1)


def test_one_reminder_after_three_days_and_never_a_second():
    with clock.at(NOON):
        pending()
    with clock.at(NOON + 3 * DAY - timedelta(minutes=1)):
        assert subscribing.remind() == 0
    with clock.at(NOON + 3 * DAY):
        assert subscribing.remind() == 1
        assert subscribing.remind() == 0
        pending()
    with clock.at(NOON + 7 * DAY):
        assert subscribing.remind() == 0
    assert mails() == ["confirm", "reminder", "confirm"]


def test_nobody_is_reminded_of_what_they_did():
    with clock.at(NOON):
        confirmed()
        pending("autre@example.org")
    other = find("autre@example.org")
    assert other is not None
    with clock.at(NOON + DAY):
        subscribing.withdraw(other, said=Said(Form.UNSUBSCRIPTION, "fr"))
    with clock.at(NOON + 4 * DAY):
        assert subscribing.remind() == 0


def test_the_reminder_carries_a_link_that_still_confirms():
    with clock.at(NOON):
        subscriber = pending()
    with clock.at(NOON + 3 * DAY):
        subscribing.remind()
        subscribing.confirm(subscriber, version=subscriber.version, said=Said(Form.CONFIRMATION, "fr"))
    assert subscriber.state is SubscriberState.CONFIRMED


def test_a_request_nobody_confirmed_is_gone_after_seven_days(session: Session):
    with clock.at(NOON):
        pending()
    with clock.at(NOON + 7 * DAY - timedelta(minutes=1)):
        assert erasing.expire() == 0
    with clock.at(NOON + 7 * DAY):
        assert erasing.expire() == 1
        assert erasing.expire() == 0
    session.expire_all()
    assert find() is None
    message = session.scalars(select(Message)).one()
    assert (message.recipient, message.text) == ("", None)
    assert ledger_kinds() == ["asked"]
    assert session.scalars(select(Suppression)).all() == []


def test_who_left_is_forgotten_after_thirty_days_and_kept_away(session: Session):
    with clock.at(NOON):
        unsubscribed()
    with clock.at(NOON + 30 * DAY):
        assert erasing.expire() == 1
    session.expire_all()
    assert find() is None
    assert session.scalars(select(Suppression)).one().reason is SuppressionReason.REQUEST


def test_who_left_and_asked_again_in_vain_stays_away(session: Session):
    with clock.at(NOON):
        unsubscribed()
        pending()
    with clock.at(NOON + 7 * DAY):
        erasing.expire()
    assert session.scalars(select(Suppression)).one().reason is SuppressionReason.REQUEST


def test_networks_are_forgotten_after_twelve_months(session: Session):
    kept = Said(Form.LETTER, "fr", "192.0.2.0/24")
    with clock.at(NOON):
        subscribing.ask(ADDRESS, topics={Topic.DVD}, said=kept)
    with clock.at(NOON + 365 * DAY):
        assert ledger.forget_networks() == 0
    with clock.at(NOON + 366 * DAY):
        assert ledger.forget_networks() == 1
    session.expire_all()
    line = session.scalars(select(Consent)).one()
    assert (line.network, line.wording_version) == (None, wording.VERSION)


def test_the_workers_do_these_chores():
    names = set(chores.all_chores())
    assert {"newsletter.remind", "newsletter.expire", "newsletter.forget_networks"} <= names
