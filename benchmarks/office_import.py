"""How long the import of a large table takes, and what it takes: `python -m benchmarks.office_import [ROWS] [DATABASE_URL]`.

Without an address, a SQLite file is made in a temporary folder and thrown away."""

import csv
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import select

from operation118 import clock, config, create_app, publication
from operation118.accounts.models import Staff, StaffRole
from operation118.database import db
from operation118.film.models import Person
from operation118.office import jobs, table_files
from operation118.office.table_files import Sent
from operation118.press.models import Outlet, Tag
from operation118.site import start

ROWS = 50_000
TOWN = ("slug", "name", "department", "latitude", "longitude")
ITEM = (
    *(
        "slug",
        "title",
        "date",
        "outlet",
        "url",
        "language",
        "kind",
        "about",
        "seen",
        "people",
        "tags",
        "summary_fr",
        "summary_en",
    ),
    *(f"question 1 {name}" for name in ("topic_fr", "topic_en", "answer_fr", "answer_en")),
)
TEXT = "qui dit ce que l’article raconte du film et de ceux qui l’ont fait. "


def towns(count: int, label: str) -> Iterator[list[str]]:
    for n in range(count):
        yield [f"ville-{n}", f"Ville {n}{label}", "Loire", f"{40 + n % 10},5", f"{n % 8},25"]


def items(count: int, label: str) -> Iterator[list[str]]:
    outlet, person, tag = (db.session.scalars(select(model.slug)).first() or "" for model in (Outlet, Person, Tag))
    for n in range(count):
        text = f"Le texte numéro {n}, {TEXT}"
        fixed = ["2010-11-17", outlet, f"https://presse.example/{n}", "fr", "news", "film", "whole", person, tag]
        yield [f"article-{n}", f"Titre {n}{label}", *fixed, *[text] * 6]


TABLES = {"town": (TOWN, towns), "item": (ITEM, items)}


def sent(folder: Path, key: str, count: int, label: str) -> Sent:
    titles, lines = TABLES[key]
    with (path := folder / "table.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([titles, *lines(count, label)])
    staff = db.session.scalars(select(Staff)).one()
    with path.open("rb") as stream:
        return table_files.receive(stream, key=key, name=path.name, staff_id=staff.id, prune=False)


def measured(what: str, sent: Sent, *, applying: bool) -> None:
    began, worked = perf_counter(), process_time()
    if applying:
        jobs.apply(sent, None)
    else:
        jobs.rehearse(sent)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    spent, work, state = perf_counter() - began, process_time() - worked, sent.state
    print(
        f"{what:<24}{spent:7.1f} s, {work:6.1f} s of work, {memory:5} MB: {state.stage.value} {dict(state.counts)} {state.message}"
    )


def measure(folder: Path, count: int) -> None:
    values = {
        "email": "a@film.test",
        "name": "A",
        "role": StaffRole.EDITOR,
        "fs_uniquifier": "a",
        "fs_webauthn_user_handle": "a",
    }
    db.session.add(Staff(**values, invited_at=clock.real_now()))
    db.session.commit()
    for key in TABLES:
        for what, label in (("added", ""), ("changed", " bis"), ("the same", " bis")):
            table = sent(folder, key, count, label)
            measured(f"{key}, {what}: rehearsal", table, applying=False)
            measured(f"{key}, {what}: import", table, applying=True)


def main(count: int, url: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        settings = {"DATA_DIR": name, "DATABASE_URL": url, "LOG_LEVEL": "ERROR", "PUBLIC_URL": "https://film.test"}
        read = config.read({config.PREFIX + key: value for key, value in settings.items()})
        app = create_app(read)
        start.prepare(app, read)
        with app.app_context(), publication.everything():
            measure(Path(name), count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, sys.argv[2] if len(sys.argv) > 2 else "")
