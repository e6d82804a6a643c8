"""How the film's enums are said to a visitor."""

from babel import Locale

from operation118.film.models import Release, ReleaseKind
from operation118.web.languages import current
from operation118.web.languages import gettext as _


def initial(text: str) -> str:
    """`text` with a capital first: a value that stands alone."""
    return text[:1].upper() + text[1:]


def release_title(release: Release) -> str:
    match release.kind:
        case ReleaseKind.THEATRICAL:
            return _("Sortie en salles")
        case ReleaseKind.VIDEO:
            return _("DVD et Blu-ray")
        case ReleaseKind.VOD:
            return _("Vidéo à la demande")
        case ReleaseKind.CONTESTED:
            return _("Mise en ligne contestée")


def language_label(tag: str) -> str:
    """The name of a BCP 47 tag in the page's language: « français », “French”."""
    return Locale.parse(tag, sep="-").get_display_name(current()) or tag
