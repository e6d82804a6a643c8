"""Accessibility, as far as a machine can tell: axe, keys, zoom, no JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.kinds import PAGES
from browser.looking import CONTRAST, complaints, width

NARROWEST = 320  # CSS pixels, WCAG 2.2 SC 1.4.10
# A button that only scripts can serve is added by them, and is no part of what the page says.
SAID = """() => {
    const buttons = [...document.querySelectorAll("main button")]
    buttons.forEach(button => { button.style.display = "none" })
    const said = document.querySelector("main").innerText
    buttons.forEach(button => { button.style.display = "" })
    return said
}"""


@pytest.fixture(scope="module")
def unscripted(browser: Browser, served: str) -> Iterator[Page]:
    """A tab without JavaScript."""
    with browser.new_context(base_url=served, java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture(scope="module", params=PAGES.values(), ids=list(PAGES))
def address(request: pytest.FixtureRequest, slugs: dict[str, str]) -> str:
    """Each address in its turn, for all tests of this module, which visit it once."""
    return request.param.format(**slugs)


@pytest.fixture(scope="module")
def visited(shared_tab: Page, address: str) -> Page:
    """The page at that address; what a test changes it changes back."""
    shared_tab.goto(address)
    return shared_tab


def test_axe_finds_nothing_in_either_colour_scheme(visited: Page):
    visited.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert complaints(visited) == []
    visited.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert complaints(visited, CONTRAST) == []


def test_the_page_says_the_same_without_javascript(visited: Page, unscripted: Page, address: str):
    unscripted.goto(address)
    said, plain = (" ".join(page.evaluate(SAID).split()) for page in (visited, unscripted))
    assert said == plain != ""


def test_nothing_scrolls_sideways_on_a_small_screen_nor_twice_as_big(visited: Page):
    for window in (NARROWEST, 640):  # 640: a window of 1280 at 200 %
        visited.set_viewport_size({"width": window, "height": 800})
        assert width(visited) <= window
    visited.set_viewport_size({"width": 1280, "height": 800})
    visited.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert width(visited) <= 1280
    visited.evaluate("document.documentElement.style.removeProperty('font-size')")
