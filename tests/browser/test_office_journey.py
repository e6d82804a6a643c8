"""What somebody who edits for the first time must find unaided: an hour, an article, its day, undoing; on a telephone."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from browser.signing_in import office_cookie
from browser.test_accessibility import complaints
from operation118.accounts.models import StaffRole
from serving import Server, running

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def database(loaded_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(loaded_database, tmp_path / "site.sqlite"))


@pytest.fixture
def server(database: Path, data_dir: Path) -> Iterator[Server]:
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{database}", MAIL_WORKER="0") as server:
        yield server


@pytest.fixture
def editor(browser: Browser, server: Server, database: Path, data_dir: Path) -> Iterator[Page]:
    """A telephone where an editor is signed in."""
    context = signed_in(browser, server, database, data_dir)
    yield context.new_page()
    context.close()


def signed_in(browser: Browser, server: Server, database: Path, data_dir: Path) -> BrowserContext:
    context = browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris")
    cookie = office_cookie(database, data_dir, StaffRole.EDITOR)
    context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
    return context


def look(page: Page) -> None:
    """Nothing scrolls sideways and axe has nothing to say, by day and by night."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    assert complaints(Axe(), page) == [], page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_an_hour_is_corrected_and_undone(editor: Page, browser: Browser, server: Server):
    editor.goto("/office/")
    look(editor)
    editor.goto("/office/")
    look(editor)
    press(editor, "Menu")
    editor.get_by_role("link", name="Les séances").click()
    look(editor)
    editor.get_by_role("link", name=re.compile("^Séances")).click()
    look(editor)
    editor.get_by_role("rowheader").get_by_role("link", name="Laon").first.click()
    look(editor)
    editor.get_by_label("Début").fill("2010-11-10T21:15")
    press(editor, "Enregistrer")
    expect(editor.get_by_role("status").first).to_contain_text("Enregistré")
    visitor = browser.new_context(base_url=server.url).new_page()
    address = editor.get_by_role("link", name="La voir sur le site").get_attribute("href") or ""
    visitor.wait_for_timeout(1000)  # what the page cache may keep an old page for
    visitor.goto(address)
    expect(visitor.locator("main")).to_contain_text("21\u202fh\u202f15")
    editor.get_by_role("link", name="Son histoire").click()
    look(editor)
    editor.get_by_role("button", name=re.compile("^Annuler")).first.click()
    expect(editor.get_by_role("status").first).to_contain_text("Annulé")
    visitor.wait_for_timeout(1000)
    visitor.reload()
    expect(visitor.locator("main")).not_to_contain_text("21\u202fh\u202f15")


def test_an_interview_of_three_questions_is_added_scheduled_and_seen_before(editor: Page, database: Path):
    editor.goto("/office/presse/")
    editor.get_by_role("link", name=re.compile("^Articles")).click()
    editor.get_by_role("link", name="Ajouter un article").click()
    look(editor)
    editor.get_by_label("Genre").select_option(label="Entretien")
    editor.get_by_label("Parle").select_option(label="du film")
    editor.get_by_label("Titre d’origine").fill("Un entretien d’essai")
    editor.get_by_label("Média", exact=True).select_option(index=1)
    editor.get_by_label("Adresse", exact=True).fill("https://exemple.fr/essai")
    editor.get_by_label("Langue", exact=True).fill("fr")
    editor.get_by_label("Date", exact=True).fill("24/11/2010")
    editor.get_by_label("Résumé français").fill("Un essai.")
    editor.get_by_label("Résumé anglais").fill("A trial.")
    editor.get_by_label("Lu", exact=True).select_option(index=1)
    for number in range(3):
        editor.get_by_role("button", name=re.compile("^Ajouter une question")).click()
        for field in ("topic_fr", "topic_en", "answer_fr", "answer_en"):
            editor.locator(f"[name=question-{number}-{field}]").fill(f"{field} {number}")
    editor.get_by_label("État").select_option(label="Publié")
    editor.get_by_label("Visible à partir de").fill("2031-05-04T08:00")
    press(editor, "Enregistrer")
    expect(editor.get_by_text("Programmé", exact=True)).to_be_visible()
    look(editor)
    slug = editor.url.rstrip("/").rsplit("/", 1)[1]
    assert editor.request.get(f"/presse/{slug}/").status == 404
    editor.goto("/office/apercu/2031-05-05/presse/")
    expect(editor.get_by_role("link", name="Un entretien d’essai")).to_be_visible()
    editor.goto(f"/office/presse/articles/{slug}/")
    editor.get_by_label("Visible à partir de").fill("")
    press(editor, "Enregistrer")
    with closing(sqlite3.connect(database)) as rows:
        assert rows.execute(
            "SELECT count(*) FROM question q JOIN press_item i ON i.id = q.item_id WHERE i.slug = ?", (slug,)
        ).fetchone() == (3,)


def test_two_people_edit_one_row_and_nothing_is_lost(
    editor: Page, browser: Browser, server: Server, database: Path, data_dir: Path
):
    other = signed_in(browser, server, database, data_dir).new_page()
    for page in (editor, other):
        page.goto("/office/film/personnes/")
        page.get_by_role("rowheader").get_by_role("link").first.click()
    editor.get_by_label("Nom", exact=True).fill("Le premier")
    press(editor, "Enregistrer")
    other.get_by_label("Nom", exact=True).fill("Le second")
    press(other, "Enregistrer")
    expect(other.get_by_role("alert")).to_contain_text("pendant que vous l’aviez ouverte")
    expect(other.get_by_label("Nom", exact=True)).to_have_value("Le second")
    expect(other.locator("main")).to_contain_text("Le premier")
    look(other)


def test_a_closed_tab_loses_nothing(editor: Page):
    editor.goto("/office/film/personnes/")
    editor.get_by_role("rowheader").get_by_role("link").first.click()
    address = editor.url
    editor.get_by_label("Nom", exact=True).press("End")
    editor.get_by_label("Nom", exact=True).press_sequentially(" en cours")
    editor.wait_for_timeout(600)
    typed = editor.get_by_label("Nom", exact=True).input_value()
    context = editor.context
    editor.close()
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_label("Nom", exact=True)).not_to_have_value(typed)
    press(again, "Le reprendre")
    expect(again.get_by_label("Nom", exact=True)).to_have_value(typed)
    press(again, "Enregistrer")
    again.goto(address)
    expect(again.get_by_label("Nom", exact=True)).to_have_value(typed)
    expect(again.get_by_text("Un brouillon non enregistré")).to_have_count(0)


def test_the_office_works_without_scripts(browser: Browser, server: Server, database: Path, data_dir: Path):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    cookie = office_cookie(database, data_dir, StaffRole.EDITOR)
    context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
    page = context.new_page()
    page.goto("/office/presse/medias/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_label("Nom", exact=True).fill("Sans script")
    press(page, "Enregistrer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sans script")
    context.close()
