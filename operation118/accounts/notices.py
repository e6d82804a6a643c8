"""What was just done, or refused, said once by the next page of the office; with the way to undo it, where there is one."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from flask import flash, get_flashed_messages

from operation118.accounts.models import JournalEntry
from operation118.web.typography import typeset


class Notice(NamedTuple):
    kind: str
    text: str
    lines: tuple[int, int] | None  # the first and the last line of the journal that tell it, if they can be undone


def say(text: str, kind: str = "message", *, done: Sequence[JournalEntry] = ()) -> None:
    """Let the next page say `text`, and offer to undo what was `done`. The numbers of the lines travel beside the text, in
    its category: nothing that somebody typed becomes a button."""
    numbers = [entry.id for entry in done]
    flash(typeset(text, "fr"), f"{kind}/{min(numbers)}-{max(numbers)}" if numbers else kind)


def said() -> list[Notice]:
    """What is to be said, in order."""
    flashed = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return [_notice(category, text) for category, text in flashed]


def _notice(category: str, text: str) -> Notice:
    kind, _, lines = category.partition("/")
    first, _, last = lines.partition("-")
    return Notice(kind, typeset(text, "fr"), (int(first), int(last)) if lines else None)
