"""The words with which the letter is asked for, agreed to and left. The consent ledger keeps them as they were shown.

The digest of a version is of all its texts in both languages: changing a text without a new version fails a test.
"""

import hashlib
from collections.abc import Collection
from enum import StrEnum

from operation118.newsletter.models import Topic
from operation118.web.languages import LANGUAGES, speaking
from operation118.web.languages import gettext as _

VERSIONS = {"1": "9448e63509d562f2", "2": "096c98238e3eeca0", "3": "dfa6eac1f3361160"}
VERSION = next(reversed(VERSIONS))


class Form(StrEnum):
    """Where somebody says something about the letter."""

    LETTER = "lettre"
    HOME = "accueil"
    DVD = "dvd"
    CONFIRMATION = "confirmation"
    CHOICES = "choix"
    PAUSE = "pause"
    RESUMPTION = "reprise"
    UNSUBSCRIPTION = "desinscription"
    ONE_CLICK = "un-clic"
    COMPLAINT = "plainte"
    ERASURE = "effacement"
    REFUSAL = "refus"
    LEAVING_ASKED = "equipe-desinscription"
    ERASURE_ASKED = "equipe-effacement"


ASKING = frozenset({Form.LETTER, Form.HOME, Form.DVD})
LISTING_TOPICS = ASKING | {Form.CONFIRMATION, Form.CHOICES}


def label(topic: Topic) -> str:
    return {
        Topic.RELEASE: _("La sortie"),
        Topic.DVD: _("Le DVD"),
        Topic.SCREENINGS: _("Les séances"),
        Topic.PRESS: _("La presse"),
    }[topic]


def purpose(topic: Topic) -> str:
    """What choosing `topic` makes us write."""
    return {
        Topic.RELEASE: _("une lettre quand le film revient en salles ou arrive quelque part en ligne"),
        Topic.DVD: _("une lettre quand la date de mise en vente est connue, une autre le jour venu"),
        Topic.SCREENINGS: _("les nouvelles séances, avec leur ville, leur date et leur adresse"),
        Topic.PRESS: _("un nouvel entretien, une nouvelle critique, quand il y en a"),
    }[topic]


def legend() -> str:
    return _("Écrivez-moi au sujet de")


def promise() -> str:
    return _(
        "Rien ne part avant que vous n'ayez confirmé. Chaque lettre porte un lien pour tout arrêter d'un clic. Votre adresse ne sert qu'à cela, et n'est donnée à personne."
    )


def button(form: Form) -> str:
    """What the button says that was pressed; of a mail program's own, what it sends."""
    return {
        Form.LETTER: _("M'abonner"),
        Form.HOME: _("M'abonner"),
        Form.DVD: _("Prévenez-moi du DVD"),
        Form.CONFIRMATION: _("Oui, écrivez-moi"),
        Form.CHOICES: _("Enregistrer mes choix"),
        Form.PAUSE: _("Faire une pause de trois mois"),
        Form.RESUMPTION: _("Reprendre la lettre"),
        Form.UNSUBSCRIPTION: _("Ne m'écrivez plus"),
        Form.ONE_CLICK: "List-Unsubscribe=One-Click",
        Form.COMPLAINT: "Feedback-Type: abuse",
        Form.ERASURE: _("Tout effacer"),
        Form.REFUSAL: _("Ne m'écrivez plus jamais"),
        Form.LEAVING_ASKED: _("Ne plus lui écrire, à sa demande"),
        Form.ERASURE_ASKED: _("Tout effacer, à sa demande"),
    }[form]


def shown(form: Form, topics: Collection[Topic]) -> str:
    """Word for word, what was before the eyes of whoever pressed the button of `form` having chosen `topics`."""
    lines = [f"{label(topic)} – {purpose(topic)}" for topic in Topic if topic in topics]
    return "\n".join(
        [
            *([legend()] if form in (Form.LETTER, Form.HOME) else []),
            *(lines if form in LISTING_TOPICS else []),
            *([promise()] if form in ASKING else []),
            f"[{button(form)}]",
        ]
    )


def digest() -> str:
    """The digest of every text in both languages, to be noted beside a new version."""
    found = hashlib.sha256()
    for lang in LANGUAGES:
        with speaking(lang):
            found.update("\n".join(shown(form, list(Topic)) for form in Form).encode())
    return found.hexdigest()[:16]
