"""Where the signs of the road, and what stands around them, come to lie."""

import pytest
from playwright.sync_api import Page

TOPS = "signs => signs.map(sign => Math.round(sign.closest('li').getBoundingClientRect().top))"
OVERLAPS = """venues => venues.filter(venue => {
    const [box, panel] = [venue, venue.parentElement.querySelector('.panel')].map(e => e.getBoundingClientRect());
    const road = venue.parentElement.getBoundingClientRect().bottom - 24;
    return box.top < panel.bottom + 3 || box.bottom > road - 3;
}).length"""


@pytest.fixture
def tablet(tab: Page) -> Page:
    tab.set_viewport_size({"width": 768, "height": 900})
    return tab


def test_a_tablet_fits_three_signs_a_row(tablet: Page):
    tablet.goto("/seances/")
    tops = tablet.locator(".road.tour").first.locator(".sign").evaluate_all(TOPS)
    assert sorted(tops.count(top) for top in set(tops)) == [3, 3]


@pytest.mark.parametrize("width", [704, 768, 1440])
def test_a_screening_and_its_neighbours_stand_in_one_row(tab: Page, width: int):
    tab.set_viewport_size({"width": width, "height": 900})
    for slug in ("saint-quentin-2010-10", "saint-quentin-2010-11-03"):
        tab.goto(f"/seances/{slug}/")
        assert len(set(tab.locator(".onward .sign").evaluate_all(TOPS))) == 1


def test_the_last_link_keeps_off_the_ridge(tablet: Page):
    tablet.goto("/seances/laon-2010-11-10/")
    link, foot = (tablet.locator(name).bounding_box() for name in (".onward .more", ".foot"))
    assert link
    assert foot
    assert foot["y"] - link["y"] - link["height"] > 24


@pytest.mark.parametrize("width", [768, 1440])
def test_a_cinema_touches_neither_the_plate_nor_the_road(tab: Page, width: int):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto("/le/2010-11-16/seances/")
    venues = tab.locator(".road .venue")
    assert venues.count() == 2
    assert venues.evaluate_all(OVERLAPS) == 0


@pytest.mark.parametrize("width", [360, 1440])
def test_what_is_said_of_photos_stands_apart_from_the_lede(tab: Page, width: int):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto("/presse/")
    lede, photos = (tab.locator(f".page-head p >> nth={n}").bounding_box() for n in (0, 1))
    assert lede
    assert photos
    assert photos["y"] - lede["y"] - lede["height"] > 15


def test_on_paper_the_sheet_has_the_film_and_the_address_but_no_licence_address(tab: Page):
    tab.goto("/seances/laon-2010-11-10/")
    tab.emulate_media(media="print")
    assert tab.locator(".on-paper").is_visible()
    after = "links => links.map(link => getComputedStyle(link, '::after').content)"
    assert set(tab.locator(".map .leaving").evaluate_all(after)) == {"none"}
    tab.emulate_media(media="screen")
