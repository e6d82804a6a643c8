"""The pictures that go with shared links: right size, same bytes, never missing."""

import html
import re
import struct
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118.film.models import Film
from operation118.press.models import PressItem, PressKind
from operation118.screenings.models import Screening, ScreeningKind, Town
from operation118.site import cards
from operation118.site.cards import Card, Layout

INTERVIEW = "/cartes/presse/ambush-2010-entretien-manuel-jacquinet.png"
PREVIEW = "/cartes/seances/laon-2010-11-10.png"


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose every part is whole."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, kinds = 8, []
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        assert (
            zlib.crc32(png[at + 4 : at + 8 + length]) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        )
        kinds.append(kind)
        at += 12 + length
    assert kinds[-1] == b"IEND"
    return struct.unpack(">II", png[16:24])


def image_of(client: FlaskClient, path: str) -> str:
    """The path and query of the picture that the page at `path` names."""
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'property="og:image" content="https://film\.test([^"]+)"', page)
    assert found, f"{path} names no picture"
    return html.unescape(found[1])


def card(layout: Layout, heading: str, **rest: Any) -> Card:
    signed: dict[str, Any] = {
        "lang": "fr",
        "mark": "1 2",
        "film": "Film",
        "parts": ["A", "B", "C"],
        "town": "T",
        "route": "D 1",
    }
    return Card(layout, heading=heading, **(signed | rest))


@pytest.mark.parametrize(
    "path", ["/cartes/home.png", "/en/cards/film.png", INTERVIEW, "/en/cards/press/imdb-2011-avis.png", PREVIEW]
)
def test_a_card_is_a_whole_png_of_1200_by_630(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "image/png")
    assert size(response.data) == (cards.WIDTH, cards.HEIGHT)
    assert len(response.data) < 300_000  # what the strictest readers of links accept


def test_the_picture_of_every_page_answers_and_may_be_kept_for_ever(client: FlaskClient, session: Session) -> None:
    pages = ["/", "/film/", "/dvd/", "/presse/", "/seances/", "/chronologie/", "/contact/", "/en/", "/en/dvd/"]
    pages += [f"/presse/{slug}/" for slug in session.scalars(select(PressItem.slug))]
    pages += [f"/seances/{slug}/" for slug in session.scalars(select(Screening.slug))]
    pictures = {image_of(client, page) for page in pages}
    assert len(pictures) == len(pages) - 1  # contact has that of home
    for picture in pictures:
        response = client.get(picture)
        assert (response.status_code, response.mimetype) == (200, "image/png"), picture
        assert "immutable" in response.headers["Cache-Control"], picture


def test_the_same_card_is_always_the_same_bytes() -> None:
    made = card(Layout.CALL, "« Qu’est-ce donc ? »", kicker="Entretien", lines=["Journal", "1er mai 2010"])
    assert cards.draw(made) == cards.draw(made)


def test_another_language_is_another_picture(client: FlaskClient) -> None:
    assert client.get("/cartes/press.png").data != client.get("/en/cards/press.png").data


def test_an_address_without_its_version_or_with_an_older_one_is_asked_again(client: FlaskClient) -> None:
    for path in ("/cartes/home.png", "/cartes/home.png?v=00000000"):
        response = client.get(path)
        assert response.status_code == 200
        assert "max-age=0" in response.headers["Cache-Control"]
        assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.settings(PAGE_CACHE_MB="8")
def test_the_page_cache_does_not_shorten_the_life_of_a_card(app: Flask) -> None:
    client = app.test_client()
    picture = image_of(client, "/")
    for _ in range(3):
        assert "max-age=31536000" in client.get(picture).headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["/cartes/nothing.png", "/cartes/presse/nobody.png", "/en/cards/screenings/nowhere.png", "/cartes/../home.png"],
)
def test_a_card_of_nothing_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_article_that_is_not_out_yet_has_no_card(client: FlaskClient) -> None:
    assert client.get("/le/2010-11-16/cartes/presse/ambush-2012-dvd-blu-ray.png").status_code == 404


def test_a_town_is_struck_through_once_its_screening_is_past(session: Session) -> None:
    film = session.scalars(select(Film)).one()
    screening = Screening(slug="s", on=date(2999, 1, 1), kind=ScreeningKind.PREVIEW, town=Town(name="Laon"))
    assert not cards.screening_card(screening, film).struck
    screening.on = date(2010, 11, 10)
    assert cards.screening_card(screening, film).struck
    screening.town, screening.territory = None, "France"
    assert not cards.screening_card(screening, film).struck


