"""The voice menu: one key a section, none while typing, none once switched off."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

FRENCH = [
    ("1", "/film/"),
    ("2", "/seances/"),
    ("3", "/presse/"),
    ("4", "/dvd/"),
    ("5", "/lettre/"),
    ("0", "/contact/"),
]
ENGLISH = [
    ("1", "/en/film/"),
    ("2", "/en/screenings/"),
    ("3", "/en/press/"),
    ("5", "/en/newsletter/"),
    ("0", "/en/contact/"),
]


def at(path: str) -> re.Pattern[str]:
    return re.compile(rf"^http://[^/]+{re.escape(path)}$")


@pytest.mark.parametrize(
    ("home", "digit", "path"), [("/", *key) for key in FRENCH] + [("/en/", *key) for key in ENGLISH]
)
def test_a_digit_opens_its_section(tab: Page, home: str, digit: str, path: str):
    tab.goto(home)
    tab.keyboard.press(digit)
    expect(tab).to_have_url(at(path))


def test_a_digit_stays_on_the_day_one_travels_to(tab: Page):
    tab.goto("/le/2010-11-16/")
    tab.keyboard.press("3")
    expect(tab).to_have_url(at("/le/2010-11-16/presse/"))


def test_a_digit_typed_in_a_field_is_a_digit(tab: Page):
    tab.goto("/presse/")
    field = tab.locator("main input[type=search], main input[name=q]").first
    field.focus()
    tab.keyboard.type("118")
    expect(field).to_have_value("118")
    expect(tab).to_have_url(at("/presse/"))


@pytest.mark.parametrize("focus", ["main form .button", "main h1"])
def test_what_was_typed_is_never_lost_to_a_digit(page: Page, focus: str):
    page.goto("/lettre/")
    page.locator("main input[type=email]").fill("une@exemple.fr")
    page.evaluate("document.activeElement.blur()")
    page.locator(focus).focus()  # a title takes none: then nothing has it
    page.keyboard.press("2")
    page.wait_for_timeout(200)
    expect(page).to_have_url(at("/lettre/"))
    expect(page.locator("main input[type=email]")).to_have_value("une@exemple.fr")


@pytest.mark.parametrize("chord", ["Control+1", "Alt+2", "Meta+3", "9"])
def test_other_keys_are_left_to_the_browser(tab: Page, chord: str):
    tab.goto("/contact/")
    tab.keyboard.press(chord)
    tab.wait_for_timeout(200)
    expect(tab).to_have_url(at("/contact/"))


def test_the_keys_can_be_switched_off_for_good_and_on_again(page: Page):
    page.goto("/")
    page.get_by_role("switch").click()
    page.keyboard.press("3")
    page.wait_for_timeout(200)
    expect(page).to_have_url(at("/"))
    page.goto("/film/")
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    assert page.get_by_role("switch").inner_text().endswith("coupées")
    page.keyboard.press("3")
    page.wait_for_timeout(200)
    expect(page).to_have_url(at("/film/"))
    page.get_by_role("switch").click()
    page.keyboard.press("3")
    expect(page).to_have_url(at("/presse/"))


def test_the_keyboard_alone_goes_straight_to_the_content(tab: Page):
    tab.goto("/film/")
    tab.keyboard.press("Tab")
    skip = tab.locator(":focus")
    expect(skip).to_have_attribute("href", "#main")
    expect(skip).to_be_in_viewport()
    tab.keyboard.press("Enter")
    expect(tab.locator("#main")).to_be_focused()


def test_the_focus_is_always_seen(tab: Page):
    tab.goto("/")
    for _ in range(12):
        tab.keyboard.press("Tab")
        shown = tab.evaluate(
            "(({outlineStyle, outlineWidth, boxShadow}) => outlineStyle !== 'none' && outlineWidth !== '0px' || boxShadow !== 'none')"
            "(getComputedStyle(document.activeElement))"
        )
        assert shown, tab.evaluate("document.activeElement.outerHTML")


def test_the_invitation_is_for_what_one_has(page: Page, browser: Browser, served: str):
    """A digit is typed where there is a keyboard that is listened to; elsewhere it is picked."""
    page.goto("/")
    expect(page.get_by_text("Tapez un chiffre")).to_be_visible()
    expect(page.get_by_text("Choisissez un chiffre")).to_be_hidden()
    page.get_by_role("switch").click()
    expect(page.get_by_text("Choisissez un chiffre")).to_be_visible()
    expect(page.get_by_text("Tapez un chiffre")).to_be_hidden()
    with browser.new_context(base_url=served, has_touch=True, is_mobile=True) as context:
        phone = context.new_page()
        phone.goto("/")
        expect(phone.get_by_text("Choisissez un chiffre")).to_be_visible()
        expect(phone.get_by_text("Tapez un chiffre")).to_be_hidden()


def test_a_jump_opens_what_is_folded(page: Page):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/film/")
    page.get_by_role("link", name="Le tournage").click()
    expect(page.locator("#shooting dd").first).to_be_visible()
    expect(page.locator("#shooting h2")).to_be_in_viewport()
