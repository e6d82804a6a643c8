"""A reader's way through the letter, in a real browser: the form, the mail, the button, one's own page, the way out."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.looking import complaints
from serving import running

LINK = r"http://127\.0\.0\.1:\d+/lettre/{}/[\w.-]+/"


@pytest.fixture
def database(loaded_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(loaded_database, tmp_path / "site.sqlite"))


@pytest.fixture
def reader(browser: Browser, database: Path, data_dir: Path) -> Iterator[Page]:
    """A tab on a site whose mails stay in the outbox."""
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{database}", MAIL_WORKER="0") as server:
        context = browser.new_context(base_url=server.url)
        yield context.new_page()
        assert context.cookies() == []
        context.close()


def link(database: Path, mail: str, page: str) -> str:
    """The address of a page, as the text of the last mail of this name gives it."""
    with closing(sqlite3.connect(database)) as rows:
        found = rows.execute("SELECT text FROM message WHERE name = ? ORDER BY id DESC", (f"newsletter/{mail}",))
        address = re.search(LINK.format(page), found.fetchone()[0])
    assert address is not None
    return address[0]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, heading: str) -> None:
    """The page is the one expected, and axe has nothing to say."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert complaints(page) == []


def test_from_the_home_page_to_the_way_out(reader: Page, database: Path):
    reader.goto("/")
    reader.get_by_label("Le DVD").check()
    reader.get_by_label("Votre adresse électronique").fill("marie@gmial.com")
    press(reader, "M’abonner")
    look(reader, "Ne restez pas en ligne. On vous écrira.")
    expect(reader.get_by_label("Le DVD")).to_be_checked()
    reader.wait_for_timeout(2100)  # sooner than two seconds would be a robot's
    press(reader, "Oui, corriger")
    look(reader, "Raccrochez, et regardez votre boîte")

    reader.goto(link(database, "confirm", "confirmer"))
    look(reader, "Plus qu’un bouton")
    press(reader, "Oui, écrivez-moi")
    look(reader, "C’est noté. On vous écrira.")

    reader.goto(link(database, "welcome", "moi"))
    look(reader, "Tout ce que nous savons de vous")
    reader.get_by_label("La presse").check()
    press(reader, "Enregistrer mes choix")
    expect(reader.get_by_role("status")).to_have_text("Vos choix sont enregistrés.")
    expect(reader.get_by_label("La presse")).to_be_checked()
    press(reader, "Faire une pause de trois mois")
    expect(reader.get_by_role("button", name="Reprendre la lettre")).to_be_visible()
    with reader.expect_download() as download:
        reader.get_by_role("link", name="La preuve de mon consentement").click()
    assert "marie@gmail.com" in download.value.path().read_text()

    reader.goto(link(database, "welcome", "desinscription"))
    look(reader, "Vous partez ?")
    press(reader, "Ne m’écrivez plus")
    look(reader, "C’est fait")
    reader.goto(link(database, "welcome", "moi"))
    reader.get_by_role("link", name="Tout effacer").click()
    look(reader, "Tout effacer ?")
    press(reader, "Tout effacer")
    look(reader, "C’est effacé")
    with closing(sqlite3.connect(database)) as rows:
        assert rows.execute("SELECT count(*) FROM subscriber").fetchone() == (0,)
        assert set(rows.execute("SELECT recipient, text FROM message")) == {("", None)}
