"""The evening mail: new screenings near somebody, told once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerting import BREST, CLISSON, NANTES, REZE, commune, digests, evening, reader, screening
from operation118 import clock
from operation118.mail import outbox, suppression
from operation118.mail.models import Message, MessageState, SuppressionReason, SuppressionScope
from operation118.newsletter import alerts
from operation118.newsletter.digests import coming, digest, warn
from operation118.newsletter.models import Subscriber, SubscriberState
from operation118.screenings.models import Venue


@pytest.fixture
def nearby(session: Session) -> Subscriber:
    """Somebody who wants to know of screenings within 30 km of Nantes."""
    subscriber = reader(session)
    alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    session.commit()
    return subscriber


def tonight(days: int = 0) -> int:
    with clock.at(evening(clock.today() + timedelta(days=days))):
        return digest()


def test_a_screening_within_reach_is_told_and_one_beyond_is_not(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    screening(session, BREST)
    assert tonight() == 1
    [mail] = digests(session, nearby)
    assert (mail.recipient, mail.lang) == ("lea@example.org", "fr")
    assert mail.text
    assert mail.html
    for body in (mail.text, mail.html):
        assert "Clisson" in body
        assert "/seances/clisson-dans-20-jours/" in body
        assert "Brest" not in body


def test_a_day_makes_one_mail_the_nearest_first(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    screening(session, REZE)
    assert tonight() == 1
    [mail] = digests(session, nearby)
    assert mail.subject == "2 séances près de chez vous"
    assert mail.text
    assert mail.text.index("Rezé") < mail.text.index("Clisson")


def test_nothing_leaves_before_the_evening(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    with clock.at(evening() - timedelta(hours=1)):
        assert digest() == 0
    assert tonight() == 1


def test_what_was_told_is_not_told_again(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    assert [tonight(), tonight(), tonight(1)] == [1, 0, 0]
    screening(session, REZE)
    assert tonight(2) == 1
    first, second = digests(session, nearby)
    assert "Clisson" in (first.text or "")
    assert "Clisson" not in (second.text or "")


def test_what_never_left_is_told_again(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    tonight()
    digests(session, nearby)[0].state = MessageState.FAILED
    assert [tonight(1), tonight(2)] == [1, 0]


def forgotten(session: Session, subscriber: Subscriber) -> int:
    """Let the mails to somebody have left more than a month ago."""
    for mail in digests(session, subscriber):
        mail.state, mail.settled_at = MessageState.SENT, clock.now() - timedelta(days=31)
    session.flush()
    return outbox.forget()


def test_a_screening_months_ahead_is_told_once_however_long_mails_are_kept(session: Session, nearby: Subscriber):
    screening(session, CLISSON, days=120)
    assert tonight() == 1
    assert forgotten(session, nearby) == 1
    assert [tonight(days) for days in (1, 31, 62, 93)] == [0, 0, 0, 0]
    screening(session, REZE, days=120)
    assert tonight(94) == 1
    assert forgotten(session, nearby) == 1
    assert tonight(95) == 0


def test_what_one_alert_told_another_knows(session: Session, nearby: Subscriber):
    other = alerts.add(nearby, commune=commune(REZE), radius_km=60)
    screening(session, CLISSON)
    assert tonight() == 1
    forgotten(session, nearby)
    alerts.remove(next(alert for alert in nearby.alerts if alert is not other))
    assert tonight(1) == 0


def test_an_alert_keeps_no_key_of_what_is_over(session: Session, nearby: Subscriber):
    first = screening(session, CLISSON, days=2).slug
    tonight()
    assert len(nearby.alerts[0].told) == 1
    second = screening(session, REZE, days=9).slug
    tonight(3)
    assert first != second
    assert len(nearby.alerts[0].told) == 1


def test_what_is_announced_after_the_mail_waits_for_the_next_evening(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    tonight()
    screening(session, REZE)
    assert [tonight(), tonight(1)] == [0, 1]


def test_what_is_over_is_not_told(session: Session, nearby: Subscriber):
    screening(session, CLISSON, days=-1)
    assert tonight() == 0
    screening(session, REZE, days=0)
    assert tonight() == 1


def test_two_alerts_make_one_mail_and_tell_a_screening_once(session: Session, nearby: Subscriber):
    alerts.add(nearby, commune=commune(REZE), radius_km=10)
    screening(session, CLISSON)
    screening(session, REZE)
    tonight()
    [mail] = digests(session, nearby)
    assert mail.text
    assert mail.text.count("/seances/reze-") == 1
    assert mail.text.index("10") < mail.text.index("Clisson")


@pytest.mark.parametrize("state", [SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED])
def test_only_the_confirmed_are_written_to(session: Session, nearby: Subscriber, state: SubscriberState):
    nearby.state = state
    screening(session, CLISSON)
    assert tonight() == 0


def test_a_pause_is_kept_and_its_end_too(session: Session, nearby: Subscriber):
    nearby.paused_until = clock.today() + timedelta(days=1)
    screening(session, CLISSON)
    assert [tonight(), tonight(1)] == [0, 1]


def test_a_suppressed_address_is_not_written_to(session: Session, nearby: Subscriber):
    suppression.suppress(nearby.fingerprint, scope=SuppressionScope.BULK, reason=SuppressionReason.COMPLAINT)
    screening(session, CLISSON)
    assert tonight() == 0


def test_an_alert_that_is_over_tells_nothing(session: Session, nearby: Subscriber):
    nearby.alerts[0].expires_on = clock.today() - timedelta(days=1)
    screening(session, CLISSON)
    assert tonight() == 0


def test_everybody_reads_their_own_language(session: Session):
    subscriber = reader(session, "ann", lang="en")
    alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    screening(session, CLISSON)
    tonight()
    [mail] = digests(session, subscriber)
    assert mail.subject == "A screening near you"
    assert "/en/screenings/clisson" in (mail.text or "")
    assert "séance" not in (mail.text or "")


def test_the_mail_offers_its_end_and_names_its_screenings(session: Session, nearby: Subscriber):
    screening(session, CLISSON)
    screening(session, REZE)
    tonight()
    [mail] = digests(session, nearby)
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].strip("<>") in (mail.text or "")
    assert "/lettre/moi/" in (mail.text or "")
    assert len(mail.headers["Keywords"].split(", ")) == 2


def test_an_evening_without_screenings_asks_the_database_once_for_each_language(
    session: Session, nearby: Subscriber, count_queries: Callable[[], AbstractContextManager[list[str]]]
):
    with count_queries() as statements:
        assert tonight() == 0
    assert len(statements) <= 4


def test_many_readers_cost_one_look(
    session: Session, nearby: Subscriber, count_queries: Callable[[], AbstractContextManager[list[str]]]
):
    for number in range(20):
        alerts.add(reader(session, f"far{number}"), commune=commune(BREST), radius_km=10)
    session.commit()
    screening(session, CLISSON)
    with count_queries() as statements:
        assert tonight() == 1
    assert len(statements) < 20
    assert len(session.scalars(select(Message)).all()) == 1


def endings(session: Session, subscriber: Subscriber) -> list[Message]:
    theirs = Message.subscriber_id == subscriber.id, Message.name == "newsletter/alert_ending"
    return list(session.scalars(select(Message).where(*theirs)))


def test_an_end_is_told_two_weeks_before_and_once(session: Session, nearby: Subscriber):
    end = nearby.alerts[0].expires_on
    with clock.at(clock.noon(end - timedelta(days=15))):
        assert warn() == 0
    for days in (14, 14, 1, 0):
        with clock.at(clock.noon(end - timedelta(days=days))):
            warn()
    [mail] = endings(session, nearby)
    assert "Nantes (Loire-Atlantique)" in (mail.text or "")
    assert "/lettre/moi/" in (mail.text or "")


def test_an_end_put_off_is_told_again_when_it_comes(session: Session, nearby: Subscriber):
    end = nearby.alerts[0].expires_on
    with clock.at(clock.noon(end)):
        assert warn() == 1
        alerts.renew(nearby.alerts[0])
        assert warn() == 0
    with clock.at(clock.noon(nearby.alerts[0].expires_on)):
        assert warn() == 1


def test_two_ends_make_one_mail(session: Session, nearby: Subscriber):
    other = alerts.add(nearby, commune=commune(BREST), radius_km=30)
    other.expires_on = nearby.alerts[0].expires_on + timedelta(days=3)
    with clock.at(clock.noon(nearby.alerts[0].expires_on - timedelta(days=5))):
        assert [warn(), warn()] == [1, 0]
    [mail] = endings(session, nearby)
    text = mail.text or ""
    assert text.index("Nantes") < text.index("Brest")


def test_no_end_is_told_to_who_is_not_written_to(session: Session, nearby: Subscriber):
    nearby.paused_until = nearby.alerts[0].expires_on + timedelta(days=1)
    with clock.at(clock.noon(nearby.alerts[0].expires_on)):
        assert warn() == 0


def test_the_hour_and_the_cinema_are_told(session: Session, nearby: Subscriber):
    shown = screening(session, CLISSON)
    shown.starts_at = clock.midnight(shown.dated.day) + timedelta(hours=20, minutes=30)
    shown.venue = Venue(slug="salle", name="Salle des fêtes", town=shown.town)
    session.commit()
    tonight()
    [mail] = digests(session, nearby)
    assert "20\u202fh\u202f30" in (mail.text or "")
    assert "Salle des fêtes" in (mail.text or "")


def test_a_release_everywhere_is_left_to_the_letter(session: Session):
    with clock.at(clock.noon(date(2010, 11, 1))):
        known = coming()
    assert len(known) > 3
    assert all(screening.place and screening.key.isascii() and "," not in screening.key for screening in known)
