"""The subscribers in the office: found by their address, one's page with the proof, a list taken over, the list handed out."""

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

from accounts.people import token
from conftest import application
from newsletter import subscribers
from newsletter.campaigning import subscriber
from newsletter.desking import journal, plain, press
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.newsletter import people, subscribing, uploads
from operation118.newsletter.models import Consent, Subscriber, SubscriberState, Subscription
from operation118.site import start

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
ROOM = "/office/courrier/"
OURS = """address,state,language,topics,asked_at,confirmed_at
ana@example.org,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
bob@example.org,confirmed,en,dvd presse,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
sans-preuve@example.org,pending,fr,dvd,2020-01-01T10:00:00+00:00,
pas une adresse,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
partie@example.org,unsubscribed,fr,,2020-01-01T10:00:00+00:00,
ana@example.org,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
"""


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def everybody(session: Session) -> list[str]:
    return sorted(session.scalars(select(Subscriber.address)))


# --- Finding somebody ---------------------------------------------------------------------------------------------


def test_somebody_is_found_by_their_address_whatever_its_case(editor: FlaskClient, session: Session):
    reader = subscriber(session, "Marie.Curie@example.org")
    subscriber(session, "autre@example.org")
    page = editor.get(f"{ROOM}abonnes/?q=marie.curie@EXAMPLE.org").text
    assert f"/office/courrier/abonnes/{reader.id}/" in page
    assert "autre@" not in page


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_those_whose_address_begins_so_are_found_in_pages(
    engine: str, tmp_path: Path, make_settings: Callable[..., Settings], request: pytest.FixtureRequest
):
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else f"sqlite:///{tmp_path}/x.sqlite"
    with application(make_settings(DATABASE_URL=url)) as app, app.app_context():
        start.upgrade()
        names = [f"marie{number:03}" for number in range(60)] + ["Marie-Anne", "mari", "nadia", "mar.b", "marié"]
        for name in names:
            subscriber(db.session, f"{name}@example.org")
        found, after = people.named("marie", after="")
        rest, end = people.named("marie", after=after or "")
        both = [one.address for one in (*found, *rest)]
        assert len(found) == people.PAGE
        assert end is None
        assert sorted(both) == sorted(f"{name}@example.org" for name in names if name.lower().startswith("marie"))
        assert both == sorted(both)
        assert people.named("m", after="") == ([], None)
        assert [one.address for one in people.named("mar.", after="")[0]] == ["mar.b@example.org"]


def test_the_newest_come_first_by_pages(editor: FlaskClient, session: Session):
    for number in range(51):
        subscriber(session, f"lecteur{number}@example.org")
    first = editor.get(f"{ROOM}abonnes/").text
    after = first.split("apres=")[1].split('"')[0]
    assert "lecteur50@" in first
    assert "lecteur0@" not in first
    assert "lecteur0@" in editor.get(f"{ROOM}abonnes/?apres={after}").text


@pytest.mark.parametrize("query", ["?apres=x", "?q=%25%27--&apres=%00", "?q=" + "a" * 400])
def test_strange_queries_find_nobody(editor: FlaskClient, query: str):
    assert editor.get(f"{ROOM}abonnes/{query}").status_code == 200


# --- One person ---------------------------------------------------------------------------------------------------


