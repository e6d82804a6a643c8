"""One mail of each kind, always the same: what the golden texts are held against.

A kind is a folder of `templates/mail/` with a `subject.txt`; a new one has its sample here.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from operation118 import clock
from operation118.mail import compose
from operation118.mail.compose import Parts
from operation118.newsletter.digests import Announced, Near
from operation118.newsletter.models import Alert, Topic
from operation118.newsletter.wording import label, purpose
from operation118.web.languages import speaking

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
SITE = "https://film.test"
OWN = {"manage_url": f"{SITE}/lettre/moi/7.token/", "unsubscribe_url": f"{SITE}/lettre/desinscription/7.token/"}
CONFIRM = {
    "confirm_url": f"{SITE}/lettre/confirmer/7-1.token/",
    "refuse_url": f"{SITE}/lettre/refus/hash.token/",
    "until": date(2026, 3, 9),
}


def topics(*chosen: Topic) -> list[tuple[str, str]]:
    return [(label(topic), purpose(topic)) for topic in chosen]


def near() -> Near:
    alert = Alert(label="Tence (Haute-Loire)", radius_km=30, latitude=45.1, longitude=4.3, expires_on=date(2027, 3, 2))
    screening = Announced(
        key="example",
        place="Le Puy-en-Velay",
        when="12.3.2026",
        venue="Ciné Exemple",
        on=date(2026, 3, 12),
        url=f"{SITE}/seances/exemple/",
        latitude=45.0,
        longitude=3.9,
    )
    return Near(alert, [(screening, 28)])


OFFICE = {"who": "Nadia Exemple", "url": f"{SITE}/office/moi/", "moment": "2.3.2026, 12:00"}

VALUES: dict[str, Callable[[], dict[str, Any]]] = {
    "accounts/invitation": lambda: OFFICE | {"url": f"{SITE}/office/invitation/7-1.token/"},
    "accounts/reset": lambda: OFFICE | {"url": f"{SITE}/office/mot-de-passe/7-1.token/"},
    "accounts/new_device": lambda: OFFICE | {"device": "Firefox, Android", "network": "192.0.2.0/24"},
    "accounts/changed": lambda: OFFICE | {"change": "codes_on"},
    "newsletter/confirm": lambda: CONFIRM | {"topics": topics(Topic.DVD, Topic.SCREENINGS)},
    "newsletter/taken_over": lambda: CONFIRM | {"topics": topics(Topic.DVD), "called": "Titre / Title"},
    "newsletter/reminder": lambda: CONFIRM | {"topics": topics(Topic.DVD)},
    "newsletter/welcome": lambda: OWN | {"topics": topics(*Topic)},
    "newsletter/already": lambda: (
        OWN | {"topics": topics(Topic.DVD), "more": topics(Topic.PRESS), "paused_until": date(2026, 6, 2)}
    ),
    "newsletter/alert": lambda: OWN | {"title": "Titre / Title", "found": [near()]},
    "newsletter/alert_ending": lambda: OWN | {"ending": [near().alert]},
    "newsletter/letter": lambda: (
        OWN
        | {
            "title": "Titre / Title",
            "letter_html": "<p>Texte / <b>Text</b></p>",
            "letter_text": "Texte / Text",
            "online_url": f"{SITE}/lettre/archives/exemple/",
        }
    ),
}


def sample(name: str, lang: str) -> Parts:
    with speaking(lang):
        values = VALUES[name]()
    with clock.at(NOON):
        return compose.render(name, lang, **values)
