"""Trying the door too often: limits by account and by network, and the slow tries that no limit stops."""

from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import DOOR, enter, somebody, token, with_codes
from operation118 import clock
from operation118.accounts import attempts, lapsed
from operation118.accounts.models import FailedSignIn, StaffRole
from operation118.database import db

CODE = "/office/connexion/code/"


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
    for attempt in range(20):
        answer = client.post(CODE, data={"code": "000000", "csrf_token": key})
        assert answer.status_code == (422 if attempt < 19 else 429)


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