def test_a_persons_page_has_what_is_known_and_the_words_they_agreed_to(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    session.commit()
    page = plain(editor.get(f"{ROOM}abonnes/{reader.id}/"))
    assert "Confirmé" in page
    assert "Les mots montrés" in page
    assert page.count("<details>") == 2
    proof = editor.get(f"{ROOM}abonnes/{reader.id}/preuve.txt")
    assert "Preuve du consentement" in proof.text
    assert "attachment" in proof.headers["Content-Disposition"]
    data = editor.get(f"{ROOM}abonnes/{reader.id}/preuve.json").get_json()
    assert [line["kind"] for line in data["lines"]] == ["asked", "confirmed"]
    assert editor.get(f"{ROOM}abonnes/{reader.id}/tout.json").get_json()["subscriber"]["address"] == reader.address


def test_the_proof_outlives_the_person(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    address = reader.address
    session.commit()
    session.delete(reader)
    session.commit()
    answer = press(editor, f"{ROOM}abonnes/preuve/", f"{ROOM}abonnes/", adresse=address)
    assert "Confirmation" in answer.text
    assert press(editor, f"{ROOM}abonnes/preuve/", f"{ROOM}abonnes/", adresse="rien").status_code == 303


# --- A list taken over --------------------------------------------------------------------------------------------


def send(client: FlaskClient, text: str = OURS, name: str = "liste.csv", **fields: object):
    data = {"csrf_token": token(client, f"{ROOM}liste/"), "langue": "fr", "fichiers": (io.BytesIO(text.encode()), name)}
    answer = client.post(f"{ROOM}liste/", data=data | fields, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # what is large was written to a file for the journey
    return answer


def token_of(page: str) -> str:
    return page.split("/office/courrier/liste/")[-1].split("/")[0]


def test_a_list_is_rehearsed_line_by_line_and_nothing_is_written(editor: FlaskClient, session: Session):
    answer = send(editor)
    page = plain(answer)
    assert answer.status_code == 200
    assert "Rien n’est écrit." in page
    for told in (
        "refusé : pas de preuve de consentement",
        "refusé : pas une adresse",
        "vu plus haut dans ces fichiers",
    ):
        assert told in page
    assert everybody(session) == []
    assert session.scalar(select(func.count()).select_from(Consent)) == 0
    lines = editor.get(f"{ROOM}liste/{token_of(answer.text)}/lignes.csv").text
    assert len(list(csv.reader(io.StringIO(lines), delimiter=";"))) == 7
    for name in ("ana@", "bob@", "partie@"):
        assert name not in lines + page


def test_a_list_is_taken_over_once_confirmed_and_its_files_are_gone(editor: FlaskClient, app: Flask, session: Session):
    found = token_of(send(editor).text)
    again = plain(editor.get(f"{ROOM}liste/{found}/"))
    assert "Reprendre cette liste" in again
    press(editor, f"{ROOM}liste/{found}/confirmer/", f"{ROOM}abonnes/")
    assert everybody(session) == ["ana@example.org", "bob@example.org"]
    line = journal()[-1]
    assert (line.subject, line.after) == (
        "subscribers.import",
        {
            "subscribed": 2,
            "refused: no proof of consent": 1,
            "refused: no address": 1,
            "kept away: had left": 1,
            "left alone: met before in these files": 1,
        },
    )
    assert uploads.folder_of(found) is None
    press(editor, f"{ROOM}liste/{found}/confirmer/", f"{ROOM}abonnes/")
    assert len(journal()) == 1


def test_rehearsing_says_what_taking_over_does(app: Flask, tmp_path: Path):
    """Longer than what is held in memory, with repeats from one batch to another."""
    head, *lines = OURS.splitlines()
    agreed = ",confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00"
    many = [f"r{number % 900}@example.org{agreed}" for number in range(2_500)]
    gone = [f"r{number}@example.org,unsubscribed,fr,,2020-01-01T10:00:00+00:00," for number in range(50)]
    (tmp_path / uploads.FILES).mkdir()
    (tmp_path / uploads.FILES / "liste.csv").write_text("\n".join([head, *lines, *many, *gone]))
    (tmp_path / uploads.TERMS).write_text('{"topics": [], "lang": "fr", "ask": false}')
    rehearsed = uploads.rehearse(tmp_path).counts
    assert uploads.rehearse(tmp_path).counts == rehearsed
    assert uploads.take_over(tmp_path).counts == rehearsed


def test_a_list_given_up_leaves_no_file(editor: FlaskClient, session: Session):
    found = token_of(send(editor).text)
    assert uploads.folder_of(found)
    press(editor, f"{ROOM}liste/{found}/abandonner/", f"{ROOM}liste/{found}/")
    assert uploads.folder_of(found) is None
    assert everybody(session) == []


def test_a_list_that_nobody_confirmed_is_forgotten_after_a_day(editor: FlaskClient):
    found = token_of(send(editor).text)
    folder = uploads.folder_of(found)
    assert folder
    assert uploads.forget() == 0
    old = (clock.real_now() - timedelta(days=2)).timestamp()
    os.utime(folder, (old, old))
    assert uploads.forget() == 1
    assert uploads.folder_of(found) is None


@pytest.mark.parametrize(
    ("text", "told"), [("nom;prenom\nx;y\n", "these columns are of no list"), ("", "these columns are of no list")]
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
    folder = uploads.folder_of(token_of(send(editor, name=name).text))
    assert folder
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("path", ["..", "%2e%2e", "0" * 32, "x/../../mail"])
def test_no_other_folder_is_reached(editor: FlaskClient, path: str):
    assert editor.get(f"{ROOM}liste/{path}/lignes.csv").status_code == 404


def test_what_is_too_large_is_refused_before_it_is_read(editor: FlaskClient):
    answer = send(editor, "x" * (uploads.MOST_BYTES + 2**17))
    assert answer.status_code == 413


# --- The list handed out ------------------------------------------------------------------------------------------


def test_the_list_is_handed_out_as_a_table_and_the_journal_knows(editor: FlaskClient, session: Session):
    subscriber(session, "ana@example.org")
    answer = press(editor, f"{ROOM}abonnes/exporter/", f"{ROOM}abonnes/")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["address", "ana@example.org"]
    assert journal()[-1].subject == "subscribers.export"
    assert editor.get(f"{ROOM}abonnes/exporter/").status_code in (404, 405)


@pytest.mark.parametrize("role", [StaffRole.PRESS_OFFICER, StaffRole.DOOR])
@pytest.mark.parametrize("path", ["abonnes/exporter/", "liste/", "abonnes/preuve/", "ecartes/reprendre/"])
def test_only_editors_take_lists_in_or_out(office: Office, role: StaffRole, path: str):
    assert office(role).post(ROOM + path).status_code == 403


def test_the_person_is_the_one_who_left(editor: FlaskClient, session: Session):
    reader = subscribers.confirmed()
    subscribing.withdraw(reader, said=subscribers.said())
    session.commit()
    assert "Parti le" in plain(editor.get(f"{ROOM}abonnes/{reader.id}/"))
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert session.scalars(select(Subscription)).all() == []
