"""The team: who they are, how they prove it, what they may do, and everything they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from operation118.database import NUMBERED_ONCE, Base

LONGEST_NAME = 120


class StaffRole(StrEnum):
    """What somebody of the team may do; `admin` may do everything."""

    ADMIN = "admin"
    EDITOR = "editor"
    PRESS_OFFICER = "press_officer"
    DOOR = "door"


class Role:
    """A role as Flask-Security wants to see it: an object that has a name, and no permissions of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_permissions(self) -> set[str]:
        return set()


class Staff(Base):
    """Somebody of the team. Without a password, they are invited and have not come yet.

    `fs_uniquifier` is what Flask-Security knows them by: it changes with the password, and whatever was made with the
    old one (sessions, links in mails) is void."""

    __tablename__ = "staff"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # in lower case
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    role: Mapped[StaffRole]
    active: Mapped[bool] = mapped_column(default=True)
    founder: Mapped[bool | None] = mapped_column(unique=True)  # true for the first of all: there is one at most
    password: Mapped[str | None] = mapped_column(String(255))  # Argon2id
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str] = mapped_column(String(64), unique=True)
    tf_totp_secret: Mapped[str | None]  # encrypted with the secret key
    tf_counter: Mapped[int | None]  # half-minutes since 1970 of the last code taken: none is taken twice
    invited_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    webauthn: Mapped[list["Passkey"]] = relationship(back_populates="user", order_by="Passkey.id")

    is_authenticated: ClassVar[bool] = True  # as Flask-Login asks: nobody else is ever in its hands
    is_anonymous: ClassVar[bool] = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        """What the signed cookie knows them by."""
        return self.fs_uniquifier

    @property
    def roles(self) -> list[Role]:
        return [Role(self.role.value)]

    @property
    def has_second_factor(self) -> bool:
        return self.tf_totp_secret is not None


class StaffSession(Base):
    """One browser where somebody is signed in; closing it is deleting its row."""

    __tablename__ = "staff_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # random; the signed cookie holds it
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    staff: Mapped[Staff] = relationship()
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # to five minutes
    proved_at: Mapped[datetime]  # when a password or a passkey was last given
    device: Mapped[str] = mapped_column(String(80))  # roughly: « Firefox, Android »
    network: Mapped[str] = mapped_column(String(45))  # truncated


class Passkey(Base):
    """A public key of which one device, or one password manager, holds the other half."""

    __tablename__ = "passkey"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    user: Mapped[Staff] = relationship(back_populates="webauthn")
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    usage: Mapped[str] = mapped_column(String(64))
    lastuse_datetime: Mapped[datetime]

    def get_user_mapping(self) -> dict[str, Any]:
        return {"id": self.staff_id}


class RecoveryCode(Base):
    """A code that stands in once for the second factor; 79 bits, so that its plain digest gives nothing away."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class FailedSignIn(Base):
    """A sign-in that failed, kept thirty days: many of them, however slow, are somebody trying passwords."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_fingerprint", "fingerprint", "at"), Index("ix_failed_sign_in_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(40))  # of the address that was typed, known or not
    at: Mapped[datetime]
    network: Mapped[str] = mapped_column(String(45))  # truncated


class JournalAction(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    DID = "did"  # anything else that somebody did: launched a letter, invited a colleague


class JournalEntry(Base):
    """One change, written in its transaction, never changed and never deleted (the database itself refuses).

    `subject` is `<kind>.<slug>`, such as `outlet.le-journal`. `before` and `after` say the row as the content files would;
    there is no `before` for what was created, no `after` for what was deleted."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_subject", "subject", "id"),
        Index("ix_journal_entry_at", "at"),
        NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(index=True)  # no foreign key: the line outlives the account
    staff_name: Mapped[str] = mapped_column(String(LONGEST_NAME))  # as it was; « ligne de commande » for the terminal
    action: Mapped[JournalAction]
    subject: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300))  # in French, for a list
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    undoes_id: Mapped[int | None]  # the entry that this one put back
