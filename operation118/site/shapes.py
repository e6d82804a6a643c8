"""The shapes of the read API's answers; openapi.json is made from them. Texts are given in both languages."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from operation118.dates import DatePrecision
from operation118.film.models import Department, FactSection, Job, ReleaseKind
from operation118.press.models import About, PressKind, Seen
from operation118.screenings.models import ScreeningKind

Url = Annotated[str, Field(pattern=r"^https?://")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Text(Shape):
    """A text in French and in English, typeset."""

    fr: str
    en: str


class Texts(Shape):
    fr: list[str]
    en: list[str]


class Pages(Shape):
    """Addresses of the page that shows this, in each language."""

    fr: Url
    en: Url


class PartialDate(Shape):
    """A date with no more than is known: `2010`, `2010-11` or `2010-11-17`. With the precision `week` it is the first
    day of the week, with `from` the first day, with `before` the last day it may be, with `unknown` a mere year."""

    iso: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}){0,2}$")]
    precision: DatePrecision


class Source(Shape):
    """A page that was read and that vouches for what stands beside it."""

    slug: str
    outlet: str
    url: Url
    date: PartialDate | None
    press: str | None = Field(description="Slug of the press item that presents this page.")


class Person(Shape):
    slug: str
    name: str


class Credit(Shape):
    """One person in the cast or in the crew; the role is null where no source gives it."""

    slug: str
    department: Department
    person: Person
    jobs: list[Job]
    character: str | None = Field(description="Slug of the character played.")
    role: Text | None
    note: Text | None
    certainty: Text | None
    sources: list[Source]


class Character(Shape):
    slug: str
    name: Text
    description: Text
    certainty: Text | None
    sources: list[Source]


class Fact(Shape):
    slug: str
    section: FactSection
    label: Text
    value: Text | None
    date: PartialDate | None
    url: Url | None
    certainty: Text | None
    sources: list[Source]


class Release(Shape):
    """One way the film reached its audience; `date` is null where no source gives the day."""

    slug: str
    kind: ReleaseKind
    date: PartialDate | None
    announced_on: dt.date | None
    last_year: int | None
    territory: str | None
    platform: Text | None
    note: Text | None
    missing: Texts = Field(description="What is not known of this release.")
    certainty: Text | None
    sources: list[Source]


class Film(Shape):
    slug: str
    pages: Pages
    title: str
    short_title: str
    working_title: str | None
    also_written: list[str] = Field(description="Spellings found elsewhere.")
    year: int
    released_on: dt.date | None
    country: Text
    language: str = Field(description="BCP 47 tag.")
    genres: Texts
    first_feature: bool
    inspired_by_real_events: bool
    production_company: str
    synopsis_short: Text
    synopsis_long: Text
    sources: dict[str, list[Source]] = Field(description="The sources of the fields above, by field.")
    credits: list[Credit]
    characters: list[Character]
    facts: list[Fact]
    releases: list[Release]
    unknown: Texts = Field(description="What was looked for and not found.")
    dossier_closed_on: dt.date = Field(description="The day the sources were last read.")
    updated_at: dt.datetime


class Outlet(Shape):
    slug: str
    name: str
    url: Url


class Tag(Shape):
    slug: str
    label: Text


class Question(Shape):
    """One exchange of an interview, in indirect speech."""

    topic: Text
    answer: Text


class Republication(Shape):
    where: str
    on: dt.date | None


class PressItem(Shape):
    """One article or interview, with our own summary of it. `about` is `context` when it is not about the film."""

    slug: str
    pages: Pages
    kind: PressKind
    about: About
    outlet: Outlet
    outlet_note: Text | None
    title: str
    title_note: Text | None
    author: str | None
    author_note: Text | None
    interviewer: str | None
    date: PartialDate
    date_note: Text | None
    url: Url = Field(description="The page that was read.")
    republished: Republication | None
    language: str = Field(description="BCP 47 tag of the article.")
    seen: Seen = Field(description="How much of the article was read.")
    summary: Text
    questions: list[Question]
    people: list[Person]
    tags: list[Tag]
    sources: list[Source]
    updated_at: dt.datetime


class Town(Shape):
    slug: str
    name: str
    department: str
    latitude: float
    longitude: float


class Venue(Shape):
    slug: str
    name: str


class Screening(Shape):
    """The film shown in one place from one day; hour and venue are null where no source gives them."""

    slug: str
    pages: Pages
    calendar: Url
    kind: ScreeningKind
    date: PartialDate | None
    starts_at: dt.datetime | None
    is_past: bool
    town: Town | None = Field(description="Null for a national release.")
    venue: Venue | None
    territory: str | None
    shows: int | None = Field(description="How many showings the source announces.")
    with_debate: bool
    host: str | None
    guests: list[Person]
    note: Text | None
    certainty: Text | None
    sources: list[Source]
    updated_at: dt.datetime


class PressList(Shape):
    total: int = Field(description="How many the filters leave, on all pages.")
    items: list[PressItem]
    next: Url | None = Field(description="Address of the next page.")


class ScreeningList(Shape):
    total: int = Field(description="How many the filters leave, on all pages.")
    items: list[Screening]
    next: Url | None = Field(description="Address of the next page.")


class Problem(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
