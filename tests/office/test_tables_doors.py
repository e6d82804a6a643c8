"""Who may fill in which tables, how long what they send is kept, and what becomes of long work."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.tabling import HOME, TITLES, digest, here, press, send, sent, table, text
from operation118 import publication, work
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.office import jobs, table_files
from operation118.office.rooms import PRESS_KEYS
from operation118.office.table_files import State
from operation118.press.models import Tag
from operation118.site.content import KINDS
from operation118.work import KEPT, STOPPED, Stage

Office = Callable[[StaffRole], FlaskClient]


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def test_the_press_officer_fills_in_the_press_only(office: Office):
    officer = office(StaffRole.PRESS_OFFICER)
    for kind in KINDS:
        assert officer.get(f"{HOME}{kind.key}.csv").status_code == 200
        expected = 200 if kind.key in PRESS_KEYS else 403
        assert officer.get(f"{HOME}{kind.key}/importer/").status_code == expected
        if expected == 403:
            assert send(officer, kind.key, b"slug\na").status_code == 403
    assert "réservé aux rédacteurs" in text(officer.get(HOME))


def test_the_door_and_strangers_have_no_tables(office: Office, client: FlaskClient):
    for path in (HOME, f"{HOME}tag.csv", f"{HOME}tag/importer/", f"{HOME}essai/{'0' * 32}/"):
        assert office(StaffRole.DOOR).get(path).status_code == 403
        assert client.get(path).status_code == 302


def test_what_somebody_sent_is_nobody_elses(editor: FlaskClient, office: Office):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    other = office(StaffRole.ADMIN)
    for path in (address, f"{address}etat", f"{address}refus.csv"):
        assert other.get(path).status_code == 404
    for verb in ("appliquer", "refaire", "arreter", "oublier"):
        assert press(other, address, verb).status_code == 404


@pytest.mark.parametrize("name", ["..", "0", "x" * 32, "%2e%2e%2f" * 3, "0" * 31 + "/"])
def test_nothing_outside_the_folder_of_imports_is_found(name: str, editor: FlaskClient):
    assert editor.get(f"{HOME}essai/{name}/").status_code in (404, 308)


def test_nothing_is_done_without_the_forms_token(editor: FlaskClient, session: Session):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    shown = digest(editor.get(address).text)
    assert editor.post(f"{address}appliquer/", data={"digest": shown}).status_code == 400
    assert editor.get(f"{address}appliquer/").status_code == 405
    assert session.scalar(select(Tag).where(Tag.slug == "neuf")) is None


# --- What is kept --------------------------------------------------------------------------------------------------


def test_what_is_sent_is_kept_a_day_for_its_owner_only(
    editor: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    found = here(app, sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]])))
    with app.app_context():
        assert found.folder.stat().st_mode & 0o777 == 0o700
        assert found.source.stat().st_mode & 0o777 == 0o600
        assert table_files.purge() == 0
        monkeypatch.setattr(work, "KEPT", -KEPT)
        assert table_files.purge() >= 1
        assert not found.folder.exists()


def test_a_person_keeps_five_imports(editor: FlaskClient, app: Flask):
    addresses = [sent(editor, "tag", table([TITLES, [f"t{n}", "A", "A"]])) for n in range(7)]
    assert [editor.get(address).status_code for address in addresses] == [404, 404, 200, 200, 200, 200, 200]


def test_an_import_that_was_abandoned_is_gone(editor: FlaskClient):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    assert "Les tableaux" in text(press(editor, address, "oublier"))
    assert editor.get(address).status_code == 404


# --- Long work -----------------------------------------------------------------------------------------------------


def test_a_page_waits_while_somebody_is_at_work_and_the_work_can_be_stopped(editor: FlaskClient, app: Flask):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    found = here(app, address)
    with app.app_context():
        state = found.step(stage=Stage.APPLYING, done=12, total=500)
        lock = found.lock()
        assert lock
        with lock:
            page = editor.get(address)
            assert "L’import est en cours." in text(page)
            assert "12 lignes sur 500" in text(page)
            told = {"busy": True, "done": 12, "total": 500, "stage": "import", "words": "12 lignes sur 500"}
            assert editor.get(f"{address}etat").json == told
            press(editor, address, "appliquer", digest=state.digest)
            assert "Arrêt demandé… Cette page dira si l’import" in text(press(editor, address, "arreter"))
            assert "table.csv (Sujets), import en cours : le revoir" in text(editor.get(HOME))
            assert found.is_stopped
    interrupted = editor.get(address)
    assert "interrompu avant sa fin : rien n’a été écrit" in text(interrupted)
    assert "1 ajoutée" in text(press(editor, address, "refaire"))


def test_work_that_is_stopped_leaves_nothing(editor: FlaskClient, app: Flask, session: Session):
    found = here(app, sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]])))
    with app.app_context(), publication.everything():
        found.ask_to_stop()
        jobs.apply(found, None)
        assert (found.state.stage, found.state.message) == (Stage.REHEARSED, STOPPED)
        jobs.rehearse(found)
        assert found.state == State(Stage.SENT, message=STOPPED)
    assert session.scalar(select(Tag).where(Tag.slug == "neuf")) is None


def test_an_import_whose_process_died_right_after_its_end_is_known_to_be_done(editor: FlaskClient, app: Flask):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    press(editor, address, "appliquer", digest=digest(editor.get(address).text))
    with app.app_context():
        here(app, address).step(stage=Stage.APPLYING, done=0)
    assert "C’est fait" in text(editor.get(address))


def test_a_line_of_the_journal_tells_the_whole_import(editor: FlaskClient, session: Session):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    press(editor, address, "appliquer", digest=digest(editor.get(address).text))
    told = session.scalar(select(JournalEntry.summary).where(JournalEntry.subject.startswith("import.")))
    assert told == "a importé « table.csv » (Sujets : 1 ajoutée)"
