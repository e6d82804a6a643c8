"""Where the office is shut, as in a mail worker: the site is the same, the chores are done, and nothing of the office is
there, neither its addresses nor what they weigh."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from applications import own
from office.finding import ready
from operation118.accounts.models import Staff
from operation118.config import PREFIX, ROOT, Settings
from operation118.database import db
from operation118.film.models import Person
from operation118.mail.chores import all_chores
from operation118.office.models import Findable
from operation118.web.sessions import OFFICE

HEAVY = ("flask_security", "webauthn", "passlib", "granian")  # what only the office, or the server itself, needs
PAGES = ("/", "/film/", "/presse/", "/seances/", "/lettre/", "/en/", "/feed.atom", "/api/film", "/sitemap.xml")


@pytest.fixture
def shut(make_settings: Callable[..., Settings], loaded_database: Path, tmp_path: Path) -> Iterator[Flask]:
    with own(loaded_database, tmp_path, make_settings, {"OFFICE": "0"}) as app:
        yield app


def test_no_address_is_in_the_office(shut: Flask, app: Flask):
    def addresses(of: Flask) -> set[str]:
        return {rule.rule for rule in of.url_map.iter_rules()}

    assert not [address for address in addresses(shut) if address.startswith(OFFICE)]
    assert {address for address in addresses(app) if not address.startswith(OFFICE)} == addresses(shut)


@pytest.mark.parametrize("path", [OFFICE, f"{OFFICE}connexion/", f"{OFFICE}apercu/2099-01-01/film/"])
def test_the_office_is_a_page_that_is_not_there(shut: Flask, path: str):
    answer = shut.test_client().get(path)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_the_site_is_the_same(shut: Flask, app: Flask):
    for path in PAGES:
        there, here = shut.test_client().get(path), app.test_client().get(path)
        assert there.status_code == here.status_code == 200, path
        assert there.data == here.data, path


def test_the_same_chores_are_done(shut: Flask, app: Flask):
    def chores(of: Flask) -> set[str]:
        with of.app_context():
            return set(all_chores())

    assert chores(shut) == chores(app)


def test_what_is_written_there_is_found_in_the_office(shut: Flask):
    with shut.app_context():
        ready(db.session)
        db.session.add(Person(slug="somebody-new", name="Somebody New", also_written=[]))
        db.session.commit()
        assert db.session.scalars(select(Findable.title).where(Findable.slug == "somebody-new")).all() == [
            "Somebody New"
        ]


def test_nobody_is_invited_where_nobody_can_come_in(shut: Flask, furnish: Callable[[Path], Path], tmp_path: Path):
    with shut.app_context():
        assert db.session.scalar(select(Staff.id)) is None
    environ = {f"{PREFIX}OFFICE": "0", f"{PREFIX}DATA_DIR": str(furnish(tmp_path / "data"))}
    told = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "accounts", "--help"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 2
    assert "No such command 'accounts'" in told.stderr


def test_a_worker_does_not_carry_the_office(furnish: Callable[[Path], Path], tmp_path: Path):
    environ = {f"{PREFIX}OFFICE": "0", f"{PREFIX}DATA_DIR": str(furnish(tmp_path / "data"))}
    code = f"import sys, app; print(*(set({HEAVY!r}) & sys.modules.keys()))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
