"""Trying the door too often: limits by account and by network, and the slow tries that no limit stops."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import DOOR, PASSWORD, enter, send, somebody, token, with_codes
from operation118 import clock
from operation118.accounts import attempts, forms, lapsed, passwords, team
from operation118.accounts.models import FailedSignIn, Staff, StaffRole
from operation118.database import db

CODE = "/office/connexion/code/"
NEW = "boussole jeudi confiture"


def test_an_account_is_tried_twenty_times_an_hour_whoever_it_is(app: Flask, session: Session):
    for address in (somebody().email, "nobody@example.org"):
        client = app.test_client()
        fields = {"email": address, "password": "non", "csrf_token": token(client)}
        answers = [
            client.post(DOOR, data=fields, environ_base={"REMOTE_ADDR": f"198.51.{attempt}.7"}) for attempt in range(21)
        ]
        assert [answer.status_code for answer in answers] == 20 * [422] + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert "Trop d’essais" in answers[-1].text
    assert enter(client, "editor@example.org").status_code == 429


def test_codes_and_passwords_count_together(client: FlaskClient, session: Session):
    staff = with_codes(somebody())
    enter(client, staff.email)
    key = token(client, CODE)
    for attempt in range(8):
        answer = client.post(CODE, data={"code": "000000", "csrf_token": key})
        assert answer.status_code == (422 if attempt < 7 else 429)


def test_a_network_is_held_too(client: FlaskClient, session: Session):
    key = token(client)
    statuses = [
        client.post(DOOR, data={"email": f"n{n}@example.org", "password": "", "csrf_token": key}).status_code
        for n in range(61)
    ]
    assert (statuses[59], statuses[60]) == (422, 429)


def test_a_slow_brute_force_is_noticed_and_shown(app: Flask, session: Session):
    """Two tries a day hit no limit; after a week they are on the person's page and on the team's."""
    boss, target = somebody(StaffRole.ADMIN), somebody()
    now = clock.real_now()
    for day in range(9):
        with time_machine.travel(now - timedelta(days=6, hours=-12 * day), tick=False):
            enter(app.test_client(), target.email, "mauvais mot de passe")
    owner, admin = app.test_client(), app.test_client()
    enter(owner, target.email)
    enter(admin, boss.email)
    assert "essais ratés" not in owner.get("/office/moi/").text
    enter(app.test_client(), target.email, "mauvais mot de passe")
    assert "10 essais ratés sur ce compte en une semaine" in owner.get("/office/moi/").text
    assert "10 essais ratés en une semaine" in admin.get("/office/equipe/").text
    assert "10 essais ratés" in admin.get(f"/office/equipe/{target.id}/").text
    assert attempts.of([boss]) == {}


def test_failures_are_kept_thirty_days(app: Flask, session: Session):
    with time_machine.travel(clock.real_now() - timedelta(days=31), tick=False):
        enter(app.test_client(), "nobody@example.org")
    enter(app.test_client(), "nobody@example.org")
    assert lapsed.forget_failures() == 1
    kept = db.session.scalars(select(FailedSignIn)).all()
    assert [failure.network for failure in kept] == ["127.0.0.0/24"]
    assert "nobody" not in kept[0].fingerprint


def test_a_stranger_s_tries_do_not_keep_a_colleague_out(app: Flask, session: Session):
    staff, colleague, stranger = somebody(), app.test_client(), app.test_client()
    assert enter(colleague, staff.email).status_code == 303
    fields = {"email": staff.email, "password": "non", "csrf_token": token(stranger)}
    tries = [stranger.post(DOOR, data=fields, environ_base={"REMOTE_ADDR": f"198.51.{n}.7"}) for n in range(21)]
    assert tries[-1].status_code == 429
    colleague.delete_cookie("office", path="/office/")
    assert enter(colleague, staff.email).status_code == 303


def failures(app: Flask, address: str, count: int, *, network: str = "198.51.{}.7") -> tuple[FlaskClient, list[int]]:
    """A browser that nobody knows, and what it was answered to so many wrong passwords."""
    client = app.test_client()
    fields = {"email": address, "password": "non", "csrf_token": token(client)}
    places = [{"REMOTE_ADDR": network.format(n)} for n in range(count)]
    return client, [client.post(DOOR, data=fields, environ_base=place).status_code for place in places]


def test_one_network_does_not_spend_an_account_s_tries_for_everybody(app: Flask, session: Session):
    for address in (somebody().email, "nobody@example.org"):
        assert failures(app, address, 20, network="203.0.113.9")[1] == 8 * [422] + 12 * [429]
    assert enter(app.test_client(), "editor@example.org").status_code == 303


def test_a_browser_known_for_somebody_else_is_a_stranger_s(app: Flask, session: Session):
    target, other, client = somebody(), somebody(StaffRole.DOOR), app.test_client()
    enter(client, other.email)
    client.delete_cookie("office", path="/office/")
    failures(app, target.email, 20)
    assert enter(client, target.email).status_code == 429
    assert enter(client, other.email).status_code == 303


def test_who_shares_a_browser_does_not_open_more_tries_at_anybody(app: Flask, session: Session):
    """The people of a browser change with each who signs in: the tries at one of them are counted together all the same."""
    target, other, client = somebody(), somebody(StaffRole.DOOR), app.test_client()
    for staff in (target, other, target):
        enter(client, staff.email)
        client.delete_cookie("office", path="/office/")
    statuses = [enter(client, target.email, "non").status_code for _ in range(19)]
    assert statuses == 19 * [422]
    assert enter(client, target.email).status_code == 429


def choose(staff: Staff) -> None:
    passwords.choose(staff, NEW)


@pytest.mark.parametrize("forgive", [choose, team.reset_second_factor])
def test_a_reset_forgives_what_strangers_tried(app: Flask, session: Session, forgive: Callable[[Staff], None]):
    staff = somebody()
    client, _ = failures(app, staff.email, 20)
    assert enter(client, staff.email).status_code == 429
    forgive(staff)
    db.session.commit()
    chosen = NEW if passwords.matches(staff, NEW) else PASSWORD
    assert enter(client, staff.email, chosen).status_code == 303


def never(typed: str) -> str:
    pytest.fail(f"looked into {len(typed)} characters")


@pytest.mark.parametrize("page", [DOOR, "/office/mot-de-passe/"])
def test_an_address_of_half_a_megabyte_is_not_looked_into(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, session: Session, page: str
):
    monkeypatch.setattr(passwords, "canonical", never)
    monkeypatch.setattr(forms, "canonical", never)
    address = "x@" + "é" * 80_000
    answer = send(client, page, email=address, password="non")
    assert answer.status_code == 422
    assert "Cette adresse est trop longue." in answer.text
    assert passwords.address_of(address) == address
