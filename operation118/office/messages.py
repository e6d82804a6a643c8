"""What the office says of what was just done to rows of the content, and what the public sees of them now."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from operation118 import clock
from operation118.accounts.meanwhile import changed_keys
from operation118.accounts.models import JournalAction, JournalEntry
from operation118.content.desks import Desk
from operation118.office import editing
from operation118.office.frame import moment
from operation118.office.labels import field_label
from operation118.office.public_pages import outcome
from operation118.office.rooms import JOURNALED
from operation118.publication import PUBLICATIONS, Publication, Publishable, state_of

TOLD = 5  # rows named one by one
UNCHANGED = "C’était déjà ainsi : rien n’a changé."
ALREADY_UNDONE = "C’était déjà annulé : rien n’a changé."
NOW = {
    "draft": "un brouillon",
    "scheduled": "programmé",
    "embargo": "sous embargo",
    "published": "publié",
    "withdrawn": "retiré",
}
DECIDING = frozenset({"publication", "published_at", "embargo_lifts_at"})  # what a state is made from


# --- Of a sheet ---------------------------------------------------------------------------------------------------


def seen(desk: Desk, row: Any) -> bool:
    """Whether the public sees a row now, of those that can be published."""
    if not isinstance(row, Publishable) or state_of(row).key != "published":
        return False
    day = desk.out_on(row)
    return day is None or clock.midnight(day) <= clock.now()


def saved(desk: Desk, row: Any, was_seen: bool) -> str:
    """What was saved; and whether the public just began to see it, or ceased to."""
    is_seen = seen(desk, row)
    turned = "" if is_seen is was_seen else f"Le public {'le voit maintenant' if is_seen else 'ne le voit plus'}."
    return _sentences(f"Enregistré : {desk.title(row)}.", turned, outcome(row))


def _sentences(*told: str) -> str:
    return " ".join(filter(None, told))


# --- Of a list ----------------------------------------------------------------------------------------------------


def unfinished(desk: Desk, lacking: Mapping[Any, Sequence[str]]) -> str:
    """Which drafts stay what they are, and what they want first."""
    told = [
        f"« {desk.title(row)} » reste en brouillon : il y manque {', '.join(fields)}."
        for row, fields in islice(lacking.items(), TOLD)
    ]
    return _sentences(*told, f"Et {len(lacking) - TOLD} autres." if len(lacking) > TOLD else "")


def acted(desk: Desk, chosen: Sequence[Any], changed: int, publication: Publication) -> str:
    """What became of the rows that were ticked; those that only appear at a date to come are told apart."""
    state = PUBLICATIONS[publication].lower()
    if len(chosen) == 1:
        row = chosen[0]
        return _sentences(f"{desk.title(row)} : {state}.", outcome(row)) if changed else _already(desk, row)
    verb = "passe" if changed == 1 else "passent"
    told = (
        f"{changed} sur {len(chosen)} {verb} à l’état « {state} »."
        if changed
        else f"Rien n’a changé : les {len(chosen)} étaient déjà à l’état « {state} »."
    )
    return _sentences(told, _waiting(chosen) if publication is Publication.PUBLISHED else "")


def _waiting(chosen: Sequence[Any]) -> str:
    count = sum(editing.is_to_come(row) for row in chosen)
    if count < 2:
        return "1 ne paraîtra qu’à la date de sa fiche." if count else ""
    return f"{count} ne paraîtront qu’à la date de leur fiche."


def _already(desk: Desk, row: Any) -> str:
    """What a row was already, when a list is asked to make it so."""
    title, state = desk.title(row), state_of(row).key
    if state == "scheduled":
        date = field_label(desk.key, "published_at")
        now = f"Pour le publier maintenant, videz « {date} » sur sa fiche."
        return f"{title} était déjà programmé pour le {moment(row.published_at)}. {now}"
    if state == "embargo":
        return f"{title} était déjà publié, mais sous embargo jusqu’au {moment(row.embargo_lifts_at)}."
    return _sentences(f"{title} était déjà {NOW[state]}.", outcome(row))


# --- Of what was undone -------------------------------------------------------------------------------------------


def undone(line: JournalEntry | None) -> str:
    """What undoing came to, told from its own line: by the name that the row has now, and what the public sees of it."""
    if line is None:
        return UNCHANGED
    match line.action:
        case JournalAction.DELETED:
            return f"Supprimé : {line.summary}."
        case JournalAction.DID:
            return f"De nouveau à relire : {line.summary.partition(' : ')[2]}."
        case _:
            return _put_back(line)


def _put_back(line: JournalEntry) -> str:
    kind, _, slug = line.subject.partition(".")
    done = "Rétabli" if line.before is None else "Remis comme avant"
    name = line.summary.removeprefix(f"{JOURNALED[kind].one} : ")
    return _sentences(f"{done} : « {name} ».", _standing(line, editing.place(kind, slug).row(slug)))


def _standing(line: JournalEntry, row: Any) -> str:
    if not isinstance(row, Publishable):
        return ""
    changed = line.before is None or DECIDING.intersection(changed_keys(line.before, line.after or {}))
    return _sentences(f"{'De nouveau' if changed else 'Toujours'} {NOW[state_of(row).key]}.", outcome(row))
