"""Accessibility, as far as a machine can tell: axe, keys, zoom, no JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.looking import CONTRAST, complaints, width

NARROWEST = 320  # CSS pixels, WCAG 2.2 SC 1.4.10


@pytest.fixture(scope="module")
def unscripted(browser: Browser, served: str) -> Iterator[Page]:
    """A tab without JavaScript."""
    with browser.new_context(base_url=served, java_script_enabled=False) as context:
        yield context.new_page()


def test_axe_finds_nothing_in_either_colour_scheme(tab: Page, address: str):
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.goto(address)
    assert complaints(tab) == []
    tab.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert complaints(tab, CONTRAST) == []


def test_nothing_scrolls_sideways_on_a_small_screen_nor_twice_as_big(tab: Page, address: str):
    tab.goto(address)
    for window in (NARROWEST, 640):  # 640: a window of 1280 at 200 %
        tab.set_viewport_size({"width": window, "height": 800})
        assert width(tab) <= window
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert width(tab) <= 1280


def visible_text(tab: Page, address: str) -> str:
    tab.goto(address)
    # a button that only scripts can serve is added by them, and is no part of what the page says
    tab.evaluate("document.querySelectorAll('main button').forEach(button => button.remove())")
    return " ".join(tab.evaluate("document.querySelector('main').innerText").split())


def test_the_page_says_the_same_without_javascript(tab: Page, unscripted: Page, address: str):
    assert visible_text(unscripted, address) == visible_text(tab, address) != ""
