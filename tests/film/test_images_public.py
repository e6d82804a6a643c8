"""Pictures before the public: seen when they may be, by whom, and for how long they are kept."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from film.pictures import add, drawn, edit, encoded, jpeg, newest, opened, prepare, shown
from markup import parse
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.film.models import Image
from web.shared_caches import kept_before

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("images_folder")
PAGES = ("/photos/", "/en/photos/", "/film/", "/en/film/", "/presse/")


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def files_of(image: Image) -> list[str]:
    stem = image.file.removesuffix(".jpg")
    return [f"/images/{image.file}", f"/images/{stem}-480.avif", f"/images/{stem}-960.webp", f"/images/{stem}-960.jpg"]


def seen(client: FlaskClient, image: Image) -> set[bool]:
    """Whether the picture is on each page, and whether each of its files answers."""
    stem = image.file.removesuffix(".jpg")
    found = {client.get(path).status_code == 200 for path in files_of(image)}
    return found | {stem in client.get(path).text for path in PAGES[:4]}


def paris(instant: datetime) -> str:
    return instant.astimezone(clock.PARIS).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_what_is_not_published_is_nowhere(app: Flask, editor: FlaskClient, client: FlaskClient, state: str):
    image = add(editor, publication=state)
    prepare(app)
    assert seen(client, image) == {False}
    assert {
        editor.get(f"/office/images/fichiers/{path.removeprefix('/images/')}").status_code for path in files_of(image)
    } == {200}
    edit(editor, newest(app), publication="published")
    assert seen(client, image) == {True}


def test_a_withdrawn_picture_is_gone_at_once(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    prepare(app)
    assert seen(client, image) == {True}
    edit(editor, newest(app), publication="withdrawn")
    assert seen(client, image) == {False}


@pytest.mark.parametrize("what", ["published_at", "embargo_lifts_at"])
def test_a_picture_comes_out_at_its_minute_everywhere(app: Flask, editor: FlaskClient, client: FlaskClient, what: str):
    instant = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    said: dict[str, Any] = {what: paris(instant)}
    image = add(editor, **said)
    assert getattr(image, what) == instant
    prepare(app)
    assert seen(client, image) == {False}
    with clock.at(instant - timedelta(seconds=1)):
        assert seen(client, image) == {False}
    with clock.at(instant):
        assert seen(client, image) == {True}


def test_the_page_tells_caches_when_the_next_picture_comes_out(app: Flask, editor: FlaskClient, client: FlaskClient):
    instant = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=2)
    add(editor, published_at=paris(instant))
    prepare(app)
    assert {path: kept_before(instant, client, path) for path in PAGES} == dict.fromkeys(PAGES, 10)


def test_a_look_at_a_day_to_come_leaves_nothing_in_a_cache(app: Flask, editor: FlaskClient, client: FlaskClient):
    instant = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    image = add(editor, embargo_lifts_at=paris(instant))
    prepare(app)
    with clock.at(instant):
        assert client.get(files_of(image)[1]).headers["Cache-Control"] == "private, no-store"


def test_an_embargo_holds_in_the_time_machine_too(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor, embargo_lifts_at=paris(datetime.now(UTC) + timedelta(days=3)))
    open_to_all = add(editor, jpeg(tint=5))
    prepare(app)
    page = client.get("/le/2010-11-20/photos/").text
    assert image.file not in page
    assert open_to_all.file in page
    assert client.get(f"/le/2010-11-20/images/{image.file}").status_code == 404
    assert client.get(f"/le/2010-11-20/images/{open_to_all.file}").status_code == 200


def test_files_say_what_they_are_and_how_long_they_may_be_kept(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    prepare(app)
    types = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
    for path in files_of(image)[1:]:
        answer = client.get(path)
        assert answer.mimetype == types[path.rpartition(".")[2]]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"] == "inline"
        assert "Set-Cookie" not in answer.headers
        control = answer.headers["Cache-Control"]
        assert "immutable" not in control
        ages = {name: int(value) for name, value in re.findall(r"([\w-]+)=(\d+)", control)}
        assert ages == {"max-age": 3600, "s-maxage": 300}
        assert "public" in control
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.settings(PAGE_CACHE_MB="8")
def test_the_page_cache_keeps_the_page_but_no_picture(app: Flask, office: Office, images_folder: object):
    image = add(office(StaffRole.EDITOR))
    prepare(app)
    client = app.test_client()
    for path in ("/photos/", *files_of(image)):
        assert client.get(path).status_code == 200
    kept = {key[0] for key in app.extensions["page_cache"].shelf._entries}
    assert "/photos/" in kept
    assert not [path for path in kept if path.startswith("/images/")]


def test_the_original_is_taken_away_under_a_name_that_credits(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor, encoded(drawn(2400, 1600)), credit="Ève Dupont / Agence")
    prepare(app)
    answer = client.get(f"/images/{image.file}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={image.slug}-credit-eve-dupont-agence.jpg"
    assert opened(answer.data).size == (2400, 1600)
    page = client.get("/photos/").text
    assert page.index("Libre pour la presse") < page.index(f'href="/images/{image.file}"')


def test_no_size_that_was_not_made_answers(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    stem = image.file.removesuffix(".jpg")
    assert client.get(f"/images/{stem}-480.avif").status_code == 404  # not yet
    prepare(app)
    for name in (
        f"{stem}-1600.avif",
        f"{stem}-481.webp",
        f"{stem}.avif",
        f"{stem}.webp",
        f"{stem}-0.jpg",
        f"{stem}-480.png",
    ):
        assert client.get(f"/images/{name}").status_code == 404, name


def json_ld(client: FlaskClient, path: str, kind: str) -> dict[str, Any]:
    document, _ = parse(client.get(path).text)
    blocks = [
        json.loads(script.text or "")
        for script in document.iter("script")
        if script.get("type") == "application/ld+json"
    ]
    return next(block for block in blocks if block["@type"] == kind)


@pytest.mark.parametrize(("start", "alt"), [("", "Deux agents"), ("/en", "Two agents")])
def test_machines_are_told_whom_to_credit_and_on_what_terms(
    app: Flask, editor: FlaskClient, client: FlaskClient, start: str, alt: str
):
    assert "image" not in json_ld(client, f"{start}/film/", "Movie")
    image = add(editor)
    prepare(app)
    (told,) = json_ld(client, f"{start}/film/", "Movie")["image"]
    assert told["@type"] == "ImageObject"
    assert told["creditText"] == "Ève Dupont"
    assert told["license"] == told["acquireLicensePage"] == f"https://film.test{start}/photos/#{image.slug}"
    assert told["description"].startswith(alt)
    assert (told["width"], told["height"]) == (960, 640)
    assert client.get(told["contentUrl"].removeprefix("https://film.test")).status_code == 200
    assert json_ld(client, f"{start}/photos/", "ImageGallery")["image"] == [told]


def test_each_picture_keeps_its_place_while_it_comes(app: Flask, editor: FlaskClient, client: FlaskClient):
    for tint in range(3):
        add(editor, jpeg(600, 900, tint=tint), alt_fr=f"Vue {tint}")
    prepare(app)
    document, _ = parse(client.get("/photos/").text)
    images = list(document.iter("img"))
    assert [(image.get("width"), image.get("height")) for image in images] == [("600", "900")] * 3
    assert [image.get("loading") for image in images] == [None, "lazy", "lazy"]
    assert [source.get("type") for source in document.iter("source")] == ["image/avif", "image/webp"] * 3


def test_pages_lead_to_the_pictures(app: Flask, editor: FlaskClient, client: FlaskClient):
    add(editor)
    prepare(app)
    for path, target in (
        ("/film/", "/photos/"),
        ("/presse/", "/photos/"),
        ("/en/press/", "/en/photos/"),
        ("/credits/", "/photos/"),
    ):
        assert f'href="{target}"' in client.get(path).text, path
    assert "Aucune photo" not in client.get("/presse/").text
    assert shown(client)
