"""The life of the film, from the first idea to the last article: one list made of every room's rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import url_for

from operation118.dates import DatePrecision, PartialDate
from operation118.film.labels import release_title
from operation118.film.models import Fact, Release
from operation118.film.queries import Vouched
from operation118.press.models import PressItem
from operation118.screenings.labels import kind_label as screening_kind
from operation118.screenings.models import Event, Screening
from operation118.web.languages import gettext as _
from operation118.web.languages import t


class EntryKind(StrEnum):
    STORY = "story"
    SCREENING = "screening"
    MEETING = "meeting"
    RELEASE = "release"
    PRESS = "press"


@dataclass(frozen=True)
class Entry:
    when: PartialDate
    kind: EntryKind
    title: str
    url: str
    detail: str | None = None
    remark: str | None = None  # what is not certain about it
    language: str | None = None  # of the title, where it is a quoted one


def _of_facts(facts: Sequence[Vouched[Fact]]) -> Iterator[Entry]:
    for fact in (entry.row for entry in facts):
        if fact.when:
            url = url_for("film.page", _anchor=f"fact-{fact.slug}")
            yield Entry(fact.when, EntryKind.STORY, t(fact, "label"), url, t(fact, "value"), t(fact, "certainty"))


def _of_releases(releases: Sequence[Vouched[Release]]) -> Iterator[Entry]:
    for release in (entry.row for entry in releases):
        when = release.when or (PartialDate(release.announced_on) if release.announced_on else None)
        if when:
            url = url_for("film.page", _anchor=f"release-{release.slug}")
            detail = t(release, "platform") or (None if release.on else _("Annonce"))
            yield Entry(when, EntryKind.RELEASE, release_title(release), url, detail, t(release, "certainty"))


def _of_screenings(screenings: Sequence[Screening]) -> Iterator[Entry]:
    for screening in screenings:
        if screening.when and screening.town:
            title = f"{screening_kind(screening.kind)} · {screening.town.name}"
            url = url_for("screenings.page", slug=screening.slug)
            venue = screening.venue.name if screening.venue else None
            yield Entry(screening.when, EntryKind.SCREENING, title, url, venue, t(screening, "certainty"))


def _of_events(events: Sequence[Event]) -> Iterator[Entry]:
    for event in events:
        if event.when:
            title = _("Rencontre avec la presse · %(town)s", town=event.town.name)
            yield Entry(event.when, EntryKind.MEETING, title, url_for("screenings.index"), event.place)


def _of_press(items: Sequence[PressItem]) -> Iterator[Entry]:
    for item in items:
        url = url_for("press.item", slug=item.slug)
        note = t(item, "date_note")
        yield Entry(item.dated, EntryKind.PRESS, item.title, url, item.outlet.name, note, item.language)


def _order(entry: Entry) -> tuple[date, bool, str]:
    vague = entry.when.precision is not DatePrecision.DAY
    return entry.when.last if entry.when.precision is DatePrecision.UNKNOWN else entry.when.first, vague, entry.title


def build(
    *,
    facts: Sequence[Vouched[Fact]],
    releases: Sequence[Vouched[Release]],
    screenings: Sequence[Screening],
    events: Sequence[Event],
    press: Sequence[PressItem],
) -> list[Entry]:
    """Every dated row as an entry, oldest first; the national release stands once, as a release."""
    entries = [
        *_of_facts(facts),
        *_of_releases(releases),
        *_of_screenings(screenings),
        *_of_events(events),
        *_of_press(press),
    ]
    return sorted(entries, key=_order)


def by_year(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    years: dict[int, list[Entry]] = {}
    for entry in entries:
        years.setdefault(entry.when.first.year, []).append(entry)
    return years


@dataclass(frozen=True)
class Mark:
    kind: EntryKind
    y: int


@dataclass(frozen=True)
class Column:
    year: int
    x: int
    marks: list[Mark]


@dataclass(frozen=True)
class Chart:
    """The timeline as a drawing: a column a year, a block an entry. Lengths in user units of the SVG."""

    columns: list[Column]
    block: int = 40
    step: int = 14
    pitch: int = 56

    @property
    def width(self) -> int:
        return len(self.columns) * self.pitch

    @property
    def base(self) -> int:
        """Where the road runs: under the tallest column."""
        return max(len(column.marks) for column in self.columns) * self.step + 6

    @property
    def height(self) -> int:
        return self.base + 36


def chart(years: dict[int, list[Entry]]) -> Chart | None:
    """The drawing of `years`, the empty ones between the first and the last included; None without any."""
    if not years:
        return None
    blank = Chart([])
    tallest = max(len(entries) for entries in years.values())
    columns: list[Column] = []
    for place, year in enumerate(range(min(years), max(years) + 1)):
        kinds = sorted((entry.kind for entry in years.get(year, [])), key=list(EntryKind).index)
        marks = [Mark(kind, (tallest - rank - 1) * blank.step + 4) for rank, kind in enumerate(kinds)]
        columns.append(Column(year, place * blank.pitch + (blank.pitch - blank.block) // 2, marks))
    return Chart(columns)
