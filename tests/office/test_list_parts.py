"""The pages of a list, put together, are the list: once each, in its order, with the rows without a value at its end."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from flask import Flask

from applications import application
from operation118 import publication
from operation118.config import Settings
from operation118.database import db
from operation118.office import queries
from operation118.office.queries import Sheet, Wanted, read_cursor
from operation118.office.rooms import BY_KEY, DESKS
from operation118.screenings.models import Screening, ScreeningKind
from operation118.site import start

KIND, DESK = BY_KEY["screening"], DESKS["screening"]
ORDERS = [f"{way}{name}" for name in ("id", "on", "starts_at", "kind") for way in ("", "-")]


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """Screenings of which some have no day, or no hour, and many have the same."""
    if request.param == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('tmp_path')}/lists.sqlite"
    else:
        url = request.getfixturevalue("postgres_url")
    luck = Random(118)
    with application(make_settings(DATABASE_URL=url)) as app, app.app_context(), publication.everything():
        start.upgrade()
        for number in range(60):
            day = luck.choice([None, date(2027, 1, 1) + timedelta(days=luck.randint(0, 9))])
            hour = luck.choice([None, datetime(2027, 1, 1, 20, tzinfo=UTC) + timedelta(hours=luck.randint(0, 9))])
            values = {"kind": luck.choice(list(ScreeningKind)), "on": day, "starts_at": hour}
            db.session.add(Screening(slug=f"s-{number}", with_debate=False, **values))
        db.session.commit()
        yield app


def pages(order: str) -> Iterator[Sheet]:
    after: str | None = ""
    while after is not None:
        sheet = queries.listed(KIND, DESK, Wanted(order, after=read_cursor(after)))
        yield sheet
        after = sheet.after


def in_order(rows: list[Screening], order: str) -> list[int]:
    name = order.removeprefix("-")

    def known(row: Screening) -> tuple[Any, int]:
        value = getattr(row, name)
        return (value.value if isinstance(value, ScreeningKind) else value), row.id

    valued = sorted((row for row in rows if getattr(row, name) is not None), key=known, reverse=order != name)
    empty = sorted((row for row in rows if getattr(row, name) is None), key=lambda row: row.id, reverse=order != name)
    return [row.id for row in valued + empty]


def test_the_pages_of_a_list_are_the_list(filled: Flask, monkeypatch: pytest.MonkeyPatch):
    for order, size in product(ORDERS, (7, 20, 50)):
        monkeypatch.setattr(queries, "PAGE", size)
        sheets = list(pages(order))
        rows = [row for sheet in sheets for row in sheet.rows]
        assert [row.id for row in rows] == in_order(rows, order), order
        assert len(rows) == 60
        assert {len(sheet.rows) for sheet in sheets[:-1]} == {size}
        assert {sheet.total for sheet in sheets} == {60}
    monkeypatch.setattr(queries, "PAGE", 60)
    (sheet,) = pages("-on")
    assert (sheet.total, sheet.after) == (60, None)