def test_an_interview_rings_and_an_article_does_not(session: Session) -> None:
    film = session.scalars(select(Film)).one()
    for item in session.scalars(select(PressItem)):
        rings = cards.press_card(item, film).layout is Layout.CALL
        assert rings == (item.kind is PressKind.INTERVIEW)


def test_what_the_picture_says_can_be_read_aloud(client: FlaskClient) -> None:
    page = html.unescape(client.get("/seances/laon-2010-11-10/").get_data(as_text=True))
    alt = re.search(r'og:image:alt" content="([^"]+)"', page)
    assert alt
    assert alt[1].startswith("Avant-première · Laon · Le Forum · 10\u00a0novembre 2010 · ")


# --- Long words -----------------------------------------------------------------------------------------------------


def pixels(png: bytes) -> list[list[bytes]]:
    """The rows of a PNG, its filters undone (RFC 2083, 6)."""
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    raw, channels = zlib.decompress(data), {2: 3, 6: 4}[png[25]]
    width, height = size(png)
    stride, above, rows = width * channels + 1, bytes(width * channels), list[list[bytes]]()
    for start in range(0, stride * height, stride):
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + stride]), above, channels)
        rows.append([above[x : x + channels] for x in range(0, len(above), channels)])
    return rows


def _unfiltered(kind: int, line: bytearray, above: bytes, channels: int) -> bytes:
    for x, value in enumerate(line):
        a, b, c = (line[x - channels], above[x], above[x - channels]) if x >= channels else (0, above[x], 0)
        paeth = min((a, b, c), key=lambda choice: abs(a + b - c - choice))
        line[x] = (value + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
    return bytes(line)


@pytest.mark.parametrize("layout", [Layout.CALL, Layout.ARTICLE, Layout.TOWN])
@pytest.mark.parametrize("heading", ["Donaudampfschifffahrt" * 8, "un mot puis l’autre " * 9, "É" * 165])
def test_a_long_heading_stays_within_its_margins(layout: Layout, heading: str) -> None:
    long = {
        "lines": ["Le Journal de la Vallée" * 3, "1er mai 2010", "par " + "Quelqu’un " * 20],
        "plate": "1er mai 2010",
    }
    made = card(layout, heading, kicker="Avant-première", film="Un film " * 30, **long)
    rows = pixels(cards.draw(made, pixels_per_inch=12))
    assert (len(rows[0]), len(rows)) == (cards.WIDTH // 6, cards.HEIGHT // 6)
    assert len({pixel for row in rows[:60] for pixel in row[-6:]}) == 1
    drawn = {pixel for row in rows[:60] for pixel in row}
    assert len(drawn) > 3


def test_a_title_is_cut_at_a_word(session: Session) -> None:
    film = session.scalars(select(Film)).one()
    item = session.scalars(select(PressItem)).first()
    assert item
    item.title = "mot " * 100
    heading = cards.press_card(item, film).heading
    assert len(heading) <= cards.LONGEST_HEADING
    assert heading.endswith("mot…")


# --- Keeping --------------------------------------------------------------------------------------------------------


def test_a_card_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = card(Layout.TOWN, "Laon", plate="1er mai")
    first = cards.drawn(made, tmp_path / "cards")
    assert [path.name for path in (tmp_path / "cards").iterdir()] == [f"{made.digest}.png"]
    monkeypatch.delattr(cards, "draw")
    assert cards.drawn(made, tmp_path / "cards") == first


def test_where_nothing_can_be_written_a_card_is_still_given(tmp_path: Path) -> None:
    made = card(Layout.TOWN, "Laon", plate="1er mai")
    (tmp_path / "cards").write_text("a file where the folder should be")
    assert size(cards.drawn(made, tmp_path / "cards")) == (cards.WIDTH, cards.HEIGHT)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    made = card(Layout.TOWN, "Laon", plate="1er mai")
    monkeypatch.setattr("os.fsync", full)
    assert size(cards.drawn(made, tmp_path)) == (cards.WIDTH, cards.HEIGHT)
    assert not list(tmp_path.iterdir())


def test_another_word_is_another_name() -> None:
    one, other = card(Layout.TOWN, "Laon", plate="1er mai"), card(Layout.TOWN, "Laon", plate="2 mai")
    assert one.digest != other.digest
    assert one.digest == card(Layout.TOWN, "Laon", plate="1er mai").digest
