"""What people and spreadsheets make of cells: dates, hours, lists, numbers, and texts that look like formulas."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.tabling import cells, done, exported, line_of, lines, outcomes, table
from operation118.content.spreadsheets import Dialect
from operation118.film.models import Person
from operation118.office.table_lines import Outcome
from operation118.press.models import PressItem, Tag
from operation118.screenings.models import Screening, Town


@pytest.mark.parametrize(
    ("typed", "kept", "precision"),
    [
        ("17/11/2010", "2010-11-17", "day"),
        ("17.11.2010", "2010-11-17", "day"),
        ("17 novembre 2010", "2010-11-17", "day"),
        ("11/2010", "2010-11-01", "month"),
        ("nov.-10", "2010-11-01", "month"),
        ("Nov-10", "2010-11-01", "month"),
        ("2010", "2010-01-01", "year"),
    ],
)
def test_a_date_is_read_as_people_and_spreadsheets_write_it(
    typed: str, kept: str, precision: str, session: Session, tmp_path: Path
):
    item = session.scalars(select(PressItem)).first()
    assert item
    done("item", tmp_path, table([["slug", "date"], [item.slug, typed]]))
    assert (str(item.on), item.precision) == (kept, precision)


def test_a_month_that_a_spreadsheet_made_a_day_is_a_month_again(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    said = {"slug": item.slug, "date": "01/11/2010", "date_precision": "month"}
    done("item", tmp_path, table([list(said), list(said.values())]))
    assert (str(item.on), item.precision) == ("2010-11-01", "month")


def test_another_day_under_a_month_is_refused_and_not_forgotten(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    line = line_of("item", tmp_path, {"slug": item.slug, "date": "17/11/2010", "date_precision": "month"})
    assert line.outcome is Outcome.REFUSED
    assert "date_precision" in dict(line.refusals)


@pytest.mark.parametrize(
    "typed", ["26/10/2010 20:15", "2010-10-26 20:15", "2010-10-26T20:15:00+02:00", "26/10/2010 20h15"]
)
def test_an_hour_is_that_of_paris(typed: str, session: Session, tmp_path: Path):
    screening = session.scalars(select(Screening)).first()
    assert screening
    done("screening", tmp_path, table([["slug", "starts_at"], [screening.slug, typed]]))
    assert screening.starts_at == datetime(2010, 10, 26, 18, 15, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["28/03/2010 02:30", "26/10/2010", "25:00", "hier soir"])
def test_an_hour_that_does_not_exist_is_refused(typed: str, session: Session, tmp_path: Path):
    screening = session.scalars(select(Screening)).first()
    assert screening
    line = line_of("screening", tmp_path, {"slug": screening.slug, "starts_at": typed})
    assert dict(line.refusals) == {"starts_at": "Un jour et une heure, comme 17/11/2010 20:30."}


def test_the_hour_that_comes_twice_keeps_its_offset(session: Session, tmp_path: Path):
    screening = session.scalars(select(Screening)).first()
    assert screening
    screening.starts_at = datetime(2010, 10, 31, 1, 30, tzinfo=UTC)
    session.flush()
    assert "2010-10-31 02:30:00+01:00" in exported("screening").decode()
    assert outcomes(lines("screening", tmp_path, exported("screening"))).count(Outcome.UNCHANGED) > 0
    assert set(outcomes(lines("screening", tmp_path, exported("screening")))) == {Outcome.UNCHANGED}


def test_lists_stand_in_one_cell_even_with_the_separator_in_a_text(session: Session, tmp_path: Path):
    person = session.scalars(select(Person)).first()
    assert person
    person.also_written = ["A | B", "C\\D", "=E"]
    session.flush()
    assert set(outcomes(lines("person", tmp_path, exported("person")))) == {Outcome.UNCHANGED}
    done("person", tmp_path, table([["slug", "also_written"], [person.slug, "Un|  Deux \\| trois |"]]))
    assert person.also_written == ["Un", "Deux | trois"]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-a", "@SUM(A1)", "'quoted", "'=x", "<b>gras</b>", 'a;b\n"c"', "007"])
def test_a_text_is_a_text_whatever_it_looks_like(text: str, session: Session, tmp_path: Path):
    tag = session.scalars(select(Tag)).first()
    assert tag
    tag.label_fr = text
    session.flush()
    sent = exported("tag")
    [cell] = [row[1] for row in cells(sent) if row[0] == tag.slug]
    assert not cell.startswith(("=", "+", "-", "@"))
    assert set(outcomes(lines("tag", tmp_path, sent))) == {Outcome.UNCHANGED}


def test_numbers_below_zero_stay_numbers(session: Session, tmp_path: Path):
    town = session.scalars(select(Town)).first()
    assert town
    town.longitude = -1.5
    session.flush()
    assert ";-1,5" in exported("town").decode("utf-8-sig")
    assert ",-1.5" in exported("town", Dialect.PLAIN).decode()
    assert set(outcomes(lines("town", tmp_path, exported("town")))) == {Outcome.UNCHANGED}


def test_remarks_empty_lines_and_what_stands_above_the_titles_are_left_out(session: Session, tmp_path: Path):
    sent = table(
        [["Nos sujets"], [], ["# pour qui", "Slug", " LABEL_FR ", "label_en"], ["", ""], ["Léa", "a", "A", "A"]]
    )
    [line] = lines("tag", tmp_path, sent)
    assert (line.number, line.name, line.outcome) == (5, "a", Outcome.ADDED)


def test_a_cell_under_no_title_is_refused(session: Session, tmp_path: Path):
    [line] = lines("tag", tmp_path, table([["slug", "label_fr", "label_en"], ["a", "A", "A", "perdu"]]))
    assert line.refusals == [("colonne 4", "Cette cellule n’est sous aucun titre.")]
