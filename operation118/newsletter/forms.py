"""What visitors send about the letter: its shape only. The site's posts are told by their origin, so no token is needed."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError

from operation118.newsletter import addresses, stamps
from operation118.newsletter.models import Topic
from operation118.newsletter.refused import Refused
from operation118.newsletter.stamps import Age
from operation118.newsletter.subscribing import LeavingReason
from operation118.newsletter.wording import ASKING, Form
from operation118.web.languages import LANGUAGES, current
from operation118.web.languages import gettext as _


class _Values(Field):
    """Every value given under one name."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist


def _line(value: str | None) -> str:
    """On one line, and no longer than an address may be wrong by."""
    return " ".join("".join(char if char.isprintable() else " " for char in value or "").split())[
        : 2 * addresses.LONGEST
    ]


def _topics(values: Iterable[str] | None) -> set[Topic]:
    return {topic for topic in Topic if topic.value in (values or ())}


class _Plain(FlaskForm):
    class Meta(FlaskForm.Meta):
        csrf = False  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    def remarks(self) -> dict[str, str]:
        """What is wrong, by name of field; empty when all is well."""
        self.validate()
        return {field.name: str(field.errors[0]) for field in self if field.errors}


class _Choices(_Plain):
    topics = _Values(name="sujets", default=())
    lang = StringField(name="langue")

    @property
    def chosen(self) -> set[Topic]:
        return _topics(self.topics.data)

    @property
    def language(self) -> str:
        return self.lang.data if self.lang.data in LANGUAGES else current()


class ChoicesForm(_Choices):
    """What a subscriber wants to read about, and in which language."""


class LetterForm(_Choices):
    """The request for the letter. `trap` is a field that no human sees."""

    address = StringField(name="adresse", filters=[_line])
    origin = StringField(name="formulaire")
    stamp = StringField(name="jeton")
    trap = StringField(name="site_web")
    correction = StringField(name="correction")
    kept = StringField(name="garder")

    recipient = ""  # where to write, once validated
    suggestion: str | None = None

    @property
    def form(self) -> Form:
        return Form(self.origin.data) if self.origin.data in ASKING else Form.LETTER

    @property
    def is_answer(self) -> bool:
        """Whether the button pressed was one of the two beside a suggestion, which a hand finds at once."""
        return bool(self.correction.data or self.kept.data)

    def validate_address(self, field: Field) -> None:
        try:
            self.recipient = addresses.read(field.data)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        suggestion = addresses.correction(self.recipient)
        if suggestion and self.correction.data == suggestion:
            self.recipient = field.data = suggestion
        elif suggestion and self.kept.data != self.recipient:
            self.suggestion = suggestion
            raise ValidationError(_("Vouliez-vous écrire %(address)s ?", address=suggestion))

    def validate_topics(self, field: Field) -> None:
        if not self.chosen:
            raise ValidationError(_("Cochez au moins un sujet : nous n'écrirons que sur ceux-là."))

    def validate_stamp(self, field: Field) -> None:
        found = stamps.age(field.data or "")
        if found is Age.STALE:
            raise ValidationError(
                _("Cette page était ouverte depuis trop longtemps. Relisez, puis envoyez de nouveau.")
            )
        if found is Age.HASTY and not self.is_answer:
            raise ValidationError(
                _("C'était trop rapide pour une main humaine. Si vous en êtes une, envoyez de nouveau.")
            )

    def validate_trap(self, field: Field) -> None:
        if field.data:
            raise ValidationError(
                _(
                    "Un champ que l'on ne voit pas a été rempli, sans doute par votre navigateur. Nous l'avons vidé : envoyez de nouveau."
                )
            )


class ReasonForm(_Plain):
    """Why somebody left, if they care to say."""

    reason = StringField(name="raison")

    @property
    def given(self) -> LeavingReason | None:
        return LeavingReason(self.reason.data) if self.reason.data in set(LeavingReason) else None
