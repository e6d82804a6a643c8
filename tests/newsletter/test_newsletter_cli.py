"""`flask newsletter` at the terminal: from the file to the last mail."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.campaigning import LETTER, deliveries, subscriber
from newsletter.subscribers import confirmed
from operation118.config import ROOT
from operation118.mail.models import Message, MessageState
from operation118.newsletter import campaigns, moments
from operation118.newsletter.models import Campaign, CampaignState, SubscriberState
from operation118.newsletter.refused import Refused
from operation118.web.languages import speaking


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "lettre.md"
    path.write_text(LETTER)
    return str(path)


@pytest.fixture
def _readers(session: Session) -> None:
    subscriber(session, "une@exemple.fr")
    subscriber(session, "reader@example.com", lang="en")


def run(app: Flask, *arguments: str, typed: str = "") -> Result:
    result = app.test_cli_runner().invoke(args=["newsletter", *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def campaign(session: Session) -> Campaign | None:
    session.rollback()
    return session.scalar(select(Campaign).execution_options(populate_existing=True))


@pytest.mark.usefixtures("_readers")
def test_the_way_of_a_letter_from_its_file_to_its_end(app: Flask, session: Session, file: str):
    assert run(app, "check", file, "--no-network").exit_code == 0
    assert run(app, "draft", file).output == "nouvelles: kept as a draft.\n"
    assert "2 mails in the outbox" in run(app, "launch", "nouvelles", "--yes", "--no-network").output
    assert "paused" in run(app, "pause", "nouvelles").output
    assert "nouvelles: paused" in run(app, "status", "nouvelles").output
    assert "sending" in run(app, "resume", "nouvelles").output
    session.execute(update(Message).values(state=MessageState.FAILED))
    session.commit()
    assert "2 mails put back" in run(app, "retry", "nouvelles", "--failed").output
    session.execute(update(Message).values(state=MessageState.KEPT))
    session.commit()
    assert "2 mails put back" in run(app, "retry", "nouvelles", "--kept").output
    assert "cancelled, 2 mails" in run(app, "stop", "nouvelles", "--yes").output
    assert run(app, "list").output.split()[:2] == ["cancelled", "nouvelles"]


def test_preview_prints_the_text_and_writes_the_html(app: Flask, file: str, tmp_path: Path):
    result = run(app, "preview", file, "--folder", str(tmp_path / "html"))
    assert "fr: Des nouvelles du DVD" in result.output
    assert "Hello, read the DVD page [1]." in result.output
    assert "<h1" in (tmp_path / "html" / "nouvelles.en.html").read_text()


def test_check_tells_errors_and_ends_with_status_one(app: Flask, file: str, tmp_path: Path):
    Path(file).write_text(LETTER.replace("/dvd/", "/rien/"))
    result = run(app, "check", file, "--no-network")
    assert result.exit_code == 1
    assert "error: Page of the site that answers 404 (fr): /rien/" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Errors keep the letter here")


def test_a_broken_file_is_told_line_by_line(app: Flask, file: str):
    Path(file).write_text(LETTER.replace("{{ dvd }}", "{{ meteo }}"))
    result = run(app, "preview", file)
    assert result.exit_code == 1
    assert re.match(r"Line \d+: the block “meteo” does not exist", result.stderr)


@pytest.mark.usefixtures("_readers")
def test_a_test_goes_to_one_address_only(app: Flask, session: Session, file: str):
    assert run(app, "test", file, "moi@exemple.fr").exit_code == 0
    session.rollback()
    mails = session.scalars(select(Message).order_by(Message.id)).all()
    assert [(mail.recipient, mail.lang, mail.subject) for mail in mails] == [
        ("moi@exemple.fr", "fr", "[test] Des nouvelles du DVD"),
        ("moi@exemple.fr", "en", "[test] News of the DVD"),
    ]
    assert all(mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for mail in mails)
    assert all("MARK" not in f"{mail.text}{mail.html}" for mail in mails)
    assert campaign(session) is None
    run(app, "test", file, "moi@exemple.fr", "--lang", "en")
    session.rollback()
    assert len(session.scalars(select(Message)).all()) == 3


def test_a_test_to_no_address_is_refused(app: Flask, session: Session, file: str):
    assert run(app, "test", file, "moi").exit_code == 1
    assert run(app, "test", file, "moi@exemple.fr\nBcc: tous@exemple.fr").exit_code == 1
    assert session.scalars(select(Message)).all() == []


@pytest.mark.usefixtures("_readers")
def test_a_dry_run_counts_and_does_nothing(app: Flask, session: Session, file: str):
    result = run(app, "launch", file, "--dry-run", "--no-network")
    assert result.exit_code == 0
    assert re.search(r"^ +2  readers$", result.output, re.MULTILINE)
    assert result.output.splitlines()[-1] == "Nothing was done."
    assert campaign(session) is None


@pytest.mark.settings(LOG_LEVEL="INFO")
@pytest.mark.usefixtures("_readers")
def test_only_the_command_speaks(app: Flask, file: str, capfd: pytest.CaptureFixture[str]):
    run(app, "launch", file, "--no-network", "--yes")
    assert "request" not in capfd.readouterr().err


@pytest.mark.usefixtures("_readers")
def test_launch_asks_first(app: Flask, session: Session, file: str):
    assert run(app, "launch", file, "--no-network", typed="n\n").exit_code == 1
    found = campaign(session)
    assert found
    assert found.state is CampaignState.DRAFT
    assert run(app, "launch", "nouvelles", "--no-network", typed="y\n").exit_code == 0
    found = campaign(session)
    assert found
    assert len(deliveries(session, found)) == 2


@pytest.mark.usefixtures("_readers")
def test_launch_can_be_for_later(app: Flask, session: Session, file: str):
    result = run(app, "launch", file, "--no-network", "--yes", "--at", "mardi 1er décembre 2099 à 20 h 30")
    assert "leaves on 2099-12-01 20:30, Paris." in result.output
    found = campaign(session)
    assert found
    assert (found.state, found.scheduled_at) == (CampaignState.SCHEDULED, datetime(2099, 12, 1, 19, 30, tzinfo=UTC))
    assert "scheduled 2099-12-01 20:30" in run(app, "status", "nouvelles").output
    run(app, "draft", file)
    found = campaign(session)
    assert found
    assert (found.state, found.scheduled_at) == (CampaignState.DRAFT, None)


def test_a_letter_for_nobody_is_refused(app: Flask, file: str):
    result = run(app, "launch", file, "--no-network", "--yes")
    assert (result.exit_code, result.stderr) == (
        1,
        "Nobody waits for this letter: no confirmed subscription to its topics.\n",
    )


@pytest.mark.parametrize("command", ["pause", "resume", "stop", "status", "preview", "check", "launch"])
def test_an_unknown_name_is_refused(app: Flask, command: str):
    result = run(app, command, "inconnue", *(["--yes"] if command in ("stop", "launch") else []))
    assert (result.exit_code, result.stderr) == (1, "No letter is called “inconnue”.\n")


def test_what_comes_too_early_is_refused_with_the_state(app: Flask, file: str):
    run(app, "draft", file)
    result = run(app, "resume", "nouvelles")
    assert result.exit_code == 1
    assert result.stderr == "The letter “nouvelles” is a draft; this is done only with a letter that is paused.\n"


def test_retry_wants_to_know_what(app: Flask, file: str):
    run(app, "draft", file)
    assert run(app, "retry", "nouvelles").exit_code == 2


@pytest.mark.usefixtures("_readers")
def test_status_tells_mails_people_and_links(app: Flask, session: Session, file: str):
    subscriber(session, "autre@exemple.fr", state=SubscriberState.PENDING)
    run(app, "launch", file, "--no-network", "--yes")
    lines = [" ".join(line.split()) for line in run(app, "status", "nouvelles").output.splitlines()]
    assert "2 waiting" in lines
    assert "1 left out: unconfirmed" in lines
    assert "0 visits: /dvd/" in lines


@pytest.mark.usefixtures("_readers")
def test_following_ends_with_the_letter(app: Flask, session: Session, file: str):
    run(app, "launch", file, "--no-network", "--yes")
    found = campaign(session)
    assert found
    session.execute(update(Message).values(state=MessageState.SENT))
    campaigns.settle(found)
    session.commit()
    assert "nouvelles: sent" in run(app, "status", "nouvelles", "--follow").output


def test_purge_says_how_many(app: Flask):
    assert run(app, "purge", "--days", "30").output == "Without a recipient from now on: 0 mails.\n"


@pytest.mark.settings(SMTP_URL="")
@pytest.mark.usefixtures("_readers")
def test_without_a_relay_a_letter_is_looked_at_and_not_launched(app: Flask, session: Session, file: str):
    assert run(app, "preview", file).exit_code == 0
    assert run(app, "test", file, "moi@exemple.fr").exit_code == 0
    for command in (("check", file), ("launch", file, "--yes"), ("launch", file, "--yes", "--at", "2099-12-01 20:30")):
        result = run(app, *command, "--no-network")
        assert result.exit_code == 1
        assert "error: No relay is set" in result.stderr
    assert campaign(session) is None


def test_one_is_one_and_two_states_are_told_apart(app: Flask, session: Session, file: str):
    subscriber(session, "une@exemple.fr")
    assert "nouvelles: 1 mail in the outbox." in run(app, "launch", file, "--yes", "--no-network").output
    told = run(app, "draft", file).stderr
    assert (
        told == "The letter “nouvelles” is being sent; this is done only with a letter that is a draft or scheduled.\n"
    )


def test_there_is_no_proof_of_what_never_was(app: Flask):
    assert run(app, "proof", "personne@exemple.fr").exit_code == 1


def test_a_proof_is_found_however_the_address_is_spelt(app: Flask, session: Session):
    confirmed("x@xn--caf-dma.example.org")
    session.commit()
    result = run(app, "proof", "X@café.example.org")
    assert result.exit_code == 0
    assert "x@xn--caf-dma.example.org" in result.output.lower()


def test_a_proof_of_what_is_no_address_is_refused(app: Flask):
    result = run(app, "proof", "x@")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr


def test_the_example_is_a_good_letter(app: Flask):
    result = run(app, "check", str(ROOT / "docs/examples/letter.md"), "--no-network")
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-12-01 20:30", "2027-12-01T19:30"),
        ("2027-12-01T20:30+00:00", "2027-12-01T20:30"),
        ("1er décembre 2027 à 20 h 30", "2027-12-01T19:30"),
        ("mercredi 1er décembre 2027 à 20h", "2027-12-01T19:00"),
        ("01/12/2027 20:30", "2027-12-01T19:30"),
        ("1 December 2027 at 20:30", "2027-12-01T19:30"),
        ("28 mars 2027 à 3 h", "2027-03-28T01:00"),
        ("31 octobre 2027 à 2 h 30", "2027-10-31T00:30"),
    ],
)
def test_an_instant_is_read_as_people_write_it(text: str, instant: str):
    assert moments.read(text) == datetime.fromisoformat(f"{instant}+00:00")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("demain", "is not a date and a time"),
        ("1er décembre 2027", "is not a date and a time"),
        ("décembre 2027 à 20 h", "is not a date and a time"),
        ("1er décembre 2027 à 25 h", "no such time"),
        ("jeudi 1er décembre 2027 à 20 h", "is a Wednesday"),
        ("Thursday 1 December 2027 at 20:30", "is a Wednesday"),
        ("28 mars 2027 à 2 h 30", "02:30 does not exist"),
        ("2027-03-28 02:30", "02:30 does not exist"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, told: str):
    with speaking("en"), pytest.raises(Refused, match=told):
        moments.read(text)
