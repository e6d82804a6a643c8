"""Screenings that a test makes up, and a site that tests only read."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from applications import application
from operation118.config import Settings
from operation118.dates import DatePrecision
from operation118.screenings.models import Screening, ScreeningKind, Town
from screenings.pages import AddScreening


@pytest.fixture(scope="module")
def reader(loaded_database: Path, make_settings: Callable[..., Settings]) -> Iterator[FlaskClient]:
    """A client for tests that change nothing: they share one application."""
    with application(make_settings(DATABASE_URL=f"sqlite:///{loaded_database}")) as app:
        yield app.test_client()


@pytest.fixture
def add_screening(session: Session) -> AddScreening:
    """`add_screening("slug", on=…, starts_at=…)` commits a preview in the first town; what is not given is unknown."""

    def add(slug: str, *, on: date, precision: DatePrecision = DatePrecision.DAY, **values: object) -> Screening:
        town = session.scalars(select(Town).order_by(Town.slug)).first()
        plain: dict[str, object] = {"kind": ScreeningKind.PREVIEW, "town": town, "with_debate": False}
        screening = Screening(slug=slug, on=on, precision=precision, **(plain | values))
        session.add(screening)
        session.commit()
        return screening

    return add
