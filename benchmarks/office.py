"""How long the office's lists take with 100,000 rows of each sort, or with `--rows`: `python -m benchmarks.office`; `--url`
names a PostgreSQL database.

A SQLite file of its own, or the empty database of `--url`, is filled by SQL: articles with their sources, screenings,
people, lines of the journal, all of the past but for the thousand screenings, the hundred embargoes and the hundred
scheduled articles that are to come. Each list is then asked for as a browser would. The baseline, in the same run, is
the same list with the film's own rows. The search goes through all these rows, half a million."""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, text

from benchmarks.office_mail import settle
from operation118 import clock, config, create_app
from operation118.accounts.models import StaffRole
from operation118.database import db, move_revision
from operation118.office import search_index
from operation118.office.models import Findable
from operation118.site import start

ROWS, TURNS, LONGEST = 100_000, 7, 100  # ms
TO_COME, HELD = 1_000, 200  # screenings; articles, half of them under an embargo, half of them scheduled
# What each engine calls: the numbers from 1 on, a day and an instant so many days after another.
WORDS = {
    "sqlite": {
        "numbers": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n)",
        "past": "date('2010-01-01', (i % 4000) || ' days')",
        "next": "date('{today}', (i % 300 + 1) || ' days')",
        "past_evening": "date('2010-01-01', (i % 4000) || ' days') || ' 19:30:00.000000'",
        "next_evening": "date('{today}', (i % 300 + 1) || ' days') || ' 19:30:00.000000'",
    },
    "postgresql": {
        "numbers": "(SELECT i FROM generate_series(1, {rows}) AS n(i))",
        "past": "DATE '2010-01-01' + i % 4000",
        "next": "DATE '{today}' + i % 300 + 1",
        "past_evening": "(DATE '2010-01-01' + i % 4000 + TIME '19:30') AT TIME ZONE 'UTC'",
        "next_evening": "(DATE '{today}' + i % 300 + 1 + TIME '19:30') AT TIME ZONE 'UTC'",
    },
}
FILLED = (
    "INSERT INTO press_item (slug, outlet_id, title, \"on\", public_on, url, language, kind, about, seen, summary_fr, summary_en,"
    " search_text, updated_at, version, publication, published_at, embargo_lifts_at) SELECT 'essai-' || i, 1, 'Essai ' || i, {past},"
    " {past}, 'https://exemple.fr/' || i, 'fr', 'article', 'film', 'whole', 'Résumé', 'Summary', 'essai ' || i, '2026-11-25', 1,"
    " 'published', CASE WHEN i <= {held} AND i % 2 = 0 THEN {next_evening} END, CASE WHEN i <= {held} AND i % 2 = 1 THEN"
    " {next_evening} END FROM {numbers} AS n",
    "INSERT INTO source (slug, outlet, url, press_slug, \"on\", updated_at, version) SELECT 'source-' || i, 'Un journal',"
    " 'https://exemple.fr/' || i, 'essai-' || i, {past}, '2026-11-25', 1 FROM {numbers} AS n",
    "INSERT INTO citation (subject, position, source_id, updated_at) SELECT 'press.' || press_slug, 0, id, '2026-11-25'"
    " FROM source WHERE slug LIKE 'source-%'",
    "INSERT INTO screening (slug, kind, \"on\", starts_at, town_id, venue_id, with_debate, updated_at, version, publication)"
    " SELECT 'essai-' || i, 'regular', {past}, CASE WHEN i % 2 = 0 THEN {past_evening} END, town_id, v.id, '0', '2026-11-25', 1,"
    " 'published' FROM {numbers} AS n LEFT JOIN venue AS v ON v.id = i % 10",
    "UPDATE screening SET town_id = 1 WHERE slug LIKE 'essai-%' AND town_id IS NULL",
    "INSERT INTO screening (slug, kind, \"on\", starts_at, town_id, with_debate, updated_at, version, publication) SELECT"
    " 'bientot-' || i, 'regular', {next}, {next_evening}, 1, '0', '2026-11-25', 1, 'published' FROM {numbers} AS n WHERE i <= {to_come}",
    "INSERT INTO citation (subject, position, source_id, updated_at) SELECT 'screening.' || slug, 0, 1, '2026-11-25'"
    " FROM screening WHERE slug LIKE 'essai-%' OR slug LIKE 'bientot-%'",
    "INSERT INTO person (slug, name, also_written, updated_at, version) SELECT 'essai-' || i, 'Personne ' || i, '[]', '2026-11-25',"
    " 1 FROM {numbers} AS n",
    "INSERT INTO journal_entry (at, staff_id, staff_name, action, subject, summary, before, after) SELECT '2026-11-25', i % 5,"
    " 'Personne ' || (i % 5), 'changed', 'person.essai-' || i, 'une personne', '{{}}', '{{}}' FROM {numbers} AS n",
)  # fmt: skip
ASKED = {
    "": ("",),
    "presse/articles/": ("", "?q=essai+99", "?tri=title", "?etat=draft"),
    "seances/seances/": ("", "?q=essai-99", "?tri=kind"),
    "film/personnes/": ("", "?q=99999", "?tri=-name"),
    "journal/": ("", "?qui=3", "?genre=person", "?fiche=person.essai-5"),
    "apercu/": ("", "?jour=2027-06-01", "2027-03-05/contact/"),
    "faits/": ("",),
    "recherche/": ("?q=essai", "?q=personne+9999", "?q=essai&genre=item", "?q=introuvable"),
}


