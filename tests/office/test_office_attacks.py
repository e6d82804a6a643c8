"""What somebody who writes for the office, or a stranger, might try, and what comes of it."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter.test_campaign_checks import foreign as foreign  # a fixture: a site on this machine
from office.forms import fields
from operation118.accounts.models import StaffRole
from operation118.newsletter import foreign_pages
from operation118.office import table_files

Office = Callable[[StaffRole], FlaskClient]


def send_list(editor: FlaskClient, name: str, text: bytes) -> str:
    """Send a list of subscribers as a file of this name; the token of its rehearsal."""
    typed = fields(editor.get("/office/courrier/liste/").text)
    sent = {**typed, "fichiers": (BytesIO(text), name), "sujets": "dvd"}
    answer = editor.post("/office/courrier/liste/", data=sent, content_type="multipart/form-data")
    return re.findall(r"/liste/([0-9a-f]{32})/", answer.text)[0]


@pytest.mark.settings
def test_a_list_named_like_our_own_file_disturbs_no_table(office: Office, app: Flask):
    editor = office(StaffRole.EDITOR)
    token = send_list(
        editor,
        "sent.json",
        b"address,state,topics,confirmed_at\nune@exemple.fr,confirmed,dvd,2026-01-01T00:00:00+00:00\n",
    )
    assert editor.get(f"/office/tableaux/essai/{token}/").status_code in (302, 303, 404)
    assert editor.get("/office/tableaux/").status_code == 200
    with app.app_context():
        assert table_files.find(token) is None


@pytest.mark.settings
def test_what_was_sent_names_its_own_folder_and_no_other(app: Flask, tmp_path: Path):
    token, victim = "0" * 32, tmp_path / "victim"
    victim.mkdir()
    folder = Path(app.extensions["settings"]["DATA_DIR"]) / "imports" / token
    folder.mkdir(parents=True)
    said = {"token": str(victim), "key": "film", "name": "x", "staff_id": 1, "prune": False}
    (folder / "sent.json").write_text(json.dumps(said))
    with app.app_context():
        assert table_files.find(token) is None
        assert table_files.find("..") is None
    assert victim.is_dir()


def test_the_office_asks_no_machine_of_the_house_whether_its_pages_answer(app: Flask, foreign: str):
    assert foreign_pages.problems([f"{foreign}/here"]) == {}
    with app.test_request_context("/office/lettre/x/repetition/?reseau=1"):
        told = foreign_pages.problems(
            [f"{foreign}/here", "http://localhost/", "http://169.254.169.254/", "http://[::1]/"]
        )
    assert len(told) == 4
    assert all("réseau public" in problem for problem in told.values())


def test_no_page_of_the_office_is_in_the_past(client: FlaskClient):
    for address in (
        "/le/2012-01-01/office/connexion/",
        "/le/2012-01-01/office/mot-de-passe/",
        "/le/2012-01-01/office/",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("typed", ["--5", "5-", "4,5,6", "un", "9" * 5000])
def test_a_number_that_is_none_is_refused_beside_its_field(office: Office, session: Session, typed: str):
    editor = office(StaffRole.EDITOR)
    address = "/office/seances/villes/laon/"
    answer = editor.post(address, data=fields(editor.get(address).text) | {"latitude": typed})
    assert answer.status_code == 422
    assert 'id="latitude-erreur"' in answer.text


class Unread(BytesIO):
    """A body that says whether anybody read it."""

    was_read = False

    def read(self, *size: int | None) -> bytes:
        self.was_read = True
        return super().read(*size)


@pytest.mark.parametrize("path", ["/office/tableaux/person/", "/office/images/nouvelle/", "/office/courrier/liste/"])
def test_nobody_reads_what_a_stranger_sends(client: FlaskClient, path: str):
    body = Unread(b"champ=" + b"x" * 2**20)
    kind = "application/x-www-form-urlencoded"
    answer = client.post(path, input_stream=body, content_length=2**20 + 6, content_type=kind)
    assert answer.status_code in (401, 404)
    assert not body.was_read


def test_a_nul_is_refused_in_the_office_too(office: Office):
    editor = office(StaffRole.EDITOR)
    token = fields(editor.get("/office/film/personnes/nouveau/").text)["csrf_token"]
    typed = {"csrf_token": token, "name": "a\0b", "slug": "a"}
    assert editor.post("/office/film/personnes/nouveau/", data=typed).status_code == 400


def test_the_door_bears_a_strange_referrer(client: FlaskClient):
    answer = client.post("/office/journal/1/annuler/", headers={"Referer": "http://["})
    assert answer.status_code == 401


def test_a_place_of_five_thousand_digits_is_the_first(office: Office):
    editor = office(StaffRole.EDITOR)
    page = "/office/presse/articles/nouveau/"
    typed = fields(editor.get(page).text) | {"action": "remove:question:" + "9" * 5000, "question-0-topic_fr": "un"}
    assert editor.post(page, data=typed).status_code < 500
