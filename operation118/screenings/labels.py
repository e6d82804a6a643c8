"""How the screenings' enums are said to a visitor."""

from operation118.dates import DatePrecision
from operation118.screenings.models import Screening, ScreeningKind
from operation118.web.languages import gettext as _


def kind_label(kind: ScreeningKind) -> str:
    match kind:
        case ScreeningKind.PREVIEW:
            return _("Avant-première")
        case ScreeningKind.REGULAR:
            return _("À l'affiche")
        case ScreeningKind.NATIONAL_RELEASE:
            return _("Sortie nationale")


def status_label(screening: Screening) -> str:
    """Whether it is over, under way, or to come."""
    if screening.is_past:
        return _("Date passée")
    if not screening.has_begun:
        return _("À venir")
    return _("Aujourd'hui") if screening.dated.precision is DatePrecision.DAY else _("En ce moment")
