"""What the mail room asks of whoever plans campaigns: the letter, what differs from one reader to the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flask import Flask, current_app

from operation118.mail.compose import Parts
from operation118.mail.models import Message


@dataclass(frozen=True)
class Letter:
    """A campaign in one language. Its texts and headers hold marks, words of ASCII letters and digits that occur
    nowhere else; each is replaced by the reader's own value."""

    parts: Parts
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """Why a reader is not written to after all."""

    reason: str


class Composer(Protocol):
    def letter(self, campaign_id: int, lang: str) -> Letter:
        """The frozen letter; the worker keeps it for a while."""
        ...

    def values(self, messages: Sequence[Message]) -> Mapping[int, Mapping[str, str] | LeftOut]:
        """For each message's id, the value of every mark, of ASCII letters, digits and `-_.~:/?#@` only."""
        ...

    def gone(self, subscriber_ids: Collection[int]) -> Collection[int]:
        """Those among these readers who left or are erased: what was posted for them does not leave any more."""
        ...

    def drained(self, campaign_id: int) -> None:
        """Nothing of the campaign is left to send; flush, the worker commits."""
        ...


def register(app: Flask, composer: Composer) -> None:
    app.extensions["mail_composer"] = composer


def composer() -> Composer:
    found: Composer = current_app.extensions["mail_composer"]
    return found
