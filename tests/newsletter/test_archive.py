"""The letters sent, for anybody to read: only those whose author said so, and without anybody's own addresses."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from markup import parse, words
from newsletter.campaigning import LETTER, letter, subscriber
from operation118 import clock
from operation118.mail.models import Message, MessageState
from operation118.newsletter import campaigns
from operation118.newsletter.models import Campaign

INDEXES = ("/lettre/archives/", "/en/newsletter/archive/")
LAUNCHED = datetime(2026, 10, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reader(session: Session) -> None:
    subscriber(session, "une@exemple.fr")


def sent(session: Session, slug: str = "nouvelles", *, days: int = 0, **values: object) -> Campaign:
    """A letter that left, and arrived, so many days after the first."""
    with clock.at(LAUNCHED + timedelta(days=days)):
        campaign = launched(session, slug, **values)
        delivered = update(Message).where(Message.campaign_id == campaign.id).values(state=MessageState.SENT)
        session.execute(delivered)
        campaigns.settle(campaign)
    session.commit()
    return campaign


def launched(session: Session, slug: str = "nouvelles", **values: object) -> Campaign:
    campaign = campaigns.draft(letter(LETTER.replace("nouvelles", slug), **values))
    campaigns.launch(campaign)
    session.commit()
    return campaign


def shown(client: FlaskClient, path: str) -> list[str]:
    """The addresses of the letters that the index names."""
    document, _ = parse(client.get(path).text)
    found = [link.get("href", "") for link in document.iter("a")]
    return [href for href in dict.fromkeys(found) if href.startswith(path) and href != path and ".atom" not in href]


@pytest.mark.parametrize("index", INDEXES)
def test_an_empty_archive_says_so(client: FlaskClient, index: str):
    assert client.get(index).status_code == 200
    assert shown(client, index) == []


@pytest.mark.parametrize("index", INDEXES)
def test_letters_sent_are_listed_newest_first(client: FlaskClient, session: Session, index: str):
    sent(session, "premiere")
    sent(session, "seconde", days=3)
    assert shown(client, index) == [f"{index}seconde/", f"{index}premiere/"]


def test_a_letter_is_shown_only_if_its_author_said_so(client: FlaskClient, session: Session):
    sent(session, in_archive=False)
    assert shown(client, INDEXES[0]) == []
    assert client.get(f"{INDEXES[0]}nouvelles/").status_code == 404


def test_a_letter_on_its_way_can_be_read_but_is_not_listed(client: FlaskClient, session: Session):
    campaign = launched(session)
    assert client.get(f"{INDEXES[0]}nouvelles/").status_code == 200
    assert shown(client, INDEXES[0]) == []
    campaigns.stop(campaign)
    session.commit()
    assert client.get(f"{INDEXES[0]}nouvelles/").status_code == 404


def test_a_letter_stopped_after_some_received_it_stays_where_they_were_told(client: FlaskClient, session: Session):
    campaign = launched(session)
    session.execute(update(Message).where(Message.campaign_id == campaign.id).values(state=MessageState.SENT))
    campaigns.stop(campaign)
    session.commit()
    assert client.get(f"{INDEXES[0]}nouvelles/").status_code == 200
    assert shown(client, INDEXES[0]) == []


def test_a_draft_cannot_be_read(client: FlaskClient, session: Session):
    campaigns.draft(letter())
    session.commit()
    assert client.get(f"{INDEXES[0]}nouvelles/").status_code == 404


def test_the_page_holds_the_letter_without_anybodys_addresses(client: FlaskClient, session: Session):
    sent(session)
    for path, subject, link in (
        ("/lettre/archives/nouvelles/", "Des nouvelles du DVD", "/dvd/"),
        ("/en/newsletter/archive/nouvelles/", "News of the DVD", "/en/dvd/"),
    ):
        page = client.get(path).text
        document, _ = parse(page)
        assert words(next(document.iter("h1"))) == subject
        assert link in [anchor.get("href") for anchor in document.iter("a")]
        assert "/l/" not in page
        assert "MARK" not in page


def test_a_letter_without_english_is_french_and_says_so(client: FlaskClient, session: Session):
    sent(session, subject_en=None, body_en=None)
    page = client.get("/en/newsletter/archive/nouvelles/").text
    assert '<h1 lang="fr">' in page
    assert "In French only" in page


def test_what_was_sent_does_not_change_with_the_rows(client: FlaskClient, session: Session):
    campaign = sent(session)
    before = client.get("/lettre/archives/nouvelles/").data
    campaign.body_fr = "Autre chose"
    session.commit()
    assert client.get("/lettre/archives/nouvelles/").data == before


def test_the_time_machine_shows_what_had_left_by_then(client: FlaskClient, session: Session):
    sent(session)
    day = clock.now().astimezone(clock.PARIS).date()
    assert day > date(2026, 10, 2)
    assert client.get("/le/2026-09-30/lettre/archives/nouvelles/").status_code == 404
    assert client.get("/le/2026-10-02/lettre/archives/nouvelles/").status_code == 200


@pytest.mark.parametrize("index", INDEXES)
def test_the_feed_holds_the_letters_whole(client: FlaskClient, session: Session, index: str):
    sent(session, "premiere")
    sent(session, "seconde", days=3)
    feed = feedparser.parse(client.get(f"{index}feed.atom").data)
    assert not feed.bozo, feed.get("bozo_exception")
    assert [entry.id for entry in feed.entries] == [
        f"https://film.test{index}{slug}/" for slug in ("seconde", "premiere")
    ]
    assert "DVD" in feed.entries[0].content[0].value
    assert "https://film.test" in feed.entries[0].content[0].base
    assert feed.entries[0].published == "2026-10-04T08:00:00Z"


def test_an_empty_feed_is_a_feed(client: FlaskClient):
    feed = feedparser.parse(client.get("/lettre/archives/feed.atom").data)
    assert (feed.bozo, feed.entries) == (False, [])


def test_a_visitor_cannot_write_in_the_archive_by_a_letter(client: FlaskClient, session: Session):
    """Whatever the Markdown says, the page stays ours: conftest checks that it loads nothing foreign."""
    sent(session, body_fr='![Là](https://example.org/i.png) <script src="//example.org/x.js"></script>')
    assert client.get("/lettre/archives/nouvelles/").status_code == 200


def test_the_index_reads_no_letter_to_list_them(
    client: FlaskClient, session: Session, count_queries: Callable[[], AbstractContextManager[list[str]]]
):
    sent(session, "premiere")
    with count_queries() as one:
        client.get(INDEXES[0])
    sent(session, "seconde", days=3)
    with count_queries() as two:
        client.get(INDEXES[0])
    assert len(one) == len(two) <= 6
    assert not any("frozen" in statement for statement in two)


def test_the_sitemap_leads_to_the_letters(client: FlaskClient, session: Session):
    assert "archive" not in client.get("/sitemap.xml").text
    launched(session)
    assert "archive" not in client.get("/sitemap.xml").text
    sent(session, "seconde")
    found = client.get("/sitemap.xml").text
    assert all(f"<loc>https://film.test{index}</loc>" in found for index in INDEXES)
