"""A long list in the office: read in a process of its own, watched, stopped, and never read by a page that only shows it."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.desking import journal, plain, press
from newsletter.listing import OURS, ROOM, confirm, digest, everybody, send, token_of
from newsletter.subscribers import confirmed
from office import tabling
from operation118 import work
from operation118.accounts.models import Staff, StaffRole
from operation118.newsletter import importing, jobs, uploads
from operation118.newsletter.jobs import CHANGED
from operation118.newsletter.uploads import SentLists
from operation118.work import AT_ONCE, CROWDED, STOPPED, Stage, State

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
HEAD = OURS.splitlines()[0]
AGREED = ",confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00"


def long_list(count: int = AT_ONCE) -> str:
    return "\n".join([HEAD, *(f"r{number}@example.org{AGREED}" for number in range(count))])


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The processes that would have started; each stays in its place until the end of the test."""
    words: list[str] = []
    held: list[IO[bytes]] = []

    def start(files: Sequence[IO[bytes]], *said: str) -> None:
        words.append(" ".join(said))
        held.append(os.fdopen(os.dup(files[-1].fileno()), "ab"))  # the same open file, as a process inherits it

    monkeypatch.setattr(work, "start", start)
    yield words
    for file in held:
        file.close()


def sent(client: FlaskClient, app: Flask, text: str = OURS) -> SentLists:
    found = token_of(send(client, text))
    with app.app_context():
        return uploads.find(found) or pytest.fail("nothing was kept")


def page(sent: SentLists, verb: str = "") -> str:
    return f"{ROOM}liste/{sent.token}/{verb}"


def hit(client: FlaskClient, sent: SentLists, verb: str, **said: str) -> str:
    """Press a button of the page of a list, and follow; what is shown then."""
    press(client, page(sent, f"{verb}/"), f"{ROOM}abonnes/", **said)
    return plain(client.get(page(sent), follow_redirects=True))


# --- Here, or apart ------------------------------------------------------------------------------------------------


