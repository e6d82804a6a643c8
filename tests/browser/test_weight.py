"""What a visit costs, and to whom it speaks: to nobody else."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

HOME_BYTES, PAGE_BYTES, MOST_REQUESTS = 90_000, 70_000, 8


@dataclass
class Traffic:
    """What one page cost: bytes over the wire with headers, as Chromium counts them; and what the console said."""

    size: int = 0
    addresses: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])


class Visitor:
    """Who visits in a tab, and what that costs."""

    def __init__(self, page: Page) -> None:
        self.page, self.traffic = page, Traffic()
        self.network = page.context.new_cdp_session(page)
        self.network.send("Network.enable")
        self.network.on("Network.loadingFinished", self._finished)
        page.on("request", lambda request: self.traffic.addresses.append(request.url))
        page.on("console", lambda message: self.traffic.said.append(message.text))
        page.on("pageerror", lambda error: self.traffic.said.append(str(error)))

    def _finished(self, event: dict[str, float]) -> None:
        self.traffic.size += int(event["encodedDataLength"])

    def forget(self) -> None:
        """What former visitors loaded is no longer at hand."""
        self.page.goto("about:blank")
        self.network.send("Network.clearBrowserCache")

    def visit(self, url: str) -> Traffic:
        """Load a page to the end, fonts included."""
        self.traffic = Traffic()
        self.page.goto(url)
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.page.wait_for_timeout(100)  # the events of the last bytes
        return self.traffic


@pytest.fixture(scope="module")
def visitors(shared_tab: Page) -> Visitor:
    return Visitor(shared_tab)


@pytest.fixture
def visitor(visitors: Visitor) -> Visitor:
    """Somebody new."""
    visitors.forget()
    return visitors


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_home_is_light(visitor: Visitor, path: str):
    traffic = visitor.visit(path)
    assert 20_000 < traffic.size <= HOME_BYTES, traffic
    assert len(traffic.addresses) <= MOST_REQUESTS, traffic


def test_any_page_is_light_after_home_calls_nobody_and_leaves_nothing(visitor: Visitor, served: str, address: str):
    visitor.visit("/")
    traffic = visitor.visit(address)
    assert 0 < traffic.size <= PAGE_BYTES, traffic
    assert len(traffic.addresses) <= MOST_REQUESTS, traffic
    assert {urlsplit(url).netloc for url in traffic.addresses} == {urlsplit(served).netloc}
    assert visitor.page.context.cookies() == []
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
