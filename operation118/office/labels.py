"""How the office says what the database and the journal hold."""

from collections.abc import Mapping
from typing import Any

from operation118.accounts.models import JournalAction, JournalEntry
from operation118.content.desks import plain
from operation118.office.rooms import JOURNALED

# What a table's rows are, to whoever wants to delete something they name.
TABLES = {
    "citation": "faits ou fiches qui la citent",
    "credit": "lignes du générique",
    "event": "rencontres avec la presse",
    "event_guest": "présences à une rencontre",
    "press_item": "articles",
    "press_person": "articles qui la citent",
    "press_tag": "articles à ce sujet",
    "screening": "séances",
    "screening_guest": "présences à une séance",
    "venue": "cinémas",
}
ACTIONS = {
    JournalAction.CREATED: "a créé",
    JournalAction.CHANGED: "a modifié",
    JournalAction.DELETED: "a supprimé",
    JournalAction.DID: "",
}


def verb(entry: JournalEntry) -> str:
    """What stands between a name and a summary: « a modifié » before « un article », a colon before a whole sentence."""
    desk = JOURNALED.get(entry.subject.partition(".")[0])
    return f" {ACTIONS[entry.action]}" if desk and entry.summary.startswith(desk.one) else "\u00a0:"


def field_label(kind: str, key: str) -> str:
    """« Résumé (anglais) » for `summary_en` of an `item`."""
    desk = JOURNALED.get(kind)
    label = desk.labels.get(plain(key), plain(key)) if desk else plain(key)
    language = {"_fr": " (français)", "_en": " (anglais)"}.get(key[-3:], "")
    return f"{label}{language}"


def choices_of(kind: str, key: str) -> Mapping[Any, str]:
    """The words for the values of an enum field; a kind's default is not written down, so nothing stands for it."""
    desk = JOURNALED.get(kind)
    words: Mapping[Any, str] = desk.choices.get(key, {}) if desk else {}
    return {getattr(value, "value", value): label for value, label in words.items()}
