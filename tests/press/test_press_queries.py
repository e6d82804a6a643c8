"""What other rooms ask of the press."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import clock
from operation118.dates import DatePrecision
from operation118.press import queries
from operation118.press.labels import standfirst
from operation118.press.models import About, PressItem, PressKind, Question, Seen
from press.pages import of_class, page

Add = Callable[..., PressItem]
Counter = Callable[[], AbstractContextManager[list[str]]]


def various_on(day: str) -> list[PressItem]:
    with clock.at(clock.noon(date.fromisoformat(day))):
        return queries.various(queries.public_items(), 3)


def test_three_pieces_for_the_home_page_are_unlike_and_in_order_of_time(session: Session):
    pieces = queries.various(queries.public_items(), 3)
    assert [piece.slug for piece in pieces] == [
        "ambush-2010-entretien-manuel-jacquinet",
        "le-progres-2010-centre-appels-tence-fiction-realite",
        "sens-du-client-2010-critique",
    ]
    assert [piece.kind for piece in pieces] == [PressKind.INTERVIEW, PressKind.REPORT, PressKind.REVIEW]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"outlet_note_fr": "avis d’un utilisateur"}),
        ({"questions": [("un", "une"), ("deux", "deux")]}, {"questions": [("un", "une")]}),
        ({}, {"seen": Seen.BEGINNING}),
        ({"on": date(2009, 1, 1)}, {"on": date(2009, 1, 2)}),
    ],
)
def test_of_two_pieces_the_better_one_is_chosen(
    session: Session, add_item: Add, better: dict[str, Any], worse: dict[str, Any]
):
    for slug, values in (("a-worse", worse), ("better", better)):
        questions = [Question(topic_fr=q, topic_en=q, answer_fr=a, answer_en=a) for q, a in values.pop("questions", [])]
        add_item(slug, **{"on": date(2009, 1, 1), "kind": PressKind.INTERVIEW} | values, questions=questions)
    made_up = [item for item in queries.public_items() if item.slug in ("better", "a-worse")]
    assert [item.slug for item in queries.various(made_up, 1)] == ["better"]


def test_a_piece_without_a_title_of_its_own_is_never_chosen(session: Session, add_item: Add):
    add_item("untitled", on=date(1999, 1, 1), title_note_fr="Sans titre.", title_note_en="Untitled.")
    assert various_on("1999-06-01") == []


@pytest.mark.parametrize("day", ["2008-10-01", "2009-10-01", "2010-10-15", "2010-11-16", "2011-01-01"])
def test_on_any_day_there_is_as_much_variety_as_that_day_allows(session: Session, day: str):
    with clock.at(clock.noon(date.fromisoformat(day))):
        items = [item for item in queries.public_items() if not item.title_note_fr]
    pieces = various_on(day)
    assert len({piece.id for piece in pieces}) == min(3, len(items))
    assert [piece.public_on for piece in pieces] == sorted(piece.public_on for piece in pieces)
    kinds = {piece.kind for piece in pieces}
    for kind in (PressKind.INTERVIEW, PressKind.REPORT):
        assert (kind in kinds) == any(item.kind is kind for item in items)


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
    assert [item.question_count for item in items] == [len(item.questions) for item in items]


LONG = "Une phrase qui dit à elle seule tout ce que le lecteur doit en savoir"


def test_a_standfirst_is_a_sentence_and_ends_where_it_ends():
    assert standfirst(f"{LONG}. Une autre.") == f"{LONG}."
    assert standfirst(f"{LONG}, vu par M. dupont ? Oui.") == f"{LONG}, vu par M. dupont ?"
    assert standfirst("Une seule.") == "Une seule."
    assert standfirst(f"{LONG} : « Allô ! » Puis rien.") == f"{LONG} : « Allô ! »"
    assert standfirst(f"{LONG} : « Qui\u202f?\u00a0» Puis rien.") == f"{LONG} : « Qui\u202f?\u00a0»"


def test_a_short_sentence_takes_the_next_one_with_it(session: Session):
    assert standfirst("Avis partagés. L’un aime. L’autre non.") == "Avis partagés. L’un aime."
    for item in queries.public_items():
        assert 60 <= len(standfirst(item.summary_fr)) <= len(item.summary_fr)


def test_the_index_keeps_the_spaces_that_do_not_break(client: FlaskClient):
    told = [words for entry in of_class(page(client.get("/presse/").text), "standfirst") for words in entry.itertext()]
    assert any("18\u00a0octobre" in text for text in told)
    assert not [text for text in told if re.search(r" [:;!?»]|« ", text)]


def test_kinds_are_said_in_the_language_of_the_page(client: FlaskClient):
    for path, label in (("/presse/", "Reportage"), ("/en/press/", "Report")):
        assert f'<span class="kind kind-report">{label}</span>' in client.get(path).text
