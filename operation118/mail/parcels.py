"""Packing: from the rows of a batch to the bytes for the relay. A campaign's letter is turned into bytes once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from operation118 import clock
from operation118.config import Settings
from operation118.mail import bounces, composing
from operation118.mail.compose import Parts
from operation118.mail.composing import LeftOut, Letter
from operation118.mail.mime import DATE, MESSAGE_ID, TO, Skeleton
from operation118.mail.models import Message
from operation118.mail.signing import Signer

Values = Mapping[str, str]


@dataclass(frozen=True)
class Parcel:
    """A mail in bytes, to whom, and where its bounces come back."""

    message: Message
    data: bytes
    return_path: str

    @property
    def to(self) -> str:
        return self.message.recipient


class Packer:
    """Packs the mails of one worker."""

    def __init__(self, settings: Settings) -> None:
        self.sender, self.reply_to = str(settings["MAIL_SENDER"]), str(settings["MAIL_REPLY_TO"])
        self.domain = parseaddr(self.sender)[1].rpartition("@")[2]
        self.signer = Signer(settings, self.domain)
        self._campaign = lru_cache(maxsize=8)(self._frozen)

    def pack(self, messages: Sequence[Message]) -> tuple[list[Parcel], dict[int, str]]:
        """The parcels, and by message id why some mails cannot leave; the batch is of one campaign, or of none."""
        values = self._values(messages)
        parcels: list[Parcel] = []
        left_out: dict[int, str] = {}
        for message in messages:
            own = values.get(message.id, {})
            if isinstance(own, LeftOut):
                left_out[message.id] = own.reason
                continue
            try:
                parcels.append(self._parcel(message, own))
            except (ValueError, KeyError) as error:
                left_out[message.id] = f"cannot be written: {error}"
        return parcels, left_out

    def _values(self, messages: Sequence[Message]) -> Mapping[int, Values | LeftOut]:
        """What is each reader's own, or why somebody is not written to: the last look before the mail leaves."""
        if messages and messages[0].is_bulk:
            return composing.composer().values(messages)
        readers = {message.subscriber_id for message in messages if message.subscriber_id}
        gone = composing.composer().gone(readers) if readers else ()
        return {m.id: LeftOut("gone") for m in messages if m.subscriber_id in gone or not m.recipient}

    def _parcel(self, message: Message, values: Values) -> Parcel:
        mark = bounces.mark(message.id)
        stamp = f"<{mark}@{self.domain}>"
        own = {TO: message.recipient, MESSAGE_ID: stamp, DATE: format_datetime(clock.real_now())}
        data = self.signer.sign(self._skeleton(message).fill({**own, **values}))
        return Parcel(message, data, bounces.return_address(mark))

    def _skeleton(self, message: Message) -> Skeleton:
        if message.is_bulk:
            return self._campaign(message.campaign_id, message.lang)
        parts = Parts(message.subject or "", message.text or "", message.html or "")
        headers = {"Auto-Submitted": "auto-generated", **message.headers}
        return self._bones(Letter(parts, headers), message.lang)

    def _frozen(self, campaign_id: int, lang: str) -> Skeleton:
        return self._bones(composing.composer().letter(campaign_id, lang), lang, {"List-Id": f"<lettre.{self.domain}>"})

    def _bones(self, letter: Letter, lang: str, headers: Values | None = None) -> Skeleton:
        headers = {"Content-Language": lang, **(headers or {})}
        return Skeleton(letter, sender=self.sender, reply_to=self.reply_to, headers=headers)
