"""Two people read the sources of a fact again: what one takes back leaves what the other did."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.forms import fields
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.film.models import Citation

PAGE, SUBJECT = "/office/faits/", "film.genres"


@pytest.fixture
def editor(office: Callable[[StaffRole], FlaskClient], session: Session) -> FlaskClient:
    for citation in session.scalars(select(Citation).where(Citation.subject == SUBJECT)):
        citation.checked_on = date(2020, 1, 1)
    session.commit()
    return office(StaffRole.EDITOR)


def press(client: FlaskClient, path: str, **said: str) -> str:
    """The page that follows."""
    token = fields(client.get("/office/presse/articles/nouveau/").text)["csrf_token"]
    return client.get(client.post(path, data={"csrf_token": token} | said).location).text


def confirmed(client: FlaskClient) -> str:
    """Confirm the fact; where that is taken back."""
    page = press(client, f"{PAGE}verifie/", sujet=SUBJECT)
    return re.findall(r'action="(/office/faits/verifie/\d+/annuler/)"', page)[0]


def read_on(session: Session) -> set[date | None]:
    session.expire_all()
    return set(session.scalars(select(Citation.checked_on).where(Citation.subject == SUBJECT)))


def test_taking_back_the_first_reading_leaves_the_second(editor: FlaskClient, session: Session):
    first, _ = confirmed(editor), confirmed(editor)
    assert "rien n’a changé" in press(editor, first)
    assert read_on(session) == {clock.today()}


def test_taking_back_a_second_reading_of_one_day_changes_nothing(editor: FlaskClient, session: Session):
    _, second = confirmed(editor), confirmed(editor)
    assert "rien n’a changé" in press(editor, second)
    assert read_on(session) == {clock.today()}


def test_what_was_taken_back_is_not_taken_back_again(editor: FlaskClient, session: Session):
    first = confirmed(editor)
    press(editor, first)
    assert read_on(session) == {date(2020, 1, 1)}
    confirmed(editor)
    press(editor, first)
    assert read_on(session) == {clock.today()}
