"""How the screenings' enums are said to a visitor."""

from operation118.screenings.models import ScreeningKind
from operation118.web.languages import gettext as _


def kind_label(kind: ScreeningKind) -> str:
    match kind:
        case ScreeningKind.PREVIEW:
            return _("Avant-première")
        case ScreeningKind.REGULAR:
            return _("À l'affiche")
        case ScreeningKind.NATIONAL_RELEASE:
            return _("Sortie nationale")
