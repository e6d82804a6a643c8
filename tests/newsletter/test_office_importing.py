"""A list taken over in the office: every line is rehearsed, nothing is written before somebody confirms."""

import csv
import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from accounts.people import token
from newsletter.desking import journal, plain, press
from newsletter.listing import OURS, ROOM, confirm, everybody, send, token_of
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.mail.models import Message
from operation118.newsletter import uploads
from operation118.newsletter.importing import Terms
from operation118.newsletter.models import Consent

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def test_a_list_is_rehearsed_line_by_line_and_nothing_is_written(editor: FlaskClient, session: Session):
    found = token_of(send(editor))
    page = plain(editor.get(f"{ROOM}liste/{found}/"))
    assert "Rien n’est écrit." in page
    for told in (
        "refusé : pas de preuve de consentement",
        "refusé : pas une adresse",
        "vu plus haut dans ces fichiers",
    ):
        assert told in page
    assert everybody(session) == []
    assert session.scalar(select(func.count()).select_from(Consent)) == 0
    lines = editor.get(f"{ROOM}liste/{found}/lignes.csv").text
    table = list(csv.reader(io.StringIO(lines), delimiter=";"))
    assert [row[1] for row in table] == ["ligne", "2", "3", "4", "5", "6", "7"]
    for name in ("ana@", "bob@", "partie@"):
        assert name not in lines + page


def test_a_list_is_taken_over_once_confirmed_and_its_files_are_gone(editor: FlaskClient, app: Flask, session: Session):
    found = token_of(send(editor))
    again = plain(editor.get(f"{ROOM}liste/{found}/"))
    assert "Inscrire 2 personnes</button>" in again
    confirm(editor, found)
    assert everybody(session) == ["ana@example.org", "bob@example.org"]
    assert "La liste est reprise : 2 personnes inscrites, 1 adresse tenue à l’écart, 2 lignes refusées." in plain(
        editor.get(f"{ROOM}abonnes/")
    )
    line = journal()[-1]
    assert line.summary == "Liste reprise : 2 personnes inscrites, 1 adresse tenue à l’écart, 2 lignes refusées"
    assert (line.subject, line.after) == (
        f"subscribers.import.{found}",
        {
            "subscribed": 2,
            "refused: no proof of consent": 1,
            "refused: no address": 1,
            "kept away: had left": 1,
            "left alone: met before in these files": 1,
        },
    )
    assert "<dt>refusé : pas de preuve de consentement</dt><dd><ins>1</ins>" in plain(editor.get("/office/journal/"))
    assert uploads.find(found) is None
    press(editor, f"{ROOM}liste/{found}/confirmer/", f"{ROOM}abonnes/")
    assert len(journal()) == 1


def test_a_list_without_a_mistake_says_nothing_of_refusals(editor: FlaskClient, session: Session):
    found = token_of(send(editor, "\n".join(OURS.splitlines()[:2])))
    confirm(editor, found)
    assert "La liste est reprise : 1 personne inscrite. Le détail" in plain(editor.get(f"{ROOM}abonnes/"))


def test_rehearsing_says_what_taking_over_does(session: Session, tmp_path: Path):
    """Longer than what is held in memory, with repeats from one batch to another."""
    head, *lines = OURS.splitlines()
    agreed = ",confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00"
    many = [f"r{number % 900}@example.org{agreed}" for number in range(2_500)]
    gone = [f"r{number}@example.org,unsubscribed,fr,,2020-01-01T10:00:00+00:00," for number in range(50)]
    (path := tmp_path / "liste.csv").write_text("\n".join([head, *lines, *many, *gone]))
    with path.open("rb") as file:
        sent = uploads.keep([FileStorage(file, path.name)], Terms(frozenset(), lang="fr"))
    rehearsed = sent.rehearse()
    assert sent.rehearse() == rehearsed
    report = sent.take_over()
    assert (report.counts, report.digest) == (rehearsed.counts, rehearsed.digest)


def test_who_must_confirm_is_asked_under_the_name_they_know_so_many_an_hour(editor: FlaskClient, session: Session):
    late = OURS.splitlines()[0] + "".join(f"\nr{number}@example.org,pending,fr,dvd,," for number in range(101))
    found = token_of(send(editor, late, demander="1", nom=" Les amis  du film ", par_heure="100"))
    confirm(editor, found)
    mails = session.scalars(select(Message).order_by(Message.id)).all()
    assert len(mails) == 101
    assert all("Les amis du film" in (mail.text or "") for mail in mails)
    assert (mails[100].due_at - mails[0].due_at) // timedelta(minutes=1) == 60


def test_a_name_that_is_too_long_is_said_beside_its_field_and_nothing_is_rehearsed(editor: FlaskClient):
    answer = send(editor, nom="x" * 121)
    assert answer.status_code == 422
    assert "120 caractères au plus." in plain(answer)
    assert "/confirmer/" not in answer.text


def test_a_list_given_up_leaves_no_file(editor: FlaskClient, session: Session):
    found = token_of(send(editor))
    press(editor, f"{ROOM}liste/{found}/abandonner/", f"{ROOM}liste/{found}/")
    assert uploads.find(found) is None
    assert everybody(session) == []


def test_a_list_that_nobody_confirmed_is_forgotten_after_a_day(editor: FlaskClient):
    found = token_of(send(editor))
    sent = uploads.find(found)
    assert sent
    assert uploads.forget() == 0
    old = (clock.real_now() - timedelta(days=2)).timestamp()
    os.utime(sent.folder, (old, old))
    assert uploads.forget() == 1
    assert uploads.find(found) is None


@pytest.mark.parametrize(
    ("text", "told"), [("nom;prenom\nx;y\n", "(nom, prenom)"), ("", "ces colonnes ne sont d’aucune liste connue ()")]
)
def test_a_file_of_no_list_is_refused_with_the_reason(editor: FlaskClient, app: Flask, text: str, told: str):
    answer = send(editor, text)
    assert answer.status_code == 422
    assert told in plain(answer)


def test_no_file_is_no_list(editor: FlaskClient):
    data = {"csrf_token": token(editor, f"{ROOM}liste/"), "langue": "fr"}
    assert "Choisissez au moins un fichier." in plain(editor.post(f"{ROOM}liste/", data=data))


@pytest.mark.parametrize("name", ["../../../evil.csv", "terms.json", "lines.csv", "/etc/passwd"])
def test_a_file_stays_in_its_folder_whatever_its_name(editor: FlaskClient, name: str):
    sent = uploads.find(token_of(send(editor, name=name)))
    assert sent
    assert sorted(path.name for path in sent.folder.iterdir()) == [
        "files",
        "lines.csv",
        "lock",
        "state.json",
        "terms.json",
    ]
    assert len(sent.files) == 1


@pytest.mark.parametrize("path", ["..", "%2e%2e", "0" * 32, "x/../../mail"])
def test_no_other_folder_is_reached(editor: FlaskClient, path: str):
    assert editor.get(f"{ROOM}liste/{path}/lignes.csv").status_code == 404


def test_what_is_too_large_is_refused_before_it_is_read(editor: FlaskClient):
    answer = send(editor, "x" * (uploads.MOST_BYTES + 2**17))
    assert answer.status_code == 413
