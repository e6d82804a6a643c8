"""The addresses that the browser visits."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from browser.kinds import PAGES
from conftest import application
from operation118.config import Settings
from operation118.database import db
from operation118.press.models import About, PressItem, PressKind
from operation118.screenings.models import Screening, ScreeningKind


@pytest.fixture(scope="session")
def slugs(loaded_database: Path, make_settings: Callable[..., Settings]) -> dict[str, str]:
    """The slug of a row of each kind: of interviews the longest, for it has the most on its page."""
    with application(make_settings(DATABASE_URL=f"sqlite:///{loaded_database}")) as app, app.app_context():
        items = db.session.scalars(select(PressItem).order_by(PressItem.slug)).all()
        interview = max(items, key=lambda item: len(item.questions))
        review = next(item for item in items if item.kind is PressKind.REVIEW and item.about is About.FILM)
        context = next(item for item in items if item.about is About.CONTEXT)
        previews = select(Screening.slug).filter_by(kind=ScreeningKind.PREVIEW).order_by(Screening.slug)
        screening = db.session.scalars(previews).first() or ""
        return {"interview": interview.slug, "review": review.slug, "context": context.slug, "screening": screening}


@pytest.fixture(params=PAGES.values(), ids=list(PAGES))
def address(request: pytest.FixtureRequest, slugs: dict[str, str]) -> str:
    """Each address in its turn."""
    return request.param.format(**slugs)
