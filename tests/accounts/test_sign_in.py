"""Signing in: what opens the door, what does not, and what can be told from the difference."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from passlib.context import CryptContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import DOOR, PASSWORD, code, cookie, enter, send, somebody, token, with_codes
from operation118 import clock, create_app
from operation118.accounts import second_factor
from operation118.accounts.models import StaffRole, StaffSession
from operation118.config import Settings
from operation118.database import db
from operation118.mail.models import Message

CODE = "/office/connexion/code/"
LONG = re.compile(r"[\w.-]{60,}")  # tokens: each is another


def open_sessions() -> list[StaffSession]:
    return list(db.session.scalars(select(StaffSession)))


def mails() -> list[str]:
    return [name.removeprefix("accounts/") for name in db.session.scalars(select(Message.name).order_by(Message.id))]


def test_address_and_password_open_the_door(client: FlaskClient, session: Session):
    staff = somebody()
    answer = enter(client, staff.email)
    assert (answer.status_code, answer.location) == (303, "/office/")
    assert client.get("/office/moi/").status_code == 200
    assert [opened.staff_id for opened in open_sessions()] == [staff.id]


def test_the_case_of_an_address_does_not_count(client: FlaskClient, session: Session):
    staff = somebody()
    assert enter(client, f" {staff.email.upper()} ").status_code == 303


def test_passwords_are_kept_in_argon2id_at_its_full_price(make_settings: Callable[..., Settings], session: Session):
    assert (somebody().password or "").startswith("$argon2id$")
    security = create_app(make_settings(DATABASE_URL="sqlite://")).extensions["security"]  # the tests' own are cheaper
    assert security.pwd_context.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_one_comes_back_to_the_page_one_wanted(client: FlaskClient, session: Session):
    asked = client.get("/office/moi/?next=/office/")
    answer = client.get(asked.location)
    assert "/office/connexion/?next=/office/moi/" in answer.text
    assert enter(client, somebody().email, following="/office/moi/").location == "/office/moi/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/office/",
        "https:evil.example",
        "/office/\\evil.example",
        "/office//evil.example",
        "/office/../../evil",
        "\t//evil.example",
        "/office/\n//evil.example",
        "javascript:alert(1)",
        "/film/",
        "office/",
        "//[",
    ],
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, session: Session, elsewhere: str):
    answer = enter(client, somebody().email, following=quote(elsewhere))
    assert (answer.status_code, answer.location) == (303, "/office/")


def test_whoever_is_signed_in_does_not_sign_in_again(client: FlaskClient, session: Session):
    enter(client, somebody().email)
    assert client.get(DOOR).location == "/office/"


# --- What is told to somebody who has no key ----------------------------------------------------------------------


def refusals(session: Session) -> dict[str, dict[str, Any]]:
    """Four ways of having no key."""
    somebody(StaffRole.EDITOR)
    somebody(StaffRole.DOOR, active=False)
    somebody(StaffRole.PRESS_OFFICER, password=None)
    return {
        "wrong": {"email": "editor@example.org", "password": "parapluie agrafe lundi"},
        "unknown": {"email": "nobody@example.org", "password": "parapluie agrafe lundi"},
        "disabled": {"email": "door@example.org", "password": PASSWORD},
        "yet to come": {"email": "press-officer@example.org", "password": PASSWORD},
    }


def test_unknown_and_wrong_are_told_the_same(client: FlaskClient, session: Session):
    pages: set[str] = set()
    for fields in refusals(session).values():
        answer = enter(client, **fields)
        assert answer.status_code == 422
        pages.add(LONG.sub("…", answer.text.replace(fields["email"], "…")))
    assert len(pages) == 1


def test_unknown_and_wrong_take_the_same_work(
    client: FlaskClient,
    session: Session,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
):
    """As many passwords are worked out, and the same statements are run, whoever it is."""
    verified: list[str] = []
    verify = CryptContext.verify

    def counted(context: CryptContext, secret: str, kept: str) -> bool:
        verified.append(kept)
        return bool(verify(context, secret, kept))

    monkeypatch.setattr(CryptContext, "verify", counted)
    works: set[tuple[int, tuple[str, ...]]] = set()
    for fields in refusals(session).values():
        key = token(client)
        verified.clear()
        with count_queries() as statements:
            client.post(DOOR, data=fields | {"csrf_token": key})
        works.add((len(verified), tuple(statements)))
    assert [count for count, _ in works] == [1]


def test_what_was_typed_is_kept_but_the_password(client: FlaskClient, session: Session):
    answer = enter(client, "editor@example.org", "parapluie")
    assert 'value="editor@example.org"' in answer.text
    assert "parapluie" not in answer.text
    assert 'aria-invalid="true"' in answer.text


# --- Sessions -----------------------------------------------------------------------------------------------------


def test_a_session_planted_beforehand_is_worth_nothing(app: Flask, client: FlaskClient, session: Session):
    """Fixation: what the browser held before signing in is not what opens the door after, and its token neither."""
    planted = token(client)
    before = cookie(client)
    staff = somebody()
    client.post(DOOR, data={"email": staff.email, "password": PASSWORD, "csrf_token": planted})
    assert cookie(client) != before
    thief = app.test_client()
    thief.set_cookie("office", before or "", path="/office/")
    assert thief.get("/office/moi/").status_code == 302
    assert client.post("/office/deconnexion/", data={"csrf_token": planted}).status_code == 400
    assert client.get("/office/moi/").status_code == 200


def test_signing_out_closes_the_session_wherever_its_cookie_went(app: Flask, client: FlaskClient, session: Session):
    enter(client, somebody().email)
    copy = app.test_client()
    copy.set_cookie("office", cookie(client) or "", path="/office/")
    assert copy.get("/office/moi/").status_code == 200
    answer = send(client, "/office/deconnexion/", "/office/moi/")
    assert (answer.status_code, answer.location) == (303, DOOR)
    assert open_sessions() == []
    assert copy.get("/office/moi/").status_code == 302
    assert client.get("/office/moi/").status_code == 302


def test_signing_out_is_a_button(client: FlaskClient, session: Session):
    enter(client, somebody().email)
    assert client.get("/office/deconnexion/").status_code == 405
    assert client.get("/office/moi/").status_code == 200


def test_a_disabled_account_dies_at_once(client: FlaskClient, session: Session):
    staff = somebody()
    enter(client, staff.email)
    staff.active = False
    db.session.commit()
    assert client.get("/office/moi/").status_code == 302


@pytest.mark.parametrize(("days", "seen"), [(15, False), (31, True)])
def test_a_session_lapses(client: FlaskClient, session: Session, days: int, seen: bool):
    """Two weeks without a visit, or thirty days in all."""
    enter(client, somebody().email)
    later = clock.real_now() + timedelta(days=days)
    if seen:
        open_sessions()[0].last_seen_at = later - timedelta(hours=1)
        db.session.commit()
    with time_machine.travel(later, tick=False):
        assert client.get("/office/moi/").status_code == 302


def test_a_visit_is_noted_to_five_minutes(client: FlaskClient, session: Session):
    enter(client, somebody().email)
    before = open_sessions()[0].last_seen_at
    client.get("/office/moi/")
    session.expire_all()
    assert open_sessions()[0].last_seen_at == before
    with time_machine.travel(clock.real_now() + timedelta(minutes=6), tick=False):
        client.get("/office/moi/")
    session.expire_all()
    assert open_sessions()[0].last_seen_at > before


def test_a_new_device_is_told_to_its_owner_once(app: Flask, session: Session):
    staff, phone, desk = somebody(), app.test_client(), app.test_client()
    enter(phone, staff.email)
    assert mails() == []
    enter(desk, staff.email)
    assert mails() == ["new_device"]
    send(desk, "/office/deconnexion/", "/office/moi/")
    enter(desk, staff.email)
    assert mails() == ["new_device"]


# --- The second factor --------------------------------------------------------------------------------------------


def test_a_password_alone_opens_nothing_once_there_are_codes(client: FlaskClient, session: Session):
    staff = with_codes(somebody())
    answer = enter(client, staff.email, following="/office/moi/")
    assert answer.location == f"{CODE}?next=/office/moi/"
    assert client.get("/office/moi/").status_code == 302
    assert open_sessions() == []
    answer = send(client, answer.location, code=code(staff))
    assert (answer.status_code, answer.location) == (303, "/office/moi/")
    assert client.get("/office/moi/").status_code == 200


def test_a_code_is_good_once(app: Flask, session: Session):
    staff, first, second = with_codes(somebody()), app.test_client(), app.test_client()
    seen = code(staff)
    for client in (first, second):
        enter(client, staff.email)
    assert send(first, CODE, code=f"{seen[:3]} {seen[3:]}").status_code == 303
    assert send(second, CODE, code=seen).status_code == 422
    assert second.get("/office/moi/").status_code == 302
    session.expire_all()
    assert send(second, CODE, code=code(staff, later=30)).status_code == 303


@pytest.mark.parametrize("wrong", ["000000", "12345", "1234567", "abc", "'; --", "٠١٢٣٤٥"])
def test_a_wrong_code_opens_nothing(client: FlaskClient, session: Session, wrong: str):
    staff = with_codes(somebody())
    enter(client, staff.email)
    assert send(client, CODE, code=wrong).status_code == 422
    assert client.get("/office/moi/").status_code == 302


def test_a_code_without_a_password_opens_nothing(client: FlaskClient, session: Session):
    staff = with_codes(somebody())
    assert client.get(CODE).location.startswith(DOOR)
    answer = client.post(CODE, data={"csrf_token": token(client), "code": code(staff)})
    assert (answer.status_code, answer.location) == (303, f"{DOOR}?next=/office/")


def test_a_code_is_owed_for_ten_minutes(client: FlaskClient, session: Session):
    staff = with_codes(somebody())
    enter(client, staff.email)
    key = token(client, CODE)
    with time_machine.travel(clock.real_now() + timedelta(minutes=11), tick=False):
        answer = client.post(CODE, data={"csrf_token": key, "code": code(staff)})
    assert answer.location.startswith(DOOR)


def test_a_recovery_code_is_good_once(app: Flask, session: Session):
    staff, first, second = with_codes(somebody()), app.test_client(), app.test_client()
    saved = second_factor.new_recovery_codes(staff)
    db.session.commit()
    for client in (first, second):
        enter(client, staff.email)
    assert send(first, CODE, code=saved[0].upper()).status_code == 303
    assert send(second, CODE, code=saved[0]).status_code == 422
    assert second_factor.recovery_codes_left(staff) == 9
    assert send(second, CODE, code=saved[1].replace("-", "")).status_code == 303
    assert "changed" in mails()
