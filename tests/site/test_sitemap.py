"""What robots look for: the sitemap, robots.txt, security.txt."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from operation118.database import Base, Public
from operation118.press.models import PressItem
from operation118.screenings.models import Screening

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def urls(client: FlaskClient) -> dict[str, Any]:
    """The entries of the sitemap by path."""
    response = client.get("/sitemap.xml")
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    root = ElementTree.fromstring(response.data)
    assert root.tag == f"{MAP}urlset"
    found = root.findall(f"{MAP}url")
    locations = [str(entry.findtext(f"{MAP}loc")) for entry in found]
    assert len(set(locations)) == len(locations)
    assert all(location.startswith("https://film.test/") for location in locations)
    return {urlsplit(location).path: entry for location, entry in zip(locations, found, strict=True)}


def twins(entry: Any) -> dict[str, str]:
    return {link.get("hreflang"): link.get("href") for link in entry.findall(f"{XHTML}link")}


def changed(client: FlaskClient, path: str) -> str | None:
    return urls(client)[path].findtext(f"{MAP}lastmod")


# Where a form leads: they say nothing to who comes from elsewhere.
STEPS = {"newsletter.thanks", "newsletter.confirmed", "newsletter.erased"}


def pages(app: Flask) -> set[str]:
    """The localized pages that take no argument, out of the routing table."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "lang" in (rule.defaults or {}) and not rule.arguments - {"lang"} and rule.endpoint not in STEPS
    ]
    return {rule.rule for rule in rules if rule.rule.endswith("/")}


def test_every_page_is_in_the_sitemap_once_in_each_language(client: FlaskClient, session: Session) -> None:
    items, screenings = session.scalars(select(PressItem.slug)).all(), session.scalars(select(Screening.slug)).all()
    expected = pages(client.application)
    expected |= {f"{room}{slug}/" for room in ("/presse/", "/en/press/") for slug in items}
    expected |= {f"{room}{slug}/" for room in ("/seances/", "/en/screenings/") for slug in screenings}
    expected -= {"/photos/", "/en/photos/", "/lettre/archives/", "/en/newsletter/archive/"}  # empty at first
    assert set(urls(client)) == expected


def test_every_address_of_the_sitemap_answers(client: FlaskClient) -> None:
    answers = {path: client.get(path).status_code for path in urls(client)}
    assert set(answers.values()) == {200}, {path: code for path, code in answers.items() if code != 200}


def test_twins_name_each_other(client: FlaskClient) -> None:
    entries = urls(client)
    for path, entry in entries.items():
        named = twins(entry)
        assert set(named) == {"fr", "en", "x-default"}
        assert named["x-default"] == named["fr"]
        assert f"https://film.test{path}" in (named["fr"], named["en"])
        for twin in named.values():
            assert twins(entries[urlsplit(twin).path]) == named


def test_the_page_and_the_sitemap_name_the_same_twins(client: FlaskClient) -> None:
    for path in ("/", "/en/film/", "/presse/", "/seances/laon-2010-11-10/"):
        page = client.get(path).get_data(as_text=True)
        assert dict(re.findall(r'hreflang="([\w-]+)" href="(https:[^"]+)"', page)) == twins(urls(client)[path])


def test_a_page_is_dated_by_the_rows_it_shows(app: Flask, session: Session) -> None:
    client = app.test_client()
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Public):
            session.execute(update(mapper.class_).values(updated_at=LONG_AGO))
    session.commit()
    assert {entry.findtext(f"{MAP}lastmod") for entry in urls(client).values()} == {"2020-01-01T00:00:00Z", None}
    item = session.scalars(select(PressItem).order_by(PressItem.slug)).first()
    assert item
    item.summary_fr += " !"
    session.commit()
    dated = {path for path in urls(client) if (changed(client, path) or "") > "2021"}
    assert dated == {
        f"{start}{page}"
        for start, pages in {
            "/": ("", "chronologie/", "le/", "presse/", f"presse/{item.slug}/"),
            "/en/": ("", "timeline/", "le/", "press/", f"press/{item.slug}/"),
        }.items()
        for page in pages
    }


def test_a_screening_is_dated_by_its_venue_too(app: Flask, session: Session) -> None:
    screening = session.scalars(select(Screening).where(Screening.venue_id.is_not(None))).first()
    assert screening
    assert screening.venue
    before = changed(app.test_client(), f"/seances/{screening.slug}/")
    screening.venue.name += " 2"
    screening.venue.updated_at = datetime.now(UTC) + timedelta(days=1)
    session.commit()
    assert changed(app.test_client(), f"/seances/{screening.slug}/") != before


def test_a_notice_has_no_date_because_nobody_knows_it(client: FlaskClient) -> None:
    assert changed(client, "/mentions-legales/") is None


def test_the_sitemap_of_a_site_without_content_has_its_notices(empty_app: Flask) -> None:
    assert "/contact/" in urls(empty_app.test_client())


def test_robots_may_read_all_but_the_days_of_the_past(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    robots = RobotFileParser()
    robots.parse(response.get_data(as_text=True).splitlines())
    for path in ("/", "/en/press/", "/cartes/home.png", "/api/film", "/lettre/"):
        assert robots.can_fetch("Googlebot", f"https://film.test{path}"), path
    assert not robots.can_fetch("Googlebot", "https://film.test/le/2010-11-16/")
    assert robots.site_maps() == ["https://film.test/sitemap.xml"]


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/.well-known/security.txt"])
def test_robots_have_no_business_in_the_past(client: FlaskClient, path: str) -> None:
    assert client.get(f"/le/2010-11-16{path}").status_code == 404


def test_without_a_contact_there_is_no_security_txt(client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.settings(CONTACT_EMAIL="team@film.test")
def test_security_txt_says_whom_to_tell_and_until_when(app: Flask) -> None:
    response = app.test_client().get("/.well-known/security.txt")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    fields = dict(line.split(": ", 1) for line in response.get_data(as_text=True).splitlines())
    assert fields["Contact"] == "mailto:team@film.test"
    assert fields["Canonical"] == "https://film.test/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=170) < left < timedelta(days=365)  # RFC 9116, 2.5.5
