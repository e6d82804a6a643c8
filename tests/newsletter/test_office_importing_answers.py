"""A list that waits in the office: found again, its answers changed with its files kept, and what its button would do."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.desking import journal, plain, press
from newsletter.listing import OURS, ROOM, confirm, digest, everybody, send, token_of
from operation118 import work
from operation118.accounts.models import Staff, StaffRole
from operation118.clock import PARIS
from operation118.newsletter import jobs, kept_lists, list_words, uploads
from operation118.newsletter.importing import Outcome
from operation118.newsletter.jobs import CHANGED
from operation118.newsletter.uploads import SentLists
from operation118.work import Stage, State

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
PLAIN = "courriel\n" + "".join(f"r{number}@example.org\n" for number in range(12))
GONE = "\n".join([OURS.splitlines()[0], "partie@example.org,unsubscribed,fr,,,"])
NOTHING = "Rien à reprendre ainsi."


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture(autouse=True)
def nothing_kept(app: Flask) -> None:
    with app.app_context():
        shutil.rmtree(work.home(SentLists.kept_in), ignore_errors=True)


def shown(client: FlaskClient, found: str) -> str:
    return re.sub("<[^>]+>", "", plain(client.get(f"{ROOM}liste/{found}/")))


def answer(client: FlaskClient, found: str, **fields: object) -> None:
    said = {"langue": "fr", "par_heure": "500"} | fields
    assert press(client, f"{ROOM}liste/{found}/reponses/", f"{ROOM}liste/", **said).status_code == 303


# --- Found again ---------------------------------------------------------------------------------------------------


def listed(client: FlaskClient) -> str:
    return re.sub("<[^>]+>", "", plain(client.get(f"{ROOM}liste/")))


def test_a_list_that_waits_is_found_again_by_any_clerk_until_it_is_taken_over(editor: FlaskClient, office: Office):
    assert "Déjà envoyées" not in listed(editor)
    found = token_of(send(editor, name="brevo.csv"))
    other = office(StaffRole.ADMIN)
    assert re.search(r"brevo\.csv, répétée à \d+ h( \d\d)?, à confirmer : la revoir", listed(other))
    assert f'href="{ROOM}liste/{found}/"' in other.get(f"{ROOM}liste/").text
    confirm(editor, found)
    assert "Déjà envoyées" not in listed(editor)


def test_lists_are_found_newest_first_and_twenty_at_most(
    editor: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept_lists, "MOST", 2)
    for name in ("a.csv", "b.csv", "c.csv"):
        send(editor, name=name)
    with app.app_context():
        assert [one.names for one in kept_lists.kept()] == ["c.csv", "b.csv"]


@pytest.mark.parametrize(
    ("stage", "told", "idle"),
    [
        (Stage.REHEARSING, "répétition en cours", "répétition interrompue"),
        (Stage.APPLYING, "reprise en cours", "reprise interrompue, rien n’est écrit"),
    ],
)
def test_a_list_at_work_says_so(editor: FlaskClient, app: Flask, stage: Stage, told: str, idle: str):
    with app.app_context():
        sent = uploads.find(token_of(send(editor)))
        assert sent
        sent.step(stage=stage)
        lock = sent.lock()
        assert lock
        with lock:
            assert f"liste.csv, {told} : la revoir" in listed(editor)
        assert f"liste.csv, {idle} : la revoir" in listed(editor)


def test_a_list_of_another_day_says_which(editor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    send(editor)

    def long_ago(path: Path) -> datetime:
        return datetime(2020, 3, 14, 12, tzinfo=PARIS)

    monkeypatch.setattr(work, "changed_at", long_ago)
    assert "répétée le 14 mars 2020 à 12 h, à confirmer" in listed(editor)


# --- Other answers -------------------------------------------------------------------------------------------------


def test_a_list_of_which_nothing_comes_has_no_button_and_says_what_to_do(editor: FlaskClient, session: Session):
    found = token_of(send(editor, PLAIN))
    page = shown(editor, found)
    assert f"{NOTHING} 12 lignes sans preuve d’un accord : cochez « {list_words.ASK} »." in page
    assert "Choisissez au moins un sujet" in page
    assert "/confirmer/" not in editor.get(f"{ROOM}liste/{found}/").text
    assert "rien à reprendre : la revoir" in listed(editor)
    kept = uploads.find(found)
    assert kept
    press(editor, f"{ROOM}liste/{found}/confirmer/", f"{ROOM}liste/", digest=kept.state.digest)
    assert journal() == []


def test_answers_are_changed_without_sending_the_files_again(editor: FlaskClient, session: Session):
    found = token_of(send(editor, PLAIN, nom="Les amis", par_heure="100"))
    form = plain(editor.get(f"{ROOM}liste/{found}/reponses/"))
    assert "Les fichiers sont gardés : liste.csv." in form
    assert 'value="Les amis"' in form
    assert '<option value="100" selected>' in form
    assert 'type="file"' not in form
    answer(editor, found, demander="1")
    assert f"{NOTHING} Choisissez au moins un sujet" in shown(editor, found)
    assert '<span class="needed">nécessaire</span>' in editor.get(f"{ROOM}liste/{found}/reponses/").text
    answer(editor, found, demander="1", sujets="dvd")
    assert NOTHING not in shown(editor, found)
    assert "Écrire à 12 personnes, 500 par heure au plus" in shown(editor, found)
    confirm(editor, found)
    assert len(everybody(session)) == 12
    assert "12 personnes recevront une demande." in plain(editor.get(f"{ROOM}abonnes/"))


def test_an_answer_that_is_wrong_is_said_beside_its_field_and_nothing_changes(editor: FlaskClient):
    found = token_of(send(editor, PLAIN))
    wrong = press(
        editor, f"{ROOM}liste/{found}/reponses/", f"{ROOM}liste/", langue="fr", par_heure="500", nom="x" * 121
    )
    assert wrong.status_code == 422
    assert "120 caractères au plus." in plain(wrong)
    assert "choisissez de nouveau les fichiers" not in plain(wrong)
    kept = uploads.find(found)
    assert kept
    assert kept.terms.called == ""


def test_what_was_shown_under_other_answers_is_not_done(editor: FlaskClient, session: Session):
    """Nobody confirms topics, a language or a pace that they did not see."""
    found = token_of(send(editor, sujets="dvd"))
    before = digest(editor.get(f"{ROOM}liste/{found}/").text)
    answer(editor, found, sujets="presse")
    press(editor, f"{ROOM}liste/{found}/confirmer/", f"{ROOM}liste/", digest=before)
    assert CHANGED in plain(editor.get(f"{ROOM}liste/{found}/"))
    assert everybody(session) == []


def test_what_was_rehearsed_anew_just_before_the_lock_is_not_done(editor: FlaskClient, session: Session, app: Flask):
    found = token_of(send(editor, sujets="dvd"))
    sent, by = SentLists(found), session.scalars(select(Staff)).all()[0]
    with app.test_request_context():
        assert jobs.begin(sent, by, agreed="of another rehearsal")
    assert (sent.state.stage, sent.state.message) == (Stage.REHEARSED, CHANGED)
    assert everybody(session) == []


def test_giving_up_what_a_colleague_took_over_says_that_it_was(editor: FlaskClient, session: Session):
    found = token_of(send(editor, sujets="dvd"))
    assert confirm(editor, found).status_code == 303
    left = press(editor, f"{ROOM}liste/{found}/abandonner/", f"{ROOM}abonnes/")
    assert left.location == f"{ROOM}abonnes/"
    assert "rien n’a été écrit" not in plain(editor.get(left.location))
    assert everybody(session) != []


def test_the_answers_of_a_list_at_work_stay(editor: FlaskClient, app: Flask):
    with app.app_context():
        sent = uploads.find(token_of(send(editor)))
        assert sent
        lock = sent.lock()
        assert lock
        with lock:
            answer(editor, sent.token, sujets="presse")
        assert sent.terms.topics == frozenset()


# --- In words ------------------------------------------------------------------------------------------------------


def test_the_button_and_the_message_say_it_with_numbers(editor: FlaskClient):
    found = token_of(send(editor, GONE))
    assert "Tenir 1 adresse à l’écart" in shown(editor, found)
    confirm(editor, found)
    assert "La liste est reprise : 1 adresse tenue à l’écart." in plain(editor.get(f"{ROOM}abonnes/"))


@pytest.mark.parametrize(
    ("counts", "deeds", "done"),
    [
        (
            {Outcome.SUBSCRIBED: 2_700, Outcome.ASKED: 11, Outcome.UNPROVEN: 300},
            "Inscrire 2\u202f700 personnes et écrire à 11 personnes, 500 par heure au plus",
            "2\u202f700 personnes inscrites, 11 recevront une demande, 300 lignes refusées",
        ),
        (
            {Outcome.ASKED: 1, Outcome.LEFT: 2, Outcome.BAD_ADDRESS: 1},
            "Écrire à 1 personne, 500 par heure au plus",
            "1 personne recevra une demande, 2 adresses tenues à l’écart, 1 ligne refusée",
        ),
        ({Outcome.LEFT: 1, Outcome.DEAD: 2}, "Tenir 3 adresses à l’écart", "3 adresses tenues à l’écart"),
        ({Outcome.TOPICLESS: 12}, "", "12 lignes refusées"),
    ],
)
def test_numbers_agree(counts: dict[Outcome, int], deeds: str, done: str):
    said = {outcome.value: count for outcome, count in counts.items()}
    assert list_words.deeds(said, 500) == deeds
    assert list_words.done(said) == done


def test_work_that_counts_its_lines_says_that_it_begins(editor: FlaskClient, app: Flask):
    with app.app_context():
        sent = uploads.find(token_of(send(editor)))
        assert sent
        assert sent.state.total == len(OURS.splitlines()) - 1  # the titles are no line
        sent.note(State(Stage.REHEARSING))
        lock = sent.lock()
        assert lock
        with lock:
            page = editor.get(f"{ROOM}liste/{sent.token}/").text
            assert '<progress max="1" aria-label' in page
            assert "On commence…" in page
            assert 'data-called="la répétition"' in page
            sent.note(State(Stage.REHEARSING, done=1, total=3_000))
            assert "1 ligne sur 3 000" in shown(editor, sent.token)
