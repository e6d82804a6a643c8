"""What taking over a list would do, did, or why it would do nothing, in French."""

from collections.abc import Mapping

from operation118.newsletter.importing import PROBLEMS, Outcome, Terms
from operation118.newsletter.office_words import counted, number

Counts = Mapping[str, int]  # lines by what they come to
KEPT_AWAY = (Outcome.LEFT, Outcome.DEAD)
ASK = "Demander confirmation à ceux qui n’ont pas de preuve"


def _lines(counts: Counts, *outcomes: Outcome) -> int:
    return sum(counts.get(outcome.value, 0) for outcome in outcomes)


def _people(value: int) -> str:
    return counted(value, "personne", "personnes")


def deeds(counts: Counts, per_hour: int) -> str:
    """« Inscrire 2 700 personnes et écrire à 11 personnes, 500 par heure au plus »; empty where it comes to nothing."""
    parts: list[str] = []
    if subscribed := _lines(counts, Outcome.SUBSCRIBED):
        parts.append(f"inscrire {_people(subscribed)}")
    if asked := _lines(counts, Outcome.ASKED):
        parts.append(f"écrire à {_people(asked)}, {number(per_hour)} par heure au plus")
    away = _lines(counts, *KEPT_AWAY)
    if away and not parts:
        parts.append(f"tenir {counted(away, 'adresse', 'adresses')} à l’écart")
    said = " et ".join(parts)
    return said[:1].upper() + said[1:]


def done(counts: Counts) -> str:
    """« 2 700 personnes inscrites, 11 recevront une demande, 300 lignes refusées »."""
    parts: list[str] = []
    if subscribed := _lines(counts, Outcome.SUBSCRIBED):
        parts.append(counted(subscribed, "personne inscrite", "personnes inscrites"))
    if asked := _lines(counts, Outcome.ASKED):
        who = number(asked) if parts else _people(asked)
        parts.append(f"{who} {'recevront' if asked > 1 else 'recevra'} une demande")
    if away := _lines(counts, *KEPT_AWAY):
        parts.append(counted(away, "adresse tenue à l’écart", "adresses tenues à l’écart"))
    if refused := _lines(counts, *PROBLEMS):
        parts.append(counted(refused, "ligne refusée", "lignes refusées"))
    return ", ".join(parts)


def lacks_topics(counts: Counts, terms: Terms) -> bool:
    """Whether somebody could be refused for want of a topic."""
    return bool(_lines(counts, Outcome.TOPICLESS) or (_lines(counts, Outcome.UNPROVEN) and not terms.topics))


def why_nothing(counts: Counts, terms: Terms) -> str:
    """Why it would do nothing, and what to do."""
    if not sum(counts.values()):
        return "Ces fichiers n’ont aucune ligne : envoyez-en d’autres."
    reasons: list[str] = []
    if unproven := _lines(counts, Outcome.UNPROVEN):
        reasons.append(f"{counted(unproven, 'ligne', 'lignes')} sans preuve d’un accord : cochez « {ASK} ».")
    if lacks_topics(counts, terms):
        is_sure = _lines(counts, Outcome.TOPICLESS)
        reasons.append(f"Choisissez au moins un sujet, {'car' if is_sure else 'si'} la liste n’en dit pas.")
    return " ".join(reasons) or (
        "Ces personnes sont déjà connues ici, ne veulent plus qu’on leur écrive, ou leur adresse ne peut pas être lue : "
        "la raison de chaque ligne est plus bas."
    )
