"""Who asked to be written to, about what, the proof that they did, and what is written to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from operation118.database import NUMBERED_ONCE, Base, Editable


class Topic(StrEnum):
    RELEASE = "sortie"
    DVD = "dvd"
    SCREENINGS = "seances"
    PRESS = "presse"


class SubscriberState(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class Subscriber(Base):
    """A person who left an address; erasing one deletes the row."""

    __tablename__ = "subscriber"
    __table_args__ = (
        Index("ix_subscriber_audience", "state", "lang"),
        Index("ix_subscriber_unsubscribed_at", "unsubscribed_at"),
        Index("ix_subscriber_address", "address"),  # by its bytes on PostgreSQL (migration 0005), for what begins so
        NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    fingerprint: Mapped[str] = mapped_column(String(40), unique=True)  # of the address, whatever its case
    state: Mapped[SubscriberState] = mapped_column(default=SubscriberState.PENDING)
    lang: Mapped[str] = mapped_column(String(2))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # of a request nobody confirmed
    reminded_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]
    unsubscribe_reason: Mapped[str | None] = mapped_column(String(40))
    paused_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)  # grows with each request: older confirmation links stop working

    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", passive_deletes=True
    )
    alerts: Mapped[list["Alert"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def topics(self) -> set[Topic]:
        return {subscription.topic for subscription in self.subscriptions}


class Subscription(Base):
    """One topic that a subscriber wants to hear about."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_topic", "topic", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(primary_key=True)
    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")


class Alert(Base):
    """ "A screening within `radius_km` of this commune", until a day."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    commune: Mapped[str] = mapped_column(String(5))  # INSEE code
    label: Mapped[str] = mapped_column(String(120))  # name and département, as the subscriber chose it
    latitude: Mapped[float]  # degrees, WGS 84
    longitude: Mapped[float]
    radius_km: Mapped[int]
    expires_on: Mapped[date]
    last_digest_on: Mapped[date | None]
    told: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # of screenings to come, by key
    subscriber: Mapped[Subscriber] = relationship(back_populates="alerts")


class ConsentKind(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    IMPORTED = "imported"


class Consent(Base):
    """One line of the consent ledger: written once, never changed. It knows the person by the hash of the address only."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[ConsentKind]
    at: Mapped[datetime]
    topics: Mapped[list[str]]
    lang: Mapped[str] = mapped_column(String(2))
    form: Mapped[str] = mapped_column(String(40))  # where: a page of the site, a link of a mail, an import
    wording_version: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(Text)  # what the person was shown, word for word
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # an import's proof columns, a reason given
    network: Mapped[str | None] = mapped_column(String(45))  # truncated, and only if the settings say so


@event.listens_for(Consent, "before_update")
@event.listens_for(Consent, "before_delete")
def _refuse(mapper: Mapper[Consent], connection: Connection, row: Consent) -> None:
    raise TypeError("the consent ledger is append-only")


class CampaignState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class Campaign(Editable, Base):
    """A letter to everybody who asked for one of its topics, narrowed by `reach` (see `reach.py`). `frozen` is what
    launch made of it, by language; `refusal`, why a scheduled launch made a draft of it again."""

    __tablename__ = "campaign"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[CampaignState] = mapped_column(default=CampaignState.DRAFT)
    topics: Mapped[list[str]]
    reach: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    subject_fr: Mapped[str] = mapped_column(Text)
    subject_en: Mapped[str | None] = mapped_column(Text)
    body_fr: Mapped[str] = mapped_column(Text)  # Markdown
    body_en: Mapped[str | None] = mapped_column(Text)
    in_archive: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    scheduled_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # sent or cancelled
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    left_out: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # reason: count, at launch
    refusal: Mapped[str | None] = mapped_column(Text)

    links: Mapped[list["CampaignLink"]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="CampaignLink.id"
    )


class CampaignLink(Base):
    """A link of a campaign, and how often it was followed; by whom is not known."""

    __tablename__ = "campaign_link"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Text)
    clicks: Mapped[int] = mapped_column(default=0)
    campaign: Mapped[Campaign] = relationship(back_populates="links")
