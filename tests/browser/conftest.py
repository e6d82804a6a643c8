"""The addresses that the browser visits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from applications import application
from browser.kinds import PAGES
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


@pytest.fixture(scope="module")
def shared_tab(browser: Browser, served: str) -> Iterator[Page]:
    with browser.new_context(base_url=served) as context:
        yield context.new_page()


@pytest.fixture
def tab(shared_tab: Page) -> Page:
    """A tab for tests that leave nothing in the browser: they share it, for opening one takes longer than a visit."""
    shared_tab.set_viewport_size({"width": 1280, "height": 800})
    shared_tab.emulate_media(color_scheme="light", reduced_motion="null")
    return shared_tab
