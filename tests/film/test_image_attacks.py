"""What somebody might send as a picture, or ask of its files, and what becomes of it."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image as Pillow

from film.pictures import NEW, SAID, add, drawn, encoded, jpeg, newest, opened, prepare, rows, send, token
from operation118.accounts.models import StaffRole
from operation118.film import image_files
from operation118.film.image_files import receive
from operation118.film.images import folder
from operation118.film.refused import Refused

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("images_folder")

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><script>alert(1)</script></svg>'
GIF_JS = b"GIF89a/*\x01\x00\x01\x00\x00\x00*/=1;alert(1);//"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def archive() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("evil.html", SCRIPT)
    return stream.getvalue()


def png(width: int, height: int) -> bytes:
    """A PNG of that size in a few bytes: one row of grey, repeated."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    line = b"\0" * (1 + (width + 7) // 8)
    body = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


STRANGERS = {
    "html": b"<!doctype html>" + SCRIPT,
    "svg": SVG,
    "gif that is javascript": GIF_JS,
    "a true gif": encoded(drawn(), "GIF"),
    "bmp": encoded(drawn(), "BMP"),
    "icon": encoded(drawn(256, 256), "ICO"),
    "pdf": encoded(drawn(), "PDF"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 900 900\n%%EndComments\n(/etc/passwd) run\n",
    "zip": archive(),
    "nothing": b"",
    "zeros": bytes(5000),
    "a cut jpeg": jpeg()[:3000],
    "a cut png": encoded(drawn(), "PNG")[:3000],
    "a png whose pixels lie": encoded(drawn(), "PNG").replace(b"IDAT", b"IDAX"),
    "a jpeg's head alone": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + SCRIPT * 50,
    "a riff that is no webp": b"RIFF\xff\x00\x00\x00WEBPVP8 " + SCRIPT * 50,
    "a tiff that points outside": b"II*\x00\xff\xff\xff\x7f" + SCRIPT * 50,
}


@pytest.mark.parametrize("content", STRANGERS.values(), ids=list(STRANGERS))
def test_what_is_no_picture_is_refused_whatever_its_name_and_type(app: Flask, editor: FlaskClient, content: bytes):
    answer = send(editor, NEW, content, name="photo.jpg", **SAID)
    assert answer.status_code == 422
    assert 'id="fichier-erreur"' in answer.text
    assert "Deux agents" in answer.text
    assert rows(app) == []
    with app.app_context():
        assert not [path for path in folder().rglob("*") if path.is_file()]


POLYGLOTS = {
    "jpeg and zip": jpeg() + archive(),
    "jpeg and html": jpeg() + SCRIPT,
    "jpeg whose comment is a script": encoded(drawn(), comment=SCRIPT + b"*/alert(1)/*"),
    "png and html": encoded(drawn(), "PNG") + SCRIPT,
    "webp whose xmp is a script": encoded(drawn(), "WEBP", xmp=SCRIPT),
    "avif whose xmp is a script": encoded(drawn(), "AVIF", xmp=SCRIPT),
    "tiff and zip": encoded(drawn(), "TIFF") + archive(),
}


@pytest.mark.parametrize("content", POLYGLOTS.values(), ids=list(POLYGLOTS))
def test_what_hides_in_a_picture_is_gone_once_it_is_made_anew(app: Flask, editor: FlaskClient, content: bytes):
    assert SCRIPT in content or b"evil.html" in content
    add(editor, content, name="evil.php.jpg")
    prepare(app)
    with app.app_context():
        written = [path.read_bytes() for path in folder().rglob("*") if path.is_file()]
    assert len(written) == 7
    for kept in written:
        assert not [trace for trace in (b"<script", b"alert(", b"PK\x03\x04", b"evil") if trace in kept]
        assert opened(kept).format in ("JPEG", "WEBP", "AVIF")


NAMES = [
    "../../../etc/passwd",
    "..\\..\\evil.jpg",
    "/etc/cron.d/evil",
    "a.jpg/../../b.py",
    "é\u202egpj.exe",
    "x" * 300,
    ".jpg",
    "CON.jpg",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_the_file_is_never_used(app: Flask, editor: FlaskClient, name: str, images_folder: Path):
    image = add(editor, name=name)
    assert image_files.NAME.fullmatch(image.file)
    assert [path.name for path in images_folder.parent.rglob("*.jpg") if path.parent.name != "img"] == [image.file]


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fsite.sqlite",
        "../secret_key",
        "%2e%2e/secret_key",
        "a.jpg",
        "0" * 32 + ".svg",
        "0" * 32 + "-480.jpg/",
        "0" * 32 + "-99999999.avif",
        "bin/x.jpg",
    ],
)
def test_no_address_of_files_leads_out_of_their_folder(app: Flask, editor: FlaskClient, client: FlaskClient, name: str):
    assert client.get(f"/images/{name}").status_code == 404
    assert editor.get(f"/office/images/fichiers/{name}").status_code == 404


@pytest.mark.parametrize("file", ["../secret_key", "../../app.py", "0" * 32 + ".jpg", "x.jpg", ""])
def test_a_form_names_no_file_but_a_picture_received(app: Flask, editor: FlaskClient, file: str):
    assert send(editor, NEW, **SAID, file=file).status_code == 422
    assert rows(app) == []


