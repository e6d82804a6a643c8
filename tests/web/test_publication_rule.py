"""The one place that hides: whatever the form of a query, and whoever asks it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import exists, func, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from house.walking import walked
from operation118 import publication
from operation118.database import db
from operation118.film.models import Citation, Film, Source
from operation118.press.models import Outlet, PressItem
from operation118.screenings.models import Event
from web import publishing
from web.publishing import BEFORE, HIDDEN, ITEM, MARK

Counter = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.settings(CONTACT_EMAIL="somebody@film.test")
def test_no_public_byte_says_anything_of_what_is_hidden(app: Flask):
    publishing.article(app, **HIDDEN["embargoed"])
    publishing.fact(app)
    publishing.screening(app, **HIDDEN["draft"])
    publishing.event(app, **HIDDEN["withdrawn"])
    publishing.image(app, **HIDDEN["scheduled"])
    with time_machine.travel(BEFORE, tick=False):
        walk = walked(app)
    assert len(walk.visits) > 300
    assert [path for path, visit in walk.visits.items() if MARK.encode() in visit.body.lower()] == []


ANOTHER = aliased(PressItem)
STATEMENTS = {
    "rows": select(PressItem).where(PressItem.slug == ITEM),
    "columns": select(PressItem.title).where(PressItem.slug == ITEM),
    "an alias": select(ANOTHER.slug).where(ANOTHER.slug == ITEM),
    "a join": select(Outlet.name).join(PressItem, PressItem.outlet_id == Outlet.id).where(PressItem.slug == ITEM),
    "exists": select(Outlet.name).where(exists().where(PressItem.outlet_id == Outlet.id), Outlet.slug.startswith(MARK)),
    "a subquery": select(select(PressItem.slug).where(PressItem.slug == ITEM).subquery()),
    "a union": union_all(
        select(PressItem.slug).where(PressItem.slug == ITEM), select(Event.slug).where(Event.slug == ITEM)
    ),
    "its source": select(Source.url).where(Source.press_slug == ITEM),
}


@pytest.mark.parametrize("kind", STATEMENTS)
@pytest.mark.parametrize("state", HIDDEN)
def test_every_form_of_a_query_leaves_it_out(app: Flask, session: Session, kind: str, state: str):
    publishing.article(app, **HIDDEN[state])
    with time_machine.travel(BEFORE, tick=False):
        assert len(session.execute(STATEMENTS[kind]).all()) >= 1
        with publication.as_public():
            assert session.execute(STATEMENTS[kind]).all() == []


def test_counts_and_lookups_leave_it_out(app: Flask, session: Session):
    item = publishing.article(app, **HIDDEN["draft"])
    with publication.as_public():
        assert session.get(PressItem, item.id) is None
        public = session.scalar(select(func.count()).select_from(PressItem))
        citations = session.scalars(
            select(Citation).where(Citation.subject == f"press.{ITEM}").options(joinedload(Citation.source))
        )
        assert [citation.source for citation in citations] == [None]
    assert session.scalar(select(func.count()).select_from(PressItem)) == (public or 0) + 1
    assert session.scalar(select(Film.slug))


def test_what_was_chosen_outside_a_request_does_not_hold_within(app: Flask):
    publishing.article(app, **HIDDEN["draft"])
    wanted = select(PressItem.slug).where(PressItem.slug == ITEM)
    with app.app_context(), publication.everything():
        assert db.session.scalar(wanted) == ITEM
    with publication.everything(), app.test_request_context("/"):
        assert db.session.scalar(wanted) is None
        with publication.everything():
            assert db.session.scalar(wanted) == ITEM
        assert db.session.scalar(wanted, execution_options=publication.EVERYTHING) == ITEM


def test_hidden_rows_cost_no_query(app: Flask, client: FlaskClient, count_queries: Counter):
    costs: list[int] = []
    for prepare in (
        lambda: None,
        lambda: publishing.article(app, **HIDDEN["scheduled"]),
        lambda: publishing.fact(app),
    ):
        prepare()
        with count_queries() as statements:
            for path in ("/", "/presse/", "/film/", "/seances/", "/sitemap.xml", "/api/press", "/feed.atom"):
                client.get(path)
        costs.append(len(statements))
    assert costs[1:] == costs[:1] * 2
