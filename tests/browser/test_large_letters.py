"""Letters twice as large as usual, as browsers can be set to: on a small screen too, every word is there to read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

PATHS = ("/", "/film/", "/dvd/", "/seances/", "/chronologie/", "/le/", "/nulle-part/", "/le/2010-11-16/", "/en/film/")
CUT = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), cut = [];
    const hidden = ".vh, .skip, .letter-trap, svg, script, template, [popover], [aria-hidden=true]";
    const window_ = document.documentElement.clientWidth;
    while (walker.nextNode()) {
        const text = walker.currentNode;
        if (!text.data.trim() || text.parentElement.closest(hidden)) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const out = [...range.getClientRects()].some(({left, right, width}) => width > 1 && (right > window_ + 1 || left < -1));
        if (out) cut.push(text.data.trim());
    }
    return cut;
}"""


@pytest.fixture(scope="module")
def large(browser: Browser, served: str) -> Iterator[Page]:
    """A telephone whose owner asked for letters of 32 pixels."""
    with browser.new_context(base_url=served, viewport={"width": 360, "height": 800}) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        yield page


@pytest.mark.parametrize("path", PATHS)
def test_no_word_is_cut_by_the_edge_of_the_screen(large: Page, path: str):
    large.goto(path)
    assert large.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert large.evaluate(CUT) == []


@pytest.mark.parametrize("path", ["/dvd/", "/lettre/", "/nulle-part/"])
def test_the_sign_of_a_stage_stands_whole_on_the_narrowest_screen(tab: Page, path: str):
    tab.set_viewport_size({"width": 320, "height": 800})
    tab.goto(path)
    left = "Math.min(...[...document.querySelectorAll('.stage svg rect[stroke]')].map(sign => sign.getBoundingClientRect().left))"
    assert tab.evaluate(left) > 2
