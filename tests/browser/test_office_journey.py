"""What somebody who edits for the first time must find unaided: an hour, an article, its day, undoing; on a telephone."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from browser.looking import CONTRAST, complaints, width
from browser.signing_in import office_cookie
from operation118.accounts.models import StaffRole
from serving import Server, running

PHONE: ViewportSize = {"width": 360, "height": 740}
CACHED = 1000  # milliseconds: what the page cache may keep an old page for
INTERVIEW = "Un entretien d’essai"


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
    assert width(page) <= PHONE["width"], page.url
    page.emulate_media(color_scheme="light")
    assert complaints(page) == [], page.url
    page.emulate_media(color_scheme="dark")
    assert complaints(page, CONTRAST) == [], page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str) -> None:
    """Go where a key of the menu leads."""
    press(page, "Menu")
    page.get_by_role("navigation", name="Bureau").get_by_role("link", name=name).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def fill(page: Page, said: dict[str, str]) -> None:
    """Type in the fields of these names."""
    for name, words in said.items():
        page.get_by_role("textbox", name=re.compile(f"^{re.escape(name)}( pour publier)?$")).fill(words)


def saved(page: Page) -> None:
    press(page, "Enregistrer")
    expect(page.get_by_role("status").first).to_contain_text("Enregistré")


def test_an_hour_is_corrected_and_undone(editor: Page, browser: Browser, server: Server):
    editor.goto("/office/")
    look(editor)
    choose(editor, "Les séances")
    look(editor)
    follow(editor, re.compile("^Séances"))
    look(editor)
    editor.get_by_role("rowheader").get_by_role("link", name="Laon").first.click()
    look(editor)
    editor.get_by_label("Début").fill("2010-11-10T21:15")
    saved(editor)
    visitor = browser.new_context(base_url=server.url).new_page()
    address = editor.get_by_role("link", name="Voir sur le site").get_attribute("href") or ""
    visitor.wait_for_timeout(CACHED)
    visitor.goto(address)
    expect(visitor.locator("main")).to_contain_text("21\u202fh\u202f15")
    follow(editor, "Son histoire")
    look(editor)
    editor.get_by_role("button", name=re.compile("^Annuler")).first.click()
    expect(editor.get_by_role("status").first).to_contain_text("Remis comme avant")
    visitor.wait_for_timeout(CACHED)
    visitor.reload()
    expect(visitor.locator("main")).not_to_contain_text("21\u202fh\u202f15")


def write_an_interview(page: Page) -> None:
    """An interview of three questions, in the form that the menu leads to."""
    choose(page, "La presse")
    follow(page, re.compile("^Articles"))
    follow(page, "Ajouter un article")
    look(page)
    page.get_by_role("combobox", name="Genre").select_option(label="Entretien")
    page.get_by_role("combobox", name="De quoi il parle").select_option(label="du film")
    page.get_by_role("combobox", name="Média", exact=True).select_option(index=1)
    page.get_by_role("combobox", name="Langue").select_option(label="français")
    page.get_by_role("combobox", name="Ce que nous en avons lu", exact=True).select_option(index=1)
    fill(page, {"Titre d’origine": INTERVIEW, "Adresse": "https://exemple.fr/essai"})
    fill(page, {"Date": "24/11/2010", "Résumé en français": "Un essai.", "Résumé en anglais": "A trial."})
    for number in range(3):
        page.get_by_role("button", name=re.compile("^Ajouter une question")).click()
        for field in ("topic_fr", "topic_en", "answer_fr", "answer_en"):
            page.locator(f"[name=question-{number}-{field}]").fill(f"{field} {number}")


def see_it_before(page: Page) -> None:
    """The day after it comes out, by the form of the time machine and the keys of the site; and back to its list."""
    choose(page, "Demain")
    fill(page, {"Quel jour ?": "2131-05-05", "À quelle heure ?": ""})
    press(page, "Voir le site à cet instant")
    follow(page, re.compile("La presse"))
    follow(page, INTERVIEW)
    expect(page.get_by_role("heading", level=1)).to_contain_text(INTERVIEW)
    expect(page.get_by_role("main")).to_contain_text("answer_fr 2")
    look(page)
    page.get_by_role("link", name=re.compile("1 changement")).click()
    choose(page, "La presse")
    follow(page, re.compile("^Articles"))
    page.get_by_role("rowheader").get_by_role("link", name=INTERVIEW).click()


def test_an_interview_is_added_scheduled_seen_before_brought_forward_and_put_back(editor: Page, database: Path):
    editor.goto("/office/")
    write_an_interview(editor)
    editor.get_by_label("État").select_option(label="Publié")
    fill(editor, {"Visible à partir de": "2131-05-04T08:00"})
    saved(editor)
    expect(editor.get_by_text("Programmé", exact=True)).to_be_visible()
    look(editor)
    address = f"/presse/{editor.url.rstrip('/').rpartition('/')[2]}/"
    assert editor.request.get(address).status == 404
    see_it_before(editor)
    fill(editor, {"Visible à partir de": ""})
    saved(editor)
    assert editor.request.get(address).status == 200
    follow(editor, "Son histoire")
    editor.get_by_role("button", name=re.compile("^Annuler")).first.click()
    expect(editor.get_by_role("status").first).to_contain_text("Remis comme avant")
    editor.wait_for_timeout(CACHED)
    assert editor.request.get(address).status == 404
    with closing(sqlite3.connect(database)) as rows:
        assert rows.execute("SELECT count(*) FROM question WHERE topic_fr LIKE 'topic_fr _'").fetchone() == (3,)


def test_a_draft_is_seen_as_a_page_deleted_and_brought_back(editor: Page):
    editor.goto("/office/")
    write_an_interview(editor)
    saved(editor)
    sheet = editor.url
    follow(editor, "Voir la page (brouillon)")
    expect(editor.get_by_role("heading", level=1)).to_contain_text(INTERVIEW)
    expect(editor.get_by_role("complementary", name="Aperçu pour l’équipe")).to_contain_text("que seule l’équipe voit")
    look(editor)
    editor.goto(editor.url.partition("/presse/")[0] + "/presse/")
    look(editor)
    follow(editor, INTERVIEW)
    editor.get_by_role("link", name="Revenir à sa fiche").click()
    assert editor.url == sheet
    follow(editor, "Supprimer…")
    press(editor, "Oui, supprimer")
    look(editor)
    editor.get_by_role("status").get_by_role("button", name="Annuler").click()
    expect(editor.get_by_role("status").first).to_contain_text("Rétabli")


def test_two_people_edit_one_row_and_nothing_is_lost(
    editor: Page, browser: Browser, server: Server, database: Path, data_dir: Path
):
    other = signed_in(browser, server, database, data_dir).new_page()
    for page in (editor, other):
        page.goto("/office/")
        choose(page, "Les séances")
        follow(page, re.compile("^Séances"))
        page.get_by_role("rowheader").get_by_role("link", name="Laon").click()
    editor.get_by_role("combobox", name="Ville").select_option(label="Tence")
    fill(editor, {"Début": "2010-11-10T19:00", "Note en français": "Le premier"})
    saved(editor)
    fill(other, {"Début": "2010-11-10T21:00", "Note en français": "Le second"})
    press(other, "Enregistrer")
    expect(other.get_by_role("alert")).to_contain_text("pendant que vous l’aviez ouverte")
    expect(other.get_by_label("Note en français")).to_have_value("Le second")
    theirs = [text.replace("\u00a0", " ") for text in other.locator(".field-theirs").all_inner_texts()]
    assert theirs == [
        "Changé entre-temps. Avant : Laon",
        "Écrit entre-temps : 10/11/2010 19:00",
        "Écrit entre-temps : Le premier",
    ]
    expect(other.get_by_role("combobox", name="Ville")).to_have_value("tence")
    look(other)
    saved(other)
    editor.reload()
    expect(editor.get_by_label("Note en français")).to_have_value("Le second")


def test_a_closed_tab_loses_nothing(editor: Page):
    editor.goto("/office/film/personnes/")
    editor.get_by_role("rowheader").get_by_role("link").first.click()
    address = editor.url
    editor.get_by_role("textbox", name="Nom", exact=True).press("End")
    editor.get_by_role("textbox", name="Nom", exact=True).press_sequentially(" en cours")
    editor.wait_for_timeout(600)
    typed = editor.get_by_role("textbox", name="Nom", exact=True).input_value()
    context = editor.context
    editor.close()
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_role("textbox", name="Nom", exact=True)).not_to_have_value(typed)
    press(again, "Le reprendre")
    expect(again.get_by_role("textbox", name="Nom", exact=True)).to_have_value(typed)
    press(again, "Enregistrer")
    again.goto(address)
    expect(again.get_by_role("textbox", name="Nom", exact=True)).to_have_value(typed)
    expect(again.get_by_text("Un brouillon non enregistré")).to_have_count(0)


def test_the_office_works_without_scripts(browser: Browser, server: Server, database: Path, data_dir: Path):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    cookie = office_cookie(database, data_dir, StaffRole.EDITOR)
    context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
    page = context.new_page()
    page.goto("/office/presse/medias/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_role("textbox", name="Nom", exact=True).fill("Sans script")
    press(page, "Enregistrer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sans script")
    context.close()