def test_a_form_cannot_take_the_file_of_another_picture(app: Flask, editor: FlaskClient):
    one, two = add(editor), add(editor, jpeg(tint=9))
    answer = send(editor, f"/office/images/{two.slug}/", **SAID, version=str(two.version), file=one.file)
    assert answer.status_code == 422
    assert newest(app).file == two.file


def test_a_form_cannot_set_what_is_not_in_it(app: Flask, editor: FlaskClient):
    more: dict[str, Any] = {
        "slug": "mine",
        "id": "99",
        "width": "1",
        "height": "1",
        "sizes": "[480]",
        "position": "-5",
        "updated_at": "x",
    }
    image = add(editor, **more)
    assert (image.slug, image.width, image.height, image.sizes, image.position) == (
        "deux-agents-se-parlent-par-dessus-une-cloison", 1200, 800, [], 0,
    )  # fmt: skip
    assert send(editor, NEW, jpeg(tint=1), **SAID | {"kind": "<b>", "publication": "live"}).status_code == 422


@pytest.mark.parametrize("size", [(40_000, 40_000), (9_100, 9_000), (65_000, 20_000)])
def test_a_bomb_is_refused_before_it_is_decoded(app: Flask, size: tuple[int, int], tmp_path: Path):
    bomb = png(*size)
    assert len(bomb) < 2_000_000
    with pytest.raises(Refused, match="millions de pixels"):
        receive(BytesIO(bomb), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_in_webp_or_tiff_is_refused_too(tmp_path: Path):
    for form, options in (("WEBP", {"lossless": True, "method": 0}), ("TIFF", {"compression": "tiff_adobe_deflate"})):
        bomb = encoded(Pillow.new("L", (9_000, 9_000)), form, **options)
        with pytest.raises(Refused, match="millions de pixels"):
            receive(BytesIO(bomb), tmp_path)


def test_eighty_million_pixels_are_just_accepted(tmp_path: Path):
    master = receive(BytesIO(png(10_000, 8_000)), tmp_path)
    assert (master.width, master.height) == (10_000, 8_000)


@pytest.mark.parametrize(
    ("size", "why"), [((299, 900), "trop petite"), ((300, 1600), "trop étirée"), ((1, 1), "trop petite")]
)
def test_what_no_newspaper_could_print_is_refused(tmp_path: Path, size: tuple[int, int], why: str):
    with pytest.raises(Refused, match=why):
        receive(BytesIO(encoded(drawn(*size), "PNG")), tmp_path)


def test_thirty_megabytes_are_the_most(app: Flask, editor: FlaskClient):
    heavy = jpeg() + bytes(image_files.MOST_BYTES)
    answer = send(editor, NEW, heavy, **SAID)
    assert answer.status_code == 422
    assert "30 Mo" in answer.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert send(editor, NEW, jpeg() + bytes(image_files.MOST_BYTES - 100_000), **SAID).status_code == 303


def test_more_than_that_is_not_even_read(app: Flask, editor: FlaskClient):
    assert send(editor, NEW, bytes(image_files.MOST_BYTES + 2**21), **SAID).status_code == 413


def test_only_the_forms_with_a_file_take_more_than_the_rest_of_the_site(app: Flask, editor: FlaskClient):
    data = {"csrf_token": token(editor, NEW), "image": "x" * 2**21}
    assert editor.post("/office/images/ordre/", data=data).status_code == 413


def test_a_stranger_sends_and_sees_nothing(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    sent = client.post(NEW, data=SAID | {"fichier": (BytesIO(jpeg()), "a.jpg")})
    assert sent.status_code in (400, 401, 403)
    for path in ("", "nouvelle/", f"{image.slug}/", f"{image.slug}/supprimer/", f"fichiers/{image.file}"):
        assert client.get(f"/office/images/{path}").status_code in (302, 303, 401)
    assert len(rows(app)) == 1


def test_without_its_token_no_form_is_taken(app: Flask, editor: FlaskClient):
    image = add(editor)
    posts: dict[str, dict[str, Any]] = {
        NEW: SAID | {"fichier": (BytesIO(jpeg(tint=3)), "a.jpg")},
        f"/office/images/{image.slug}/": SAID | {"version": "1"},
        f"/office/images/{image.slug}/supprimer/": {"version": "1"},
        "/office/images/ordre/": {"haut": image.slug},
    }
    assert {editor.post(path, data=data).status_code for path, data in posts.items()} == {400}
    assert [row.version for row in rows(app)] == [1]


def test_what_is_typed_is_shown_as_text(app: Flask, editor: FlaskClient, client: FlaskClient):
    add(
        editor,
        **dict.fromkeys(("alt_fr", "alt_en", "credit", "terms_fr", "terms_en"), f'"><{SCRIPT.decode()}</script>'),
    )
    prepare(app)
    for at, path in ((client, "/photos/"), (client, "/film/"), (editor, "/office/images/")):
        assert "<script>alert" not in at.get(path).text
    assert (
        '"' not in (client.get(f"/images/{newest(app).file}").headers["Content-Disposition"].partition("filename=")[2])
    )
