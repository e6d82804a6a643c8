"""The law of the door: every address of the office refuses strangers, and each role gets what its view says, no more."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Map, Rule

from accounts.people import signed_in
from operation118.accounts import door
from operation118.accounts.models import StaffRole
from operation118.web.sessions import OFFICE

# The pages of the door itself, the only ones that anybody may open, with the reason.
DOOR_PAGES = {
    "accounts.sign_in": "where everybody comes in",
    "accounts.enter": "takes an address and a password",
    "accounts.code": "asks for the second factor",
    "accounts.give_code": "takes it",
    "accounts.request_passkey": "a challenge for any passkey",
    "accounts.enter_with_passkey": "takes a passkey",
    "accounts.forgotten": "asks whose password is forgotten",
    "accounts.send_reset": "mails them a link",
    "accounts.reset_sent": "says that it may have",
    "accounts.reset": "where the link of that mail leads",
    "accounts.choose": "takes the new password",
    "accounts.accept": "where the link of an invitation leads",
    "accounts.arrive": "takes the first password",
    "accounts.found": "where the link of the first start leads",
    "accounts.make_first": "takes the first administrator",
}
# Views that are open to a role for some rows only, and answer 403 for the others themselves.
NARROWER = {
    (StaffRole.PRESS_OFFICER, endpoint): "the press officer changes the press and its sources, and reads the rest"
    for endpoint in ("office.new", "office.edit", "office.delete", "tables.send")
}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def office_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if f"{rule.rule}/".startswith(OFFICE)]


def address(url_map: Map, rule: Rule) -> str:
    """An address of this rule: the first that its converters take among a few."""
    values = dict.fromkeys(rule.arguments, "1")
    for guess in ("1", "2010-11-16", "film", "screening", "person"):
        try:
            return url_map.bind("").build(rule.endpoint, values | dict.fromkeys(rule.arguments, guess))
        except (ValueError, KeyError, LookupError):
            continue
    parts = ("1" if is_dynamic else part for is_dynamic, part in rule._trace)  # pyright: ignore[reportPrivateUsage]
    return "".join(parts).lstrip("|")


def calls(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every endpoint of the office with an address and a method that it takes."""
    for rule in office_rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address(app.url_map, rule)


def reached(client: FlaskClient, method: str, path: str) -> int:
    return client.open(path, method=method).status_code


def test_the_walk_meets_every_room_of_the_office(app: Flask):
    rooms = {endpoint.partition(".")[0] for endpoint, _, _ in calls(app)}
    assert {"accounts", "office", "journal"} <= rooms
    assert len(list(calls(app))) > 50


def test_every_address_of_the_office_is_behind_the_door(app: Flask):
    """Its room was made by `door.room`: the guard looks at it first."""
    loose = [
        rule.endpoint
        for rule in office_rules(app)
        if door.guard not in app.before_request_funcs.get(rule.endpoint.partition(".")[0], [])
    ]
    assert loose == []


def test_only_the_pages_of_the_door_are_for_strangers(app: Flask):
    with app.app_context():
        assert {rule.endpoint for rule in office_rules(app) if door.for_strangers(rule.endpoint)} == set(DOOR_PAGES)


def test_every_view_says_whom_it_is_open_to(app: Flask):
    with app.app_context():
        silent = [
            rule.endpoint
            for rule in office_rules(app)
            if not door.roles_of(rule.endpoint) and rule.endpoint not in DOOR_PAGES
        ]
    assert silent == []


def test_a_stranger_is_let_in_nowhere(app: Flask):
    client = app.test_client()
    let_in = [
        (method, path, status)
        for endpoint, method, path in calls(app)
        if endpoint not in DOOR_PAGES and (status := reached(client, method, path)) not in (302, 401, 404)
    ]
    assert let_in == []


def test_a_stranger_sends_nothing_without_the_token_of_their_session(app: Flask):
    client = app.test_client()
    client.get("/office/connexion/")
    taken = [
        (endpoint, status)
        for endpoint, method, path in calls(app)
        if method in UNSAFE and endpoint in DOOR_PAGES and (status := reached(client, method, path)) != 400
    ]
    assert taken == []


@pytest.mark.parametrize("role", StaffRole)
def test_each_role_gets_what_the_view_says(app: Flask, session: Session, role: StaffRole):
    """403 where it is not named; where it is, anything else, and without a token whatever is sent is refused."""
    client = signed_in(app, role)
    wrong: list[tuple[str, str, int]] = []
    for endpoint, method, path in calls(app):
        if endpoint in DOOR_PAGES:
            continue
        status = reached(client, method, path)
        refusals = (401,) if (role, endpoint) in NARROWER else (401, 403)
        if role not in door.roles_of(endpoint):
            as_it_should = status in (403, 404)
        else:
            as_it_should = status in (400, 404) if method in UNSAFE else status not in refusals
        if not as_it_should or status >= 500:
            wrong.append((method, path, status))
    assert wrong == []


@pytest.mark.parametrize("role", StaffRole)
def test_every_form_of_the_office_has_the_token(app: Flask, session: Session, role: StaffRole):
    client = signed_in(app, role)
    without: list[str] = []
    for endpoint, method, path in calls(app):
        page = client.get(path) if method == "GET" and role in door.roles_of(endpoint) else None
        if page is None or page.status_code != 200 or page.mimetype != "text/html":
            continue
        posts = page.text.count('method="post"')
        if posts > page.text.count('name="csrf_token"'):
            without.append(path)
    assert without == []
