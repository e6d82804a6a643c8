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


@pytest.mark.parametrize("width", [360, 500, 768, 1440])
def test_the_cord_between_the_leads_is_cut_nowhere(tab: Page, width: int):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto("/film/")
    loops = tab.locator(".coil > rect").evaluate("cord => cord.getBoundingClientRect().width / 18")
    assert loops > 2
    assert abs(loops - round(loops)) < 0.01


PLACES = """names => names.map(name => document.querySelector(name).getBoundingClientRect())
    .map(({top, bottom, left}) => [top, bottom, left])"""


@pytest.mark.parametrize("width", [1000, 1440])
def test_a_short_piece_leaves_no_hole_beside_what_is_said_of_it(tab: Page, slugs: dict[str, str], width: int):
    tab.set_viewport_size({"width": width, "height": 900})
    for kind in ("review", "context"):
        tab.goto(f"/presse/{slugs[kind]}/")
        text, aside, cite = tab.evaluate(PLACES, [".clipping > :first-child", ".clipping > .aside", ".cite"])
        assert cite[2] == text[2]
        assert 0 < cite[0] - text[1] < 60
        assert abs(aside[1] - cite[1]) < 200


def test_on_a_phone_the_original_comes_before_the_reference(tab: Page, slugs: dict[str, str]):
    tab.set_viewport_size({"width": 360, "height": 900})
    tab.goto(f"/presse/{slugs['review']}/")
    text, aside, cite = tab.evaluate(PLACES, [".clipping > :first-child", ".clipping > .aside", ".cite"])
    assert text[1] < aside[0] < aside[1] < cite[0]


@pytest.mark.parametrize("width", [768, 1440])
def test_the_pieces_before_and_after_stand_in_one_line(tab: Page, slugs: dict[str, str], width: int):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"/presse/{slugs['interview']}/")
    tops = tab.locator(".siblings a").evaluate_all("links => links.map(link => link.getBoundingClientRect().top)")
    assert len(tops) == 2
    assert tops[0] == tops[1]


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
