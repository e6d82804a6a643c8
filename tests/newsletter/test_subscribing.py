"""Every state of a subscriber, reached and left; what is refused on the way."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mail.returns import about
from newsletter.subscribers import (
    ADDRESS,
    BOTH,
    MAKERS,
    confirmed,
    find,
    ledger_kinds,
    mails,
    pending,
    said,
    unsubscribed,
)
from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import bounces, outbox, suppression
from operation118.mail.models import Message, MessageState, Suppression, SuppressionReason, SuppressionScope
from operation118.newsletter import erasing, ledger, proof, subscribing, wording
from operation118.newsletter.links import unsubscribe_headers
from operation118.newsletter.models import Alert, Consent, ConsentKind, Subscriber, SubscriberState, Topic
from operation118.newsletter.refused import Refused
from operation118.newsletter.subscribing import LeavingReason
from operation118.newsletter.wording import Form

pytestmark = pytest.mark.usefixtures("session")


def test_who_asks_waits_seven_days_for_their_own_yes():
    subscriber = pending()
    assert subscriber.state is SubscriberState.PENDING
    assert subscriber.topics == BOTH
    assert subscriber.expires_at == subscriber.asked_at + subscribing.PENDING
    assert mails() == ["confirm"]
    assert ledger_kinds() == ["asked"]


def test_asking_twice_adds_topics_and_makes_the_first_link_useless():
    pending(topics={Topic.DVD})
    subscriber = pending(ADDRESS.upper(), topics={Topic.PRESS})
    assert subscriber.topics == {Topic.DVD, Topic.PRESS}
    assert mails() == ["confirm", "confirm"]
    with pytest.raises(Refused, match="plus récent"):
        subscribing.confirm(subscriber, version=1, said=said())
    subscribing.confirm(subscriber, version=2, said=said())
    assert subscriber.state is SubscriberState.CONFIRMED


def test_confirming_writes_a_welcome_with_the_way_out():
    subscriber = confirmed()
    assert (subscriber.state, subscriber.expires_at) == (SubscriberState.CONFIRMED, None)
    assert mails() == ["confirm", "welcome"]
    assert ledger_kinds() == ["asked", "confirmed"]


def test_confirming_twice_changes_nothing():
    subscriber = confirmed()
    subscribing.confirm(subscriber, version=subscriber.version, said=said())
    assert ledger_kinds() == ["asked", "confirmed"]


def test_a_link_is_good_for_seven_days():
    subscriber = pending()
    with clock.at(subscriber.asked_at + subscribing.PENDING), pytest.raises(Refused, match="sept jours"):
        subscribing.confirm(subscriber, version=1, said=said())


def test_who_left_does_not_come_back_by_an_old_link():
    subscriber = unsubscribed()
    with pytest.raises(Refused, match="quitté"):
        subscribing.confirm(subscriber, version=subscriber.version, said=said())


def test_who_left_comes_back_by_asking_and_confirming():
    unsubscribed()
    subscriber = confirmed(topics={Topic.PRESS})
    assert (subscriber.state, subscriber.topics) == (SubscriberState.CONFIRMED, {Topic.PRESS})
    assert (subscriber.unsubscribed_at, subscriber.unsubscribe_reason) == (None, None)
    assert ledger_kinds() == ["asked", "confirmed", "withdrawn", "asked", "confirmed"]


def test_a_subscriber_who_asks_again_is_shown_their_page_once_a_day(session: Session):
    subscriber = confirmed()
    for _ in range(3):
        subscribing.ask(ADDRESS, topics={Topic.PRESS}, said=said())
    assert mails() == ["confirm", "welcome", "already"]
    assert subscriber.topics == BOTH
    sent = session.scalars(select(Message).where(Message.name == "newsletter/already")).one()
    assert "La presse" in (sent.text or "")
    assert sent.headers == unsubscribe_headers(subscriber.id, "fr")


@pytest.mark.parametrize("state", [SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED])
def test_only_the_confirmed_change_pause_or_resume(state: SubscriberState):
    subscriber = MAKERS[state]()
    with pytest.raises(Refused):
        subscribing.change(subscriber, topics=BOTH, lang="en", said=said())
    with pytest.raises(Refused):
        subscribing.pause(subscriber, said=said())
    with pytest.raises(Refused):
        subscribing.resume(subscriber, said=said())


def test_choices_change_with_a_line_in_the_ledger():
    subscriber = confirmed()
    subscribing.change(subscriber, topics={Topic.PRESS}, lang="en", said=said(Form.CHOICES))
    assert (subscriber.topics, subscriber.lang) == ({Topic.PRESS}, "en")
    subscribing.change(subscriber, topics={Topic.PRESS}, lang="en", said=said(Form.CHOICES))
    assert ledger_kinds() == ["asked", "confirmed", "changed"]


def test_no_topic_at_all_is_refused_unless_alerts_remain():
    subscriber = confirmed()
    with pytest.raises(Refused, match="au moins un sujet"):
        subscribing.change(subscriber, topics=(), lang="fr", said=said())
    place = {"commune": "43244", "label": "Tence", "latitude": 45.1, "longitude": 4.3, "radius_km": 30}
    subscriber.alerts.append(Alert(**place, expires_on=date(2099, 1, 1)))
    subscribing.change(subscriber, topics=(), lang="fr", said=said())
    assert subscriber.topics == set()


def test_a_pause_lasts_three_months_and_ends_by_itself_or_before():
    with clock.at(clock.noon(date(2026, 11, 30))):
        subscriber = confirmed()
        subscribing.pause(subscriber, said=said(Form.PAUSE))
        assert subscriber.paused_until == date(2027, 2, 28)
        assert subscribing.is_paused(subscriber)
    with clock.at(clock.midnight(date(2027, 2, 28))):
        assert not subscribing.is_paused(subscriber)
    with clock.at(clock.noon(date(2026, 12, 1))):
        subscribing.resume(subscriber, said=said(Form.RESUMPTION))
        assert not subscribing.is_paused(subscriber)
        subscribing.resume(subscriber, said=said(Form.RESUMPTION))
    assert ledger_kinds() == ["asked", "confirmed", "changed", "changed"]


def test_leaving_stops_everything_that_waits(session: Session):
    subscriber = confirmed()
    subscribing.withdraw(subscriber, said=said(Form.ONE_CLICK))
    subscribing.withdraw(subscriber, said=said(Form.ONE_CLICK))
    assert (subscriber.state, subscriber.topics, subscriber.alerts) == (SubscriberState.UNSUBSCRIBED, set(), [])
    assert set(session.scalars(select(Message.state))) == {MessageState.CANCELLED}
    assert ledger_kinds() == ["asked", "confirmed", "withdrawn"]


def test_a_pending_request_can_be_withdrawn():
    subscriber = pending()
    subscribing.withdraw(subscriber, said=said(Form.UNSUBSCRIPTION))
    assert subscriber.state is SubscriberState.UNSUBSCRIBED


def test_only_who_left_says_why():
    subscriber = confirmed()
    with pytest.raises(Refused):
        subscribing.give_reason(subscriber, reason=LeavingReason.TOO_MANY)
    subscribing.withdraw(subscriber, said=said())
    subscribing.give_reason(subscriber, reason=LeavingReason.TOO_MANY)
    assert subscriber.unsubscribe_reason == "trop"


@pytest.mark.parametrize("state", MAKERS)
def test_erasing_leaves_a_hash_and_the_ledger(session: Session, state: SubscriberState):
    subscriber = MAKERS[state]()
    fingerprint = subscriber.fingerprint
    erasing.erase(subscriber, said=said(Form.ERASURE))
    session.flush()
    session.expire_all()
    assert find() is None
    for message in session.scalars(select(Message)):
        assert (message.recipient, message.subject, message.text, message.html, message.headers) == (
            "",
            None,
            None,
            None,
            {},
        )
        assert message.state is MessageState.CANCELLED
    line = session.scalars(select(Suppression)).one()
    assert (line.fingerprint, line.scope, line.reason) == (fingerprint, SuppressionScope.BULK, SuppressionReason.ERASED)
    assert ledger_kinds()[-1] == "erased"


@pytest.mark.parametrize("reason", subscribing.LIFTED)
def test_a_new_confirmation_lifts_what_its_owner_had_asked(reason: SuppressionReason):
    fingerprint = tokens.fingerprint(ADDRESS)
    suppression.suppress(fingerprint, scope=SuppressionScope.BULK, reason=reason)
    confirmed()
    assert suppression.suppressed([ADDRESS], bulk=True) == {}


def test_a_dead_mailbox_stays_on_the_list():
    fingerprint = tokens.fingerprint(ADDRESS)
    suppression.suppress(fingerprint, scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
    confirmed()
    assert suppression.suppressed([ADDRESS], bulk=False) == {ADDRESS: SuppressionReason.HARD_BOUNCE}


def test_the_ledger_keeps_the_words_that_were_shown(session: Session):
    subscribing.ask(ADDRESS, topics={Topic.DVD}, said=said(Form.DVD, "en"))
    line = session.scalars(select(Consent)).one()
    assert (line.kind, line.form, line.lang, line.topics) == (ConsentKind.ASKED, "dvd", "en", ["dvd"])
    assert line.wording.splitlines()[0].startswith("The DVD")
    assert line.wording.splitlines()[-1] == "[Tell me about the DVD]"
    assert (line.wording_version, line.network) == (wording.VERSION, None)


def test_words_do_not_change_without_a_new_version():
    """A changed text: add a version to `wording.VERSIONS`, with this digest."""
    assert wording.VERSIONS[wording.VERSION] == wording.digest()


def test_the_proof_outlives_the_address(session: Session):
    erasing.erase(confirmed(), said=said(Form.ERASURE))
    shown = proof.of(f" {ADDRESS.upper()} ")
    assert [line["kind"] for line in shown.as_data()["lines"]] == ["asked", "confirmed", "erased"]
    text = shown.as_text()
    assert "Preuve du consentement" in text
    assert "[M’abonner]" in text
    assert "ne contient rien" in proof.of("quelqu.un@example.org").as_text()


def test_the_line_of_a_proof_is_one_of_the_ledger():
    subscriber = confirmed()
    assert len(proof.of(ADDRESS).lines) == len(ledger.lines(subscriber.fingerprint)) == 2


def test_one_address_is_one_subscriber_whatever_its_case(session: Session):
    pending("Prenom.Nom@Example.org")
    pending("prenom.nom@example.org")
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


def test_a_mail_of_the_outbox_belongs_to_its_subscriber(session: Session):
    subscriber = pending()
    message = session.scalars(select(Message)).one()
    assert (message.subscriber_id, message.recipient) == (subscriber.id, ADDRESS)
    assert outbox.domain_of(message.recipient) == message.domain


def test_who_calls_a_mail_unwanted_has_left_for_good():
    subscriber = confirmed()
    welcome = db.session.scalars(select(Message).where(Message.subscriber_id == subscriber.id)).all()[-1]
    bounces.receive(about(welcome.id, "complaint"))
    db.session.flush()
    assert subscriber.state is SubscriberState.UNSUBSCRIBED
    assert ledger_kinds()[-1] == "withdrawn"
    assert suppression.suppressed([ADDRESS], bulk=True) == {ADDRESS: SuppressionReason.COMPLAINT}
