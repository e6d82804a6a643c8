"""Visits are counted as numbers, whoever answers; nothing about anybody is kept, and no page pays for it."""

import sqlite3
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from applications import application
from operation118 import clock
from operation118.config import Settings
from operation118.database import Revision, db
from operation118.dates import DatePrecision
from operation118.web import visits
from operation118.web.models import VisitCount, VisitKind
from operation118.web.visits import DIRECT, OTHERS, Key, VisitLayer
from serving import running

pytestmark = pytest.mark.settings(PAGE_CACHE_MB="8")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
READER = {"User-Agent": FIREFOX, "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def layer(app: Flask) -> Iterator[VisitLayer]:
    layer: VisitLayer = app.extensions["visits"]
    yield layer
    layer.flush()


def pending(layer: VisitLayer) -> dict[tuple[str, str], int]:
    """What was counted and not yet written, by kind and name."""
    taken = layer.tally.take()
    for key, times in taken.items():
        layer.tally.add(key, times)
    return {(key.kind.value, key.name): times for key, times in taken.items()}


def stored(app: Flask) -> dict[tuple[str, str], int]:
    with app.app_context():
        rows = db.session.scalars(select(VisitCount))
        return {(row.kind.value, row.name): row.count for row in rows}


def test_a_page_is_counted_each_time_it_is_read(client: FlaskClient, layer: VisitLayer):
    for _ in range(3):
        client.get("/film/", headers=READER)
    assert pending(layer)["page", "/film/"] == 3


def test_a_page_from_the_cache_counts_and_one_not_modified_counts(client: FlaskClient, layer: VisitLayer):
    first = client.get("/film/", headers=READER)
    again = client.get("/film/", headers=READER | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert pending(layer)["page", "/film/"] == 2


@pytest.mark.parametrize(
    "path",
    [
        "/feed.atom",
        "/sitemap.xml",
        "/api/film",
        "/le/2010-11-16/",
        "/le/",
        "/nulle-part/",
        "/healthz",
        "/seances.ics",
        "/lettre/gerer/x.y/",
        "/office/",
        "/film",
    ],
)
def test_what_is_no_page_of_the_present_is_not_counted(client: FlaskClient, layer: VisitLayer, path: str):
    client.get(path, headers=READER)
    assert pending(layer) == {}


def test_a_head_and_a_post_are_not_counted(client: FlaskClient, layer: VisitLayer):
    client.head("/film/", headers=READER)
    client.post("/lettre/", headers=READER)
    assert pending(layer) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Mozilla/5.0 (X11) HeadlessChrome/140.0"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Dest": "iframe"},
        {"DNT": "1"},
        {"Sec-GPC": "1"},
    ],
)
def test_robots_pages_fetched_ahead_and_those_who_object_are_not_counted(
    client: FlaskClient, layer: VisitLayer, headers: dict[str, str]
):
    client.get("/film/", headers=READER | headers)
    assert pending(layer) == {}


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Referer": "https://www.cinema.example/film?user=42#x"}, "cinema.example"),
        ({"Referer": "http://Cinema.Example:8080/"}, "cinema.example"),
        ({"Referer": "https://film.test/presse/"}, None),
        ({"Referer": "http://localhost/presse/"}, None),
        ({"Sec-Fetch-Site": "same-origin"}, None),
        ({}, DIRECT),
        ({"Referer": "android-app://org.example.app/"}, OTHERS),
        ({"Referer": "https://192.0.2.7/"}, OTHERS),
        ({"Referer": "https://[::1"}, OTHERS),
        ({"Referer": "https://" + "a" * 90 + ".example/"}, OTHERS),
        ({"Referer": "https://<script>.example/"}, OTHERS),
        ({"Referer": "n'importe quoi"}, OTHERS),
    ],
)
def test_a_referrer_is_the_host_of_another_site_and_nothing_more(
    client: FlaskClient, layer: VisitLayer, headers: dict[str, str], name: str | None
):
    client.get("/film/", headers=READER | headers)
    found = [key for kind, key in pending(layer) if kind == "referrer"]
    assert found == ([name] if name else [])


def test_a_row_has_a_day_a_name_and_a_number_and_no_place_for_anything_else(session: Session):
    assert set(inspect(VisitCount).columns.keys()) == {"on", "precision", "kind", "name", "count"}


def test_counts_are_written_and_those_of_two_processes_add_up(app: Flask, client: FlaskClient, layer: VisitLayer):
    other = VisitLayer(app.wsgi_app, app, own_host="film.test")
    client.get("/film/", headers=READER)
    other.tally.add(Key(clock.today(), VisitKind.PAGE, "/film/"), 4)
    layer.flush()
    other.flush()
    assert stored(app)["page", "/film/"] == 5
    layer.flush()
    assert stored(app)["page", "/film/"] == 5


