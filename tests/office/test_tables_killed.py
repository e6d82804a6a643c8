"""An import of 50,000 rows in a process of its own, killed in the middle: nothing is written, and nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.people import make
from applications import application
from operation118 import config, publication
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.config import ROOT, Settings
from operation118.database import db
from operation118.office import jobs, table_files
from operation118.office.table_files import Sent
from operation118.screenings.models import Town
from operation118.work import Stage

ROWS = 50_000
PATIENCE = 240  # seconds


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> dict[str, str]:
    url = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'site.sqlite')}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    return {"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "https://film.test"}


@pytest.fixture
def app(settings: dict[str, str], make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    with application(make_settings(**settings)) as app, app.app_context(), publication.everything():
        yield app


def sent_towns(folder: Path, count: int) -> Sent:
    staff = make(StaffRole.EDITOR)
    db.session.commit()
    with (path := folder / "towns.csv").open("w", encoding="cp1252") as file:
        file.write("slug;name;department;latitude;longitude\n")
        file.writelines(f"ville-{n};Ville numéro {n};Côte-d’Or;4{n % 10},5;{n % 8},25\n" for n in range(count))
    with path.open("rb") as stream:
        return table_files.receive(stream, key="town", name="towns.csv", staff_id=staff.id, prune=False)


def process(verb: str, sent: Sent, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """The process that the office starts for long work."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(config.PREFIX)}
    environ = kept | {config.PREFIX + name: value for name, value in settings.items()}
    command = [sys.executable, "-m", "flask", "--app", "app", "tables", verb, sent.token]
    lock = sent.lock()
    assert lock
    with lock:
        return subprocess.Popen(command, cwd=ROOT, env=environ, pass_fds=[lock.fileno()])


def ended(verb: str, sent: Sent, settings: dict[str, str]) -> None:
    with process(verb, sent, settings) as working:
        assert working.wait(PATIENCE) == 0


def killed_in_the_middle(sent: Sent, settings: dict[str, str]) -> None:
    with process("apply", sent, settings) as working:
        deadline = time.monotonic() + PATIENCE
        while sent.state.stage is not Stage.APPLYING or sent.state.done < ROWS // 4:
            assert working.poll() is None, sent.state
            assert time.monotonic() < deadline
            time.sleep(0.05)
        working.send_signal(signal.SIGKILL)
        assert working.wait(PATIENCE) == -signal.SIGKILL


def counts() -> tuple[int, int]:
    db.session.rollback()
    tables = (select(func.count()).select_from(table) for table in (Town, JournalEntry))
    towns, lines = (db.session.scalar(query) or 0 for query in tables)
    return towns, lines


def test_an_import_killed_in_the_middle_writes_nothing_and_can_be_rehearsed_again(
    app: Flask, settings: dict[str, str], tmp_path: Path
):
    before = counts()
    sent = sent_towns(tmp_path, ROWS)
    jobs.rehearse(sent)
    rehearsed = sent.state
    assert (rehearsed.stage, rehearsed.counts) == (Stage.REHEARSED, {"ajoutee": ROWS})

    killed_in_the_middle(sent, settings)
    assert not sent.is_busy
    assert counts() == before
    assert not jobs.was_applied(sent)

    jobs.rehearse(sent)
    assert sent.state == rehearsed


def test_the_process_does_what_it_rehearsed_in_the_name_of_whoever_asked(
    app: Flask, settings: dict[str, str], tmp_path: Path
):
    before = counts()
    sent = sent_towns(tmp_path, 1_200)
    ended("rehearse", sent, settings)
    ended("apply", sent, settings)
    assert sent.state.stage is Stage.APPLIED
    assert counts() == (before[0] + 1_200, before[1] + 1_201)
    assert db.session.scalars(select(JournalEntry.staff_name).distinct()).all() == ["Édith Editor"]
