"""Towns, venues, screenings, and the tour that announced them."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from operation118 import clock
from operation118.database import Base, Editable, Public
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Dated, Person
from operation118.publication import Publishable

TUESDAY = 1  # date.weekday(); French cinemas change their bill on Wednesdays


class Town(Editable, Base):
    __tablename__ = "town"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department: Mapped[str]
    latitude: Mapped[float]  # degrees, WGS 84
    longitude: Mapped[float]


class Venue(Editable, Base):
    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    town: Mapped[Town] = relationship()


class ScreeningKind(StrEnum):
    PREVIEW = "preview"
    REGULAR = "regular"
    NATIONAL_RELEASE = "national_release"  # no town: everywhere at once


class Screening(Dated, Publishable, Editable, Base):
    """The film shown in one place from one day; the hour and the venue are empty where no source gives them."""

    __tablename__ = "screening"
    __table_args__ = (
        *(Index(f"ix_screening_{name}", name, "id") for name in ("on", "starts_at", "kind")),  # lists of the office
        Index("ix_screening_publication", "publication", "on", "id"),
        *(Index(f"ix_screening_{name}_on", name, "on") for name in ("precision", "starts_at")),  # what is to come
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ScreeningKind]
    starts_at: Mapped[datetime | None]
    team_arrives_at: Mapped[datetime | None]
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"), index=True)
    town: Mapped[Town | None] = relationship()
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    venue: Mapped[Venue | None] = relationship()
    territory: Mapped[str | None]
    shows: Mapped[int | None]  # how many showings the source announces
    with_debate: Mapped[bool]
    host: Mapped[str | None]
    note_fr: Mapped[str | None]
    note_en: Mapped[str | None]
    certainty_fr: Mapped[str | None]
    certainty_en: Mapped[str | None]
    guest_links: Mapped[list["ScreeningGuest"]] = relationship(
        order_by="ScreeningGuest.position",
        collection_class=ordering_list("position"),
        cascade="all, delete-orphan",
    )

    @property
    def guests(self) -> list[Person]:
        return [link.person for link in self.guest_links]

    @guests.setter
    def guests(self, guests: list[Person]) -> None:
        self.guest_links = [ScreeningGuest(person=person) for person in guests]

    @property
    def dated(self) -> PartialDate:
        """Its date; every screening has one, however vague."""
        if self.on is None:
            raise ValueError(f"screening {self.slug} has no date")
        return PartialDate(self.on, self.precision or DatePrecision.DAY)

    @property
    def ends_on(self) -> date:
        """The last day it may still be shown. The end of a run « à partir du » is not known: it is counted
        until the Tuesday that closes its cinema week."""
        when = self.dated
        if when.precision is DatePrecision.FROM:
            return when.day + timedelta(days=(TUESDAY - when.day.weekday()) % 7)
        return when.last

    @property
    def has_begun(self) -> bool:
        return self.dated.first <= clock.today()

    @property
    def is_past(self) -> bool:
        return self.ends_on < clock.today()


class ScreeningGuest(Public, Base):
    __tablename__ = "screening_guest"

    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    position: Mapped[int]
    person: Mapped[Person] = relationship()


class Event(Dated, Publishable, Editable, Base):
    """A meeting of the team with the press: not a screening."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    town: Mapped[Town] = relationship()
    place: Mapped[str | None]
    note_fr: Mapped[str]
    note_en: Mapped[str]
    guest_links: Mapped[list["EventGuest"]] = relationship(
        order_by="EventGuest.position", collection_class=ordering_list("position"), cascade="all, delete-orphan"
    )

    @property
    def guests(self) -> list[Person]:
        return [link.person for link in self.guest_links]

    @guests.setter
    def guests(self, guests: list[Person]) -> None:
        self.guest_links = [EventGuest(person=person) for person in guests]


class EventGuest(Public, Base):
    __tablename__ = "event_guest"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    position: Mapped[int]
    person: Mapped[Person] = relationship()


class Tour(Editable, Base):
    """What was announced of the promotional tour; one row."""

    __tablename__ = "tour"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    towns_announced: Mapped[int]
    teams: Mapped[int]
    note_fr: Mapped[str]
    note_en: Mapped[str]
