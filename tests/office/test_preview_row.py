"""A draft, or what was withdrawn, in the whole site as if it were published: that row alone, for whoever may open its sheet."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from markup import parse
from office.unpublished import article, links
from operation118.accounts.models import StaffRole
from operation118.database import db
from operation118.press.models import PressItem
from web import publishing
from web.publishing import HIDDEN, INSTANT, ITEM, MARK, SCREENING

Office = Callable[[StaffRole], FlaskClient]
NOW = datetime(2027, 2, 25, 9, 0, tzinfo=UTC)
UNPUBLISHED = ("draft", "withdrawn")
ARTICLE = ["/presse/{}/", "/en/press/{}/", "/api/press/{}", "/cartes/presse/{}.png"]
LISTS = [
    "/presse/",
    "/en/press/",
    "/presse/feed.atom",
    "/feed.json",
    "/api/press?limit=100",
    "/chronologie/",
    "/credits/",
]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


# --- What it shows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", UNPUBLISHED)
def test_the_article_is_everywhere_it_would_be(app: Flask, editor: FlaskClient, state: str):
    prefix = article(app, state)
    publishing.fact(app)
    assert [path for path in ARTICLE if editor.get(prefix + path.format(ITEM)).status_code != 200] == []
    assert [path for path in LISTS if MARK not in editor.get(prefix + path).text.lower()] == []
    assert f"{prefix}/presse/{ITEM}/" in links(editor.get(f"{prefix}/presse/?q={MARK}")).values()
    assert f"{prefix}/presse/{ITEM}/" in editor.get(f"{prefix}/film/").text  # as the source of a fact
    document, _ = parse(editor.get(f"{prefix}/presse/{ITEM}/").text)
    own = [link.get("href", "") for link in document.iter("a") if link.get("href", "").startswith("/")]
    assert [href for href in own if not href.startswith((prefix, "/office/presse/articles/"))] == []


def test_an_embargo_is_lifted_for_it_alone_and_its_source_comes_with_it(app: Flask, editor: FlaskClient):
    prefix = article(app, "draft", embargo_lifts_at=INSTANT)
    publishing.fact(app)
    publishing.image(app, **HIDDEN["embargoed"])
    assert "Un scoop" in editor.get(f"{prefix}/film/").text
    assert "Un scoop" not in editor.get("/film/").text
    assert f"{MARK} credit" not in editor.get(f"{prefix}/photos/").text


def test_nothing_else_that_is_hidden_comes_with_it(app: Flask, editor: FlaskClient):
    prefix = article(app)
    publishing.screening(app, **HIDDEN["draft"])
    publishing.event(app, **HIDDEN["draft"])
    assert editor.get(f"{prefix}/seances/{SCREENING}/").status_code == 404
    assert MARK not in editor.get(f"{prefix}/seances/").text.partition("</aside>")[2]


@pytest.mark.parametrize("state", UNPUBLISHED)
def test_a_screening_a_meeting_and_a_picture_too(app: Flask, editor: FlaskClient, state: str):
    rows = {
        "screening": (publishing.screening, [f"/seances/{SCREENING}/", "/seances/", "/seances.ics", "/api/screenings"]),
        "event": (publishing.event, ["/seances/", "/chronologie/"]),
        "image": (publishing.image, ["/photos/"]),
    }
    for kind, (make, pages) in rows.items():
        prefix = f"/office/apercu/avec/{kind}-{make(app, **HIDDEN[state]).id}"
        shown = [path for path in pages if MARK in editor.get(prefix + path).text.partition("</aside>")[2].lower()]
        assert shown == [path for path in pages if path.endswith("/")]
        assert [path for path in pages if MARK not in editor.get(prefix + path).text.lower()] == []


def test_the_number_of_another_table_shows_nothing(app: Flask, editor: FlaskClient):
    number = publishing.article(app, **HIDDEN["draft"]).id
    screening = publishing.screening(app, id=number, **HIDDEN["draft"])
    assert screening.id == number
    prefix = f"/office/apercu/avec/screening-{number}"
    assert editor.get(f"{prefix}/seances/{SCREENING}/").status_code == 200
    assert editor.get(f"{prefix}/presse/{ITEM}/").status_code == 404


# --- What everybody else sees -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/presse/", f"/presse/{ITEM}/", "/film/", "/api/press?limit=100", "/feed.atom"])
def test_the_public_and_the_team_never_get_each_other_s_statement(
    app: Flask, client: FlaskClient, editor: FlaskClient, path: str
):
    prefix = article(app)
    publishing.screening(app, **HIDDEN["draft"])
    for _ in range(2):
        assert MARK not in client.get(path).text.lower().replace(ITEM, "")
        assert editor.get(prefix + path).status_code == 200
        assert MARK in editor.get(prefix + "/api/press?limit=100").text


def test_two_rows_of_one_table_are_looked_at_in_turn(app: Flask, editor: FlaskClient):
    first = article(app)
    with publishing.desk(app) as session:
        other = session.scalars(select(PressItem).where(PressItem.slug != ITEM).order_by(PressItem.id)).all()[0]
        other.publication = publishing.Publication.DRAFT
    second = f"/office/apercu/avec/item-{other.id}"
    for _ in range(2):
        for prefix, statuses in ((first, [200, 404]), (second, [404, 200])):
            assert [editor.get(f"{prefix}/presse/{slug}/").status_code for slug in (ITEM, other.slug)] == statuses


@pytest.mark.settings(PAGE_CACHE_MB="8")
def test_nobody_keeps_it(app: Flask, office: Office, client: FlaskClient):
    prefix, editor = article(app), office(StaffRole.EDITOR)
    for path in (
        "/presse/",
        f"/presse/{ITEM}/",
        "/feed.atom",
        f"/cartes/presse/{ITEM}.png",
        "/nulle-part/",
        "/photos/",
    ):
        headers = editor.get(prefix + path).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert not {"Set-Cookie", "Expires", "Access-Control-Allow-Origin"} & set(headers.keys())
        assert client.get(prefix + path).status_code == 302
    assert app.extensions["page_cache"].shelf._entries == {}
    tag = editor.get(f"{prefix}/presse/").headers["ETag"]
    assert client.get("/presse/", headers={"If-None-Match": tag}).status_code == 200
    assert client.get(f"{prefix}/presse/", headers={"If-None-Match": tag}).status_code == 302
    assert MARK not in client.get("/presse/").text


# --- Who comes in -------------------------------------------------------------------------------------------------


def test_a_stranger_is_led_to_the_door_and_back(app: Flask, client: FlaskClient):
    prefix = article(app)
    for path in (f"/presse/{ITEM}/?q=x", "/", "/nulle-part/"):
        answer = client.get(prefix + path)
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/office/connexion/?next={prefix}{path.replace('=', '%3D')}"
    assert client.get("/office/apercu/avec/item-999999/").headers["Location"].startswith("/office/connexion/")


@pytest.mark.parametrize(("role", "status"), [(StaffRole.DOOR, 403), (StaffRole.PRESS_OFFICER, 200)])
def test_only_who_may_open_the_sheet_sees_the_row(app: Flask, office: Office, role: StaffRole, status: int):
    prefix, team = article(app), office(role)
    answer = team.get(f"{prefix}/presse/{ITEM}/")
    assert answer.status_code == status
    assert (MARK in answer.text.lower().replace(ITEM, "")) == (status == 200)
    assert team.get("/office/apercu/avec/item-999999/").status_code == (404 if status == 200 else 403)


@pytest.mark.parametrize(
    "name",
    ["item-999999", "item-99999999999", "item-9999999999", "person-1", "nothing-1", "film-1", "item-0", "item-01"],
)
@pytest.mark.parametrize("prefix", ["/office/apercu/avec/", "/office/apercu/2027-03-02T08.00/avec/"])
def test_what_is_no_such_row_gets_a_page_that_leads_on(editor: FlaskClient, prefix: str, name: str):
    answer = editor.get(f"{prefix}{name}/presse/")
    assert answer.status_code == 404
    assert "text/html" in answer.headers["Content-Type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/lettre/", "/contact/", "/", "/api/press"])
def test_nothing_is_written_from_there(app: Flask, editor: FlaskClient, client: FlaskClient, path: str, method: str):
    prefix = article(app)
    assert editor.open(prefix + path, method=method).status_code == 405
    assert client.open(prefix + path, method=method).status_code == 405


def test_it_is_looked_at_without_its_body(app: Flask, editor: FlaskClient):
    prefix = article(app)
    assert editor.head(f"{prefix}/presse/{ITEM}/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/office/", "/office/journal/", "/office/apercu/avec/item-1/", "/le/2010-11-16/", "/robots.txt", "/../", "/./"],
)
def test_no_other_journey_starts_there(app: Flask, editor: FlaskClient, path: str):
    prefix = article(app)
    answer = editor.get(prefix + path)
    assert answer.status_code == 404 or answer.headers["Location"] == "/le/2010-11-16/"
    past = editor.get(f"/le/2010-11-16{prefix}/presse/{ITEM}/")
    assert past.status_code == 404
    assert editor.get(f"/le/2027-02-24/avec/{prefix.rpartition('/')[2]}/presse/{ITEM}/").status_code == 404


def test_one_row_more_is_no_reason_to_read_more(app: Flask, editor: FlaskClient):
    """Outside the preview, whoever is signed in sees what a stranger sees."""
    article(app)
    assert editor.get(f"/presse/{ITEM}/").status_code == 404
    with app.test_request_context("/"):
        assert db.session.scalar(select(PressItem.id).where(PressItem.slug == ITEM)) is None
