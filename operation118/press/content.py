"""The press's part of the content files: outlets, tags, and the items with their questions."""

from operator import attrgetter
from typing import Annotated

from pydantic import AfterValidator, Field

from operation118.content import (
    DatedEntry,
    Day,
    Entry,
    Instant,
    Kind,
    Language,
    Named,
    Ref,
    Slug,
    Sources,
    Url,
    by_slug,
)
from operation118.content.schema import Text
from operation118.press.models import About, Outlet, PressItem, PressKind, Seen, Tag
from operation118.publication import Publication


class OutletEntry(Named):
    name: str
    url: Url


class TagEntry(Named):
    label_fr: str
    label_en: str


class QuestionEntry(Entry):
    topic_fr: str
    topic_en: str
    answer_fr: Text
    answer_en: Text


class ItemEntry(DatedEntry):
    date_required = may_wait = True

    date_note_fr: str | None = None
    date_note_en: str | None = None
    outlet: Annotated[Slug, Ref("outlet")]
    outlet_note_fr: str | None = None
    outlet_note_en: str | None = None
    title: str
    title_note_fr: str | None = None
    title_note_en: str | None = None
    author: str | None = None
    author_note_fr: str | None = None
    author_note_en: str | None = None
    interviewer: str | None = None
    url: Url
    republished_where: str | None = None
    republished_on: Day | None = None
    language: Language
    kind: PressKind
    about: About
    seen: Seen
    people: Annotated[list[Slug], Ref("person")] = []
    tags: Annotated[list[Slug], Ref("tag"), AfterValidator(sorted)] = []
    summary_fr: Text
    summary_en: Text
    publication: Publication = Publication.PUBLISHED
    published_at: Instant | None = None
    embargo_lifts_at: Instant | None = None
    sources: Sources
    questions: list[QuestionEntry] = Field([], alias="question")


KINDS = (
    Kind("press.toml", "outlet", OutletEntry, Outlet, order=by_slug),
    Kind("press.toml", "tag", TagEntry, Tag, order=by_slug),
    Kind("press.toml", "item", ItemEntry, PressItem, cited="press", order=attrgetter("on", "slug")),
)
