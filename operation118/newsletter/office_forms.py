"""What the desk of the letter receives: its shape, and what is wrong with it beside the field."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from operation118 import places
from operation118.newsletter.desk import Written
from operation118.newsletter.importing import Terms
from operation118.newsletter.list_words import ASK
from operation118.newsletter.models import Topic
from operation118.newsletter.reach import DISTANCES, Near, Reach, around, read
from operation118.newsletter.wording import label
from operation118.places import Commune

OFFERED = 5  # communes named when several bear the name
LONGEST_TEXT = 60_000  # characters of one language
_subject = Length(max=200, message="200 caractères au plus.")
_line = Length(max=120, message="120 caractères au plus.")
_text = Length(max=LONGEST_TEXT, message="Ce texte est trop long pour une lettre.")
USUAL_KM = "30"
PER_HOUR = (100, 200, 500, 1000, 2000)
UNTYPED = frozenset({"version", "csrf_token"})
READING = {"": "Toutes les langues", "fr": "Ceux qui lisent le français", "en": "Ceux qui lisent l’anglais"}


def _topics() -> dict[str, str]:
    return {topic.value: label(topic) for topic in Topic}


class Checkboxes(SelectMultipleField):
    """Several choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LetterForm(FlaskForm):
    """A letter on the desk."""

    version = HiddenField(name="version")
    topics = Checkboxes("Sujets", [InputRequired("Choisissez au moins un sujet.")], choices=_topics, name="sujets")
    lang = SelectField("Langue", choices=READING, name="langue")
    place = StringField("Autour de", [_line], name="commune")
    km = SelectField("À moins de", choices={str(km): f"{km} km" for km in DISTANCES}, default=USUAL_KM, name="rayon")
    in_archive = BooleanField("La montrer aussi dans les archives publiques", name="archives")
    subject_fr = StringField(
        "Objet", [InputRequired("Donnez un objet : c’est aussi son nom."), _subject], name="objet_fr"
    )
    subject_en = StringField("Objet", [_subject], name="objet_en")
    body_fr = TextAreaField("Texte", [_text], name="texte_fr")
    body_en = TextAreaField("Texte", [_text], name="texte_en")

    near: Near | None = None  # once validated

    def validate_subject_en(self, field: StringField) -> None:
        if (self.body_en.data or "").strip() and not (field.data or "").strip():
            raise ValidationError("Il y a un texte anglais : donnez-lui son objet.")

    def validate_place(self, field: StringField) -> None:
        typed = " ".join((field.data or "").split())
        if typed:
            self.near = around(the_commune(typed), int(self.km.data or USUAL_KM))

    def written(self) -> Written:
        return Written(
            topics=[Topic(value) for value in self.topics.data or () if value in set(Topic)],
            reach=Reach(self.lang.data or None, self.near),
            subject_fr=self.subject_fr.data or "",
            body_fr=self.body_fr.data or "",
            subject_en=self.subject_en.data or "",
            body_en=self.body_en.data or "",
            in_archive=self.in_archive.data,
        )


def the_commune(typed: str) -> Commune:
    """The commune of that name, with its department in parentheses where there are several. Raises ValidationError."""
    found = places.find(typed.partition("(")[0])
    same = [commune for commune in found if places.fold(commune.label) == places.fold(typed)]
    same = same or [commune for commune in found if places.fold(commune.name) == places.fold(typed)]
    if len(same) == 1:
        return same[0]
    if not found:
        raise ValidationError("Aucune commune de France ne porte ce nom.")
    raise ValidationError(f"Précisez laquelle : {_named(same or found)}.")


def _named(communes: Sequence[Commune]) -> str:
    return ", ".join(commune.label for commune in communes[:OFFERED])


def from_written(written: Written) -> LetterForm:
    """The form filled with what a proposal writes."""
    return LetterForm(formdata=None, data=written.values() | _reached(written.reach))


def from_said(said: Mapping[str, Any]) -> LetterForm:
    """The form filled with what a letter says, as the journal tells it."""
    values = {name: value for name, value in said.items() if name != "reach"}
    return LetterForm(formdata=None, data=values | _reached(read(said.get("reach", {}))))


def _reached(reach: Reach) -> dict[str, object]:
    near = reach.near
    return {"lang": reach.lang or "", "place": near.label if near else "", "km": str(near.km) if near else USUAL_KM}


def told_by(form: LetterForm) -> dict[str, str]:
    """What each field says, by its name."""
    return {field.name: told(field) for field in form if field.name not in UNTYPED}


def take(mine: LetterForm, theirs: LetterForm, names: Collection[str]) -> None:
    """Make these fields say what the other wrote."""
    for field, other in zip(mine, theirs, strict=True):
        if field.name in names:
            field.data = other.data


def told(field: Field) -> str:
    """What a field says, in words."""
    data: Any = field.data
    if isinstance(data, bool):
        return "oui" if data else "non"
    if isinstance(data, list):
        return ", ".join(label(topic) for topic in Topic if topic in data)
    return str(data or "").replace("\r\n", "\n").strip()


class ImportForm(FlaskForm):
    """How a list is taken over: what the terminal asks, it asks."""

    topics = Checkboxes("Sujets", choices=_topics, name="sujets")
    lang = SelectField("Langue", choices={"fr": "Français", "en": "Anglais"}, name="langue")
    ask = BooleanField(ASK, name="demander")
    per_hour = SelectField(
        "Combien par heure, au plus",
        choices={str(most): str(most) for most in PER_HOUR},
        default="500",
        name="par_heure",
    )
    called = StringField("Le nom sous lequel ils connaissent la liste", [_line], name="nom")

    def terms(self) -> Terms:
        topics = frozenset(Topic(value) for value in self.topics.data or ())
        called = " ".join((self.called.data or "").split())
        return Terms(topics, self.lang.data, self.ask.data, per_hour=int(self.per_hour.data), called=called)


def from_terms(terms: Terms) -> ImportForm:
    """The form filled with the answers that are kept."""
    said = {"topics": sorted(terms.topics), "lang": terms.lang, "ask": terms.ask, "called": terms.called}
    return ImportForm(formdata=None, data=said | {"per_hour": str(terms.per_hour)})
