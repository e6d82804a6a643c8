"""The office weighs nothing on the public site: whoever is signed in gets, byte for byte, what a stranger gets."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from house.walking import is_public
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.press.models import PressItem
from operation118.screenings.models import Screening

Office = Callable[[StaffRole], FlaskClient]
THEN = "/le/2010-11-16"
COUNTS_REQUESTS = "/metrics"  # so no two of its answers are alike
OF_THE_REQUEST = "X-Request-Id"  # nor are two of these


@pytest.fixture
def addresses(app: Flask, session: Session) -> list[str]:
    """An address of every public endpoint, in each language, in the present and in the past."""
    item = session.scalars(select(PressItem.slug).order_by(PressItem.slug)).first()
    screening = session.scalars(select(Screening.slug).order_by(Screening.slug)).first()

    def path(rule: Rule) -> str:
        slug = screening if "screening" in rule.endpoint else item
        guesses = {**dict.fromkeys(rule.arguments, "x"), "slug": slug, "name": "home", **(rule.defaults or {})}
        return app.url_map.bind("").build(rule.endpoint, {name: guesses[name] for name in rule.arguments})

    rules = [rule for rule in app.url_map.iter_rules() if is_public(rule) and "GET" in (rule.methods or ())]
    found = [path(rule) for rule in rules if rule.rule != COUNTS_REQUESTS]
    return [*found, *(THEN + address for address in found)]


@pytest.fixture
def signed_in(app: Flask, office: Office) -> FlaskClient:
    """An editor whose cookie is sent with every request, which no browser does."""
    cookie = office(StaffRole.EDITOR).get_cookie("office", path="/office/")
    assert cookie
    client = app.test_client()
    client.set_cookie("office", cookie.value, path="/")
    assert client.get("/office/").status_code == 200
    return client


def told(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    kept = [header for header in answer.headers.items() if header[0] != OF_THE_REQUEST]
    return answer.status_code, sorted(kept), answer.data


def test_an_editor_and_a_stranger_get_the_same_bytes_and_headers(
    addresses: list[str], signed_in: FlaskClient, client: FlaskClient
):
    with time_machine.travel(clock.real_now(), tick=False):
        answers = {path: (signed_in.get(path), client.get(path)) for path in addresses}
    assert sum(answer.status_code == 200 for answer, _ in answers.values()) > 120
    for path, (answer, other) in answers.items():
        assert told(answer) == told(other), path
        assert "Set-Cookie" not in answer.headers, path
        assert "cookie" not in answer.headers.get("Vary", "").lower(), path


def test_no_public_page_loads_or_leads_to_anything_of_the_office(addresses: list[str], client: FlaskClient):
    answers = {path: client.get(path) for path in addresses if not path.startswith(THEN)}
    pages = {path: answer.text for path, answer in answers.items() if answer.mimetype == "text/html"}
    assert len(pages) > 50
    assert [path for path, text in pages.items() if "/office" in text] == []
