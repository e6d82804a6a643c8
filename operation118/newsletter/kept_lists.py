"""The lists that were sent to the office and wait there, for whoever comes back to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from operation118 import clock, work
from operation118.clock import PARIS
from operation118.dates import time_label
from operation118.newsletter import jobs, list_words, office_words, uploads
from operation118.newsletter.uploads import SentLists
from operation118.work import Stage, State

MOST = 20
INTERRUPTED = {
    Stage.SENT: "pas encore répétée",
    Stage.REHEARSING: "répétition interrompue",
    Stage.APPLYING: "reprise interrompue, rien n’est écrit",
    Stage.BROKEN: "illisible",
}


@dataclass(frozen=True)
class Kept:
    """A list that waits: its files, how it stands."""

    token: str
    names: str
    told: str


def kept() -> list[Kept]:
    """Those that were not taken over yet, newest first."""
    return list(islice(_kept(), MOST))


def _kept() -> Iterator[Kept]:
    tokens = [folder.name for folder in work.folders(SentLists.kept_in)]
    done = jobs.taken_over_among(tokens)
    for token in tokens:
        sent = uploads.find(token)
        if sent and token not in done:
            yield Kept(sent.token, sent.names, _told(sent))


def _told(sent: SentLists) -> str:
    busy, state = sent.is_busy, sent.state
    if busy:
        return "reprise en cours" if state.stage is Stage.APPLYING else "répétition en cours"
    if state.stage is Stage.REHEARSED:
        return f"répétée {_at(work.changed_at(sent.folder / 'state.json'))}, {_wanted(state)}"
    return INTERRUPTED.get(state.stage, "reprise")


def _wanted(state: State) -> str:
    return "à confirmer" if list_words.deeds(state.counts, 0) else "rien à reprendre"


def _at(at: datetime) -> str:
    """« à 12 h 43 », of today; with the day, of another."""
    is_today = at.astimezone(PARIS).date() == clock.real_now().astimezone(PARIS).date()
    return f"à {time_label(at, 'fr')}" if is_today else f"le {office_words.instant(at)}"
