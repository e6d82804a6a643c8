"""How the office says what the database and the journal hold."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from operation118.accounts.labels import role_label
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.content.desks import plain
from operation118.content.sheets import POSITION
from operation118.newsletter import office_words, uploads
from operation118.newsletter.models import Topic
from operation118.newsletter.wording import label as topic_label
from operation118.office.rooms import BY_KEY, JOURNALED

# What a table's rows are, to whoever wants to delete something they name.
TABLES = {
    "citation": ("fait ou fiche qui la cite", "faits ou fiches qui la citent"),
    "credit": ("ligne du générique", "lignes du générique"),
    "event": ("rencontre avec la presse", "rencontres avec la presse"),
    "event_guest": ("présence à une rencontre", "présences à une rencontre"),
    "press_item": ("article", "articles"),
    "press_person": ("article qui la cite", "articles qui la citent"),
    "press_tag": ("article à ce sujet", "articles à ce sujet"),
    "screening": ("séance", "séances"),
    "screening_guest": ("présence à une séance", "présences à une séance"),
    "source": ("source", "sources"),
    "venue": ("cinéma", "cinémas"),
}
ACTIONS = {
    JournalAction.CREATED: "a créé",
    JournalAction.CHANGED: "a modifié",
    JournalAction.DELETED: "a supprimé",
    JournalAction.DID: "",
}
UNDOINGS = {
    JournalAction.CREATED: "annule une suppression",
    JournalAction.CHANGED: "annule une modification",
    JournalAction.DELETED: "annule une création",
}
# The fields of what the journal tells and no desk edits.
FIELDS: dict[str, Mapping[str, str]] = {
    "letter": office_words.LETTER,
    "subscribers": {outcome.value: told for outcome, told in uploads.OUTCOMES.items()},
    "staff": {"role": "Rôle", "active": "Compte ouvert"},
}


def dependents_label(table: str, count: int) -> str:
    one, many = TABLES.get(table, (table, table))
    return f"{count} {one if count == 1 else many}"


def verb(entry: JournalEntry) -> str:
    """What stands between a name and a summary: « a modifié » before « un article », a colon before a whole sentence."""
    desk = JOURNALED.get(entry.subject.partition(".")[0])
    is_back = entry.undoes_id and entry.action is JournalAction.CREATED
    return (
        f" {'a rétabli' if is_back else ACTIONS[entry.action]}"
        if desk and entry.summary.startswith(desk.one)
        else "\u00a0:"
    )


def field_label(kind: str, key: str) -> str:
    """« Résumé (anglais) » for `summary_en` of an `item`."""
    labels = JOURNALED[kind].labels if kind in JOURNALED else FIELDS.get(kind, {})
    label = labels.get(plain(key), plain(key))
    language = {"_fr": " (français)", "_en": " (anglais)"}.get(key[-3:], "")
    return f"{label}{language}"


def path_label(kind: str, path: Sequence[str | int]) -> str:
    """« Question 2, Réponse (anglais) » for what is at (`question`, 1, `answer_en`) in an `item`."""
    said: list[str] = []
    for step in path:
        if isinstance(step, int):
            said[-1] += f" {step + 1}"
        else:
            said.append(field_label(kind, step))
    return ", ".join(said)


def usual(kind: str, key: str) -> Any:
    """What a row says where its entry has no such key: « Publié », no; None where that is nothing."""
    fields = BY_KEY[kind].schema.model_fields if kind in BY_KEY else {}
    default = next((info.default for name, info in fields.items() if key in (name, info.alias)), None)
    return default if isinstance(default, StrEnum | bool) else None


def choices_of(kind: str, key: str) -> Mapping[Any, str]:
    """The words for the values of an enum field; a kind's default is not written down, so nothing stands for it."""
    choices = JOURNALED[kind].choices if kind in JOURNALED else _choices(kind)
    return {getattr(value, "value", value): label for value, label in choices.get(key, {}).items()}


def _choices(kind: str) -> Mapping[str, Mapping[Any, str]]:
    match kind:
        case "letter":
            return {
                "topics": {topic: topic_label(topic) for topic in Topic},
                "lang": {"fr": "français", "en": "anglais"},
            }
        case "staff":
            return {"role": {role: role_label(role) for role in StaffRole}}
        case _:
            return {}


def title_label(kind: str, title: str) -> str:
    """What the column of a table holds: « Questions 2 : Réponse (français) » for `question 2 answer_fr`."""
    if title == POSITION:
        return "Place"
    key, _, rest = title.partition(" ")
    number, _, name = rest.rpartition(" ")
    whole = f"{field_label(kind, key)} {number}".rstrip()
    return f"{whole} : {field_label(kind, name)}" if name else whole


def cell_label(kind: str, title: str, cell: str) -> str:
    """What a cell says, in words where it is one of a list: « Avant-première » for `preview`."""
    return choices_of(kind, title).get(cell, cell)
