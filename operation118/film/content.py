"""The film's part of the content files: sources, facts, people, releases and links; and the citations."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Annotated, Any, cast

from pydantic import Field, Strict
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from operation118.content import (
    DatedEntry,
    Day,
    Entry,
    Flag,
    Instant,
    Kind,
    Language,
    Named,
    Raw,
    Ref,
    Slug,
    Sources,
    Url,
    Whole,
    by_slug,
    shaped,
)
from operation118.content.schema import Lines, Text, at_most
from operation118.film.models import (
    Character,
    Citation,
    Credit,
    Department,
    Fact,
    FactSection,
    Film,
    Image,
    ImageKind,
    Job,
    Person,
    Release,
    ReleaseKind,
    Source,
)
from operation118.publication import Publication

Pixels = Annotated[int, Strict(), Field(ge=1, le=65_500)]  # of one side; a JPEG holds no more
Caption = Annotated[str, at_most(600)]  # what a screen reader, or whoever reads a page, can bear
_COMPUTED = "release_date"  # has sources of its own, though it is read from the releases


class Certain(Entry):
    """What is not established without reserve says so, in both languages."""

    certainty_fr: Text | None = None
    certainty_en: Text | None = None


class SourceEntry(DatedEntry):
    outlet: str
    url: Url
    press_slug: Annotated[Slug | None, Ref("item")] = Field(None, alias="press")


class FilmEntry(Named):
    title: str
    title_parts: list[str] = Field(min_length=3, max_length=3)
    short_title: str
    mark: str
    working_title: str | None = None
    also_written: Lines = []
    year: Whole
    country_fr: str
    country_en: str
    language: Language
    genres_fr: Lines
    genres_en: Lines
    first_feature: Flag
    inspired_by_real_events: Flag
    production_company: str
    sign_town: str
    sign_route: str
    lead_fr: Text
    lead_en: Text
    synopsis_short_fr: Text
    synopsis_short_en: Text
    synopsis_long_fr: Text
    synopsis_long_en: Text
    dossier_closed_on: Day
    unknown_fr: Lines = []
    unknown_en: Lines = []
    sources: Annotated[dict[str, Annotated[list[Slug], Field(min_length=1)]], Ref("source")]

    @classmethod
    def complaints(cls, raw: Raw) -> Iterator[tuple[str, str]]:
        """Also the sources of what is no field; `synopsis` stands for all the fields that begin so."""
        yield from super().complaints(raw)
        fields = [*cls.model_fields, _COMPUTED]
        for part in cast(dict[str, Any], sources) if isinstance(sources := raw.get("sources"), dict) else ():
            if not any(name == part or name.startswith(f"{part}_") for name in fields):
                yield f"sources.{part}", "no field of the film begins so"


class PersonEntry(Named):
    name: str
    also_written: Lines = []


class CharacterEntry(Certain, Named):
    name_fr: str
    name_en: str
    also_written: Lines = []
    description_fr: Text
    description_en: Text
    sources: Sources


class CastEntry(Certain, Named):
    person: Annotated[Slug, Ref("person")]
    jobs: list[Job] = Field([], max_length=0)
    character: Annotated[Slug | None, Ref("character")] = None
    role_fr: str | None = None
    role_en: str | None = None
    note_fr: Text | None = None
    note_en: Text | None = None
    sources: Sources


class CrewEntry(CastEntry):
    jobs: list[Job] = Field(min_length=1)


class FactEntry(Certain, DatedEntry):
    section: FactSection
    label_fr: str
    label_en: str
    value_fr: Text | None = None
    value_en: Text | None = None
    url: Url | None = None
    sources: Sources

    @classmethod
    def complaints(cls, raw: Raw) -> Iterator[tuple[str, str]]:
        yield from super().complaints(raw)
        if not raw.get("date") and not raw.get("value_fr") and not raw.get("url"):
            yield "value_fr", "required, because there is neither a date nor an address"


class ReleaseEntry(Certain, DatedEntry):
    kind: ReleaseKind
    announced_on: Day | None = None
    last_year: Whole | None = None
    territory: str | None = None
    platform_fr: str | None = None
    platform_en: str | None = None
    note_fr: Text | None = None
    note_en: Text | None = None
    missing_fr: Lines = []
    missing_en: Lines = []
    sources: Sources


class ImageEntry(Named):
    """A picture. Its file is not in the content but in the folder of pictures, and its sizes are made from that."""

    kind: ImageKind
    file: Annotated[str, shaped(r"[0-9a-f]{32}\.jpg", "the name of a file of the folder of pictures")]
    width: Pixels
    height: Pixels
    alt_fr: Caption
    alt_en: Caption
    caption_fr: Caption | None = None
    caption_en: Caption | None = None
    credit: str
    terms_fr: Caption
    terms_en: Caption
    publication: Publication = Publication.PUBLISHED
    published_at: Instant | None = None
    embargo_lifts_at: Instant | None = None


IMAGE = Kind("images.toml", "image", ImageEntry, Image)
KINDS = (
    Kind("sources.toml", "source", SourceEntry, Source, order=by_slug),
    Kind("film.toml", "film", FilmEntry, Film, single=True, cited="film", order=by_slug),
    Kind("film.toml", "person", PersonEntry, Person, order=by_slug),
    Kind("film.toml", "character", CharacterEntry, Character, cited="character"),
    Kind("film.toml", "cast", CastEntry, Credit, cited="credit", fixed={"department": Department.CAST}),
    Kind("film.toml", "crew", CrewEntry, Credit, cited="credit", fixed={"department": Department.CREW}),
    Kind("film.toml", "fact", FactEntry, Fact, cited="fact"),
    Kind("film.toml", "release", ReleaseEntry, Release, cited="release"),
    IMAGE,
)


class Citations:
    """The citations as the content files have them: the sources of each subject, in order.

    `of` keeps to one subject (`press.<slug>`), to some or, ending with a dot, to those that begin so (`film.`). What is
    cited from now on was read on the day `read_on`; on that of the dossier, if it names none."""

    def __init__(
        self, session: Session, *, of: str | Collection[str] | None = None, read_on: date | None = None
    ) -> None:
        self.session = session
        self.read_on = read_on
        self.rows: defaultdict[str, dict[str, Citation]] = defaultdict(dict)
        query = select(Citation).options(joinedload(Citation.source)).order_by(Citation.subject, Citation.position)
        if isinstance(of, str) and of.endswith("."):
            query = query.where(Citation.subject.startswith(of, autoescape=True))
        elif of is not None:
            query = query.where(Citation.subject.in_([of] if isinstance(of, str) else of))
        for citation in session.scalars(query):
            self.rows[citation.subject][citation.source.slug] = citation
        self.cited = {subject: list(citations) for subject, citations in self.rows.items()}

    def write(self, subject: str, sources: Sequence[Source]) -> None:
        """Make `sources`, in their order, all that vouches for `subject`."""
        former = self.rows.pop(subject, {})
        for position, source in enumerate(sources):
            citation = former.pop(source.slug, None)
            if citation is None:
                citation = Citation(subject=subject, source=source, checked_on=self.read_on)
            citation.position = position
            self.session.add(citation)
        for citation in former.values():
            self.session.delete(citation)
