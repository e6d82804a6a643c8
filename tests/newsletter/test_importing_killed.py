"""A list taken over in a process of its own, killed in the middle: nothing is written, and nothing is lost."""

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
from werkzeug.datastructures import FileStorage

from accounts.people import make
from applications import application
from operation118 import config
from operation118.accounts.models import JournalEntry, Staff, StaffRole
from operation118.config import ROOT, Settings
from operation118.database import db
from operation118.mail.models import Suppression
from operation118.newsletter import jobs, uploads
from operation118.newsletter.importing import Terms
from operation118.newsletter.models import Consent, Subscriber, Subscription
from operation118.newsletter.uploads import SentLists
from operation118.work import Stage

TABLES = (Subscriber, Subscription, Consent, Suppression, JournalEntry)
LINES, GONE = 6_000, 200
PATIENCE = 240  # seconds


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> dict[str, str]:
    url = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'site.sqlite')}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    return {"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "data"), "PUBLIC_URL": "https://film.test"}


@pytest.fixture
def app(settings: dict[str, str], make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    with application(make_settings(**settings)) as app, app.app_context():
        yield app


def sent_list(folder: Path) -> SentLists:
    agreed = "dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00"
    with (path := folder / "liste.csv").open("w") as file:
        file.write("address,state,topics,asked_at,confirmed_at\n")
        file.writelines(f"r{n}@example.org,confirmed,{agreed}\n" for n in range(LINES))
        file.writelines(f"p{n}@example.org,unsubscribed,{agreed}\n" for n in range(GONE))
    with path.open("rb") as file:
        return uploads.keep([FileStorage(file, path.name)], Terms(frozenset(), "fr"))


def process(sent: SentLists, settings: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    """The process that the office starts for long work."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(config.PREFIX)}
    environ = kept | {config.PREFIX + name: value for name, value in settings.items()}
    command = [sys.executable, "-m", "flask", "--app", "app", "newsletter", *words]
    lock = sent.lock()
    assert lock
    with lock:
        return subprocess.Popen(command, cwd=ROOT, env=environ, pass_fds=[lock.fileno()])


def ended(sent: SentLists, settings: dict[str, str], *words: str) -> None:
    with process(sent, settings, *words) as working:
        assert working.wait(PATIENCE) == 0


def killed_in_the_middle(sent: SentLists, settings: dict[str, str]) -> None:
    """When all were read once, and a quarter are subscribed."""
    with process(sent, settings, "take-over", sent.token) as working:
        deadline = time.monotonic() + PATIENCE
        while sent.state.stage is not Stage.APPLYING or sent.state.done < LINES * 5 // 8:
            assert working.poll() is None, sent.state
            assert time.monotonic() < deadline
            time.sleep(0.01)
        working.send_signal(signal.SIGKILL)
        assert working.wait(PATIENCE) == -signal.SIGKILL


def counts() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_a_list_killed_in_the_middle_writes_nothing_and_can_be_rehearsed_again(
    app: Flask, settings: dict[str, str], tmp_path: Path
):
    sent = sent_list(tmp_path)
    jobs.rehearse(sent)
    rehearsed = sent.state
    assert rehearsed.counts == {"subscribed": LINES, "kept away: had left": GONE}

    killed_in_the_middle(sent, settings)
    assert not sent.is_busy
    assert counts() == [0] * len(TABLES)
    assert jobs.taken_over(sent.token) is None

    jobs.rehearse(sent)
    assert sent.state == rehearsed


def test_the_process_does_what_it_rehearsed_in_the_name_of_whoever_confirmed(
    app: Flask, settings: dict[str, str], tmp_path: Path
):
    editor: Staff = make(StaffRole.EDITOR)
    db.session.commit()
    sent = sent_list(tmp_path)
    ended(sent, settings, "rehearse-list", sent.token)
    ended(sent, settings, "take-over", sent.token, "--by", str(editor.id))
    assert counts() == [LINES, LINES, LINES, GONE, 1]
    line = jobs.taken_over(sent.token)
    assert line
    assert line.staff_name == editor.name
    assert not sent.folder.exists()
