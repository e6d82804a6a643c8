"""Invitations, resets, the first administrator: links that lapse and work once; what a password must be."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import DOOR, PASSWORD, enter, make, send, somebody, with_codes
from operation118 import clock, tokens
from operation118.accounts import links, passwords, team
from operation118.accounts.models import JournalEntry, Staff, StaffRole
from operation118.accounts.refused import Refused
from operation118.database import db
from operation118.mail.models import Message

NEW = "boussole jeudi confiture"
FORGOTTEN = "/office/mot-de-passe/"


def mails() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def path(url: str | None) -> str:
    assert url
    assert url.startswith("https://film.test/office/")
    return urlsplit(url).path


def link_in(message: Message) -> str:
    found = re.search(r"https://\S+", message.text or "")
    assert found
    return path(found[0])


def lines() -> list[tuple[str, str]]:
    entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    return [(entry.staff_name, entry.summary) for entry in entries]


# --- Invited ------------------------------------------------------------------------------------------------------


def invited() -> Staff:
    staff = team.invite(email="Nadia@Example.org", name="Nadia", role=StaffRole.PRESS_OFFICER)
    db.session.commit()
    return staff


def test_somebody_invited_comes_by_the_link_of_their_mail(client: FlaskClient, session: Session):
    staff = invited()
    message = mails()[0]
    assert (message.recipient, message.lang, message.name) == ("nadia@example.org", "fr", "accounts/invitation")
    page = link_in(message)
    answer = send(client, page, name="Nadia Exemple", password=NEW)
    assert (answer.status_code, answer.location) == (303, "/office/moi/")
    session.expire_all()
    assert (staff.name, staff.role) == ("Nadia Exemple", StaffRole.PRESS_OFFICER)
    assert "Nadia Exemple" in client.get("/office/moi/").text
    assert lines() == [
        ("ligne de commande", "Nadia : invitation (Presse)"),
        ("Nadia Exemple", "Nadia Exemple : arrivée dans l’équipe"),
    ]


def test_an_invitation_opens_a_page_and_its_button_once(app: Flask, session: Session):
    page = path(links.to_choose_a_password(invited()))
    for _ in range(3):  # a mail scanner
        assert app.test_client().get(page).status_code == 200
    assert send(app.test_client(), page, name="Nadia", password=NEW).status_code == 303
    late = app.test_client()
    assert late.get(page).status_code == 410
    assert send(late, page, DOOR, name="Nadia", password=NEW).status_code == 410


@pytest.mark.parametrize(("hours", "status"), [(167, 200), (169, 410)])
def test_an_invitation_is_good_seven_days(client: FlaskClient, session: Session, hours: int, status: int):
    page = path(links.to_choose_a_password(invited()))
    with time_machine.travel(clock.real_now() + timedelta(hours=hours), tick=False):
        assert client.get(page).status_code == status


def test_a_link_cut_or_made_for_something_else_opens_nothing(client: FlaskClient, session: Session):
    staff = invited()
    page = path(links.to_choose_a_password(staff))
    payload, _, signature = page.rstrip("/").rpartition("/")[2].rpartition(".")
    other = tokens.sign(tokens.Purpose.DEVICE, payload)
    forged = f"{payload.replace(f'{staff.id}-', f'{staff.id + 1}-', 1)}.{signature}"
    for wrong in (payload, f"{payload}.", f"{payload}.{signature[:-2]}AA", forged, other, "x", "1-2-3"):
        assert client.get(f"/office/invitation/{wrong}/").status_code == 410
    assert client.get(page.replace("/invitation/", "/mot-de-passe/")).status_code == 410


def test_nobody_disabled_comes_by_an_old_invitation(client: FlaskClient, session: Session):
    staff = invited()
    page = path(links.to_choose_a_password(staff))
    team.disable(staff)
    db.session.commit()
    assert client.get(page).status_code == 410


def test_an_invitation_chooses_a_name_and_a_password_and_nothing_else(client: FlaskClient, session: Session):
    """Mass assignment: what the form does not have is not taken."""
    staff = invited()
    taken = {"role": "admin", "email": "evil@example.org", "active": "0", "founder": "1", "id": "999", "password": NEW}
    send(client, path(links.to_choose_a_password(staff)), name="Nadia", **taken)
    session.expire_all()
    known = db.session.scalars(select(Staff)).one()
    assert (known.role, known.email, known.active, known.founder) == (
        StaffRole.PRESS_OFFICER, "nadia@example.org", True, None,
    )  # fmt: skip


# --- Forgotten ----------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_by_the_link_of_a_mail(app: Flask, client: FlaskClient, session: Session):
    staff, elsewhere = somebody(), app.test_client()
    enter(elsewhere, staff.email)
    assert send(client, FORGOTTEN, email=staff.email).location == "/office/mot-de-passe/envoye/"
    page = link_in(mails()[-1])
    answer = send(client, page, password=NEW)
    assert (answer.status_code, answer.location) == (303, DOOR)
    assert "connectez-vous" in client.get(DOOR).text
    assert elsewhere.get("/office/moi/").status_code == 302
    assert client.get(page).status_code == 410
    assert enter(app.test_client(), staff.email).status_code == 422
    assert enter(client, staff.email, NEW).status_code == 303
    assert [message.name for message in mails()][:2] == ["accounts/reset", "accounts/changed"]


def test_a_reset_does_not_go_round_the_second_factor(client: FlaskClient, session: Session):
    staff = with_codes(somebody())
    send(client, path(links.to_choose_a_password(staff)), password=NEW)
    assert client.get("/office/moi/").status_code == 302
    assert enter(client, staff.email, NEW).location.startswith("/office/connexion/code/")


def test_whoever_asks_cannot_tell_who_is_in_the_team(app: Flask, session: Session):
    addresses = [somebody().email, somebody(StaffRole.DOOR, active=False).email, "nobody@example.org"]
    answers = {
        (answer.status_code, answer.location)
        for answer in (send(app.test_client(), FORGOTTEN, email=address) for address in addresses)
    }
    assert answers == {(303, "/office/mot-de-passe/envoye/")}
    assert [message.recipient for message in mails()] == [addresses[0]]


def test_somebody_who_never_came_is_sent_their_invitation(client: FlaskClient, session: Session):
    staff = make(StaffRole.EDITOR, email="nadia@example.org")
    db.session.commit()
    send(client, FORGOTTEN, email=staff.email)
    assert mails()[0].name == "accounts/invitation"
    assert client.get(link_in(mails()[0])).status_code == 200


def test_a_reset_is_good_two_hours(client: FlaskClient, session: Session):
    page = path(links.to_choose_a_password(somebody()))
    assert client.get(page).status_code == 200
    with time_machine.travel(clock.real_now() + timedelta(minutes=121), tick=False):
        assert client.get(page).status_code == 410


def test_a_mailbox_is_not_flooded(app: Flask, session: Session):
    staff = somebody()
    statuses = [send(app.test_client(), FORGOTTEN, email=staff.email).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    assert len(mails()) == 3


# --- The first ----------------------------------------------------------------------------------------------------

FIRST = {"name": "Alix", "email": "alix@example.org", "password": NEW}


def test_the_first_administrator_comes_by_a_link_of_the_start(client: FlaskClient, session: Session):
    page = path(links.to_found())
    assert send(client, page, **FIRST).location == "/office/moi/"
    staff = db.session.scalars(select(Staff)).one()
    assert (staff.role, staff.founder) == (StaffRole.ADMIN, True)
    assert client.get("/office/equipe/").status_code == 200
    assert links.to_found() is None


def test_there_is_one_first_administrator(app: Flask, session: Session):
    pages = [path(links.to_found()) for _ in range(2)]
    ready = app.test_client()
    ready.get(pages[1])
    send(app.test_client(), pages[0], **FIRST)
    answer = send(ready, pages[1], DOOR, **FIRST | {"email": "evil@example.org"})
    assert answer.status_code == 410
    with pytest.raises(Refused, match="déjà un administrateur"):
        team.found(email="evil@example.org", name="Eve", password=NEW)


def test_the_first_link_is_good_one_day(client: FlaskClient, session: Session):
    page = path(links.to_found())
    with time_machine.travel(clock.real_now() + timedelta(hours=25), tick=False):
        assert client.get(page).status_code == 410


# --- What a password must be --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "poor",
    [
        "court",
        "onze lettre",
        "aaaaaaaaaaaaaaaa",
        "121212121212",
        "nadia.exemple",
        "exemple nadia nadia",
        "x" * 129,
        "nadiaexemple12",
    ],
)
def test_what_is_easily_guessed_is_refused(client: FlaskClient, session: Session, poor: str):
    staff = make(StaffRole.EDITOR, email="nadia.exemple@example.org", name="Nadia Exemple")
    db.session.commit()
    answer = send(client, path(links.to_choose_a_password(staff)), name="Nadia Exemple", password=poor)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Nadia Exemple"' in answer.text
    assert f'value="{poor}"' not in answer.text


def test_a_password_typed_on_another_keyboard_is_the_same(client: FlaskClient, session: Session):
    staff = make(StaffRole.EDITOR)
    passwords.choose(staff, "e\u0301tourneau mercredi")
    db.session.commit()
    assert enter(client, staff.email, "\u00e9tourneau mercredi").status_code == 303


def test_two_choices_at_once_are_one(session: Session):
    """The second link-holder is told, even when both were let in before either chose."""
    staff = somebody()
    stale = Staff(id=staff.id, fs_uniquifier=staff.fs_uniquifier, email=staff.email, name=staff.name)
    passwords.choose(staff, NEW)
    with pytest.raises(Refused, match="ailleurs"):
        passwords.choose(stale, PASSWORD)


def test_links_say_the_public_address_whatever_host_is_claimed(client: FlaskClient, session: Session):
    """A reset asked for under another host's name would otherwise mail the key to it."""
    staff = somebody()
    page = client.get(FORGOTTEN, headers={"Host": "evil.example"}, base_url="https://evil.example")
    key = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert key
    client.set_cookie(
        "office", page.headers["Set-Cookie"].partition("=")[2].partition(";")[0], domain="evil.example", path="/office/"
    )
    client.post(FORGOTTEN, data={"csrf_token": key[1], "email": staff.email}, base_url="https://evil.example")
    assert "https://film.test/office/mot-de-passe/" in (mails()[-1].text or "")
    assert "evil.example" not in (mails()[-1].html or "")


def test_nobody_reads_anothers_key_in_the_mail_room(client: FlaskClient, session: Session):
    """An editor who asks for an administrator's reset does not find its link among the mails of the office."""
    boss, editor = somebody(StaffRole.ADMIN), somebody()
    send(client, FORGOTTEN, email=boss.email)
    page = link_in(mails()[0])
    enter(client, editor.email)
    for view in ("", "courriel/", "texte/"):
        answer = client.get(f"/office/courrier/messages/{mails()[0].id}/{view}")
        assert answer.status_code in (200, 404)
        assert page not in answer.text
