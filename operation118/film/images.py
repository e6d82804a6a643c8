"""The pictures of the film: received, described, put in order, deleted; and whose files are kept.

The truth is the row. A file that no row names goes to the bin after a day and is destroyed 30 days later; a row that comes
back, from the journal, takes its file out of the bin. A picture whose sizes are not there is one that waits for them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import select, update

from operation118 import clock
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry
from operation118.content.editing import Drawer, Said
from operation118.database import db, move_revision
from operation118.film import image_files
from operation118.film.content import IMAGE, Citations, ImageEntry
from operation118.film.image_files import Master
from operation118.film.models import Image
from operation118.film.refused import Refused
from operation118.publication import State, everything, state_of
from operation118.web.settings import current_settings

STAGED = timedelta(days=1)  # how long a file may wait for the rest of its form
BINNED = timedelta(days=30)  # how long a deletion can be undone
LONGEST_SLUG = 60
RESERVED = frozenset({"nouvelle", "ordre"})  # addresses of the office beside those of the pictures


class Changed(Refused):
    """Somebody else changed the picture meanwhile; nothing was written."""


def folder() -> Path:
    """Where the files of pictures are."""
    return current_settings().data_dir / "images"


def receive(upload: IO[bytes]) -> Master:
    """Keep an uploaded picture, made anew. Raises Refused if it is none that can be used, or cannot be written."""
    try:
        return image_files.receive(upload, folder())
    except OSError as error:
        raise Refused(
            f"Le serveur n’a pas pu écrire le fichier ({error.strerror}). Prévenez qui s’en occupe."
        ) from None


def kept(file: str) -> Master | None:
    """A picture that was received for a form sent again, if it is still there."""
    if not image_files.NAME.fullmatch(file) or not image_files.locate(file, folder()):
        return None
    return image_files.measured(file, folder())


def twin(file: str) -> Image | None:
    """The picture that has this very file already."""
    return db.session.scalar(select(Image).where(Image.file == file).limit(1))


def find(slug: str) -> Image | None:
    return db.session.scalar(select(Image).where(Image.slug == slug))


def in_order() -> Sequence[Image]:
    return db.session.scalars(select(Image).order_by(Image.position, Image.slug)).all()


# --- Changing -----------------------------------------------------------------------------------------------------


def _drawer() -> Drawer:
    return Drawer(db.session, (IMAGE,), Citations(db.session, of="image."))


def said(image: Image) -> Said:
    """What the picture says, as the journal keeps it."""
    return _drawer().said(IMAGE, image)


def folded(text: str) -> str:
    """`text` as a name of a file or a page may have it: lower-case letters without accents, digits, hyphens."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return name if len(name) <= LONGEST_SLUG else name[:LONGEST_SLUG].rpartition("-")[0] or name[:LONGEST_SLUG]


def free_slug(text: str) -> str:
    """A name for a new picture, made of its description and unlike any other."""
    start = folded(text) or "image"
    taken = {*db.session.scalars(select(Image.slug).where(Image.slug.startswith(start))), *RESERVED}
    return next(name for name in _numbered(start) if name not in taken)


def download_name(image: Image) -> str:
    """What the original is called once it is taken away: whoever finds it later knows whom to credit."""
    return f"{image.slug}-credit-{folded(image.credit) or 'inconnu'}.jpg"


def _numbered(start: str) -> Iterator[str]:
    yield start
    number = 1
    while number := number + 1:
        yield f"{start}-{number}"


def add(entry: ImageEntry) -> Image:
    """A new picture, after the others; flushes. Raises Refused if another has its file."""
    if other := twin(entry.file):
        raise Refused(f"Cette image est déjà là : « {other.alt_fr} ». Modifiez-la plutôt que de l’ajouter deux fois.")
    drawer = _drawer()
    image: Image = drawer.put(IMAGE, entry, position=len(in_order()))
    _note(JournalAction.CREATED, image, "une image", after=drawer.said(IMAGE, image))
    return image


