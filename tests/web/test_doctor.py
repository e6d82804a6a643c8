"""`flask settings` and `flask doctor`."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from applications import application
from mail.post import message
from mail.sink import sink
from operation118 import clock, config
from operation118.config import LEGAL_REQUIRED, SETTINGS, Settings
from operation118.database import Revision, db
from operation118.mail.models import MessageState

LEGAL = dict.fromkeys(LEGAL_REQUIRED, "given")
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


def examine(app: Flask) -> tuple[int, dict[str, str]]:
    """The status of `flask doctor`, and its lines by subject."""
    result = app.test_cli_runner().invoke(args=["doctor"])
    lines = [line[2:].partition(": ") for line in result.output.splitlines() if line[0] in "✓✗"]
    return result.exit_code, {subject: problem for subject, _, problem in lines}


PRODUCTION = {**LEGAL, "CONTACT_EMAIL": "somebody@film.test", "SECRET_KEY": SECRET, "ENV": "production"}


@pytest.fixture
def whole(loaded_database: Path, tmp_path: Path, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """An installation for the public, its relay included."""
    path = shutil.copy(loaded_database, tmp_path / "site.sqlite")
    with sink() as relay:
        settings = make_settings(**PRODUCTION, DATABASE_URL=f"sqlite:///{path}", SMTP_URL=relay.url)
        with application(settings) as app:
            yield app


def test_a_whole_installation_is_well(whole: Flask):
    status, findings = examine(whole)
    assert {subject: problem for subject, problem in findings.items() if problem} == {}
    assert len(findings) >= 12
    assert status == 0


@pytest.mark.settings(
    **PRODUCTION | {"MAIL_SENDER": "lettre@elsewhere.test", "DKIM_KEY": "/nowhere"},
    SMTP_URL="smtp://127.0.0.1:9?timeout=1",
    QUEUE_URL="redis://127.0.0.1:9/0",
)
def test_it_says_why_no_mail_leaves(app: Flask):
    with app.app_context():
        long_ago = clock.now() - timedelta(hours=1)
        db.session.add_all([message("a", due_at=long_ago), message("b", state=MessageState.UNCERTAIN)])
        db.session.commit()
    _, findings = examine(app)
    assert "OPERATION118_SMTP_URL" in findings["mail relay"]
    assert "OPERATION118_QUEUE_URL" in findings["mail queue"]
    assert "due for 60 minutes" in findings["mail worker"]
    assert "1 mails may or may not have left" in findings["uncertain mails"]
    assert "elsewhere.test" in findings["mail sender"]
    assert "/nowhere" in findings["mail signature"]


def test_it_names_what_the_legal_notice_and_the_contact_lack(app: Flask):
    status, findings = examine(app)
    assert status == 1
    assert all(config.PREFIX + name in findings["legal notice"] for name in LEGAL_REQUIRED)
    assert "OPERATION118_CONTACT_EMAIL" in findings["contact"]


def test_it_sends_an_empty_database_to_the_content(empty_app: Flask):
    status, findings = examine(empty_app)
    assert status == 1
    assert "flask content load" in findings["content"]


@pytest.mark.settings(DATABASE_URL="sqlite://")
def test_it_bears_a_database_without_tables(app: Flask):
    status, findings = examine(app)
    assert status == 1
    assert "flask db upgrade" in findings["migrations"]
    assert findings["content"]


@pytest.mark.settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
def test_it_bears_a_database_that_does_not_answer(app: Flask):
    status, findings = examine(app)
    assert status == 1
    assert "OPERATION118_DATABASE_URL" in findings["database"]


def test_it_sees_a_clock_that_is_behind(app: Flask):
    with app.app_context():
        db.session.execute(update(Revision).values(moved_at=datetime(2999, 1, 1, tzinfo=UTC)))
        db.session.commit()
    assert "set the clock" in examine(app)[1]["clock"]


@pytest.mark.settings(ENV="production", SECRET_KEY="a" * 40, PUBLIC_URL="http://film.test")
def test_it_sees_a_guessable_key_and_a_clear_address(app: Flask):
    findings = examine(app)[1]
    assert "too easy to guess" in findings["secret key"]
    assert "https" in findings["public address"]


@pytest.mark.settings(HOST="0.0.0.0")
def test_it_sees_a_developers_site_open_to_others(app: Flask):
    assert "OPERATION118_ENV" in examine(app)[1]["settings"]


@pytest.mark.settings
def test_it_sees_a_folder_that_went_away(app: Flask, tmp_path: Path):
    app.extensions["settings"]._values["DATA_DIR"] = str(tmp_path / "file/data")
    (tmp_path / "file").write_text("not a folder")
    status, findings = examine(app)
    assert status == 1
    assert "OPERATION118_DATA_DIR" in findings["data folder"]


@pytest.mark.settings
def test_it_sees_a_data_folder_that_others_can_read(app: Flask):
    folder: Path = app.extensions["settings"].data_dir
    folder.chmod(0o755)
    assert f"chmod 700 {folder}" in examine(app)[1]["data folder"]
    folder.chmod(0o700)
    assert examine(app)[1]["data folder"] == ""


def test_settings_are_listed_with_their_origin_and_without_secrets(app: Flask):
    output = app.test_cli_runner().invoke(args=["settings"]).output
    for setting in SETTINGS:
        assert setting.variable in output
    assert "OPERATION118_PUBLIC_URL" in output
    assert "environment  https://film.test" in output


@pytest.mark.settings(SECRET_KEY=SECRET, METRICS_TOKEN="a-long-token")
def test_no_secret_is_listed(app: Flask):
    output = app.test_cli_runner().invoke(args=["settings"]).output
    assert SECRET not in output
    assert "a-long-token" not in output


def test_the_table_of_the_documentation_is_printed(app: Flask):
    assert app.test_cli_runner().invoke(args=["settings", "--markdown"]).output.strip() == config.table()


@pytest.mark.settings(WORKERS="2")
def test_it_says_when_tries_are_counted_apart(app: Flask):
    assert "each of 2 processes" in examine(app)[1]["rate limits"]


@pytest.mark.settings(WORKERS="1")
def test_one_process_counts_every_try(app: Flask):
    assert examine(app)[1]["rate limits"] == ""
