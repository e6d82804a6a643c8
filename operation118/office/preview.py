"""What changes by itself on the public site, and when: what is scheduled, dated or held back, and the film's state.

Everything is read at once and weighed in memory: the number of queries does not grow with what is to come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from operation118 import clock
from operation118.film.models import Image
from operation118.film.states import ReleaseState
from operation118.office.foretold import milestones_then, state_then
from operation118.office.stock import Stock, stock
from operation118.press.models import PressItem
from operation118.publication import Publication, appeared_at
from operation118.screenings.labels import kind_label
from operation118.screenings.models import Event, Screening

Row = TypeVar("Row", PressItem, Event, Image)

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
STATES = {
    ReleaseState.UNTOLD: "personne n’en parle",
    ReleaseState.ANNOUNCED: "annoncé",
    ReleaseState.DATED: "daté",
    ReleaseState.PREVIEWS: "en avant-première",
    ReleaseState.IN_THEATRES: "en salles",
    ReleaseState.AFTER_RUN: "après son exploitation",
    ReleaseState.ON_VIDEO: "en vidéo",
    ReleaseState.CATALOGUE: "au catalogue",
}


class Sort(StrEnum):
    """What happens, in the order it is told."""

    STATE = "state"
    ITEM = "item"
    LIFTED = "lifted"
    SHOWN = "shown"
    BEGINS = "begins"
    ENDS = "ends"
    MEETING = "meeting"
    IMAGE = "image"
    SOURCE = "source"
    LETTER = "letter"


# In the singular and in the plural; a change of state and a letter are told one by one.
WORDS = {
    Sort.STATE: ("l’état passe à « {name} »", ""),
    Sort.ITEM: ("un article sort", "{n} articles sortent"),
    Sort.LIFTED: ("un embargo est levé", "{n} embargos sont levés"),
    Sort.SHOWN: ("une séance est annoncée", "{n} séances sont annoncées"),
    Sort.BEGINS: ("une séance a lieu", "{n} séances ont lieu"),
    Sort.ENDS: ("une séance devient passée", "{n} séances deviennent passées"),
    Sort.MEETING: ("une rencontre avec la presse paraît", "{n} rencontres avec la presse paraissent"),
    Sort.IMAGE: ("une image paraît", "{n} images paraissent"),
    Sort.SOURCE: ("une source paraît", "{n} sources paraissent"),
    Sort.LETTER: ("la lettre « {name} » part", ""),
}


@dataclass(frozen=True)
class Change:
    """One thing that happens by itself; `page` is the endpoint and the slug of the page that shows it then."""

    instant: datetime
    sort: Sort
    name: str
    page: tuple[str, str] | None = None


@dataclass(frozen=True)
class Sentence:
    text: str
    changes: list[Change]  # what is named below it; nothing when the sentence says it all


@dataclass(frozen=True)
class Moment:
    """All that happens at one instant."""

    instant: datetime
    changes: list[Change]

    @property
    def seen_from(self) -> datetime:
        """The first full minute at which it has happened: an address of the time machine has no seconds."""
        return (
            self.instant + timedelta(minutes=1) - _past_minute(self.instant)
            if _past_minute(self.instant)
            else self.instant
        )

    @property
    def size(self) -> int:
        return len(self.changes)

    @property
    def sentences(self) -> list[Sentence]:
        told = [(sort, list(group)) for sort, group in groupby(self.changes, key=attrgetter("sort"))]
        return [sentence for sort, changes in told for sentence in _sentences(sort, changes)]


def _past_minute(instant: datetime) -> timedelta:
    return timedelta(seconds=instant.second, microseconds=instant.microsecond)


def _sentences(sort: Sort, changes: list[Change]) -> Iterator[Sentence]:
    one, many = WORDS[sort]
    if not many:
        yield from (Sentence(one.format(name=change.name), []) for change in changes)
    else:
        yield Sentence(one if len(changes) == 1 else many.format(n=len(changes)), changes)


# --- What happens -------------------------------------------------------------------------------------------------


def coming(since: datetime, until: datetime = FOREVER, *, of: Stock | None = None) -> list[Moment]:
    """All that happens after `since`, up to `until`, in order of time."""
    rows = of or stock()
    changes = [change for change in _of_rows(rows) if since < change.instant <= until]
    changes += _of_state(rows, changes, since, until)
    changes.sort(key=lambda change: (change.instant, list(Sort).index(change.sort), change.name))
    return [Moment(instant, list(group)) for instant, group in groupby(changes, key=attrgetter("instant"))]


def _of_rows(rows: Stock) -> Iterator[Change]:
    yield from _of_items(rows.items)
    yield from (change for screening in rows.screenings for change in _of_screening(screening))
    yield from _of_events(rows.events)
    yield from _of_images(rows.images)
    yield from _of_sources(rows)
    for letter in rows.letters:
        if letter.scheduled_at:
            yield Change(letter.scheduled_at, Sort.LETTER, letter.subject_fr)


def _of_items(items: Sequence[PressItem]) -> Iterator[Change]:
    """An article is out once its day has come, once it is published and once no embargo holds it: the last of the three."""
    for item in _published(items):
        appears = max(clock.midnight(item.public_on), appeared_at(item) or clock.midnight(item.public_on))
        sort = Sort.LIFTED if appears == item.embargo_lifts_at else Sort.ITEM
        yield Change(appears, sort, f"{item.title}, {item.outlet.name}", ("press.item", item.slug))


def _published(rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if row.publication is Publication.PUBLISHED)


def _of_screening(screening: Screening) -> Iterator[Change]:
    if screening.publication is not Publication.PUBLISHED or screening.on is None:
        return
    place = screening.town.name if screening.town else screening.territory
    name = ", ".join(part for part in (kind_label(screening.kind), place, screening.dated.label("fr")) if part)
    page = ("screenings.page", screening.slug)
    shown = screening.published_at
    begins = screening.starts_at or clock.midnight(screening.dated.first)
    ends = clock.midnight(screening.ends_on + timedelta(days=1))
    if shown:
        yield Change(shown, Sort.SHOWN, name, page)
    for instant, sort in ((begins, Sort.BEGINS), (ends, Sort.ENDS)):
        if shown is None or instant >= shown:
            yield Change(instant, sort, name, page)


def _of_events(events: Sequence[Event]) -> Iterator[Change]:
    for event in _published(events):
        if event.when:
            day = clock.midnight(event.when.first)
            yield Change(
                max(day, event.published_at or day), Sort.MEETING, f"{event.town.name}, {event.when.label('fr')}"
            )


def _of_images(images: Sequence[Image]) -> Iterator[Change]:
    for image in _published(images):
        appears = appeared_at(image)
        if appears:
            lifted = appears == image.embargo_lifts_at
            yield Change(appears, Sort.LIFTED if lifted else Sort.IMAGE, image.alt_fr)


def _of_sources(rows: Stock) -> Iterator[Change]:
    """Those that are no article of ours: an article is told as itself."""
    sources = {source.id: source for _subject, source in rows.citations}
    for source in sources.values():
        if source.when and source.press_slug is None:
            yield Change(clock.midnight(source.when.last), Sort.SOURCE, source.label("fr"))


TELLING = frozenset({Sort.ITEM, Sort.LIFTED, Sort.SHOWN, Sort.SOURCE})  # what may move a milestone


def _of_state(rows: Stock, changes: Sequence[Change], since: datetime, until: datetime) -> Iterator[Change]:
    """Each instant at which the state is another than just before."""
    telling = {since} | {change.instant for change in changes if change.sort in TELLING}
    days = {clock.midnight(day) for instant in telling for day, _state in milestones_then(rows, instant).steps()}
    state = state_then(rows, since)
    for instant in sorted(telling | days):
        then = state_then(rows, instant) if since < instant <= until else state
        if then is not state:
            yield Change(instant, Sort.STATE, STATES[then])
        state = then
