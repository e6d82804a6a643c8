"""The form of the index. It comes in the address and changes nothing, so it needs no token."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField

from operation118.press.filters import PAGE, SEARCH, Facet
from operation118.press.search import words
from operation118.web.languages import gettext as _

LONGEST = 100  # characters of a value
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]+")


class OneValue(StringField):
    """The first value given, on one line and cut; its errors say what was left out."""

    def process_formdata(self, valuelist: list[str]) -> None:
        given = [" ".join(_CONTROL.sub(" ", value).split()) for value in valuelist]
        self.data = given[0][:LONGEST] if given else ""
        if len(set(given)) > 1:
            raise ValueError(_("Une seule valeur à la fois : la première a été gardée."))
        if given and len(given[0]) > LONGEST:
            raise ValueError(_("C'était trop long : les %(n)s premiers caractères ont été gardés.", n=LONGEST))


class FilterForm(FlaskForm):
    """What may stand in the address of the index, all of it optional."""

    class Meta(FlaskForm.Meta):
        csrf = False  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    kind = OneValue(name=Facet.KIND.value)
    outlet = OneValue(name=Facet.OUTLET.value)
    person = OneValue(name=Facet.PERSON.value)
    year = OneValue(name=Facet.YEAR.value)
    tag = OneValue(name=Facet.TAG.value)
    language = OneValue(name=Facet.LANGUAGE.value)
    search = OneValue(name=SEARCH)
    page = IntegerField(name=PAGE, default=1)

    def given(self) -> dict[str, Any]:
        """The arguments that have a value, known or not."""
        return {field.name: str(field.data) for field in self if field.data and field is not self.page}

    def facets(self) -> dict[Facet, str]:
        given = self.given()
        return {facet: given[facet.value].lower() for facet in Facet if facet.value in given}

    @property
    def typed(self) -> str:
        return self.search.data or ""

    @property
    def number(self) -> int:
        """The page asked for; the first one when that was no number."""
        return 1 if self.page.data is None else self.page.data

    def remarks(self) -> dict[str, list[str]]:
        """What is wrong with the shape of the arguments, by argument."""
        self.validate()
        remarks = {field.name: list(field.errors) for field in self if field.errors}
        if self.page.errors:
            remarks[PAGE] = [_("Ce numéro de page n'en est pas un : voici la première.")]
        if self.typed and not words(self.typed):
            remarks[SEARCH] = [_("Il n'y a là aucun mot à chercher : voici tout l'index.")]
        return remarks