def change(image: Image, entry: ImageEntry, *, version: int) -> Image:
    """Make the picture say what `entry` says; flushes. Raises Changed if it is no longer the `version` that was read,
    Refused if another has its file."""
    if image.version != version:
        raise Changed("Quelqu’un a modifié cette image pendant que vous la lisiez.")
    if entry.file != image.file and (other := twin(entry.file)):
        raise Refused(f"Ce fichier est déjà celui d’une autre image : « {other.alt_fr} ».")
    drawer = _drawer()
    before = drawer.said(IMAGE, image)
    changed: Image = drawer.put(IMAGE, entry)
    if (after := drawer.said(IMAGE, changed)) != before:
        what = "une image" if after["file"] == before["file"] else "une image (nouveau fichier)"
        _note(JournalAction.CHANGED, changed, what, before=before, after=after)
    return changed


def delete(image: Image, *, version: int) -> JournalEntry:
    """Flushes. The file stays for as long as this can be undone. Raises Changed as `change` does."""
    if image.version != version:
        raise Changed("Quelqu’un a modifié cette image pendant que vous la lisiez.")
    drawer = _drawer()
    line = _note(JournalAction.DELETED, image, "une image", before=drawer.said(IMAGE, image))
    drawer.delete(IMAGE, image)
    return line


def _note(
    action: JournalAction, image: Image, what: str, *, before: Said | None = None, after: Said | None = None
) -> JournalEntry:
    said = f"{what} : {image.alt_fr}"
    return journal.record(action=action, subject=f"image.{image.slug}", summary=said[:300], before=before, after=after)


def reorder(slugs: Sequence[str]) -> bool:
    """Put the pictures named first, in this order; the others follow as they were. Whether anything moved.

    Their versions stay: nobody's open form is out of date because of it."""
    images = in_order()
    known = {image.slug: image for image in images}
    named = [known[slug] for slug in dict.fromkeys(slugs) if slug in known]
    wanted = [*named, *(image for image in images if image not in named)]
    if wanted == list(images):
        return False
    for position, image in enumerate(wanted):
        db.session.execute(update(Image).where(Image.id == image.id).values(position=position))
    move_revision(db.session)
    journal.record(
        action=JournalAction.DID,
        subject="images",
        summary="a changé l’ordre des images",
        before={"order": [image.slug for image in images]},
        after={"order": [image.slug for image in wanted]},
    )
    return True


# --- What waits, what is put away ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A picture as the office lists it."""

    row: Image
    state: State
    missing: bool  # its file is nowhere: it must be sent again

    @property
    def in_preparation(self) -> bool:
        return not self.row.sizes and not self.missing


def shown(image: Image) -> Shown:
    missing = not image.sizes and image_files.locate(image.file, folder()) is None
    return Shown(image, state_of(image), missing)


def waiting() -> list[Image]:
    """The pictures that have a file and lack their sizes, in order."""
    with everything():
        return [image for image in in_order() if not image.sizes and image_files.locate(image.file, folder())]


def prepare(image: Image) -> None:
    """Make the sizes of a picture and say so in its row, unless it has another file by now. Its version stays: whoever
    has its form open changed nothing less. Raises OSError."""
    master = image_files.make_sizes(image.file, folder())
    made = {"sizes": image_files.widths(master.width), "width": master.width, "height": master.height}
    db.session.execute(update(Image).where(Image.id == image.id, Image.file == image.file).values(made))
    move_revision(db.session)


def find_lost() -> int:
    """Let pictures whose sizes are no longer there wait for them; how many there were."""
    with everything():
        claimed = [image for image in in_order() if image.sizes]
    lost = [image.id for image in claimed if not image_files.has_sizes(image.file, image.sizes, folder())]
    if lost:
        db.session.execute(update(Image).where(Image.id.in_(lost)).values(sizes=[]))
        move_revision(db.session)
    return len(lost)


def put_away() -> int:
    """Throw the files that no row names, destroy those thrown 30 days ago; how many there were."""
    now = clock.real_now()
    with everything():
        named = set(db.session.scalars(select(Image.file)))
    unnamed = [path for path in image_files.masters(folder()) if path.name not in named]
    thrown = [path for path in unnamed if image_files.dated(path) < now - STAGED]
    for path in thrown:
        image_files.throw(path, at=now)
    old = [path for path in image_files.masters(folder() / "bin") if image_files.dated(path) < now - BINNED]
    for path in old:
        path.unlink(missing_ok=True)
    return len(thrown) + len(old)
