"""What the office sends about a picture: its file, and what is said of it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import DateTimeField, Field, HiddenField, StringField, TextAreaField

from operation118.clock import PARIS
from operation118.content.editing import Mistake, validated
from operation118.dates import read_moment
from operation118.film.content import IMAGE, ImageEntry
from operation118.film.image_files import Master
from operation118.film.models import Image, ImageKind
from operation118.publication import Publication
from operation118.web.row_numbers import row_number

TEXTS = ("alt_fr", "alt_en", "caption_fr", "caption_en", "credit", "terms_fr", "terms_en")
MOMENT = "%d/%m/%Y %H:%M"
NEEDED = {"required": True}


class ParisTime(DateTimeField):
    """An hour typed and shown in Paris, read as an aware instant."""

    def process_data(self, value: datetime | None) -> None:
        self.data = value.astimezone(PARIS) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not "".join(valuelist).strip():
            return
        self.data = read_moment(valuelist[0])
        if self.data is None:
            raise ValueError("Un jour et une heure, comme 17/11/2010 20:30.")


class ImageForm(FlaskForm):
    """A picture, new or known. `file` is that of a picture received already: a form sent again needs not send it twice."""

    refused = ""  # why the file that was sent cannot be used

    upload = FileField("Fichier", name="fichier")
    file = HiddenField()
    version = HiddenField()
    kind = StringField("Genre")
    credit = StringField("Crédit", render_kw=NEEDED)
    terms_fr = TextAreaField("Conditions d’emploi, en français", render_kw=NEEDED)
    terms_en = TextAreaField("Conditions d’emploi, en anglais", render_kw=NEEDED)
    alt_fr = TextAreaField("Description, en français", render_kw=NEEDED)
    alt_en = TextAreaField("Description, en anglais", render_kw=NEEDED)
    caption_fr = TextAreaField("Légende, en français")
    caption_en = TextAreaField("Légende, en anglais")
    publication = StringField("État")
    published_at = ParisTime("Visible à partir de", format=MOMENT)
    embargo_lifts_at = ParisTime("Embargo jusqu’à", format=MOMENT)

    @property
    def upload_sent(self) -> FileStorage | None:
        """The file, if one was chosen."""
        return self.upload.data if isinstance(self.upload.data, FileStorage) and self.upload.data.filename else None

    @property
    def read_version(self) -> int:
        """The version of the picture that was read; none is like an old one."""
        with suppress(ValueError):
            return row_number(self.version.data or "")
        return 0

    def entry(self, slug: str, master: Master | None) -> ImageEntry | None:
        """The picture as typed, or None: what is wrong then stands beside its field."""
        well_formed = self.validate() and not self.refused
        if self.refused:
            blame(self.upload, self.refused)
        raw = {name: self[name].data for name in TEXTS if (self[name].data or "").strip()}
        raw |= {"slug": slug, "kind": self.kind.data, "publication": self.publication.data}
        raw |= {name: self[name].data for name in ("published_at", "embargo_lifts_at") if self[name].data}
        if master:
            raw |= {"file": master.file, "width": master.width, "height": master.height}
        entry, mistakes = validated(IMAGE, raw)
        for mistake in mistakes:
            self._blame(mistake, master)
        return entry if well_formed and isinstance(entry, ImageEntry) else None

    def _blame(self, mistake: Mistake, master: Master | None) -> None:
        name = str(mistake.path[0])
        if name in TEXTS or name in ("kind", "publication", "published_at", "embargo_lifts_at"):
            blame(self[name], mistake.message)
        elif master is None and name == "file" and not self.upload.errors:
            blame(self.upload, "Choisissez une image.")

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """Every mistake as (id of the field, its label, what is wrong), in the order of the form."""
        return [(field.id, str(field.label.text), str(field.errors[0])) for field in self if field.errors]

    def differences(self, image: Image) -> Sequence[tuple[str, str]]:
        """What the picture says by now where the form says something else, as (label, value)."""
        return [
            (str(self[name].label.text), getattr(image, name) or "—")
            for name in TEXTS
            if (getattr(image, name) or "") != (self[name].data or "").strip()
        ]


def blame(field: Field, message: str) -> None:
    """Let what is wrong stand beside the field, once."""
    if message not in field.errors:
        field.errors = [*field.errors, message]


def filled(image: Image | None) -> ImageForm:
    """The form of a picture, with what was sent, or with what its row says; a new one is a draft."""
    known: dict[str, Any] = (
        {name: getattr(image, name) for name in (*TEXTS, "published_at", "embargo_lifts_at")} if image else {}
    )
    known |= {
        "kind": (image.kind if image else ImageKind.STILL).value,
        "publication": (image.publication if image else Publication.DRAFT).value,
        "version": str(image.version) if image else "",
    }
    return ImageForm(data=known)
