"""The pictures of the team's handbook are the office as it is: HANDBOOK=write takes them again."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.signing_in import office_cookie
from operation118.accounts.models import StaffRole
from operation118.config import ROOT
from serving import running

HANDBOOK = ROOT / "docs/office.md"
SCREEN: ViewportSize = {"width": 1100, "height": 760}
# each picture: where it is taken, and what must be seen there
PICTURES = {
    "dashboard": ("/office/", "Bonjour"),
    "edit": ("/office/presse/articles/ambush-2010-entretien-manuel-jacquinet/", "Faire un film"),
    "preview": ("/office/apercu/", "Le site de demain"),
    "journal": ("/office/journal/", "Le journal"),
}


@pytest.fixture
def editor(browser: Browser, loaded_database: Path, tmp_path: Path) -> Iterator[Page]:
    database = Path(shutil.copy(loaded_database, tmp_path / "site.sqlite"))
    with running(DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{database}") as server:
        context = browser.new_context(base_url=server.url, viewport=SCREEN, locale="fr-FR", reduced_motion="reduce")
        cookie = office_cookie(database, tmp_path, StaffRole.EDITOR)
        context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
        yield context.new_page()
        context.close()


def work(page: Page) -> None:
    """Leave something to see: an hour corrected, an article that comes out later."""
    page.goto("/office/seances/seances/laon-2010-11-10/")
    page.get_by_label("Début").fill("2010-11-10T20:30")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.goto(PICTURES["edit"][0])
    page.get_by_label("Visible à partir de").fill("2031-05-04T08:00")
    page.get_by_role("button", name="Enregistrer", exact=True).click()


def test_each_picture_of_the_handbook_is_a_page_of_the_office(editor: Page):
    work(editor)
    for name, (address, seen) in PICTURES.items():
        editor.goto(address)
        expect(editor.get_by_role("heading", level=1)).to_contain_text(seen)
        if os.environ.get("HANDBOOK") == "write":
            editor.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            editor.screenshot(path=ROOT / f"docs/images/office/{name}.png")


def test_the_handbook_shows_these_pictures_and_no_others():
    shown = re.findall(r"\(images/office/(\w+)\.png\)", HANDBOOK.read_text())
    assert sorted(shown) == sorted(PICTURES)
    assert [name for name in shown if not (ROOT / f"docs/images/office/{name}.png").exists()] == []
