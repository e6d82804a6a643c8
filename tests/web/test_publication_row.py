"""One row more in what the public sees: in its own request only, on both databases, at no cost to anybody else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.people import signed_in
from applications import application
from operation118 import publication
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.film.models import Source
from operation118.press.models import PressItem
from operation118.screenings.models import Screening
from operation118.site import start
from web import publishing
from web.publishing import BEFORE, HIDDEN, ITEM, MARK, SCREENING

Counter = Callable[[], AbstractContextManager[list[str]]]
THE_ITEM = select(PressItem.slug).where(PressItem.slug == ITEM)


@pytest.mark.parametrize("state", ["draft", "withdrawn", "embargoed", "scheduled"])
def test_whatever_holds_it_back_it_is_seen_and_no_other(app: Flask, state: str):
    item = publishing.article(app, **HIDDEN[state])
    publishing.screening(app, **HIDDEN["draft"])
    with app.test_request_context("/"):
        publication.show_row(request.environ, PressItem, item.id)
        assert db.session.scalar(THE_ITEM) == ITEM
        assert db.session.scalar(select(Source.url).where(Source.press_slug == ITEM))
        assert db.session.scalar(select(Screening.id).where(Screening.slug == SCREENING)) is None
    with app.test_request_context("/"):
        assert db.session.scalar(THE_ITEM) is None


def test_what_is_sent_to_people_is_what_the_public_sees_even_then(app: Flask):
    item = publishing.article(app, **HIDDEN["draft"])
    with app.test_request_context("/"):
        publication.show_row(request.environ, PressItem, item.id)
        with publication.as_public():
            assert db.session.scalar(THE_ITEM) is None
        with publication.everything():
            assert db.session.scalar(THE_ITEM) == ITEM
        assert db.session.scalar(THE_ITEM) == ITEM


def test_the_public_s_statements_are_the_same_after_as_before(app: Flask, client: FlaskClient, count_queries: Counter):
    item = publishing.article(app, **HIDDEN["draft"])
    pages = ("/", "/presse/", "/film/", "/seances/", "/api/press", "/feed.atom")
    told: list[list[str]] = []
    editor = signed_in(app, StaffRole.EDITOR)
    for _ in range(2):
        with count_queries() as statements:
            assert [path for path in pages if MARK in client.get(path).text] == []
        told.append(list(statements))
        for path in pages:
            assert editor.get(f"/office/apercu/avec/item-{item.id}{path}").status_code == 200
    assert told[0] == told[1]


def test_postgresql_shows_the_same(tmp_path: Path, postgres_url: str, make_settings: Callable[..., Settings]):
    settings = make_settings(DATABASE_URL=postgres_url, DATA_DIR=str(tmp_path / "data"))
    with application(settings) as app, time_machine.travel(BEFORE, tick=False):
        start.prepare(app, settings)
        prefix = f"/office/apercu/avec/item-{publishing.article(app, **HIDDEN['draft']).id}"
        publishing.fact(app)
        editor, client = signed_in(app, StaffRole.EDITOR), app.test_client()
        for _ in range(2):
            assert client.get(f"/presse/{ITEM}/").status_code == 404
            assert editor.get(f"{prefix}/presse/{ITEM}/").status_code == 200
            assert f"/presse/{ITEM}/" in editor.get(f"{prefix}/film/").text
            assert f"/presse/{ITEM}/" not in client.get("/film/").text
        assert editor.get("/office/apercu/avec/item-2147483648/").status_code == 404
