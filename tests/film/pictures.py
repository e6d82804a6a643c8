"""Pictures made for the tests, and the office's form to send them with."""

import re
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image as Pillow
from sqlalchemy import select
from werkzeug.test import TestResponse

from operation118 import publication
from operation118.database import db
from operation118.film import jobs
from operation118.film.models import Image

NEW = "/office/images/nouvelle/"
SAID: dict[str, Any] = {
    "kind": "still",
    "alt_fr": "Deux agents se parlent par-dessus une cloison",
    "alt_en": "Two agents talk over a partition",
    "credit": "Ève Dupont",
    "terms_fr": "Libre pour la presse, en parlant du film",
    "terms_en": "Free for the press, when writing about the film",
    "publication": "published",
}


def drawn(width: int = 1200, height: int = 800, *, mode: str = "RGB", tint: int = 0) -> Pillow.Image:
    """A picture that is no plain colour, and that another `tint` makes another."""
    gradient = Pillow.linear_gradient("L").resize((width, height))
    turned = [(value + tint) % 256 for value in range(256)]
    other = gradient.transpose(Pillow.Transpose.ROTATE_180).point(turned)
    return Pillow.merge("RGB", (gradient, other, gradient)).convert(mode)


def encoded(picture: Pillow.Image, form: str = "JPEG", **options: Any) -> bytes:
    stream = BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def jpeg(width: int = 1200, height: int = 800, *, tint: int = 0) -> bytes:
    return encoded(drawn(width, height, tint=tint))


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(BytesIO(content))


def token(client: FlaskClient, path: str) -> str:
    """The token that the form at `path` carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found, path
    return found[1]


def send(
    client: FlaskClient, path: str, content: bytes | None = None, *, name: str = "a.jpg", **said: Any
) -> TestResponse:
    """Send the form at `path` as a browser would."""
    data: dict[str, Any] = {"csrf_token": token(client, path)} | said
    if content is not None:
        data["fichier"] = (BytesIO(content), name)
    answer = client.post(path, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # what is large was written to a file for the journey
    return answer


def add(client: FlaskClient, content: bytes | None = None, **said: Any) -> Image:
    """Add a picture from the office; its row."""
    answer = send(client, NEW, jpeg() if content is None else content, **SAID | said)
    assert answer.status_code == 303, answer.text
    return newest(client.application)


def edit(client: FlaskClient, image: Image, content: bytes | None = None, **said: Any) -> TestResponse:
    """Send the form of a picture again, with something else in it."""
    return send(client, f"/office/images/{image.slug}/", content, **SAID | {"version": str(image.version)} | said)


def rows(app: Flask) -> list[Image]:
    with app.app_context(), publication.everything():
        return list(db.session.scalars(select(Image).order_by(Image.position)))


def newest(app: Flask) -> Image:
    return max(rows(app), key=lambda image: image.id)


def prepare(app: Flask) -> int:
    """Do what a worker does when the bell rings, until nothing waits; how many pictures that made."""
    made = 0
    while jobs.prepare_one(app):
        made += 1
    return made


def shown(client: FlaskClient, path: str = "/photos/") -> set[str]:
    """The addresses of files that a page names."""
    return set(re.findall(r"/images/[0-9a-f]{32}(?:-\d+)?\.(?:avif|webp|jpg)", client.get(path).text))
