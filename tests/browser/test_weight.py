"""What a visit costs, and to whom it speaks: to nobody else."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

HOME_BYTES, PAGE_BYTES, MOST_REQUESTS = 90_000, 70_000, 8


@dataclass
class Traffic:
    """What one page cost: bytes over the wire with headers, as Chromium counts them; and what the console said."""

    size: int = 0
    addresses: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])


def visit(context: BrowserContext, url: str) -> Traffic:
    """Load a page to the end, fonts included, in a tab of its own."""
    page, traffic = context.new_page(), Traffic()
    network = context.new_cdp_session(page)
    network.send("Network.enable")

    def finished(event: dict[str, float]) -> None:
        traffic.size += int(event["encodedDataLength"])

    network.on("Network.loadingFinished", finished)
    page.on("request", lambda request: traffic.addresses.append(request.url))
    page.on("console", lambda message: traffic.said.append(message.text))
    page.on("pageerror", lambda error: traffic.said.append(str(error)))
    page.goto(url)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(100)  # the events of the last bytes
    page.close()
    return traffic


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_home_is_light(browser: Browser, served: str, path: str):
    context = browser.new_context()
    traffic = visit(context, served + path)
    context.close()
    assert 20_000 < traffic.size <= HOME_BYTES, traffic
    assert len(traffic.addresses) <= MOST_REQUESTS, traffic


def test_any_page_is_light_after_home_calls_nobody_and_leaves_nothing(browser: Browser, served: str, address: str):
    context = browser.new_context()
    visit(context, served + "/")
    traffic = visit(context, served + address)
    cookies = context.cookies()
    context.close()
    assert 0 < traffic.size <= PAGE_BYTES, traffic
    assert len(traffic.addresses) <= MOST_REQUESTS, traffic
    assert {urlsplit(url).netloc for url in traffic.addresses} == {urlsplit(served).netloc}
    assert cookies == []
    assert [line for line in traffic.said if "status of 404" not in line] == []  # Chromium complains of the 404 itself


@pytest.mark.parametrize("path", ["/", "/film/"])
def test_nothing_moves_once_the_page_is_drawn(page: Page, path: str):
    """Cumulative layout shift: 0.1 is the limit of what is called good."""
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(path)
    page.wait_for_timeout(1500)  # the drawing takes 1.2 s
    assert page.evaluate("shift") < 0.1
