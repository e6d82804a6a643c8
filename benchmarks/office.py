"""How long the office's lists take with 100,000 rows: `python -m benchmarks.office`.

A database of its own is filled by SQL, then each list is asked for as a browser would: first page, a further page, a
search, another order, a filter. The baseline, in the same run, is the same list with the film's own rows."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from operation118 import config, create_app
from operation118.accounts.models import StaffRole
from operation118.database import db
from operation118.site import start

ROWS, TURNS, LONGEST = 100_000, 7, 100  # ms
SERIES = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {ROWS}) "
FILLED = {
    "presse/articles": (
        "INSERT INTO press_item (slug, outlet_id, title, \"on\", public_on, url, language, kind, about, seen, summary_fr, summary_en,"
        " search_text, updated_at, version, publication) " + SERIES + "SELECT 'essai-' || n, 1, 'Essai ' || n,"
        " date('2010-01-01', (n % 4000) || ' days'), date('2010-01-01', (n % 4000) || ' days'), 'https://exemple.fr/' || n, 'fr', 'article',"
        " 'film', 'whole', 'Résumé', 'Summary', 'essai ' || n, '2026-11-25', 1, 'published' FROM s"
    ),
    "seances/seances": (
        'INSERT INTO screening (slug, kind, "on", town_id, with_debate, updated_at, version, publication) ' + SERIES +
        "SELECT 'essai-' || n, 'regular', date('2010-01-01', (n % 4000) || ' days'), 1, 0, '2026-11-25', 1, 'published' FROM s"
    ),
    "film/personnes": (
        "INSERT INTO person (slug, name, also_written, updated_at, version) " + SERIES +
        "SELECT 'essai-' || n, 'Personne ' || n, '[]', '2026-11-25', 1 FROM s"
    ),
    "journal": (
        "INSERT INTO journal_entry (at, staff_id, staff_name, action, subject, summary, before, after) " + SERIES +
        "SELECT '2026-11-25', n % 5, 'Personne ' || (n % 5), 'changed', 'person.essai-' || n, 'une personne', '{}', '{}' FROM s"
    ),
}  # fmt: skip
ASKED = {
    "presse/articles": ("", "?q=essai+99", "?tri=title", "?etat=draft"),
    "seances/seances": ("", "?q=essai-99", "?tri=kind"),
    "film/personnes": ("", "?q=99999", "?tri=-name"),
    "journal": ("", "?qui=3", "?genre=person", "?fiche=person.essai-5"),
}


def asked(client: FlaskClient, address: str) -> float:
    """The median of some turns, in ms."""
    spent: list[float] = []
    for _ in range(TURNS):
        started = time.perf_counter()
        assert client.get(address).status_code == 200, address
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def every_page() -> Iterator[str]:
    return (f"/office/{room}/{query}" for room, queries in ASKED.items() for query in queries)


def signed_in(app: Flask) -> FlaskClient:
    sys.path.insert(0, str(config.ROOT / "tests"))
    people = __import__("accounts.people", fromlist=["signed_in"])
    return people.signed_in(app, StaffRole.EDITOR)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = config.read({f"{config.PREFIX}DATA_DIR": folder, f"{config.PREFIX}LOG_LEVEL": "ERROR"})
        app = create_app(settings)
        start.prepare(app, settings)
        client = signed_in(app)
        small = {page: asked(client, page) for page in every_page()}
        with app.app_context():
            for statement in FILLED.values():
                db.session.execute(text(statement))
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        sys.stdout.write(f"{'page':45} {'as it is':>9} {f'{ROWS:,} rows':>13}   ms, medians of {TURNS}\n")
        for page in every_page():
            large = asked(client, page)
            mark = "" if large <= LONGEST else "  more than 100 ms"
            sys.stdout.write(f"{page:45} {small[page]:9.1f} {large:13.1f}{mark}\n")


if __name__ == "__main__":
    main()
