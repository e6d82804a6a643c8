"""Mails as rows, those that may not be written to, and what came back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from operation118.database import NUMBERED_ONCE, Base


class MessageState(StrEnum):
    """Where a mail stands.

    `claimed`: a worker has it in hand. `sending`: it is being spoken to the relay; after a crash nobody can tell
    whether the relay took it, so it becomes `uncertain`. `kept`: no relay is set, the mail is in a file.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Message(Base):
    """A mail of the outbox: one somebody asked for, whole, or one delivery of a campaign, whose text is the campaign's."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_queue", "campaign_id", "state", "due_at", "id"),
        Index("ix_message_subscriber", "subscriber_id"),
        NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    # The newsletter stands above this room: no foreign keys. A mail of no campaign has number 0, so that it is indexed.
    campaign_id: Mapped[int] = mapped_column(default=0)
    subscriber_id: Mapped[int | None]
    recipient: Mapped[str] = mapped_column(String(320))
    domain: Mapped[str] = mapped_column(String(255))
    lang: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(80))  # the folder of templates/mail/, or "campaign"
    subject: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    headers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    code: Mapped[int | None]  # of the relay's last answer
    reply: Mapped[str | None] = mapped_column(Text)  # its words, or why the mail did not leave
    settled_at: Mapped[datetime | None]

    @property
    def is_bulk(self) -> bool:
        return self.campaign_id != 0


class Lane(Base):
    """A campaign that workers take mails from while it is `open`."""

    __tablename__ = "lane"

    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    open: Mapped[bool] = mapped_column(default=True)


class Pace(Base):
    """A token bucket shared by all workers: the next instant at which `name` (a domain, or `*`) has a token."""

    __tablename__ = "pace"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    next_at: Mapped[datetime]


class SuppressionScope(StrEnum):
    """`all`: nothing is written to the address. `bulk`: only what its owner asks for."""

    ALL = "all"
    BULK = "bulk"


class SuppressionReason(StrEnum):
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCES = "soft_bounces"
    COMPLAINT = "complaint"
    ERASED = "erased"
    REQUEST = "request"
    IMPORTED = "imported"


class Suppression(Base):
    """An address that is not written to, by its keyed hash: it outlives the address."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("fingerprint", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(40))
    scope: Mapped[SuppressionScope]
    reason: Mapped[SuppressionReason]
    since: Mapped[datetime]


class BounceKind(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    UNKNOWN = "unknown"


class Bounce(Base):
    """What came back for a mail; `digest` is of the report itself, so that reading it twice counts once."""

    __tablename__ = "bounce"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    fingerprint: Mapped[str | None] = mapped_column(String(40), index=True)
    kind: Mapped[BounceKind]
    status: Mapped[str | None] = mapped_column(String(20))  # enhanced status code (RFC 3463), such as 5.1.1
    diagnostic: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
