"""What every page of the office shows around its work: the keys, and words for rows and instants."""

import re
from datetime import datetime
from typing import Any, cast

from flask import Flask, request, url_for

from operation118.accounts import door, drafts, notices
from operation118.accounts.models import JournalEntry
from operation118.clock import PARIS
from operation118.dates import NBSP, day_label, time_label
from operation118.office.forms import pair
from operation118.office.labels import choices_of, field_label, verb
from operation118.office.rooms import room_of
from operation118.publication import state_of

# The keys of the office, as a telephone has them: key, label, endpoint, its values.
MENU: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("1", "Le film", "office.room", {"room": "film"}),
    ("2", "Les séances", "office.room", {"room": "seances"}),
    ("3", "La presse", "office.room", {"room": "presse"}),
    ("4", "Les images", "image_office.index", {}),
    ("5", "La lettre", "newsletter_office.index", {}),
    ("6", "Le courrier", "mail_office.index", {}),
    ("7", "Le journal", "journal.index", {}),
    ("8", "Demain", "preview.index", {}),
    ("9", "Les tableaux", "tables.index", {}),
    ("*", "Les faits à vérifier", "facts.index", {}),
    ("0", "L’équipe", "accounts.team", {}),
)
Link = tuple[str, str, str, str]


def may(endpoint: str) -> bool:
    """Whether whoever is signed in may open the view of this endpoint."""
    me = door.current()
    return me is not None and me.role in door.roles_of(endpoint)


def menu() -> list[Link]:
    """The keys that open for whoever is signed in: key, label, address, and where one stands: "page", "true" or ""."""
    found = [(key, label, url_for(endpoint, **values)) for key, label, endpoint, values in MENU if may(endpoint)]
    return [(key, label, address, _here(address)) for key, label, address in found]


def _here(address: str) -> str:
    """Whether this page is at that address, or under it."""
    here = request.script_root + request.path
    return "page" if here == address else "true" if here.startswith(address) else ""


def moment(instant: datetime) -> str:
    """« 25 novembre 2026 à 20 h 30 », in Paris; a line ends between the day and the hour, or nowhere in it."""
    day = day_label(instant.astimezone(PARIS).date(), "fr").replace(" ", NBSP)
    return f"{day} à{NBSP}{time_label(instant, 'fr')}"


def told(entry: JournalEntry) -> tuple[str, str]:
    """What a line of the journal says after the name of who did it: what stands between, and the rest. Nobody is named
    twice, and what begins with a verb wants nothing between."""
    name = f"{entry.staff_name} : "
    if entry.summary.startswith(name):
        return f"{NBSP}:", entry.summary.removeprefix(name)
    if entry.summary.startswith(("a ", "n’a ")):
        return "", entry.summary
    return verb(entry), entry.summary


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d|Z)")


def said_value(kind: str, key: str, value: Any) -> str:
    """What a field of a row said, as the journal keeps it, in words."""
    match value:
        case bool():
            return "oui" if value else "non"
        case list():
            return "\n".join(said_value(kind, key, part) for part in cast(list[Any], value)) or "(rien)"
        case dict():
            parts = cast(dict[str, Any], value).items()
            return "\n".join(f"{field_label(kind, name)} : {said_value(kind, name, part)}" for name, part in parts)
        case str() if _INSTANT.fullmatch(value):
            return moment(datetime.fromisoformat(value))
        case _:
            return "(rien)" if value in (None, "") else choices_of(kind, key).get(value, str(value))


def init_app(app: Flask) -> None:
    for word in (may, moment, pair, room_of, state_of, told):
        app.add_template_global(word)
    app.add_template_global(menu, "office_menu")
    app.add_template_global(notices.said, "just_said")
    app.add_template_global(door.current, "staff")
    app.add_template_global(door.way_back)
    app.add_template_global(drafts.saved, "saved_drafts")
