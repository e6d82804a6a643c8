"""The film's rows: facts, people, releases, and the sources that vouch for each of them."""

from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, MappedSQLExpression, column_property, mapped_column, relationship, validates

from operation118 import clock
from operation118.database import Base, Editable, Public
from operation118.dates import DatePrecision, PartialDate
from operation118.publication import Embargoed, Publishable


class Dated:
    """A row whose date is known with some precision, or not at all."""

    on: Mapped[date | None]
    precision: Mapped[DatePrecision | None]

    @property
    def when(self) -> PartialDate | None:
        return PartialDate(self.on, self.precision or DatePrecision.DAY) if self.on else None


class ReleaseKind(StrEnum):
    THEATRICAL = "theatrical"
    VIDEO = "video"
    VOD = "vod"
    CONTESTED = "contested"  # put online without the producer's consent, in his account


class Release(Dated, Editable, Base):
    """One way the film reached its audience. `on` is the day it did, empty where no source gives it."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    kind: Mapped[ReleaseKind]
    announced_on: Mapped[date | None]
    last_year: Mapped[int | None]  # for a presence of several years, the last one attested
    territory: Mapped[str | None]
    platform_fr: Mapped[str | None]
    platform_en: Mapped[str | None]
    note_fr: Mapped[str | None]
    note_en: Mapped[str | None]
    missing_fr: Mapped[list[str]]  # what is not known of this release
    missing_en: Mapped[list[str]]
    certainty_fr: Mapped[str | None]
    certainty_en: Mapped[str | None]


class Film(Editable, Base):
    """The film; the database holds one."""

    __tablename__ = "film"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    title_parts: Mapped[list[str]]  # the title in the three lines of the home page's sign
    short_title: Mapped[str]
    mark: Mapped[str]  # what the route cartridge says
    working_title: Mapped[str | None]
    also_written: Mapped[list[str]]  # spellings found elsewhere, for the search
    year: Mapped[int]
    country_fr: Mapped[str]
    country_en: Mapped[str]
    language: Mapped[str]  # BCP 47
    genres_fr: Mapped[list[str]]
    genres_en: Mapped[list[str]]
    first_feature: Mapped[bool]
    inspired_by_real_events: Mapped[bool]
    production_company: Mapped[str]
    lead_fr: Mapped[str]
    lead_en: Mapped[str]
    synopsis_short_fr: Mapped[str]
    synopsis_short_en: Mapped[str]
    synopsis_long_fr: Mapped[str]
    synopsis_long_en: Mapped[str]
    sign_town: Mapped[str]  # the town panel of the drawing
    sign_route: Mapped[str]  # the route cartridge above it
    dossier_closed_on: Mapped[date]  # the day the sources were last read
    unknown_fr: Mapped[list[str]]  # what was looked for and not found
    unknown_en: Mapped[list[str]]
    released_on: Mapped[date | None] = column_property(
        select(func.min(Release.on)).where(Release.kind == ReleaseKind.THEATRICAL).scalar_subquery()
    )

    @property
    def eve(self) -> date | None:
        """The day before the film opened, once it is past: what the time machine likes to show first."""
        eve = self.released_on - timedelta(days=1) if self.released_on else None
        return eve if eve and eve < clock.today() else None


class Person(Editable, Base):
    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    also_written: Mapped[list[str]]
    credits: Mapped[list["Credit"]] = relationship(back_populates="person", order_by="Credit.position")


class Character(Editable, Base):
    __tablename__ = "character"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    name_fr: Mapped[str]
    name_en: Mapped[str]
    also_written: Mapped[list[str]]
    description_fr: Mapped[str]
    description_en: Mapped[str]
    certainty_fr: Mapped[str | None]
    certainty_en: Mapped[str | None]


class Department(StrEnum):
    CAST = "cast"
    CREW = "crew"


class Job(StrEnum):
    """What a member of the crew did, in the terms of schema.org's Movie."""

    DIRECTOR = "director"
    WRITER = "writer"
    PRODUCER = "producer"
    EXECUTIVE_PRODUCER = "executive_producer"