def test_a_short_list_is_read_at_once_and_a_long_one_apart(editor: FlaskClient, started: list[str]):
    send(editor, long_list(AT_ONCE - 1))
    send(editor, long_list(AT_ONCE // 5 - 1), demander="1")
    assert started == []
    found = [token_of(send(editor, long_list())), token_of(send(editor, long_list(AT_ONCE // 5), demander="1"))]
    assert started == [f"newsletter rehearse-list {token}" for token in found]


def test_large_files_are_read_apart_however_few_their_lines(
    editor: FlaskClient, started: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(work, "SMALL", len(OURS))
    send(editor)
    assert started == []
    send(editor, f"{OURS}\n")
    assert len(started) == 1


def test_a_third_long_list_is_told_to_come_back_whatever_the_others_are(
    editor: FlaskClient, app: Flask, started: list[str]
):
    tags = tabling.table([tabling.TITLES, *([f"sujet-{n}", "A", "A"] for n in range(AT_ONCE))])
    tabling.send(editor, "tag", tags)
    send(editor, long_list())
    third = sent(editor, app, long_list())
    assert len(started) == 2
    shown = plain(editor.get(page(third)))
    assert CROWDED in shown
    assert "Répéter de nouveau" in shown
    assert third.files[0].read_text() == long_list()
    assert CROWDED in hit(editor, third, "repeter")


def test_the_page_of_a_list_reads_none_of_it(editor: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch):
    there = sent(editor, app)
    monkeypatch.delattr(importing, "take_over")
    for path in there.files:
        path.unlink()
    shown = plain(editor.get(page(there)))
    assert "refusé : pas de preuve de consentement" in shown
    assert "Inscrire 2 personnes" in shown


# --- While it is at work -------------------------------------------------------------------------------------------


def test_a_page_waits_while_somebody_is_at_work_and_the_work_can_be_stopped(editor: FlaskClient, app: Flask):
    there = sent(editor, app)
    shown = digest(editor.get(page(there)).text)
    with app.app_context():
        there.step(stage=Stage.APPLYING, done=3, total=7)
    lock = there.lock()
    assert lock
    with lock:
        waiting = plain(editor.get(page(there)))
        assert "La reprise est en cours." in waiting
        assert "3 lignes sur 7" in waiting
        assert '<progress max="7" value="3"' in waiting
        assert editor.get(page(there, "etat")).json == {"busy": True, "done": 3, "total": 7, "stage": "import"} | {
            "words": "3 lignes sur 7"
        }
        assert "La reprise est en cours." in hit(editor, there, "confirmer", digest=shown)
        assert "La reprise est en cours." in hit(editor, there, "abandonner")
        assert "Arrêt demandé… Cette page dira si la reprise s’est arrêtée à temps." in re.sub(
            "<[^>]+>", "", hit(editor, there, "arreter")
        )
        assert there.is_stopped
    assert "interrompue avant sa fin : rien n’a été écrit" in plain(editor.get(page(there)))
    assert "Inscrire 2 personnes" in hit(editor, there, "repeter")


def test_work_that_is_stopped_leaves_nothing(editor: FlaskClient, app: Flask, session: Session):
    there = sent(editor, app)
    there.ask_to_stop()
    with app.app_context():
        jobs.apply(there, None)
        assert (there.state.stage, there.state.message) == (Stage.REHEARSED, STOPPED)
        jobs.rehearse(there)
        assert there.state == State(message=STOPPED)
    assert STOPPED in plain(editor.get(page(there)))
    assert everybody(session) == []


def test_a_file_that_is_no_list_is_told_by_the_page_of_its_process(editor: FlaskClient, app: Flask, started: list[str]):
    there = sent(editor, app, long_list().replace("address", "nom"))
    with app.app_context():
        jobs.rehearse(there)
    shown = plain(editor.get(page(there)))
    assert "Rien n’a été repris." in shown
    assert "ces colonnes ne sont d’aucune liste connue" in shown


def test_a_list_whose_process_died_right_after_its_end_is_known_to_be_taken_over(
    editor: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    there = sent(editor, app)
    monkeypatch.setattr(SentLists, "forget", SentLists.forget_stop)
    shown = digest(editor.get(page(there)).text)
    hit(editor, there, "confirmer", digest=shown)
    with app.app_context():
        there.step(stage=Stage.APPLYING, done=0)
    for verb in ("repeter", "confirmer", "arreter"):
        assert "La liste est reprise : 2 personnes inscrites" in hit(editor, there, verb, digest=shown)
    assert len(journal()) == 1


# --- Only what was shown -------------------------------------------------------------------------------------------


def test_what_changed_since_the_rehearsal_is_shown_before_anything_is_written(
    editor: FlaskClient, app: Flask, session: Session
):
    there = sent(editor, app)
    shown = digest(editor.get(page(there)).text)
    confirmed("ana@example.org")
    session.commit()
    told = hit(editor, there, "confirmer", digest=shown)
    assert CHANGED in told
    assert "laissé : déjà connu ici" in told
    assert everybody(session) == ["ana@example.org"]
    assert digest(editor.get(page(there)).text) != shown
    confirm(editor, there.token)
    assert everybody(session) == ["ana@example.org", "bob@example.org"]


def test_the_digest_of_an_older_page_confirms_nothing(editor: FlaskClient, app: Flask, session: Session):
    there = sent(editor, app)
    assert CHANGED in hit(editor, there, "confirmer", digest="0" * 32)
    assert everybody(session) == []


def nobody(*arguments: object) -> set[str]:
    """Who was known an instant before."""
    return set()


def test_who_subscribes_at_the_same_instant_undoes_all_of_it(
    editor: FlaskClient, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
):
    there = sent(editor, app)
    confirmed("bob@example.org")
    session.commit()
    monkeypatch.setattr(importing, "_fingerprints", nobody)
    with app.app_context():
        jobs.apply(there, None)
    assert there.state.message == CHANGED
    assert everybody(session) == ["bob@example.org"]


def test_the_journal_is_signed_by_whoever_confirmed_in_the_process_too(
    editor: FlaskClient, office: Office, app: Flask, session: Session, started: list[str]
):
    there = sent(editor, app, long_list())
    with app.app_context():
        jobs.rehearse(there)
    other = office(StaffRole.ADMIN)
    press(other, page(there, "confirmer/"), f"{ROOM}abonnes/", digest=there.state.digest)
    admin = session.scalars(select(Staff).where(Staff.role == StaffRole.ADMIN)).one()
    assert started[1] == f"newsletter take-over {there.token} --by {admin.id}"
    result = app.test_cli_runner().invoke(args=started[1].split())
    assert result.exit_code == 0, result.output
    assert len(everybody(session)) == AT_ONCE
    [line] = journal()
    assert (line.staff_name, line.summary) == (admin.name, "Liste reprise : 1\u202f000 personnes inscrites")
    assert not there.folder.exists()
    told = plain(other.get(page(there), follow_redirects=True))
    assert "La liste est reprise : 1 000 personnes inscrites. Le détail" in told
    nothing = {"busy": False, "done": 0, "total": 0, "stage": "envoye", "words": "On commence…"}
    assert other.get(page(there, "etat")).json == nothing
