"""How far long work is, in words and for a page that waits."""

from operation118.dates import NARROW
from operation118.work import State


def told(state: State) -> str:
    """« 12 lignes sur 3 000 »; until they are counted, that it begins."""
    if not state.total:
        return "On commence…"
    return f"{_number(state.done)} {'lignes' if state.done > 1 else 'ligne'} sur {_number(state.total)}"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", NARROW)


def answer(state: State, *, busy: bool) -> dict[str, object]:
    """What the script of a page that waits asks for."""
    stage = state.stage.value
    return {"busy": busy, "done": state.done, "total": state.total, "stage": stage, "words": told(state)}
