"""The ways into the site with a row that is not public, from its sheet and by other addresses, and out of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from office.unpublished import article, bar, links
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.press.models import PressItem
from web import publishing
from web.publishing import HIDDEN, INSTANT, ITEM, MARK

Office = Callable[[StaffRole], FlaskClient]
NOW = datetime(2027, 2, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.mark.parametrize(
    ("state", "said"), [("draft", "Voir la page (brouillon)"), ("withdrawn", "Voir la page (retirée)")]
)
def test_the_sheet_leads_to_the_page_and_the_page_to_the_sheet(app: Flask, editor: FlaskClient, state: str, said: str):
    prefix = article(app, state)
    address = links(editor.get(f"/office/presse/articles/{ITEM}/"))[said]
    assert address == f"{prefix}/presse/{ITEM}/"
    page = editor.get(address)
    assert bar(page).startswith(f"{'Brouillon' if state == 'draft' else 'Retiré'} : le site avec {MARK} titre")
    for path in (f"/presse/{ITEM}/", "/en/screenings/"):
        assert links(editor.get(f"{prefix}{path}"))["Revenir à sa fiche"] == f"/office/presse/articles/{ITEM}/"


@pytest.mark.parametrize("role", [StaffRole.EDITOR, StaffRole.DOOR])
def test_where_a_draft_is_not_yet_the_bar_of_tomorrow_leads_to_its_sheet(app: Flask, office: Office, role: StaffRole):
    article(app)
    page = office(role).get(f"/office/apercu/2027-03-02T08.00/presse/{ITEM}/")
    assert page.status_code == 404
    assert links(page).get("Sa fiche") == (f"/office/presse/articles/{ITEM}/" if role is StaffRole.EDITOR else None)
    assert MARK not in page.text.replace(ITEM, "")


def test_no_way_out_of_the_preview_leaves_the_site(editor: FlaskClient):
    page = editor.get(f"/office/apercu/{clock.today()}T00.00//evil.test/")
    assert page.status_code == 404
    assert "//evil.test" not in page.text


def test_an_address_of_the_office_that_is_none_leads_back_to_it(editor: FlaskClient, client: FlaskClient):
    assert links(editor.get("/office/presse/articles/nulle-part/"))["Revenir au bureau"] == "/office/"
    assert "Revenir au bureau" not in client.get("/nulle-part/").text


def test_a_picture_is_looked_at_once_it_has_its_sizes(app: Flask, editor: FlaskClient):
    image = publishing.image(app, **HIDDEN["draft"])
    sheet = f"/office/images/{image.slug}/"
    assert links(editor.get(sheet))["Voir la page (brouillon)"] == f"/office/apercu/avec/image-{image.id}/photos/"
    assert links(editor.get(f"/office/apercu/avec/image-{image.id}/photos/"))["Revenir à sa fiche"] == sheet
    with publishing.desk(app) as session:
        session.merge(image).sizes = []
    assert "Voir la page (brouillon)" not in links(editor.get(sheet))


@pytest.mark.parametrize(
    ("values", "instant"),
    [
        ({"published_at": INSTANT}, "2027-03-02T08.00"),
        ({"on": NOW.date() + timedelta(days=9)}, "2027-03-06"),
        (
            {"on": NOW.date() + timedelta(days=9), "embargo_lifts_at": INSTANT + timedelta(days=9, seconds=1)},
            "2027-03-11T08.01",
        ),
    ],
)
def test_what_bears_a_day_to_come_is_seen_as_of_then(
    app: Flask, editor: FlaskClient, values: dict[str, object], instant: str
):
    number = article(app, "draft", **values).rpartition("-")[2]
    sheet = editor.get(f"/office/presse/articles/{ITEM}/")
    address = next(href for said, href in links(sheet).items() if said.startswith("Voir la page (brouillon), telle"))
    assert address == f"/office/apercu/{instant}/avec/item-{number}/presse/{ITEM}/"
    page = editor.get(address)
    assert page.status_code == 200
    assert "Brouillon : le site tel qu’il sera le" in bar(page)
    assert editor.get(f"/office/apercu/{instant}/presse/{ITEM}/").status_code == 404


def test_the_changes_before_and_after_keep_the_row(app: Flask, editor: FlaskClient):
    number = article(app).rpartition("-")[2]
    publishing.screening(app, published_at=INSTANT)
    publishing.event(app, published_at=INSTANT + timedelta(hours=2))
    ways = links(editor.get(f"/office/apercu/2027-03-02T08.30/avec/item-{number}/en/press/?q=x")).values()
    assert f"/office/apercu/2027-03-02T08.00/avec/item-{number}/en/press/?q=x" in ways
    assert f"/office/apercu/2027-03-02T10.00/avec/item-{number}/en/press/?q=x" in ways


def test_a_meeting_to_come_is_looked_at_on_its_day(app: Flask, editor: FlaskClient):
    event = publishing.event(app, on=INSTANT.date(), **HIDDEN["draft"])
    sheet = links(editor.get(f"/office/seances/rencontres/{event.slug}/"))
    address = next(href for said, href in sheet.items() if said.startswith("Voir la page"))
    assert address == f"/office/apercu/2027-03-02/avec/event-{event.id}/seances/"
    assert f"{MARK} lieu" in editor.get(address).text


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("avec/{}", "avec/{}/presse/" + ITEM + "/"),
        ("2027-03-02t8h00/avec/{}/film/?q=x", "2027-03-02T08.00/avec/{}/film/?q=x"),
        ("2010-11-16/avec/{}/film/", "avec/{}/film/"),
        ("2027-02-25T09.00/avec/{}/", "avec/{}/presse/" + ITEM + "/"),
    ],
)
def test_written_another_way_it_is_understood(app: Flask, editor: FlaskClient, written: str, leads: str):
    name = article(app).rpartition("/")[2]
    answer = editor.get(f"/office/apercu/{written.format(name)}")
    assert answer.headers["Location"] == f"/office/apercu/{leads.format(name)}"


def test_once_it_is_published_its_address_leads_to_where_it_is(app: Flask, editor: FlaskClient):
    prefix = article(app)
    for instant, address in ((INSTANT, f"/office/apercu/2027-03-02T08.00/presse/{ITEM}/"), (None, f"/presse/{ITEM}/")):
        with publishing.desk(app) as session:
            item = session.scalars(select(PressItem).where(PressItem.slug == ITEM)).one()
            item.publication, item.published_at = publishing.Publication.PUBLISHED, instant
        assert editor.get(f"{prefix}/film/").headers["Location"] == address
