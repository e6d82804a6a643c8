"""Alerts: what may be asked for, how long it lasts, what is kept of it."""

from datetime import timedelta
from hashlib import sha256

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.alerting import BREST, CLISSON, NANTES, REZE, commune, reader, screening
from operation118 import clock
from operation118.newsletter import alerts, subscribing
from operation118.newsletter.ledger import Said, lines
from operation118.newsletter.models import Alert, ConsentKind, SubscriberState
from operation118.newsletter.refused import Refused
from operation118.newsletter.wording import Form
from operation118.web.languages import LANGUAGES, speaking

FIVE = [NANTES, REZE, CLISSON, BREST, "75056"]


def test_an_alert_keeps_the_commune_as_it_was_chosen(session: Session):
    alert = alerts.add(reader(session), commune=commune(NANTES), radius_km=60)
    assert (alert.commune, alert.label, alert.radius_km) == (NANTES, "Nantes (Loire-Atlantique)", 60)
    assert (round(alert.latitude), round(alert.longitude)) == (47, -2)


def test_an_alert_lasts_a_year(session: Session):
    assert alerts.add(reader(session), commune=commune(NANTES), radius_km=30).expires_on == (
        clock.today() + relativedelta(months=12)
    )


def test_an_alert_outlasts_the_screenings_announced(session: Session):
    late = screening(session, BREST, days=500)
    assert alerts.add(reader(session), commune=commune(NANTES), radius_km=30).expires_on == late.on


def test_asking_twice_for_a_commune_changes_the_distance(session: Session):
    subscriber = reader(session)
    alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    alerts.add(subscriber, commune=commune(NANTES), radius_km=100)
    assert [alert.radius_km for alert in subscriber.alerts] == [100]


def test_five_alerts_and_no_sixth(session: Session):
    subscriber = reader(session)
    for insee in FIVE:
        alerts.add(subscriber, commune=commune(insee), radius_km=10)
    with pytest.raises(Refused, match="5 alertes"):
        alerts.add(subscriber, commune=commune("69123"), radius_km=10)
    alerts.add(subscriber, commune=commune(BREST), radius_km=30)
    assert len(subscriber.alerts) == 5


@pytest.mark.parametrize("radius_km", [0, -30, 31, 20_000])
def test_only_the_distances_offered(session: Session, radius_km: int):
    with pytest.raises(Refused, match="distances"):
        alerts.add(reader(session), commune=commune(NANTES), radius_km=radius_km)


@pytest.mark.parametrize("state", [SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED])
def test_only_who_confirmed_may_ask(session: Session, state: SubscriberState):
    with pytest.raises(Refused, match="confirmé"):
        alerts.add(reader(session, state=state), commune=commune(NANTES), radius_km=30)


def test_the_ledger_keeps_what_was_asked_renewed_and_removed(session: Session):
    subscriber = reader(session)
    alert = alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    with clock.at(clock.now() + timedelta(days=200)):
        alerts.renew(alert)
    alerts.remove(alert)
    said = "une commune, 30 km à la ronde\n"
    kept = [line.wording.replace("\u202f", " ").replace("\xa0", " ") for line in lines(subscriber.fingerprint)]
    assert [words.partition("\n")[2] for words in kept] == [
        f"{said}[Prévenez-moi]",
        f"{said}[Prolonger d’un an]",
        f"{said}[Retirer]",
    ]
    assert all(words.startswith("Un message le soir") for words in kept)
    assert {line.kind for line in lines(subscriber.fingerprint)} == {ConsentKind.CHANGED}
    assert subscriber.alerts == []


def test_the_ledger_names_no_place(session: Session):
    subscriber = reader(session)
    for lang in LANGUAGES:
        with speaking(lang):
            alert = alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
            alerts.remove(alert)
    written = " ".join(f"{line.wording} {line.detail}" for line in lines(subscriber.fingerprint))
    assert not [name for name in ("Nantes", "Loire", NANTES) if name in written]


def test_what_changes_nothing_adds_nothing_to_the_ledger(session: Session):
    subscriber = reader(session)
    alert = alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    alerts.renew(alert)
    assert len(lines(subscriber.fingerprint)) == 1
    alerts.add(subscriber, commune=commune(NANTES), radius_km=60)
    assert len(lines(subscriber.fingerprint)) == 2
    with clock.at(clock.now() + timedelta(days=1)):
        alerts.renew(alert)
        alerts.renew(alert)
    assert len(lines(subscriber.fingerprint)) == 3


def test_an_alert_removed_elsewhere_meanwhile_is_not_removed_twice(session: Session):
    subscriber = reader(session)
    alert = alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    session.execute(delete(Alert), execution_options={"synchronize_session": False})
    alerts.remove(alert)
    assert len(lines(subscriber.fingerprint)) == 1


def test_words_do_not_change_without_a_new_version():
    """A changed text: give `alerts.WORDING_VERSION` a new number, and put it here with the new digest."""
    texts: list[str] = []
    for lang in LANGUAGES:
        with speaking(lang):
            texts += [
                alerts.legend(),
                alerts.wording("X", 10),
                alerts.placeless(10),
                alerts.button(),
                alerts.renewal(),
                alerts.removal(),
            ]
    digest = sha256("\n".join(texts).encode()).hexdigest()[:16]
    assert (alerts.WORDING_VERSION, digest) == ("2", "6be6541526ffa34f")


def test_an_alert_is_renewed_from_the_day_of_the_click(session: Session):
    alert = alerts.add(reader(session), commune=commune(NANTES), radius_km=30)
    assert not alerts.is_renewable(alert)
    with clock.at(clock.now() + timedelta(days=200)):
        assert alerts.is_renewable(alert)
        alerts.renew(alert)
        assert alert.expires_on == clock.today() + relativedelta(months=12)


def test_an_alert_is_deleted_once_its_last_day_is_over(session: Session):
    alert = alerts.add(reader(session), commune=commune(NANTES), radius_km=30)
    session.commit()
    with clock.at(clock.noon(alert.expires_on)):
        assert alerts.expire() == 0
    with clock.at(clock.noon(alert.expires_on + timedelta(days=1))):
        assert alerts.expire() == 1
        assert alerts.expire() == 0
    assert session.scalars(select(Alert)).all() == []


def test_nobody_reaches_the_alert_of_another(session: Session):
    alert = alerts.add(reader(session), commune=commune(NANTES), radius_km=30)
    with pytest.raises(Refused, match="n’existe plus"):
        alerts.find(reader(session, "other"), alert.id)


def test_leaving_the_letter_removes_the_alerts(session: Session):
    subscriber = reader(session)
    alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    subscribing.withdraw(subscriber, said=Said(Form.UNSUBSCRIPTION, "fr"))
    assert session.scalars(select(Alert)).all() == []


def test_a_position_that_is_only_the_neighbours_is_said_to_be_so(session: Session):
    subscriber = reader(session)
    assert not alerts.is_approximate(alerts.add(subscriber, commune=commune(NANTES), radius_km=30))
    assert alerts.is_approximate(alerts.add(subscriber, commune=commune("91228"), radius_km=30))
