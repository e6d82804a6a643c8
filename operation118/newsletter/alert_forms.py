"""What visitors send to be told of screenings near them: its shape only."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField

from operation118 import places
from operation118.newsletter.alerts import LONGEST, USUAL_RADIUS
from operation118.newsletter.refused import Refused
from operation118.places import Commune
from operation118.web.languages import gettext as _

CHOICES = 12  # communes offered at most when several bear the name


class AlertForm(FlaskForm):
    """A commune, by name, postcode or the code of one that was offered, and a distance."""

    class Meta(FlaskForm.Meta):
        csrf = False  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    place = StringField(name="commune")
    radius = IntegerField(name="rayon", default=USUAL_RADIUS)
    chosen = StringField(name="code")

    @property
    def typed(self) -> str:
        return " ".join((self.place.data or "").split())[:LONGEST]

    @property
    def radius_km(self) -> int:
        """0 where what came is no number, which no rule accepts."""
        return self.radius.data or 0

    def communes(self) -> Sequence[Commune]:
        """The commune meant, or those it may be. Raises Refused when there is none."""
        if commune := places.commune(self.chosen.data or ""):
            return [commune]
        if not self.typed:
            raise Refused(_("Donnez le nom d'une commune, ou son code postal."))
        found = places.find(self.typed)
        if not found:
            raise Refused(_("Aucune commune de France ne porte ce nom ou ce code postal. Vérifiez l'orthographe."))
        return _named(found, self.typed) or found


def _named(found: Sequence[Commune], typed: str) -> Sequence[Commune]:
    """The one commune of exactly that name, unless it may be short for a larger one's."""
    name = places.fold(typed).strip()
    same = [commune for commune in found if places.fold(commune.name) == name]
    longer = [commune for commune in found if places.fold(commune.name).startswith(f"{name} ")]
    sure = len(same) == 1 and all(commune.population < same[0].population for commune in longer)
    return same if sure else []
