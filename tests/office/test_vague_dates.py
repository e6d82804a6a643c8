"""A date of which only the year or the month is known stays so when the row changes by a way that does not show the date."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import send
from office.forms import fields
from office.tabling import done, table
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.dates import DatePrecision
from operation118.film.models import Release

VAGUE = (DatePrecision.YEAR, DatePrecision.MONTH)


@pytest.fixture(params=VAGUE)
def release(request: pytest.FixtureRequest, session: Session) -> Release:
    found = session.scalars(select(Release).where(Release.precision.in_(VAGUE))).first()
    assert found
    found.precision = request.param
    session.commit()
    return found


def test_a_change_that_is_undone_leaves_the_date_as_vague_as_it_was(
    office: Callable[[StaffRole], FlaskClient], session: Session, release: Release
):
    editor, path, before = office(StaffRole.EDITOR), f"/office/film/sorties/{release.slug}/", release.precision
    typed = fields(editor.get(path).text)
    assert editor.post(path, data=typed | {"territory": "Ailleurs"}).status_code == 302
    line = session.scalars(select(JournalEntry)).one()
    assert send(editor, f"/office/journal/{line.id}/annuler/", "/office/journal/").status_code == 302
    session.refresh(release)
    assert (release.territory, release.precision) == (None, before)
    assert fields(editor.get(path).text)["date"] == typed["date"]


def test_a_table_without_the_dates_leaves_them_as_vague_as_they_were(
    session: Session, tmp_path: Path, release: Release
):
    before = (release.on, release.precision)
    done("release", tmp_path, table([["slug", "territory"], [release.slug, "Ailleurs"]]))
    assert (release.territory, release.on, release.precision) == ("Ailleurs", *before)
