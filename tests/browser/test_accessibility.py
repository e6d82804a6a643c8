"""Accessibility, as far as a machine can tell: axe, keys, zoom, no JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

NARROWEST = 320  # CSS pixels, WCAG 2.2 SC 1.4.10
CONTRAST = {"runOnly": ["color-contrast"]}  # by night only the colours are others
TESTED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


def test_axe_finds_nothing_in_either_colour_scheme(page: Page, axe: Axe, address: str):
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(address)
    assert complaints(axe, page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert complaints(axe, page, CONTRAST) == []


def complaints(axe: Axe, page: Page, options: dict[str, list[str]] = TESTED) -> list[tuple[str, list[str]]]:
    violations = axe.run(page, options=options).response["violations"]
    return [(found["id"], [node["html"] for node in found["nodes"]][:3]) for found in violations]


def test_nothing_scrolls_sideways_on_a_small_screen_nor_twice_as_big(page: Page, address: str):
    page.goto(address)
    for width in (NARROWEST, 640):  # 640: a window of 1280 at 200 %
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def visible_text(browser: Browser, url: str, *, scripts: bool) -> str:
    context = browser.new_context(java_script_enabled=scripts)
    try:
        page = context.new_page()
        page.goto(url)
        # a button that only scripts can serve is added by them, and is no part of what the page says
        page.evaluate("document.querySelectorAll('main button').forEach(button => button.remove())")
        return " ".join(page.locator("main").inner_text().split())
    finally:
        context.close()


def test_the_page_says_the_same_without_javascript(browser: Browser, served: str, address: str):
    with_scripts = visible_text(browser, served + address, scripts=True)
    assert visible_text(browser, served + address, scripts=False) == with_scripts
