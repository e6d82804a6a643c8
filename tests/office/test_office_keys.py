"""By keyboard alone: from any page to the field, from a word to what it finds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.signing_in import office_cookie
from operation118.accounts.models import StaffRole
from serving import running


@pytest.fixture(scope="module")
def desk(
    browser: Browser, loaded_database: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a served site, and the cookie of an editor there."""
    database = Path(shutil.copy(loaded_database, tmp_path_factory.mktemp("desk") / "site.sqlite"))
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{database}") as server:
        yield f"{server.url} {office_cookie(database, data_dir, StaffRole.EDITOR)}"


def opened(browser: Browser, desk: str, *, scripts: bool = True) -> Page:
    url, cookie = desk.split()
    context = browser.new_context(base_url=url, viewport={"width": 360, "height": 740}, java_script_enabled=scripts)
    context.add_cookies([{"name": "office", "value": cookie, "url": f"{url}/office/"}])
    return context.new_page()


@pytest.fixture
def editor(browser: Browser, desk: str) -> Iterator[Page]:
    page = opened(browser, desk)
    yield page
    page.context.close()


def test_from_a_key_to_the_page_that_edits(editor: Page):
    editor.goto("/office/faits/")
    editor.keyboard.press("/")
    field = editor.get_by_role("searchbox", name="Chercher partout")
    expect(field).to_be_focused()
    editor.keyboard.type("le")
    editor.keyboard.press("Enter")
    editor.wait_for_url("**/office/recherche/?q=le")
    results = editor.locator("[data-result]")
    expect(field).not_to_be_focused()
    editor.keyboard.press("ArrowDown")
    expect(results.nth(0)).to_be_focused()
    editor.keyboard.press("/")
    editor.keyboard.press("ArrowDown")
    expect(results.nth(0)).to_be_focused()
    editor.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_be_focused()
    editor.keyboard.press("End")
    expect(results.last).to_be_focused()
    editor.keyboard.press("ArrowDown")
    expect(results.last).to_be_focused()
    editor.keyboard.press("Home")
    expect(results.first).to_be_focused()
    editor.keyboard.press("Escape")
    expect(field).to_be_focused()
    editor.keyboard.press("ArrowDown")
    address = results.first.get_attribute("href") or ""
    editor.keyboard.press("Enter")
    editor.wait_for_url(f"**{address}")


def test_a_slash_that_is_typed_stays_a_slash(editor: Page):
    editor.goto("/office/")
    editor.get_by_role("searchbox", name="Chercher partout").focus()
    editor.keyboard.type("17/11/2010")
    expect(editor.get_by_role("searchbox", name="Chercher partout")).to_have_value("17/11/2010")


def test_what_was_chosen_is_never_lost_to_a_digit(editor: Page):
    editor.goto("/office/seances/seances/nouveau/")
    choice = editor.locator("main select[name=kind]")
    before = choice.input_value()
    choice.select_option(index=1 if choice.evaluate("({ selectedIndex }) => selectedIndex") == 0 else 0)
    choice.blur()
    editor.keyboard.press("2")
    editor.wait_for_timeout(200)
    assert editor.url.endswith("/office/seances/seances/nouveau/")
    assert choice.input_value() != before


def test_the_slash_is_off_where_the_keys_are_off(editor: Page):
    editor.goto("/office/")
    field = editor.get_by_role("searchbox", name="Chercher partout")
    expect(field).to_have_attribute("aria-keyshortcuts", "/")
    editor.get_by_role("switch", name="Touches du clavier").click()
    assert field.get_attribute("aria-keyshortcuts") is None
    editor.reload()
    editor.keyboard.press("/")
    expect(field).not_to_be_focused()
    assert field.get_attribute("aria-keyshortcuts") is None


def test_without_javascript_the_search_finds_as_much(browser: Browser, desk: str):
    page = opened(browser, desk, scripts=False)
    try:
        page.goto("/office/")
        field = page.get_by_role("searchbox", name="Chercher partout")
        field.fill("film")
        field.press("Enter")
        page.wait_for_url("**/office/recherche/?q=film")
        assert page.locator("[data-result]").count() > 3
    finally:
        page.context.close()


def test_the_star_of_the_telephone_leads_to_the_facts_but_for_those_who_type(editor: Page):
    editor.goto("/office/film/")
    editor.keyboard.press("/")
    editor.keyboard.type("*")
    expect(editor.get_by_role("searchbox", name="Chercher partout")).to_have_value("*")
    editor.get_by_role("heading", name="Le film").click()
    editor.keyboard.press("*")
    editor.wait_for_url("**/office/faits/")
    editor.get_by_role("button", name="Menu").click()
    expect(editor.get_by_role("button", name="Fermer")).to_be_visible()
    expect(editor.get_by_role("link", name="* Les faits à vérifier")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("address", ["presse/articles/", "lettre/nouvelle/", "images/nouvelle/"])
def test_on_a_telephone_the_field_is_wide_and_the_bar_of_a_form_is_one_row(editor: Page, address: str):
    editor.goto(f"/office/{address}")
    if address == "presse/articles/":
        editor.locator("main tbody a").first.click()
    field = editor.get_by_role("searchbox", name="Chercher partout").bounding_box()
    bar = editor.locator(".desk-save").bounding_box()
    assert field
    assert field["width"] > 200
    assert bar
    assert bar["height"] < 80
