"""The subscribers as a table: complete, safe to open, and read back as it was written."""

import csv
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.subscribers import NOON, confirmed, find, pending, said, unsubscribed
from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import suppression
from operation118.newsletter import exporting, subscribing
from operation118.newsletter.models import Subscriber, Topic
from operation118.newsletter.wording import Form


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["newsletter", *map(str, arguments)])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def exported(app: Flask, session: Session, tmp_path: Path) -> Path:
    """The table of somebody in each state."""
    confirmed("lea@example.org", topics={Topic.DVD, Topic.PRESS}, lang="en")
    pending("noe@example.org")
    unsubscribed("zoe@example.org")
    session.commit()
    path = tmp_path / "subscribers.csv"
    assert run(app, "export", path).exit_code == 0
    return path


def test_every_state_stands_in_the_table(exported: Path):
    assert [(row["address"], row["state"]) for row in rows(exported)] == [
        ("lea@example.org", "confirmed"),
        ("noe@example.org", "pending"),
        ("zoe@example.org", "unsubscribed"),
    ]


def test_it_says_what_was_agreed_to_when_and_before_which_words(exported: Path):
    lea = rows(exported)[0]
    assert (lea["language"], lea["topics"]) == ("en", "dvd presse")
    assert lea["confirmed_at"]
    assert lea["consent_at"][:16] == lea["confirmed_at"][:16]
    assert lea["consent_form"] == "confirmation"
    assert "DVD" in lea["consent_wording"]


def test_what_is_exported_comes_back(app: Flask, session: Session, exported: Path):
    before = find("lea@example.org")
    assert before
    kept = before.address, before.lang, before.topics, before.asked_at, before.confirmed_at
    session.execute(delete(Subscriber))
    session.commit()
    session.expire_all()
    result = run(app, "import", exported)
    assert "1  subscribed" in result.output
    assert "1  refused: no proof of consent" in result.output
    after = find("lea@example.org")
    assert after
    assert (after.address, after.lang, after.topics, after.asked_at, after.confirmed_at) == kept
    assert suppression.suppressed(["zoe@example.org"], bulk=True)


def test_every_column_of_a_subscriber_survives_export_and_import(app: Flask, session: Session, tmp_path: Path):
    with clock.at(NOON):
        lea = confirmed("lea@example.org", topics={Topic.DVD, Topic.PRESS}, lang="en")
    subscribing.pause(lea, said=said(Form.PAUSE))
    session.commit()
    run(app, "export", tmp_path / "out.csv")
    [before] = rows(tmp_path / "out.csv")
    assert set(exporting.COLUMNS) == before.keys()
    assert [name for name, cell in before.items() if not cell] == ["unsubscribed_at"]
    session.execute(delete(Subscriber))
    session.commit()
    run(app, "import", tmp_path / "out.csv")
    run(app, "export", tmp_path / "again.csv")
    assert rows(tmp_path / "again.csv") == [before]


def test_the_instant_at_which_somebody_left_survives_too(app: Flask, session: Session, exported: Path):
    left_at = rows(exported)[2]["unsubscribed_at"]
    session.execute(delete(Subscriber))
    session.commit()
    run(app, "import", exported)
    [line] = suppression.lines(tokens.fingerprint("zoe@example.org"))
    assert line.since.isoformat() == left_at


@pytest.mark.parametrize(
    "address", ["=1+1@example.org", "+33@example.org", "-x@example.org", "'+x@example.org", "'x@example.org"]
)
def test_no_cell_is_a_formula_and_the_address_survives(app: Flask, session: Session, tmp_path: Path, address: str):
    confirmed(address)
    session.commit()
    run(app, "export", tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv")[0]["address"] == f"'{address}"
    session.execute(delete(Subscriber))
    session.commit()
    run(app, "import", tmp_path / "out.csv")
    assert session.scalars(select(Subscriber.address)).all() == [address]


def test_cells_that_begin_like_a_formula_are_made_safe():
    assert [exporting.safe(cell) for cell in ("=A1", "@SUM", "\t=A1", "'=A1", "lea")] == [
        "'=A1",
        "'@SUM",
        "'\t=A1",
        "''=A1",
        "lea",
    ]


def test_the_mark_for_excel_is_there_when_asked(app: Flask, session: Session, tmp_path: Path):
    run(app, "export", tmp_path / "out.csv", "--bom")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfaddress,")


def test_nobody_else_can_read_the_file_and_none_is_written_over(app: Flask, session: Session, exported: Path):
    assert exported.stat().st_mode & 0o077 == 0
    assert run(app, "export", exported).exit_code == 2
    assert run(app, "export", exported, "--force").exit_code == 0


def test_many_batches_are_one_table(app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exporting, "BATCH", 2)
    for number in range(5):
        confirmed(f"reader{number}@example.org")
    db.session.commit()
    run(app, "export", tmp_path / "out.csv")
    assert len({row["address"] for row in rows(tmp_path / "out.csv")}) == 5