AFTER_A_CHANGE = ("", "faits/")  # pages that keep what a look at every row told, asked for just after one changed


def asked(client: FlaskClient, address: str, before: Callable[[], None] | None = None) -> float:
    """The median of some turns, in ms; what is done before each is not counted."""
    spent: list[float] = []
    for _ in range(TURNS):
        if before:
            before()
        started = time.perf_counter()
        assert client.get(address).status_code == 200, address
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def change(app: Flask) -> None:
    """Say that something changed, as any saved change does."""
    with app.app_context():
        move_revision(db.session)
        db.session.commit()


def every_page(app: Flask) -> Iterator[tuple[str, str, Callable[[], None] | None]]:
    """The name of each page, its address, what is done before it is asked for."""
    for room, queries in ASKED.items():
        yield from ((f"/office/{room}{query}", f"/office/{room}{query}", None) for query in queries)
    for room in AFTER_A_CHANGE:
        yield f"/office/{room}, after a change", f"/office/{room}", partial(change, app)


def signed_in(app: Flask) -> FlaskClient:
    sys.path.insert(0, str(config.ROOT / "tests"))
    people = __import__("accounts.people", fromlist=["signed_in"])
    return people.signed_in(app, StaffRole.EDITOR)


def fill(rows: int = ROWS) -> None:
    """Write so many rows of each sort, and what the search looks into."""
    today = clock.today().isoformat()
    words = {name: word.format(today=today, rows=rows) for name, word in WORDS[db.engine.dialect.name].items()}
    for statement in FILLED:
        db.session.execute(text(statement.format(to_come=TO_COME, held=HELD, **words)))
    db.session.execute(delete(Findable))  # begun with the film's own rows
    db.session.commit()
    while search_index.step(db.session):
        db.session.commit()
    settle()


def measure(app: Flask, rows: int) -> None:
    client = signed_in(app)
    small = {name: asked(client, address, before) for name, address, before in every_page(app)}
    with app.app_context():
        fill(rows)
    print(f"{'page':45} {'as it is':>9} {f'{rows:,} rows':>13}   ms, medians of {TURNS}", flush=True)
    for name, address, before in every_page(app):
        large = asked(client, address, before)
        mark = "" if large <= LONGEST else f"  more than {LONGEST} ms"
        print(f"{name:45} {small[name]:9.1f} {large:13.1f}{mark}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="an empty PostgreSQL database; a SQLite file of its own by default")
    parser.add_argument("--rows", type=int, default=ROWS, help="of each sort; 15,000 are 100,000 in all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        values = {"DATA_DIR": folder, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
        settings = config.read({config.PREFIX + name: value for name, value in values.items()})
        app = create_app(settings)
        start.prepare(app, settings)
        measure(app, given.rows)
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
