"""The index as of any day, and until when it is true."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import clock
from operation118.dates import DatePrecision
from operation118.press.models import PressItem
from press.pages import chips, listed, of_class, page, remarks

Add = Callable[..., PressItem]


def test_in_the_time_machine_only_what_was_out_is_there(client: FlaskClient, session: Session):
    for day in (date(2009, 1, 1), date(2010, 11, 16), date(2010, 11, 17), date(2023, 1, 1)):
        html = client.get(f"/le/{day}/presse/").text
        assert set(listed(html)) == {item.slug for item in session.scalars(select(PressItem)) if item.public_on <= day}
        assert all(
            link.get("href", "").startswith(f"/le/{day}/")
            for entry in of_class(page(html), "entry")
            for link in entry.iter("a")
        )
        assert sum(count for label, (_, count) in chips(html).items() if not label.startswith("Tous")) == len(
            listed(html)
        )


def test_a_value_that_nobody_had_yet_is_unknown_in_the_time_machine(client: FlaskClient):
    html = client.get("/le/2010-11-16/presse/?media=imdb").text
    assert any("Aucun média" in remark for remark in remarks(html))


def test_before_the_first_article_the_index_says_so(client: FlaskClient):
    for path, sentence in (
        ("/le/2005-01-01/presse/", "personne n’avait encore"),
        ("/le/2005-01-01/en/press/", "nobody had written"),
    ):
        html = client.get(path).text
        assert listed(html) == []
        assert sentence in html


def test_the_index_is_true_until_the_next_article_is_out(client: FlaskClient, add_item: Add):
    with time_machine.travel(datetime(2027, 3, 1, 22, 59, 30, tzinfo=UTC), tick=False):
        tomorrow = clock.today() + timedelta(days=1)
        add_item("to-come", on=tomorrow)
        before = client.get("/presse/")
        assert "to-come" not in listed(before.text)
        assert "s-maxage=30" in before.headers["Cache-Control"]
    with time_machine.travel(datetime(2027, 3, 1, 23, 0, 1, tzinfo=UTC), tick=False):
        after = client.get("/presse/")
        assert listed(after.text)[0] == "to-come"


def test_a_vague_date_is_out_on_its_last_day(client: FlaskClient, add_item: Add):
    add_item("some-day-in-may", on=date(2026, 5, 1), precision=DatePrecision.MONTH)
    assert "some-day-in-may" not in listed(client.get("/le/2026-05-30/presse/").text)
    assert "some-day-in-may" in listed(client.get("/le/2026-05-31/presse/").text)
