"""What opens or stands side by side on a page hides nothing and leaves no hole."""

import pytest
from playwright.sync_api import Page

HIDDEN = """links => links.filter(link => {
    const box = link.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !link.contains(top);
}).length"""


@pytest.mark.parametrize("width", [360, 1440])
def test_open_sources_cover_no_link(tab: Page, width: int):
    tab.set_viewport_size({"width": width, "height": 1800})
    tab.goto("/film/")
    for panel in tab.locator(".sheet details").all():
        panel.locator("summary").click()
    assert tab.locator(".film-card .chip").evaluate_all(HIDDEN) == 0


def test_the_topics_of_the_letter_stand_two_by_two(tab: Page):
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.goto("/")
    boxes = tab.locator(".band-sky .letter-topics input")
    tops = boxes.evaluate_all("boxes => boxes.map(box => Math.round(box.getBoundingClientRect().top))")
    assert [tops.count(top) for top in sorted(set(tops))] == [2, 2]
    lefts = boxes.evaluate_all("boxes => boxes.map(box => Math.round(box.getBoundingClientRect().left))")
    assert len(set(lefts)) == 2


def test_the_panels_of_a_row_stand_in_a_line(tab: Page):
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.goto("/le/2010-10-20/seances/")
    panels = tab.locator(".road .town .sign")
    tops = panels.evaluate_all("signs => signs.map(sign => Math.round(sign.getBoundingClientRect().top))")
    assert panels.count() == 9
    assert len(set(tops)) == 2
