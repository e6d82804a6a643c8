"""The pages of pictures in a real browser: from a phone, by hand, with and without scripts."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.looking import CONTRAST, complaints, width
from browser.signing_in import office_cookie
from film.pictures import jpeg
from operation118.accounts.models import StaffRole
from serving import running

PHONE = {"width": 360, "height": 740}


@dataclass(frozen=True)
class House:
    """A served site with a worker beside it, and the cookie of an editor."""

    browser: Browser
    url: str
    cookie: str

    def visit(self, **options: object) -> BrowserContext:
        context = self.browser.new_context(base_url=self.url, **options)  # type: ignore[arg-type]
        context.add_cookies([{"name": "office", "value": self.cookie, "url": f"{self.url}/office/"}])
        return context


@pytest.fixture(scope="module")
def house(
    browser: Browser, loaded_database: Path, tmp_path_factory: pytest.TempPathFactory, furnish: Callable[[Path], Path]
) -> Iterator[House]:
    folder = furnish(tmp_path_factory.mktemp("house"))
    database = Path(shutil.copy(loaded_database, folder / "site.sqlite"))
    with running(DATA_DIR=str(folder), DATABASE_URL=f"sqlite:///{database}", MAIL_WORKER="1") as server:
        yield House(browser, server.url, office_cookie(database, folder, StaffRole.EDITOR))


def send(page: Page, tint: int) -> None:
    """Fill the form in as a person would."""
    page.goto("/office/images/nouvelle/")
    page.get_by_label("Choisir un fichier").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(tint=tint)}
    )
    page.get_by_label("Crédit").fill("Ève Dupont")
    for label, words in {"Description": "Vue", "Conditions d’emploi": "Libre"}.items():
        page.get_by_label(f"{label}, en français").fill(f"{words} {tint}")
        page.get_by_label(f"{label}, en anglais").fill(f"{words} {tint}")
    page.get_by_label("État").select_option("published")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Image ajoutée")


@pytest.mark.parametrize(("scripts", "tint"), [(True, 1), (False, 2)])
def test_an_editor_on_a_phone_adds_a_picture_and_sees_it_public(house: House, scripts: bool, tint: int):
    context = house.visit(viewport=PHONE, java_script_enabled=scripts)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    send(page, tint)
    for _ in range(60):
        page.goto("/photos/")
        if page.get_by_alt_text(f"Vue {tint}").count():
            break
        page.wait_for_timeout(500)
    shown = page.get_by_alt_text(f"Vue {tint}")
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    if scripts:
        assert page.evaluate("document.querySelector('main img').currentSrc").endswith(".avif")
    assert said == []
    context.close()


def test_the_chosen_file_is_shown_before_it_leaves_and_a_heavy_one_is_told(house: House, tmp_path: Path):
    context = house.visit(viewport=PHONE)
    page = context.new_page()
    page.goto("/office/images/nouvelle/")
    field = page.get_by_label("Choisir un fichier")
    field.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(page.get_by_role("img", name="Image choisie, 1200 × 800")).to_be_visible()
    (tmp_path / "heavy.jpg").write_bytes(jpeg() + bytes(31 * 2**20))
    field.set_input_files(tmp_path / "heavy.jpg")
    expect(page.get_by_role("alert")).to_contain_text("30 au plus")
    expect(page.get_by_role("img", name="Image choisie")).to_have_count(0)
    context.close()


def test_pictures_are_dragged_into_order(house: House):
    context = house.visit(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for tint in (11, 12):
        send(page, tint)
    names = page.locator(".images-grid b")
    before = names.all_inner_texts()
    sheet = page.locator(".images-grid > li")
    sheet.last.drag_to(sheet.first)
    page.get_by_role("button", name="Enregistrer cet ordre").click()
    expect(page.get_by_role("status")).to_contain_text("Ordre enregistré")
    assert names.all_inner_texts() == [before[-1], *before[:-1]]
    context.close()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(house: House):
    context = house.visit(viewport=PHONE)
    page = context.new_page()
    send(page, 21)
    page.get_by_role("link", name="Vue 21").click()
    edited = page.url.removeprefix(house.url)
    for path in (
        "/office/images/",
        "/office/images/nouvelle/",
        edited,
        f"{edited}supprimer/",
        "/photos/",
        "/en/photos/",
    ):
        page.goto(path)
        assert width(page) <= PHONE["width"], path
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        assert complaints(page) == [], path
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert complaints(page, CONTRAST) == [], path
    context.close()
