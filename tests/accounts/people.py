"""The team of the tests: one person a role, signed in without the price of a password."""

import re
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy import select
from werkzeug.test import TestResponse

from operation118 import clock
from operation118.accounts import second_factor, sessions
from operation118.accounts.models import Staff, StaffRole
from operation118.database import db

NAMES = {
    StaffRole.ADMIN: "Alix Admin",
    StaffRole.EDITOR: "Édith Editor",
    StaffRole.PRESS_OFFICER: "Paul Presse",
    StaffRole.DOOR: "Dora Door",
}


def make(role: StaffRole, *, email: str = "", **values: object) -> Staff:
    """A new person, flushed; without a password unless `values` gives one."""
    staff = Staff(
        email=email or f"{role.value.replace('_', '-')}@example.test",
        name=NAMES[role],
        role=role,
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
        invited_at=clock.real_now(),
    )
    for name, value in values.items():
        setattr(staff, name, value)
    db.session.add(staff)
    db.session.flush()
    return staff


def person(role: StaffRole) -> Staff:
    """The one person of this role, made at first need."""
    address = f"{role.value.replace('_', '-')}@example.test"
    return db.session.scalar(select(Staff).where(Staff.email == address)) or make(role)


def signed_in(app: Flask, role: StaffRole) -> FlaskClient:
    """A client that holds the cookie which signing in gives to somebody of this role."""
    client = app.test_client()
    with app.app_context():
        staff = person(role)
        db.session.commit()
        sign_in(app, client, staff)
    return client


def sign_in(app: Flask, client: FlaskClient, staff: Staff) -> None:
    """Open a session as the sign-in page does once it is satisfied, and give its cookie to the client."""
    with app.test_request_context("/office/", headers={"User-Agent": "Firefox Linux"}) as context:
        sessions.start(db.session.merge(staff), means=["password"])
        db.session.commit()
        answer = app.process_response(app.make_response(""))
        client.set_cookie("office", _cookie(answer.headers["Set-Cookie"]), path="/office/", secure=True)
        assert context.session


def _cookie(header: str) -> str:
    return header.partition("=")[2].partition(";")[0]


# --- As a browser does --------------------------------------------------------------------------------------------

PASSWORD = "agrafe lundi parapluie"
DOOR = "/office/connexion/"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@cache
def hashed() -> str:
    """The hash of PASSWORD, made once: it takes a tenth of a second."""
    return hash_password(PASSWORD)


def somebody(role: StaffRole = StaffRole.EDITOR, **values: object) -> Staff:
    """Somebody who has PASSWORD, committed."""
    staff = make(role, email=f"{role.value.replace('_', '-')}@example.org", **{"password": hashed()} | values)
    db.session.commit()
    return staff


def token(client: FlaskClient, path: str = DOOR) -> str:
    """The token of the forms on a page."""
    found = TOKEN.search(client.get(path).text)
    assert found, f"no form on {path}"
    return found[1]


def send(client: FlaskClient, path: str, page: str = "", /, **fields: str) -> TestResponse:
    """Press the button of the form on `page` (the path itself, if it is a page) that goes to `path`."""
    return client.post(path, data={"csrf_token": token(client, page or path)} | fields)


def enter(client: FlaskClient, email: str, password: str = PASSWORD, following: str = "") -> TestResponse:
    return send(client, f"{DOOR}?next={following}" if following else DOOR, email=email, password=password)


def cookie(client: FlaskClient) -> str | None:
    found = client.get_cookie("office", path="/office/")
    return found.value if found else None


def code(staff: Staff, *, later: int = 0) -> str:
    """The code that the authenticator of `staff` shows, or will in some seconds."""
    totp: Any = second_factor.codes()._totp.from_source(staff.tf_totp_secret)  # pyright: ignore[reportPrivateUsage]
    return totp.generate(time=clock.real_now() + timedelta(seconds=later)).token


def with_codes(staff: Staff) -> Staff:
    """Set the second factor up for somebody, committed."""
    staff.tf_totp_secret = second_factor.new_secret()
    db.session.commit()
    return staff