def test_counting_does_not_move_the_revision(app: Flask, client: FlaskClient, layer: VisitLayer):
    with app.app_context():
        before = db.session.scalar(select(Revision.number))
    client.get("/film/", headers=READER)
    layer.flush()
    with app.app_context():
        assert stored(app)["page", "/film/"] == 1
        assert db.session.scalar(select(Revision.number)) == before


def test_a_counted_answer_is_the_same_as_one_that_is_not(client: FlaskClient):
    counted, plain = client.get("/film/", headers=READER), client.get("/film/")
    assert counted.data == plain.data
    assert dict(counted.headers) | {"X-Request-Id": ""} == dict(plain.headers) | {"X-Request-Id": ""}


@pytest.mark.settings(VISITS="0")
def test_the_settings_can_turn_counting_off(app: Flask, client: FlaskClient):
    client.get("/film/", headers=READER)
    assert "visits" not in app.extensions


def test_a_page_is_served_and_its_visit_kept_while_the_database_is_away(
    app: Flask, client: FlaskClient, layer: VisitLayer
):
    client.get("/film/", headers=READER)
    with app.app_context():
        VisitCount.__table__.drop(db.engine)  # type: ignore[attr-defined]
    layer.flush()
    assert client.get("/film/", headers=READER).status_code == 200
    with app.app_context():
        VisitCount.__table__.create(db.engine)  # type: ignore[attr-defined]
    layer.flush()
    assert stored(app)["page", "/film/"] == 2


def test_threads_lose_no_visit(app: Flask, layer: VisitLayer):
    def read() -> None:
        for _ in range(500):
            layer.tally.add(Key(date(2026, 1, 1), VisitKind.PAGE, "/film/"))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pending(layer)["page", "/film/"] == 4000


def test_nobody_fills_the_table_with_invented_sites(app: Flask, layer: VisitLayer):
    day = date(2026, 1, 1)
    for number in range(3 * visits.MOST_HOSTS):
        layer.tally.add(Key(day, VisitKind.REFERRER, f"site{number}.example"))
        if number % 100 == 99:
            layer.flush()
    layer.flush()
    rows = stored(app)
    assert len(rows) == visits.MOST_HOSTS + 1
    assert rows["referrer", OTHERS] == 2 * visits.MOST_HOSTS
    assert sum(rows.values()) == 3 * visits.MOST_HOSTS


def test_memory_holds_a_bounded_number_of_names(layer: VisitLayer):
    for number in range(visits.MOST_PENDING + 500):
        layer.tally.add(Key(date(2026, 1, 1), VisitKind.REFERRER, f"site{number}.example"))
    held = layer.tally.take()
    assert len(held) == visits.MOST_PENDING + 1
    assert sum(held.values()) == visits.MOST_PENDING + 500


def test_a_day_begins_at_midnight_in_paris(client: FlaskClient, layer: VisitLayer):
    with time_machine.travel(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False):
        client.get("/film/", headers=READER)
    assert {key.on for key in layer.tally.take()} == {date(2026, 7, 2)}


def old_counts() -> Counter[Key]:
    days = (date(2024, 5, 30), date(2024, 5, 31), date(2024, 6, 1))
    return Counter({Key(day, VisitKind.PAGE, "/film/"): 10 for day in days})


def test_days_older_than_twenty_five_months_become_months(session: Session):
    with time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False):
        visits.write(session.connection(), old_counts())
        assert visits.sum_old_days() == 2
        assert visits.sum_old_days() == 0
    rows = {(row.on, row.precision): row.count for row in session.scalars(select(VisitCount))}
    assert rows == {(date(2024, 5, 1), DatePrecision.MONTH): 20, (date(2024, 6, 1), DatePrecision.DAY): 10}


def test_on_postgresql_counts_add_up_and_old_days_become_months(
    postgres_url: str, make_settings: Callable[..., Settings]
):
    with application(make_settings(DATABASE_URL=postgres_url)) as app, app.app_context():
        for _ in range(2):
            with db.engine.begin() as connection:
                visits.write(connection, old_counts())
        with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False):
            assert [visits.sum_old_days(), visits.sum_old_days(), visits.sum_old_days()] == [2, 1, 0]
        assert db.session.scalar(select(func.sum(VisitCount.count))) == 60
        db.session.rollback()


def test_a_server_told_to_stop_writes_what_it_had_counted(tmp_path: Path, loaded_database: Path, data_dir: Path):
    path = tmp_path / "stopped.sqlite"
    path.write_bytes(loaded_database.read_bytes())
    settings = {"DATA_DIR": str(data_dir), "DATABASE_URL": f"sqlite:///{path}", "WORKERS": "2"}
    with running(**settings) as server:
        request = urllib.request.Request(f"{server.url}/film/", headers=READER)
        urllib.request.urlopen(request, timeout=10).close()
        server.process.terminate()
        server.process.wait(20)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name, count FROM visit_count WHERE kind = 'page'").fetchall() == [
            ("/film/", 1)
        ]
    connection.close()
