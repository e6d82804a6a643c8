"""Who a campaign is written to: everybody who asked, once, and nobody else."""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from applications import application
from newsletter.campaigning import deliveries, letter, subscriber
from newsletter.conftest import RELAY
from operation118 import clock
from operation118.config import Settings
from operation118.database import db
from operation118.mail.models import Lane, Message, MessageState, SuppressionReason, SuppressionScope
from operation118.mail.suppression import suppress
from operation118.newsletter import audience, campaigns
from operation118.newsletter.audience import Standing
from operation118.newsletter.models import Campaign, CampaignState, SubscriberState, Topic
from operation118.site import start
from operation118.tokens import fingerprint

PENDING, UNSUBSCRIBED = SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED
NEW_YEAR = datetime(2099, 1, 1, 9, tzinfo=UTC)


def someone_of_each_kind(session: Session) -> None:
    subscriber(session, "Deux.Sujets@Exemple.FR", Topic.DVD, Topic.PRESS)
    subscriber(session, "reader@example.com", lang="en")
    subscriber(session, "pas-confirmee@exemple.fr", state=PENDING)
    subscriber(session, "partie@exemple.fr", state=UNSUBSCRIBED)
    subscriber(session, "autre-sujet@exemple.fr", Topic.SCREENINGS)
    subscriber(session, "en-pause@exemple.fr", paused_until=date(2999, 1, 1))
    subscriber(session, "revenue@exemple.fr", paused_until=clock.today())
    for scope in SuppressionScope:
        subscriber(session, f"{scope}@exemple.fr")
        suppress(fingerprint(f"{scope}@exemple.fr"), scope=scope, reason=SuppressionReason.HARD_BOUNCE)
    subscriber(session, "partie-et-refusee@exemple.fr", state=UNSUBSCRIBED)
    suppress(
        fingerprint("partie-et-refusee@exemple.fr"), scope=SuppressionScope.ALL, reason=SuppressionReason.COMPLAINT
    )
    session.commit()


def test_each_subscriber_is_counted_once_under_the_first_reason(session: Session):
    someone_of_each_kind(session)
    assert audience.count(["dvd", "presse"]) == {
        Standing.WRITTEN: 3,
        Standing.UNCONFIRMED: 1,
        Standing.UNSUBSCRIBED: 2,
        Standing.OTHER_TOPICS: 1,
        Standing.PAUSED: 1,
        Standing.SUPPRESSED: 2,
    }


def test_launch_puts_one_mail_in_the_outbox_for_each_reader(session: Session):
    someone_of_each_kind(session)
    campaign = campaigns.draft(letter())
    assert campaigns.launch(campaign) == 3
    session.commit()
    found = deliveries(session, campaign)
    assert [(mail.recipient, mail.domain, mail.lang) for mail in found] == [
        ("Deux.Sujets@Exemple.FR", "exemple.fr", "fr"),
        ("reader@example.com", "example.com", "en"),
        ("revenue@exemple.fr", "exemple.fr", "fr"),
    ]
    for mail in found:
        assert mail.key == f"campaign:{campaign.id}:{mail.subscriber_id}"
        assert (mail.state, mail.name, mail.attempts) == (MessageState.WAITING, "campaign", 0)
        assert (mail.headers, mail.subject, mail.html) == ({}, None, None)
        assert mail.created_at == mail.due_at <= clock.now()
    assert session.get_one(Lane, campaign.id).open


def test_what_was_left_out_at_launch_is_remembered(session: Session):
    someone_of_each_kind(session)
    campaign = campaigns.draft(letter())
    campaigns.launch(campaign)
    assert campaign.left_out == {
        "unconfirmed": 1,
        "unsubscribed": 2,
        "other_topics": 1,
        "paused": 1,
        "suppressed": 2,
    }


def test_an_english_reader_gets_the_french_of_a_letter_without_english(session: Session):
    subscriber(session, "reader@example.com", lang="en")
    campaign = campaigns.draft(letter(subject_en=None, body_en=None))
    campaigns.launch(campaign)
    assert [mail.lang for mail in deliveries(session, campaign)] == ["fr"]
    assert list(campaign.frozen) == ["fr"]


def test_a_pause_ends_on_its_day(session: Session):
    subscriber(session, "en-pause@exemple.fr", paused_until=date(2027, 3, 28))
    for day, standing in ((date(2027, 3, 27), Standing.PAUSED), (date(2027, 3, 28), Standing.WRITTEN)):
        for instant in (clock.midnight(day), clock.noon(day)):
            with clock.at(instant):
                assert audience.count(["dvd"]) == {standing: 1}


CROWDS = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {size}) ",
    "postgresql": "WITH n AS (SELECT generate_series(1, {size}) AS n) ",
}
PEOPLE = """INSERT INTO subscriber (address, fingerprint, state, lang, asked_at, version)
{crowd} SELECT 'lecteur' || n || '@exemple' || (n % 50) || '.fr', '' || n, 'confirmed', 'fr', '2026-01-01 00:00:00', 1
FROM n"""


def crowd(size: int) -> None:
    kind = db.engine.dialect.name
    head = CROWDS[kind].format(size=size)
    insert, _, rest = PEOPLE.partition("{crowd}")
    db.session.execute(text(f"{insert} {head} {rest}"))
    db.session.execute(text("INSERT INTO subscription (subscriber_id, topic) SELECT id, 'dvd' FROM subscriber"))
    db.session.commit()


@contextmanager
def empty_site(url: str, make_settings: Callable[..., Settings]) -> Generator[Flask]:
    with application(make_settings(DATABASE_URL=url, SMTP_URL=RELAY)) as app, app.app_context():
        start.upgrade()
        yield app


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('crowd') / 'site.sqlite'}"
    return request.getfixturevalue("postgres_url")


def test_freezing_costs_the_same_statements_whatever_the_crowd(database: str, make_settings: Callable[..., Settings]):
    with empty_site(database, make_settings):
        crowd(3_000)
        campaign = Campaign(slug="x", topics=["dvd"], subject_fr="x", body_fr="x", created_at=clock.now())
        db.session.add(campaign)
        db.session.flush()
        assert audience.count(["dvd"]) == {Standing.WRITTEN: 3_000}
        assert audience.freeze(campaign, languages=("fr",)) == 3_000
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Message).where(Message.domain == "exemple7.fr")) == 60


def launch_due(app: Flask, together: threading.Barrier) -> int:
    """What one worker launches."""
    with app.app_context(), clock.at(NEW_YEAR):
        together.wait()
        done = campaigns.launch_due()
        db.session.commit()
        return done


def test_workers_that_launch_at_the_same_instant_write_to_nobody_twice(
    database: str, make_settings: Callable[..., Settings]
):
    with empty_site(database, make_settings) as app:
        crowd(300)
        campaign = campaigns.draft(letter(body_fr="Bonjour.", body_en="Hello.", in_archive=False))
        campaigns.schedule(campaign, at=NEW_YEAR)
        db.session.commit()
        together = threading.Barrier(4)
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(launch_due, [app] * 4, [together] * 4))
        db.session.rollback()
        assert len(deliveries(db.session, campaign)) == 300
        db.session.refresh(campaign)
        assert campaign.state is CampaignState.SENDING
