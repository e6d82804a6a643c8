"""Links of a letter: they lead where its author said, and count visits, not visitors."""

from collections.abc import Iterator
from contextlib import closing
from sqlite3 import connect

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigning import letter, subscriber
from operation118 import tokens
from operation118.database import Revision, db
from operation118.newsletter import campaigns, rendering
from operation118.newsletter.models import CampaignLink
from operation118.tokens import Purpose

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def links(session: Session) -> list[CampaignLink]:
    """Those of a letter that was launched: a page of ours, one of somebody else's, the English one."""
    subscriber(session, "une@exemple.fr")
    campaign = campaigns.draft(letter())
    campaigns.launch(campaign)
    session.commit()
    return list(campaign.links)


def path(link: CampaignLink) -> str:
    return rendering.click_url(link).removeprefix("https://film.test")


def clicks(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(CampaignLink.clicks).order_by(CampaignLink.id)))


def test_a_link_leads_where_the_letter_said(client: FlaskClient, links: list[CampaignLink]):
    led = [client.get(path(link), headers=BROWSER) for link in links]
    assert [answer.status_code for answer in led] == [302] * 3
    assert [answer.headers["Location"] for answer in led] == [
        "https://film.test/dvd/",
        "https://example.org/page?a=1&b=2",
        "https://film.test/en/dvd/",
    ]
    assert {answer.headers["Cache-Control"] for answer in led} == {"no-store"}
    assert not any("Set-Cookie" in answer.headers for answer in led)


def test_visits_are_counted_link_by_link(client: FlaskClient, session: Session, links: list[CampaignLink]):
    for times, link in enumerate(links):
        for _ in range(times):
            client.get(path(link), headers=BROWSER)
    assert clicks(session) == [0, 1, 2]


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "Barracuda Sentinel (EE)"},
        {"User-Agent": "Mimecast-Link-Check/1.0"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0"},
        BROWSER | {"Sec-Purpose": "prefetch;prerender"},
        BROWSER | {"Purpose": "prefetch"},
    ],
)
def test_machines_are_led_but_not_counted(
    client: FlaskClient, session: Session, links: list[CampaignLink], headers: dict[str, str]
):
    assert client.get(path(links[0]), headers=headers).status_code == 302
    assert clicks(session) == [0, 0, 0]


def test_a_look_at_the_headers_is_not_a_visit(client: FlaskClient, session: Session, links: list[CampaignLink]):
    assert client.head(path(links[0]), headers=BROWSER).status_code == 302
    assert clicks(session) == [0, 0, 0]


def test_the_time_machine_counts_nothing(client: FlaskClient, session: Session, links: list[CampaignLink]):
    answer = client.get(f"/le/2012-01-01{path(links[0])}", headers=BROWSER)
    assert answer.headers["Location"] == "https://film.test/dvd/"
    assert clicks(session) == [0, 0, 0]


def test_a_token_of_ones_own_making_leads_nowhere(client: FlaskClient, links: list[CampaignLink]):
    forged = [
        f"{links[0].id}.AAAAAAAAAAAAAAAAAAAAAA",
        tokens.sign(Purpose.MANAGE, links[0].id),
        tokens.sign(Purpose.CLICK, 999),
        tokens.sign(Purpose.CLICK, "https:"),
        "é",
    ]
    assert {client.get(f"/l/{token}/", headers=BROWSER).status_code for token in forged} == {404}


def test_counting_empties_no_page_cache(client: FlaskClient, session: Session, links: list[CampaignLink]):
    before = session.scalars(select(Revision.number)).one()
    client.get(path(links[0]), headers=BROWSER)
    session.rollback()
    assert session.scalars(select(Revision.number)).one() == before


@pytest.fixture
def locked(app: Flask) -> Iterator[None]:
    """Somebody else writes to the database for as long as the test lasts, and nobody waits for them."""
    with app.app_context():
        file = str(db.engine.url.database)
        db.engine.dispose()
    with closing(connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_reader_arrives_even_when_nothing_can_be_counted(
    client: FlaskClient, session: Session, links: list[CampaignLink], locked: None
):
    answer = client.get(path(links[0]), headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://film.test/dvd/")
    assert clicks(session) == [0, 0, 0]
