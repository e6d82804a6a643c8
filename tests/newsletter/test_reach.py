"""Whom a letter is narrowed to: one language, people near a town; counted at once, however long the list."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerting import BREST, CLISSON, NANTES, REZE, commune
from newsletter.campaigning import deliveries, letter, subscriber
from operation118 import clock
from operation118.mail.models import SuppressionReason, SuppressionScope
from operation118.mail.suppression import suppress
from operation118.newsletter import audience, campaigns, reach, readers
from operation118.newsletter.audience import Standing
from operation118.newsletter.models import Alert, Subscriber, SubscriberState, Topic
from operation118.newsletter.reach import Reach
from operation118.places import Point, distance_km
from operation118.tokens import fingerprint


def living_in(session: Session, insee: str, name: str) -> Subscriber:
    where, row = commune(insee), subscriber(session, f"{name}@example.org")
    alert = Alert(
        subscriber_id=row.id,
        commune=insee,
        label=where.label,
        latitude=where.latitude,
        longitude=where.longitude,
        radius_km=10,
        expires_on=clock.today() + timedelta(days=30),
    )
    session.add(alert)
    session.commit()
    return row


def near(insee: str, km: int) -> Reach:
    return Reach(near=reach.around(commune(insee), km))


@pytest.mark.parametrize(("km", "reached"), [(10, {"nantes", "reze"}), (30, {"nantes", "reze", "clisson"})])
def test_a_letter_reaches_those_whose_alert_is_near(session: Session, km: int, reached: set[str]):
    for insee, name in ((NANTES, "nantes"), (REZE, "reze"), (CLISSON, "clisson"), (BREST, "brest")):
        living_in(session, insee, name)
    subscriber(session, "sans-alerte@example.org")
    counts = audience.count(["dvd"], near(NANTES, km))
    assert counts == {Standing.WRITTEN: len(reached), Standing.ELSEWHERE: 5 - len(reached)}
    sample = readers.sample(["dvd"], near(NANTES, km))
    assert {one.address.partition("@")[0] for one in sample} == reached


def test_distances_on_the_flat_map_are_those_on_the_globe(session: Session):
    """Within a hundred metres at a hundred kilometres, all over the country."""
    here = commune(NANTES)
    living_in(session, NANTES, "nantes")
    alert = session.scalars(select(Alert)).one()
    for north, east in ((0.6, 0.9), (-0.7, 0.5), (0.85, -0.4), (0, 1.3), (-0.88, 0)):
        alert.latitude, alert.longitude = here.latitude + north, here.longitude + east
        session.commit()
        distance = distance_km(here, Point(alert.latitude, alert.longitude))
        for margin, found in ((-0.1, 0), (0.1, 1)):
            around = reach.Near("là", here.latitude, here.longitude, distance + margin)  # type: ignore[arg-type]
            counted = audience.count(["dvd"], Reach(near=around)).get(Standing.WRITTEN, 0)
            assert counted == found, (north, east, distance)


def test_a_letter_may_be_for_one_language(session: Session):
    subscriber(session, "fr@example.org")
    subscriber(session, "en@example.org", lang="en")
    assert audience.count(["dvd"], Reach(lang="en")) == {Standing.WRITTEN: 1, Standing.OTHER_LANGUAGE: 1}


def test_what_narrows_a_letter_holds_at_launch_and_at_the_last_look(session: Session):
    here, gone = living_in(session, NANTES, "nantes"), living_in(session, REZE, "reze")
    living_in(session, BREST, "brest")
    campaign = campaigns.draft(letter(reach=near(NANTES, 10).as_data()))
    assert campaigns.launch(campaign) == 2
    session.commit()
    assert {message.recipient for message in deliveries(session, campaign)} == {here.address, gone.address}
    assert campaign.left_out == {"elsewhere": 1}
    session.execute(Alert.__table__.delete().where(Alert.subscriber_id == gone.id))  # pyright: ignore[reportAttributeAccessIssue]
    standings = audience.standings([here.id, gone.id], campaign.topics, reach.read(campaign.reach))
    assert standings == {here.id: Standing.WRITTEN, gone.id: Standing.ELSEWHERE}


def test_what_a_row_keeps_reads_back():
    both = Reach("fr", reach.around(commune(NANTES), 30))
    assert reach.read(both.as_data()) == both
    assert reach.EVERYBODY.as_data() == {}
    assert reach.read({}) == reach.read(None) == reach.EVERYBODY


@pytest.fixture
def long_list(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long, and three are many."""
    monkeypatch.setattr(readers, "SHORT", 0)
    monkeypatch.setattr(readers, "MOST", 3)


@pytest.mark.usefixtures("long_list")
def test_of_a_long_list_a_glance_says_the_same_as_the_count(session: Session):
    subscriber(session, "a@example.org", Topic.DVD, Topic.PRESS)
    subscriber(session, "b@example.org")
    subscriber(session, "c@example.org", Topic.PRESS)
    subscriber(session, "d@example.org", state=SubscriberState.PENDING)
    subscriber(session, "e@example.org", state=SubscriberState.UNSUBSCRIBED)
    subscriber(session, "f@example.org")
    suppress(fingerprint("f@example.org"), scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
    session.commit()
    for topics in (["dvd"], ["dvd", "presse"], ["seances"]):
        counted = audience.count(topics)
        glance = readers.glance(topics, reach.EVERYBODY)
        assert not glance.exact
        assert glance.written == counted.get(Standing.WRITTEN, 0)
        assert glance.left_out == {Standing.UNCONFIRMED: 1, Standing.UNSUBSCRIBED: 1, Standing.SUPPRESSED: 1}
        assert readers.glance(topics, reach.EVERYBODY, exact=True).counts == counted


@pytest.mark.usefixtures("long_list")
def test_a_glance_stops_counting(session: Session):
    for name in "abcdefg":
        subscriber(session, f"{name}@example.org")
    assert readers.glance(["dvd"], reach.EVERYBODY).written == 4
