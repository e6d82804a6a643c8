"""Whoever comes for the first time is welcomed, told what to do next, and only then."""

from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.people import enter, send
from operation118.accounts import links, team
from operation118.accounts.models import StaffRole
from operation118.database import db

NEW = "boussole jeudi confiture"
MINE = "/office/moi/"


def test_somebody_new_is_welcomed_where_they_arrive_and_not_again(app: Flask, client: FlaskClient, session: Session):
    staff = team.invite(email="nadia@example.org", name="Nadia", role=StaffRole.PRESS_OFFICER)
    db.session.commit()
    page = urlsplit(links.to_choose_a_password(staff)).path
    send(client, page, name="Nadia", password=NEW)
    assert "Bienvenue, Nadia." in client.get(MINE).text
    team.note(staff, "mot de passe changé")
    db.session.commit()
    assert "Bienvenue" not in client.get(MINE).text
    elsewhere = app.test_client()
    enter(elsewhere, "nadia@example.org", NEW)
    assert "Bienvenue" not in elsewhere.get(MINE).text
