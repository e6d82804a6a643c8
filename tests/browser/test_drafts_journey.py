"""What is typed is lost neither with the session, nor with the network, nor with the tab; added lines come back too."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.people import PASSWORD, somebody
from browser.signing_in import office_cookie
from operation118 import config, create_app
from operation118.accounts.models import StaffRole
from operation118.database import db
from serving import Server, running

NEW = "/office/presse/articles/nouveau/"
LETTER = "/office/lettre/nouvelle/"
OUTLETS = "/office/presse/medias/"
OFFERED = "Un brouillon non enregistré"
EDITOR = "editor@example.org"


@pytest.fixture(scope="module")
def database(loaded_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(loaded_database, tmp_path_factory.mktemp("drafts") / "site.sqlite"))


@pytest.fixture(scope="module")
def server(database: Path, data_dir: Path) -> Iterator[Server]:
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{database}", MAIL_WORKER="0") as server:
        yield server


@pytest.fixture(scope="module")
def cookie(database: Path, data_dir: Path) -> str:
    return office_cookie(database, data_dir, StaffRole.EDITOR)


@pytest.fixture
def context(browser: Browser, server: Server, cookie: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=server.url, locale="fr-FR", timezone_id="Europe/Paris") as context:
        context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def the_name(page: Page):
    return page.get_by_role("textbox", name="Nom", exact=True)


def opened(page: Page) -> str:
    """The form of the first outlet, where something was typed that is not saved."""
    page.goto(OUTLETS)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    the_name(page).fill(f"{the_name(page).input_value()} bis")
    return the_name(page).input_value()


def taken_up(page: Page, typed: str) -> None:
    """The draft is offered, taken up and saved; it is then offered no more."""
    expect(page.get_by_text(OFFERED)).to_be_visible()
    press(page, "Le reprendre")
    expect(the_name(page)).to_have_value(typed)
    press(page, "Enregistrer")
    expect(page.get_by_role("status").first).to_contain_text("Enregistré")
    page.goto(page.url)
    expect(the_name(page)).to_have_value(typed)
    expect(page.get_by_text(OFFERED)).to_have_count(0)


@pytest.fixture(scope="module")
def known(database: Path, data_dir: Path) -> None:
    """An editor who has a password."""
    given = {"DATA_DIR": str(data_dir), "DATABASE_URL": f"sqlite:///{database}", "LOG_LEVEL": "ERROR"}
    app = create_app(config.read({config.PREFIX + name: value for name, value in given.items()}))
    with app.app_context():
        somebody(StaffRole.EDITOR)
        db.engine.dispose()
    app.extensions["bell"].close()


@pytest.mark.usefixtures("known")
def test_a_session_that_ended_loses_nothing_and_leads_back(page: Page, context: BrowserContext):
    typed, address = opened(page), page.url
    context.clear_cookies()
    press(page, "Enregistrer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous n’êtes plus connecté")
    expect(page.get_by_text("Ce que vous aviez tapé est gardé dans ce navigateur")).to_be_visible()
    page.get_by_role("link", name="Se connecter").click()
    page.get_by_label("Adresse électronique").fill(EDITOR)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    press(page, "Se connecter")
    page.wait_for_url(address)
    taken_up(page, typed)


def test_without_a_network_nothing_is_lost(page: Page, context: BrowserContext):
    typed, address = opened(page), page.url
    context.set_offline(True)
    press(page, "Enregistrer")
    page.wait_for_url("chrome-error://chromewebdata/")
    context.set_offline(False)
    page.goto(address)
    taken_up(page, typed)


def test_lines_that_were_added_come_back_in_another_tab(page: Page, context: BrowserContext):
    page.goto(NEW)
    for number in range(2):
        press(page, re.compile("^Ajouter une question"))
        page.locator(f"[name=question-{number}-topic_fr]").fill(f"Question {number}")
    expect(page.get_by_text(OFFERED)).to_have_count(0)
    page.wait_for_timeout(600)
    page.close()
    again = context.new_page()
    again.goto(NEW)
    again.get_by_role("textbox", name="Titre d’origine").fill("Autre chose")
    again.wait_for_timeout(600)
    press(again, "Le reprendre")
    for number in range(2):
        expect(again.locator(f"[name=question-{number}-topic_fr]")).to_have_value(f"Question {number}")
    expect(again.get_by_role("textbox", name="Titre d’origine")).to_have_value("")


def test_what_is_refused_stays_kept(page: Page, context: BrowserContext):
    typed = opened(page)
    page.get_by_role("textbox", name="Adresse", exact=True).fill("pas une adresse")
    press(page, "Enregistrer")
    expect(page.get_by_role("alert")).to_contain_text("1 champ à reprendre")
    address = page.url
    page.close()
    again = context.new_page()
    again.goto(address)
    press(again, "Le reprendre")
    expect(the_name(again)).to_have_value(typed)


def test_looking_at_a_letter_is_not_writing_it(page: Page):
    page.goto(LETTER)
    page.get_by_text("Anglais", exact=True).click()
    chosen = page.locator("select[name^=choix-]").first
    chosen.select_option(index=1)
    page.wait_for_timeout(600)
    page.goto(LETTER)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(OFFERED)).to_have_count(0)
    page.get_by_label("Objet français").fill("Le DVD arrive")
    page.wait_for_timeout(600)
    page.goto(LETTER)
    expect(page.get_by_text(OFFERED)).to_be_visible()
    expect(page.get_by_role("button", name="L’oublier")).to_contain_class("button-ghost")
    press(page, "Le reprendre")
    expect(page.get_by_label("Objet français")).to_have_value("Le DVD arrive")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_line_that_is_added_or_moved_takes_the_focus(browser: Browser, server: Server, cookie: str, scripts: bool):
    with browser.new_context(base_url=server.url, java_script_enabled=scripts) as context:
        context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
        page = context.new_page()
        page.goto(NEW)
        expect(page.locator("html")).to_have_css("scroll-behavior", "auto")
        for number in range(2):
            press(page, re.compile("^Ajouter une question"))
            expect(page.locator(f"#question-{number}-ligne")).to_be_focused()
        expect(page.locator("#question-1-ligne")).to_be_in_viewport()
        page.keyboard.press("Tab")
        expect(page.locator("[name=question-1-topic_fr]")).to_be_focused()
        press(page, re.compile("^Monter"))
        expect(page.locator("#question-0-ligne")).to_be_focused()
        press(page, "Enregistrer")
        expect(page.get_by_role("alert")).to_be_in_viewport()
