"""What every page of the office shows around its work: the keys, what was just done, and words for rows and instants."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from flask import Flask, get_flashed_messages, request

from operation118.accounts import door
from operation118.clock import PARIS
from operation118.dates import day_label, time_label
from operation118.office.forms import pair
from operation118.office.labels import verb
from operation118.office.rooms import DESKS, room_of
from operation118.publication import state_of

# The keys of the office: digit, label, endpoint, its values.
MENU: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("1", "Le film", "office.room", {"room": "film"}),
    ("2", "Les séances", "office.room", {"room": "seances"}),
    ("3", "La presse", "office.room", {"room": "presse"}),
    ("4", "Les images", "image_office.index", {}),
    ("5", "La lettre", "newsletter_office.index", {}),
    ("6", "Le courrier", "mail_office.index", {}),
    ("7", "Le journal", "journal.index", {}),
    ("8", "Demain", "preview.index", {}),
    ("9", "Les tableaux", "tables.index", {}),
    ("", "Les faits à vérifier", "facts.index", {}),
    ("0", "L’équipe", "accounts.team", {}),
)
Link = tuple[str, str, str, dict[str, str], str]


def may(endpoint: str) -> bool:
    """Whether whoever is signed in may open the view of this endpoint."""
    me = door.current()
    return me is not None and me.role in door.roles_of(endpoint)


def menu() -> list[Link]:
    """The keys that open for whoever is signed in, each with where one stands: "page", "true" or ""."""
    return [
        (digit, label, endpoint, values, _here(endpoint, values))
        for digit, label, endpoint, values in MENU
        if may(endpoint)
    ]


def _here(endpoint: str, values: dict[str, str]) -> str:
    view_args = request.view_args or {}
    if request.endpoint == endpoint and all(view_args.get(name) == value for name, value in values.items()):
        return "page"
    if endpoint == "office.room":
        kind = view_args.get("kind")
        return "true" if kind in DESKS and room_of(DESKS[kind]) == values["room"] else ""
    return "true" if request.blueprint == endpoint.partition(".")[0] else ""


def notices() -> list[tuple[str, str]]:
    """What was just done, or refused: (kind, message)."""
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))


def moment(instant: datetime) -> str:
    """« 25 novembre 2026 à 20 h 30 », in Paris."""
    return f"{day_label(instant.astimezone(PARIS).date(), 'fr')} à {time_label(instant, 'fr')}"


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d|Z)")


def said_value(value: Any, choices: Mapping[Any, str] = MappingProxyType({})) -> str:
    """What a field said, as the journal keeps it, in words; `choices` are the words for an enum's values."""
    match value:
        case bool():
            return "oui" if value else "non"
        case list():
            return "\n".join(said_value(part, choices) for part in cast(list[Any], value)) or "(rien)"
        case dict():
            return "\n".join(f"{key} : {said_value(part)}" for key, part in cast(dict[str, Any], value).items())
        case str() if _INSTANT.fullmatch(value):
            return moment(datetime.fromisoformat(value))
        case _:
            return "(rien)" if value in (None, "") else choices.get(value, str(value))


def init_app(app: Flask) -> None:
    for word in (may, moment, notices, pair, room_of, state_of, verb):
        app.add_template_global(word)
    app.add_template_global(menu, "office_menu")
    app.add_template_global(door.current, "staff")
