"""How the screenings' enums are said to a visitor."""

from operation118.dates import DatePrecision
from operation118.screenings.models import Screening, ScreeningKind
from operation118.web.languages import gettext as _
from operation118.web.languages import t


def kind_label(kind: ScreeningKind) -> str:
    match kind:
        case ScreeningKind.PREVIEW:
            return _("Avant-première")
        case ScreeningKind.REGULAR:
            return _("À l'affiche")
        case ScreeningKind.NATIONAL_RELEASE:
            return _("Sortie nationale")


def panel_label(screening: Screening) -> str:
    """What the panel under its sign says: of a run that is over, when it was."""
    if screening.kind is ScreeningKind.REGULAR and screening.is_past:
        return _("À l'affiche en %(year)s", year=screening.dated.first.year)
    return kind_label(screening.kind)


def reserve(screening: Screening) -> str:
    """Why it is uncertain, as a sentence of its own."""
    return _("Sous réserve : %(why)s.", why=t(screening, "certainty").removesuffix("."))


def order_label(before: Screening, after: Screening, *, here: Screening) -> str:
    """How these two neighbours of the road stand, said of the one that is not `here`; they may be in any order when
    nothing tells."""
    known = before.starts_at and after.starts_at
    if before.dated.first == after.dated.last and not known:
        return _("Le même jour")
    if before.dated.last >= after.dated.first and not known:
        return _("Vers la même date")
    return _("Juste après") if here is before else _("Juste avant")


def status_label(screening: Screening) -> str:
    """Whether it is over, under way, or to come."""
    if screening.is_past:
        return _("Date passée")
    if not screening.has_begun:
        return _("À venir")
    return _("Aujourd'hui") if screening.dated.precision is DatePrecision.DAY else _("En ce moment")
