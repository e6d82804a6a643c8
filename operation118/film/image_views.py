"""The pictures for everybody: a contact sheet with credits and terms, and the files."""

from pathlib import Path

from flask import Blueprint, Response, abort, render_template, send_file
from sqlalchemy import select

from operation118 import clock
from operation118.database import db
from operation118.film import image_files, images
from operation118.film.image_files import MIMETYPES, Format
from operation118.film.image_structured import gallery_json_ld
from operation118.film.models import Image
from operation118.film.views import the_film
from operation118.web.headers import private
from operation118.web.languages import localized

bp = Blueprint("images", __name__)
# A withdrawn picture leaves shared caches within five minutes, and a reader's own browser within the hour. `public` does
# not come first: the page cache would keep pictures in the memory that pages need.
KEPT = "max-age=3600, s-maxage=300, public"


@localized(bp, fr="/photos/", en="/en/photos/")
def index() -> str:
    the_film()
    shown = [image for image in images.in_order() if image.sizes]
    return render_template("film/photos.html", images=shown, json_ld=gallery_json_ld(shown) if shown else None)


@bp.get("/images/<name>")
def file(name: str) -> Response:
    """One size of a picture that the public sees or, without a width, the original to take away."""
    found = image_files.NAME.fullmatch(name) or abort(404)
    width, made = int(found["width"] or 0), Format(found["format"])
    image = db.session.scalar(select(Image).where(Image.file == f"{found['stem']}.jpg").limit(1))
    if image is None or (width not in image.sizes if width else made is not Format.JPG):
        abort(404)
    path = images.folder() / "sizes" / name if width else images.folder() / name
    return _sent(path, made, None if width else images.download_name(image))


def _sent(path: Path, made: Format, download_name: str | None) -> Response:
    """A file of a picture; to whoever looks at a day to come, nothing that a cache may keep."""
    try:
        response = send_file(
            path,
            mimetype=MIMETYPES[made],
            as_attachment=download_name is not None,
            download_name=download_name,
            etag=path.name,
            conditional=True,
        )
    except FileNotFoundError:
        abort(404)
    if download_name is None:
        response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = KEPT
    return private(response) if clock.now() > clock.real_now() else response
