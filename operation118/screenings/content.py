"""The screenings' part of the content files: towns, venues, the tour, screenings and meetings with the press."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Annotated

from pydantic import Field, Strict

from operation118.content import DatedEntry, Flag, Instant, Kind, Named, Raw, Ref, Slug, Sources, Whole, by_slug
from operation118.content.schema import Text
from operation118.film.content import Certain
from operation118.publication import Publication
from operation118.screenings.models import Event, Screening, ScreeningKind, Tour, Town, Venue

Degrees = Annotated[float, Strict()]
People = Annotated[list[Slug], Ref("person")]


class TownEntry(Named):
    name: str
    department: str
    latitude: Degrees = Field(ge=-90, le=90)
    longitude: Degrees = Field(ge=-180, le=180)


class VenueEntry(Named):
    name: str
    town: Annotated[Slug, Ref("town")]


class TourEntry(Named):
    towns_announced: Whole
    teams: Whole
    note_fr: Text
    note_en: Text
    sources: Sources


class ScreeningEntry(Certain, DatedEntry):
    date_required = may_wait = True

    kind: ScreeningKind
    starts_at: Instant | None = None
    team_arrives_at: Instant | None = None
    town: Annotated[Slug | None, Ref("town")] = None
    venue: Annotated[Slug | None, Ref("venue")] = None
    territory: str | None = None
    shows: Whole | None = None
    with_debate: Flag = False
    host: str | None = None
    guests: People = []
    note_fr: Text | None = None
    note_en: Text | None = None
    publication: Publication = Publication.PUBLISHED
    published_at: Instant | None = None
    sources: Sources

    @classmethod
    def complaints(cls, raw: Raw) -> Iterator[tuple[str, str]]:
        yield from super().complaints(raw)
        if not raw.get("town") and not raw.get("territory"):
            yield "town", "required, because there is no territory"


class EventEntry(DatedEntry):
    date_required = may_wait = True

    town: Annotated[Slug, Ref("town")]
    place: str | None = None
    guests: People = []
    note_fr: Text
    note_en: Text
    publication: Publication = Publication.PUBLISHED
    published_at: Instant | None = None
    sources: Sources


KINDS = (
    Kind("screenings.toml", "town", TownEntry, Town, order=by_slug),
    Kind("screenings.toml", "venue", VenueEntry, Venue, order=by_slug),
    Kind("screenings.toml", "tour", TourEntry, Tour, single=True, cited="tour", order=by_slug),
    Kind("screenings.toml", "screening", ScreeningEntry, Screening, cited="screening", order=attrgetter("on", "slug")),
    Kind("screenings.toml", "event", EventEntry, Event, cited="event", order=attrgetter("on", "slug")),
)
