"""The life of the film, from the first idea to the last article: one list made of every room's rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import url_for

from operation118 import clock
from operation118.dates import DatePrecision, PartialDate
from operation118.film.labels import release_title
from operation118.film.models import Fact, Release, ReleaseKind
from operation118.press.models import About, PressItem
from operation118.screenings.labels import kind_label as screening_kind
from operation118.screenings.models import Event, Screening
from operation118.web.languages import gettext as _
from operation118.web.languages import t


class EntryKind(StrEnum):
    STORY = "story"
    RELEASE = "release"
    ANNOUNCEMENT = "announcement"  # of a release whose own date is not known
    DISPUTE = "dispute"
    SCREENING = "screening"
    MEETING = "meeting"
    PRESS = "press"
    CONTEXT = "context"  # written beside the film, not about it


@dataclass(frozen=True)
class Entry:
    when: PartialDate
    kind: EntryKind
    title: str
    url: str
    detail: str | None = None
    remark: str | None = None  # what is not certain about it, or a note
    language: str | None = None  # of the title, where it is a quoted one
    is_note: bool = False  # the remark, which then is no reserve

    @property
    def to_come(self) -> bool:
        return self.when.first > clock.today()


def _of_facts(facts: Sequence[Fact]) -> Iterator[Entry]:
    for fact in facts:
        if fact.when:
            url = url_for("film.page", _anchor=f"fact-{fact.slug}")
            yield Entry(fact.when, EntryKind.STORY, t(fact, "label"), url, t(fact, "value"), t(fact, "certainty"))


def _of_releases(releases: Sequence[Release]) -> Iterator[Entry]:
    for release in releases:
        when = release.when or (PartialDate(release.announced_on) if release.announced_on else None)
        if when:
            url = url_for("film.page", _anchor=f"release-{release.slug}")
            reserve, platform = t(release, "certainty"), t(release, "platform")
            remark = reserve or t(release, "note")
            yield Entry(when, _kind_of(release), release_title(release), url, platform, remark, is_note=not reserve)


def _kind_of(release: Release) -> EntryKind:
    if release.kind is ReleaseKind.CONTESTED:
        return EntryKind.DISPUTE
    return EntryKind.RELEASE if release.on else EntryKind.ANNOUNCEMENT


def _of_screenings(screenings: Sequence[Screening]) -> Iterator[Entry]:
    for screening in screenings:
        if screening.when and screening.town:
            title = f"{screening_kind(screening.kind)}, {screening.town.name}"
            url = url_for("screenings.page", slug=screening.slug)
            venue = screening.venue.name if screening.venue else None
            yield Entry(screening.when, EntryKind.SCREENING, title, url, venue, t(screening, "certainty"))


def _of_events(events: Sequence[Event]) -> Iterator[Entry]:
    for event in events:
        if event.when:
            title = _("Rencontre avec la presse, %(town)s", town=event.town.name)
            yield Entry(event.when, EntryKind.MEETING, title, url_for("screenings.index"), event.place)


def _of_press(items: Sequence[PressItem]) -> Iterator[Entry]:
    for item in items:
        url = url_for("press.item", slug=item.slug)
        note = t(item, "date_note")
        kind = EntryKind.CONTEXT if item.about is About.CONTEXT else EntryKind.PRESS
        yield Entry(item.dated, kind, item.title, url, item.outlet.name, note, item.language, is_note=True)


def _order(entry: Entry) -> tuple[date, bool, int, str]:
    """By day, a week by its last, of which alone it is sure that it was over; what is dated to the day first; then as the
    film's life goes: its story, its releases, the press."""
    late = entry.when.precision in (DatePrecision.WEEK, DatePrecision.UNKNOWN)
    day = entry.when.last if late else entry.when.first
    vague = entry.when.precision is not DatePrecision.DAY
    return day, vague, list(EntryKind).index(entry.kind), entry.title


def build(
    *,
    facts: Sequence[Fact],
    releases: Sequence[Release],
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


def life(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The film's own life: what has a date, and what has none."""
    film = [entry for entry in entries if entry.kind is not EntryKind.CONTEXT]
    undated = [entry for entry in film if entry.when.precision is DatePrecision.UNKNOWN]
    return [entry for entry in film if entry not in undated], undated


def beside(entries: Sequence[Entry]) -> list[Entry]:
    """What is only context."""
    return [entry for entry in entries if entry.kind is EntryKind.CONTEXT]


def by_year(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    years: dict[int, list[Entry]] = {}
    for entry in entries:
        years.setdefault(entry.when.first.year, []).append(entry)
    return years


@dataclass(frozen=True)
class Hill:
    """A year of the drawing: where its summit stands, in units of the SVG."""

    year: int
    count: int
    x: float
    top: float
    path: str


@dataclass(frozen=True)
class Skyline:
    """The timeline as a drawing: a hill for each year, whose area grows with the number of entries."""

    hills: list[Hill]
    years: list[tuple[int, float]]  # every year and where it stands, the empty ones too
    width: int = 1200
    height: int = 300
    base: int = 250


def skyline(years: dict[int, list[Entry]]) -> Skyline | None:
    """The drawing of `years`, the empty ones between the first and the last included; None without any."""
    if not years:
        return None
    blank = Skyline([], [])
    span = range(min(years), max(years) + 1)
    pitch = blank.width / len(span)
    fullest = max(len(entries) for entries in years.values())
    places = [(year, round((rank + 0.5) * pitch, 1)) for rank, year in enumerate(span)]
    hills = [_hill(year, len(years[year]), x, pitch, fullest) for year, x in places if year in years]
    return Skyline(sorted(hills, key=lambda hill: -hill.count), places)


def _hill(year: int, count: int, x: float, pitch: float, fullest: int) -> Hill:
    """A bell over `x`. Its height and its width both follow the square root of the count, so its area is true."""
    share = (count / fullest) ** 0.5
    blank = Skyline([], [])
    rise, half = round(205 * share, 1), round(pitch * 0.8 * share, 1)
    top = round(blank.base - rise, 1)
    curve = f"c{half * 0.45:.1f} 0 {half * 0.6:.1f} {-rise} {half} {-rise}s{half * 0.55:.1f} {rise} {half} {rise}"
    return Hill(year, count, x, top, f"M{x - half:.1f} {blank.base}{curve}z")
