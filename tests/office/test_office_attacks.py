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

Office = Callable[[StaffRole], FlaskClient]


def send_list(editor: FlaskClient, name: str, text: bytes) -> str:
    """Send a list of subscribers as a file of this name; the token of its rehearsal."""
    page = editor.get("/office/courrier/liste/").text
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    names = re.findall(r'<input type="file"[^>]*name="([^"]+)"', page) or re.findall(
        r'name="([^"]+)"[^>]*type="file"', page
    )
    sent = {"csrf_token": token, names[0]: (BytesIO(text), name), "topics": "dvd", "sujets": "dvd", "lang": "fr"}
    answer = editor.post("/office/courrier/liste/", data=sent, content_type="multipart/form-data")
    found = re.findall(r"[0-9a-f]{32}", answer.headers.get("Location", ""))
    return found[0] if found else ""


@pytest.mark.settings
def test_a_list_named_like_our_own_file_reaches_no_folder_of_others(office: Office, app: Flask, tmp_path: Path):
    editor = office(StaffRole.EDITOR)
    victim = tmp_path / "victim"
    victim.mkdir()
    columns = ["x", "address", "state", "topics", "confirmed_at", "z"]
    text = json.dumps({"name": columns, "token": str(victim), "key": "film", "staff_id": 1, "prune": False})
    token = send_list(editor, "sent.json", text.encode())
    assert token
    csrf = fields(editor.get("/office/presse/articles/nouveau/").text)["csrf_token"]
    for name in filter(None, (token, "..", "0" * 32)):
        assert editor.get(f"/office/tableaux/essai/{name}/").status_code in (302, 303, 404)
        editor.post(f"/office/tableaux/essai/{name}/oublier/", data={"csrf_token": csrf})
    assert victim.is_dir()
    assert list(victim.iterdir()) == []
    assert editor.get("/office/tableaux/").status_code == 200


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