class Credit(Editable, Base):
    """One person in the cast or in the crew; the role is empty where no source gives it."""

    __tablename__ = "credit"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    department: Mapped[Department]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(back_populates="credits")
    character_id: Mapped[int | None] = mapped_column(ForeignKey("character.id"), index=True)
    character: Mapped[Character | None] = relationship()
    jobs: Mapped[list[str]]  # values of Job; empty for the cast
    role_fr: Mapped[str | None]
    role_en: Mapped[str | None]
    note_fr: Mapped[str | None]
    note_en: Mapped[str | None]
    certainty_fr: Mapped[str | None]
    certainty_en: Mapped[str | None]


class FactSection(StrEnum):
    IDENTITY = "identity"
    SHOOTING = "shooting"
    ORIGIN = "origin"
    POSTER = "poster"
    STORY = "story"  # what exists only in the fiction: its companies
    LINK = "link"  # a page about the film elsewhere


class Fact(Dated, Editable, Base):
    """One fact with its label; a dated one also stands on the timeline."""

    __tablename__ = "fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    section: Mapped[FactSection]
    label_fr: Mapped[str]
    label_en: Mapped[str]
    value_fr: Mapped[str | None]  # empty when the date or the address says it all
    value_en: Mapped[str | None]
    url: Mapped[str | None]
    certainty_fr: Mapped[str | None]
    certainty_en: Mapped[str | None]


class Source(Dated, Editable, Base):
    """A page that was read and that vouches for facts."""

    __tablename__ = "source"
    __table_args__ = (Index("ix_source_press_slug", "press_slug", "precision", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    outlet: Mapped[str]
    url: Mapped[str]
    press_slug: Mapped[str | None]  # the press item that presents this page, if one does
    press_page: ClassVar[
        MappedSQLExpression[str | None]
    ]  # the same while its own page is there; the press room maps it

    def label(self, lang: str) -> str:
        """« Le Progrès, 8 novembre 2010 »."""
        return f"{self.outlet}, {self.when.label(lang)}" if self.when else self.outlet


class Citation(Public, Base):
    """Ties a subject to a source. A subject is the path of what is vouched for: `film.title`, `fact.<slug>`,
    `credit.<slug>`, `release.<slug>`, `screening.<slug>`, `press.<slug>` …"""

    __tablename__ = "citation"
    __table_args__ = (
        UniqueConstraint("subject", "source_id"),
        Index("ix_citation_subject", "subject", "checked_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    position: Mapped[int]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    source: Mapped[Source] = relationship()
    checked_on: Mapped[date | None]  # the day somebody last read it again; empty: the film's `dossier_closed_on`


class ImageKind(StrEnum):
    STILL = "still"
    POSTER = "poster"
    PORTRAIT = "portrait"


class Image(Publishable, Embargoed, Editable, Base):
    """A picture of the film with its credit and its terms. `file` names the original, made anew without its metadata, in
    the folder of pictures; the sizes that pages show are made from it by a job, and `sizes` lists their widths in pixels
    once they are there."""

    __tablename__ = "image"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    kind: Mapped[ImageKind]
    file: Mapped[str]
    width: Mapped[int]  # pixels
    height: Mapped[int]
    sizes: Mapped[list[int]] = mapped_column(JSON, default=list)
    alt_fr: Mapped[str]
    alt_en: Mapped[str]
    caption_fr: Mapped[str | None]
    caption_en: Mapped[str | None]
    credit: Mapped[str]  # the photographer
    terms_fr: Mapped[str]  # what the press may do with it
    terms_en: Mapped[str]

    @validates("file")
    def _forget_sizes(self, key: str, file: str) -> str:
        """The sizes of another file are not this one's."""
        if file != self.file:
            self.sizes = []
        return file
