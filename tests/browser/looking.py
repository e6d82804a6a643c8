"""What a machine can tell of how a page looks: what axe finds, and whether it scrolls sideways."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
TESTED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": ["color-contrast", "link-in-text-block"]}  # by night only the colours are others
# What axe did not find to be wrong stays in the browser: carrying it over takes as long as finding it.
VIOLATIONS = """options => axe.run({...options, resultTypes: ["violations"]}).then(({violations}) =>
    violations.map(({id, nodes}) => [id, nodes.slice(0, 3).map(({html}) => html)]))"""


def complaints(page: Page, options: dict[str, list[str]] = TESTED) -> list[tuple[str, list[str]]]:
    """What axe finds in the page once it has loaded: the rules, each with three of the places at most."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return [(rule, places) for rule, places in page.evaluate(VIOLATIONS, options)]


def width(page: Page) -> int:
    """How wide the page is once it has loaded, in CSS pixels: more than its window, it scrolls sideways."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth")
