"""The feeds are well-formed, complete, true to the rows, and the same in both forms."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from operation118.database import db
from operation118.dates import DatePrecision
from operation118.press.models import About, Outlet, PressItem
from operation118.screenings.models import Screening

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ROOMS = ("/feed", "/presse/feed", "/seances/feed", "/en/feed", "/en/press/feed", "/en/screenings/feed")


def atom(client: FlaskClient, path: str) -> Any:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(response.data)


def parsed(client: FlaskClient, path: str) -> Any:
    feed = feedparser.parse(client.get(path).data, response_headers={"content-type": "application/atom+xml"})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def slugs(urls: list[str]) -> list[str]:
    return [urlsplit(url).path.rstrip("/").rpartition("/")[2] for url in urls]


@pytest.mark.parametrize("room", ROOMS)
def test_a_reader_that_we_did_not_write_understands_the_feed(client: FlaskClient, room: str) -> None:
    feed = parsed(client, f"{room}.atom")
    assert feed.version == "atom10"
    assert feed.feed.language == ("en" if room.startswith("/en/") else "fr")
    assert feed.entries
    for entry in feed.entries:
        assert entry.title
        assert entry.link == entry.id
        assert "<p>" in entry.content[0].value
        assert entry.content[0].type == "text/html"


def one(element: Any, name: str) -> Any:
    found = element.findall(ATOM + name)
    assert len(found) == 1, f"{len(found)} {name}"
    return found[0]


def check_common(element: Any) -> None:
    """What RFC 4287 asks of a feed and of an entry alike (4.1.1, 4.1.2, 3.3, 4.2.6, 4.2.7.2)."""
    assert one(element, "title").text
    assert urlsplit(one(element, "id").text).scheme in ("http", "https")
    assert RFC_3339.fullmatch(one(element, "updated").text)
    assert len(element.findall(f"{ATOM}published")) <= 1
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    assert alternates
    assert len(set(alternates)) == len(alternates)
    assert all(urlsplit(link.get("href")).scheme for link in element.findall(f"{ATOM}link"))
    assert all(category.get("term") for category in element.findall(f"{ATOM}category"))


@pytest.mark.parametrize("room", ROOMS)
def test_the_feed_keeps_the_rules_of_rfc_4287(client: FlaskClient, room: str) -> None:
    feed = atom(client, f"{room}.atom")
    assert feed.tag == f"{ATOM}feed"
    check_common(feed)
    assert one(feed, "author").find(f"{ATOM}name").text
    selves = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert selves == [f"https://film.test{room}.atom"]
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        check_common(entry)
        assert one(entry, "content").get("type") == "html"
        assert len(one(entry, "content")) == 0  # escaped, as the type wants (3.1.1.2)
    ids = [one(entry, "id").text for entry in entries]
    assert len(set(ids)) == len(ids)
    assert one(feed, "updated").text == max(one(entry, "updated").text for entry in entries)


@pytest.mark.parametrize("room", ROOMS)
def test_the_json_feed_says_the_same_as_the_atom_feed(client: FlaskClient, room: str) -> None:
    response = client.get(f"{room}.json")
    assert (response.status_code, response.mimetype) == (200, "application/feed+json")
    feed = response.get_json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"https://film.test{room}.json"
    entries = parsed(client, f"{room}.atom").entries
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in entries]
    assert [item["title"] for item in feed["items"]] == [entry.title for entry in entries]
    assert [item["content_html"] for item in feed["items"]] == [entry.content[0].value for entry in entries]
    for item in feed["items"]:
        assert RFC_3339.fullmatch(item["date_modified"])
        assert RFC_3339.fullmatch(item.get("date_published", item["date_modified"]))
        assert item["url"].startswith("https://film.test/")
        assert item["tags"]


def test_the_site_feed_has_every_item_and_screening_and_the_rooms_share_them(client: FlaskClient, app: Flask) -> None:
    whole, press, road = (slugs([entry.link for entry in parsed(client, f"{room}.atom").entries]) for room in ROOMS[:3])
    assert sorted(whole) == sorted(press + road)
    with app.app_context():
        assert sorted(press) == sorted(db.session.scalars(select(PressItem.slug)))
        assert sorted(road) == sorted(db.session.scalars(select(Screening.slug)))


def test_entries_come_newest_first_by_their_own_date(client: FlaskClient, session: Session) -> None:
    days = {item.slug: item.public_on for item in session.scalars(select(PressItem))}
    days |= {screening.slug: screening.dated.last for screening in session.scalars(select(Screening))}
    order = [days[slug] for slug in slugs([entry.link for entry in parsed(client, "/feed.atom").entries])]
    assert order == sorted(order, reverse=True)


def test_only_an_article_dated_to_the_day_has_a_publication_date(client: FlaskClient, session: Session) -> None:
    exact = {item.slug: item.on for item in session.scalars(select(PressItem)) if item.precision is DatePrecision.DAY}
    entries = parsed(client, "/presse/feed.atom").entries
    published = {
        slug: datetime.fromisoformat(entry.published)
        for slug, entry in zip(slugs([entry.link for entry in entries]), entries, strict=True)
        if "published" in entry
    }
    assert 0 < len(published) < len(entries)
    for place in ("America/Los_Angeles", "UTC", "Europe/Paris", "Asia/Tokyo"):
        read_there = {slug: instant.astimezone(ZoneInfo(place)).date() for slug, instant in published.items()}
        assert read_there == exact, place


def test_what_is_not_about_the_film_says_so_first(client: FlaskClient, session: Session) -> None:
    context = set(session.scalars(select(PressItem.slug).where(PressItem.about == About.CONTEXT)))
    for feed, said in (
        ("/presse/feed.atom", "Cet article ne parle pas du film."),
        ("/en/press/feed.atom", "not about the film"),
    ):
        for slug, entry in ((slugs([entry.link])[0], entry) for entry in parsed(client, feed).entries):
            assert (said in entry.content[0].value.partition("</strong>")[0]) is (slug in context), slug
            assert ("context" in [tag.term for tag in entry.tags]) is (slug in context), slug


def test_a_title_in_another_language_says_so(client: FlaskClient, session: Session) -> None:
    foreign = session.scalars(select(PressItem).where(PressItem.language != "fr")).first()
    assert foreign
    titles = {title.text: title.get(XML_LANG) for title in atom(client, "/presse/feed.atom").iter(f"{ATOM}title")}
    assert titles[foreign.title] == foreign.language


def test_the_past_has_no_later_article_and_keeps_the_identifiers(client: FlaskClient) -> None:
    now = {entry.id: entry for entry in parsed(client, "/feed.atom").entries}
    then = parsed(client, "/le/2010-11-16/feed.atom")
    assert 0 < len(then.entries) < len(now)
    assert {entry.id for entry in then.entries} < set(now)
    assert all(entry.link.startswith("https://film.test/le/2010-11-16/") for entry in then.entries)
    assert then.feed.id == "https://film.test/feed.atom"


def test_a_changed_row_is_an_updated_entry(app: Flask, session: Session) -> None:
    client = app.test_client()
    before = {entry.id: entry.updated for entry in parsed(client, "/feed.atom").entries}
    item = session.scalars(select(PressItem).order_by(PressItem.slug)).first()
    assert item
    session.execute(update(PressItem).values(updated_at=datetime.fromisoformat("2020-01-01T00:00:00Z")))
    session.execute(update(Outlet).values(updated_at=datetime.fromisoformat("2020-01-01T00:00:00Z")))
    session.commit()
    item.summary_fr += " !"
    session.commit()
    after = {entry.id: entry.updated for entry in parsed(client, "/feed.atom").entries}
    assert after[f"https://film.test/presse/{item.slug}/"] >= before[f"https://film.test/presse/{item.slug}/"]


def test_hostile_text_stays_text(app: Flask, session: Session) -> None:
    item = session.scalars(select(PressItem).order_by(PressItem.slug)).first()
    assert item
    item.title = '</title><script>alert("&")</script> ]]> \u202f'
    item.summary_fr = "<script>alert(1)</script> & <b>"
    session.commit()
    entries = {entry.id: entry for entry in parsed(app.test_client(), "/feed.atom").entries}
    entry = entries[f"https://film.test/presse/{item.slug}/"]
    source = one(atom(app.test_client(), "/feed.atom"), "id")
    assert source.text == "https://film.test/feed.atom"
    assert "<script" not in entry.content[0].value
    assert "alert(1)" in app.test_client().get("/feed.json").get_data(as_text=True)


def test_a_feed_costs_the_same_for_one_row_and_for_many(app: Flask, count_queries: Any) -> None:
    client = app.test_client()
    with count_queries() as many:
        client.get("/feed.atom")
    with app.app_context():
        kept = db.session.scalars(select(PressItem.slug).where(PressItem.questions.any())).first()
        for item in db.session.scalars(select(PressItem).where(PressItem.slug != kept)):
            db.session.delete(item)
        db.session.commit()
    assert len(parsed(client, "/presse/feed.atom").entries) == 1
    with count_queries() as few:
        client.get("/feed.atom")
    assert len(few) == len(many) <= 6


def test_without_content_there_is_no_feed(empty_app: Flask) -> None:
    assert empty_app.test_client().get("/feed.atom").status_code == 503
