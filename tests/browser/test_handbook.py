"""The pictures of the team's handbook are the office as it is: HANDBOOK=write takes them again."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.handbook import WIDTH, keep, stage
from operation118.config import ROOT, Settings

CHAPTERS = [ROOT / "docs" / name for name in ("office.md", "office-letter.md")]
FOLDER = ROOT / "docs/images/office"
TABLE = """slug;name;department;latitude;longitude
laon;Laon;Aisne;49,5631;3,6271
lyon;Lyon;Rhône;45,7640;4,8357
reims;Reims;Marne;quarante-neuf;4,0317
"""


def send_a_table(page: Page) -> None:
    file = {"name": "villes.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.locator("[type=file]").set_input_files(files=[file])  # pyright: ignore[reportArgumentType]
    page.get_by_role("button", name="Essayer").click()


def show_the_text(page: Page) -> None:
    page.get_by_role("heading", name="Ce qu’elle dit").evaluate("heading => heading.parentElement.scrollIntoView()")


def show_the_mail(page: Page) -> None:
    mail = page.frame_locator("iframe:not(.letter-coming)")
    expect(mail.get_by_role("heading", level=1)).to_have_text("La suite du DVD", timeout=30_000)
    page.get_by_role("heading", name="Comme on la recevra").evaluate(
        "heading => heading.parentElement.scrollIntoView()"
    )


@dataclass(frozen=True)
class Picture:
    """Where it is taken, what the heading says there, what is done first, and how much of the page it shows."""

    address: str
    heading: str
    first: Callable[[Page], object] = Page.title
    height: int = 760  # pixels


PICTURES = {
    "dashboard": Picture("/office/", "Bonjour", height=965),
    "edit": Picture("/office/film/faits/jeu-de-mots/", "jeu de mots"),
    "preview": Picture("/office/apercu/", "Le site de demain", height=860),
    "journal": Picture("/office/journal/", "Le journal"),
    "tables": Picture("/office/tableaux/town/importer/", "Essai", send_a_table),
    "letter-write": Picture("/office/lettre/la-suite/modifier/", "Modifier la lettre", show_the_text),
    "letter-look": Picture("/office/lettre/la-suite/modifier/", "Modifier la lettre", show_the_mail),
    "letter-rehearsal": Picture("/office/lettre/la-suite/repetition/", "Répétition", height=985),
    "letter-progress": Picture("/office/lettre/la-presse/", "Ce que la presse a dit"),
    "letter-results": Picture("/office/lettre/le-dvd/", "Des nouvelles du DVD", height=950),
    "mail-room": Picture("/office/courrier/", "Le courrier", height=820),
}


@pytest.fixture(scope="module")
def editor(
    browser: Browser,
    loaded_database: Path,
    make_settings: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    with stage(browser, loaded_database, tmp_path_factory.mktemp("handbook"), make_settings) as page:
        work(page)
        yield page


def work(page: Page) -> None:
    """Leave something to see: an article that comes out later, another that is a draft again."""
    page.goto("/office/presse/articles/ambush-2010-entretien-manuel-jacquinet/")
    page.get_by_label("Visible à partir de").fill("2027-01-12T08:00")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.goto("/office/presse/articles/le-progres-2010-centre-appels-tence-fiction-realite/")
    page.get_by_label("État").select_option(label="Brouillon")
    page.get_by_role("button", name="Enregistrer", exact=True).click()


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_of_the_handbook_is_a_page_of_the_office(editor: Page, name: str):
    picture = PICTURES[name]
    editor.set_viewport_size({"width": WIDTH, "height": picture.height})
    editor.goto(picture.address)
    picture.first(editor)
    expect(editor.get_by_role("heading", level=1)).to_contain_text(picture.heading)
    if os.environ.get("HANDBOOK") == "write":
        keep(editor, FOLDER / f"{name}.png")


def test_the_handbook_shows_these_pictures_and_no_others():
    shown = [
        name for chapter in CHAPTERS for name in re.findall(r"\(images/office/([\w-]+)\.png\)", chapter.read_text())
    ]
    assert sorted(shown) == sorted(PICTURES)
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)
