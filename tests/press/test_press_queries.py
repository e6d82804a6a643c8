"""What other rooms ask of the press."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import clock
from operation118.dates import DatePrecision
from operation118.press import queries
from operation118.press.labels import first_sentence
from operation118.press.models import About, PressItem, PressKind

Add = Callable[..., PressItem]
Counter = Callable[[], AbstractContextManager[list[str]]]


def test_three_pieces_for_the_home_page_are_as_unlike_as_can_be(session: Session):
    pieces = queries.various(queries.public_items(), 3)
    assert pieces[0].kind is PressKind.INTERVIEW
    assert len({piece.kind for piece in pieces}) == 3
    assert len({piece.outlet.slug for piece in pieces}) == 3
    assert all(piece.about is About.FILM and piece.title_note_fr is None for piece in pieces)


@pytest.mark.parametrize("day", ["2008-10-01", "2009-10-01", "2010-10-15", "2010-11-16", "2011-01-01"])
def test_on_any_day_there_is_as_much_variety_as_that_day_allows(session: Session, day: str):
    with clock.at(clock.noon(date.fromisoformat(day))):
        items = queries.public_items()
        pieces = queries.various(items, 3)
    assert len(pieces) == min(3, len(items))
    assert len({piece.id for piece in pieces}) == len(pieces)
    if any(item.kind is PressKind.INTERVIEW for item in items):
        assert pieces[0].kind is PressKind.INTERVIEW


def test_what_is_only_context_is_never_chosen(session: Session):
    context = [item for item in queries.public_items() if item.about is About.CONTEXT]
    assert len(context) == 1
    assert queries.various(context, 3) == []


def test_years_leave_out_what_has_no_date(session: Session, add_item: Add):
    assert queries.years(queries.public_items()) == (2008, 2024)
    add_item("undated", on=date(1990, 1, 1), precision=DatePrecision.UNKNOWN)
    assert queries.years(queries.public_items()) == (2008, 2024)
    assert queries.years([]) is None


def test_complete_items_need_nothing_more(session: Session, count_queries: Counter):
    session.expunge_all()
    with count_queries() as statements:
        items = queries.public_items(complete=True)
        touched = [(item.outlet.name, item.people, item.tags, item.questions, item.updated_at) for item in items]
    assert len(touched) == len(session.scalars(select(PressItem.id)).all())
    assert len(statements) == 4


def test_the_first_sentence_ends_where_it_ends(session: Session):
    assert first_sentence("Une phrase. Une autre.") == "Une phrase."
    assert first_sentence("Vu le n° 58 de M. dupont ? Oui.") == "Vu le n° 58 de M. dupont ?"
    assert first_sentence("Une seule.") == "Une seule."
    assert first_sentence("Il dit « Allô ! » Puis rien.") == "Il dit « Allô ! »"
    for item in queries.public_items():
        assert 20 < len(first_sentence(item.summary_fr)) <= len(item.summary_fr)


def test_kinds_are_said_in_the_language_of_the_page(client: FlaskClient):
    for path, label in (("/presse/", "Reportage"), ("/en/press/", "Report")):
        assert f'<span class="kind">{label}</span>' in client.get(path).text
