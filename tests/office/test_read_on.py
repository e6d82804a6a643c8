"""When an original was read: for the dossier, or on the day that somebody of the team tied it to an article or read it again."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.forms import fields
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.database import Revision
from operation118.dates import day_label
from operation118.film.models import Citation, Source

SLUG = "ambush-2010-entretien-manuel-jacquinet"
PAGES = {f"/presse/{SLUG}/": "Original lu le {day}.", f"/en/press/{SLUG}/": "Original read on {day}."}


@pytest.fixture
def editor(office: Callable[[StaffRole], FlaskClient]) -> FlaskClient:
    return office(StaffRole.EDITOR)


def said(client: FlaskClient, path: str) -> str:
    return client.get(path).text.replace("\u00a0", " ")


def read_on(session: Session, slug: str) -> set[date | None]:
    return set(session.scalars(select(Citation.checked_on).where(Citation.subject == f"press.{slug}")))


def test_what_the_files_brought_was_read_for_the_dossier(client: FlaskClient, session: Session):
    assert read_on(session, SLUG) == {None}
    assert "Original lu pour le dossier arrêté le 22 novembre 2026." in said(client, f"/presse/{SLUG}/")


def test_reading_again_is_said_on_the_page(client: FlaskClient, editor: FlaskClient, session: Session):
    before = session.scalars(select(Revision.number)).one()
    answer = editor.post(
        "/office/faits/verifie/",
        data={
            "sujet": f"press.{SLUG}",
            "csrf_token": fields(editor.get("/office/presse/articles/nouveau/").text)["csrf_token"],
        },
    )
    assert answer.status_code == 302
    session.expire_all()
    assert session.scalars(select(Revision.number)).one() == before + 1
    for path, sentence in PAGES.items():
        day = day_label(clock.today(), "en" if path.startswith("/en") else "fr").replace("\u00a0", " ")
        assert sentence.format(day=day) in said(client, path)
        assert f"{'read on' if path.startswith('/en') else 'lu le'} {day})" in said(client, path)


def test_an_article_tied_to_a_source_today_was_read_today(editor: FlaskClient, session: Session):
    page = f"/office/presse/articles/{SLUG}/"
    typed = fields(editor.get(page).text)
    other = session.scalars(select(Source.slug).where(Source.press_slug.is_(None))).first()
    assert editor.post(page, data=typed | {"sources-1": str(other)}).status_code in (302, 303)
    session.expire_all()
    assert read_on(session, SLUG) == {None, clock.today()}
