"""How the film's enums are said to a visitor."""

from collections.abc import Sequence

from babel import Locale

from operation118.film.models import Release, ReleaseKind
from operation118.web.languages import current
from operation118.web.languages import gettext as _

VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"  # before them, « de » loses its e


def initial(text: str) -> str:
    """`text` with a capital first: a value that stands alone."""
    return text[:1].upper() + text[1:]


def billing(genres: Sequence[str], directors: Sequence[str], leads: Sequence[str]) -> str:
    """« Comédie de Jean Dupont, avec Anne Martin et Paul Petit »: what is known of it, "" while nobody is."""
    if not directors and not leads:
        return ""
    what = _by(initial(", ".join(genres)) or _("Film"), ", ".join(directors))
    if not leads:
        return what
    if len(leads) == 1:
        return _("%(what)s, avec %(name)s", what=what, name=leads[0])
    return _("%(what)s, avec %(names)s et %(last)s", what=what, names=", ".join(leads[:-1]), last=leads[-1])


def _by(what: str, names: str) -> str:
    if not names:
        return what
    if names[0].lower() in VOWELS:
        return _("%(what)s d'%(names)s", what=what, names=names)
    return _("%(what)s de %(names)s", what=what, names=names)


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
