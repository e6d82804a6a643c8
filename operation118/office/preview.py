"""What changes by itself on the public site, and when: what is scheduled, dated or held back, and the film's state.

A part of it reads as many rows as it tells, and asks as often, whatever is to come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from operation118.film.states import ReleaseState
from operation118.office import foretold, stock
from operation118.office.called import called
from operation118.office.foretold import Turn
from operation118.office.queries import MOST_COUNTED
from operation118.office.stock import FOREVER, Happening, Sort

PART = 100  # things told at a time; of what happens at one instant, so many of each sort
MOMENT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
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
    is_whole: bool = True  # whether all that it counts is named


def counted(number: int) -> str:
    """A number that was counted no further than 1,000."""
    return str(number) if number <= MOST_COUNTED else "plus de 1 000"


@dataclass(frozen=True)
class Moment:
    """All that happens at one instant; where that is too much to be told, the first of each sort and their `counts`."""

    instant: datetime
    changes: list[Change]
    counts: Mapping[Sort, int] = field(default_factory=dict[Sort, int])

    @property
    def seen_from(self) -> datetime:
        """The first full minute at which it has happened: an address of the time machine has no seconds."""
        return seen_from(self.instant)

    @property
    def sentences(self) -> list[Sentence]:
        told = [(sort, list(group)) for sort, group in groupby(self.changes, key=attrgetter("sort"))]
        return [sentence for sort, changes in told for sentence in self._sentences(sort, changes)]

    def _sentences(self, sort: Sort, changes: list[Change]) -> Iterator[Sentence]:
        one, many = WORDS[sort]
        count = max(len(changes), self.counts.get(sort, 0))
        if not many:
            yield from (Sentence(one.format(name=change.name), []) for change in changes)
        else:
            text = one if count == 1 else many.format(n=counted(count))
            yield Sentence(text, changes, is_whole=len(changes) == count)


def seen_from(instant: datetime) -> datetime:
    past = timedelta(seconds=instant.second, microseconds=instant.microsecond)
    return instant + MINUTE - past if past else instant


# --- Changes ------------------------------------------------------------------------------------------------------


def _changes(found: Sequence[Happening]) -> Iterator[Change]:
    names = called(happening.row for happening in found)
    known = (happening for happening in found if happening.row in names)
    yield from (Change(one.instant, one.sort, *names[one.row]) for one in known)


def _moments(changes: Sequence[Change], counts: Mapping[datetime, Mapping[Sort, int]]) -> list[Moment]:
    """The changes, instant by instant; `counts` are of those at which more may happen than is told."""
    order = list(Sort)
    changes = sorted(changes, key=lambda change: (change.instant, order.index(change.sort), change.name))
    return [
        Moment(instant, list(group), counts.get(instant, {}))
        for instant, group in groupby(changes, key=attrgetter("instant"))
    ]


# --- What happens -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of what happens, and the instant after which the next one begins."""

    moments: list[Moment]
    following: datetime | None


def part(
    start: datetime, until: datetime = FOREVER, *, turns: Sequence[Turn] = (), without: Sort | None = None
) -> Part:
    """The first things to happen after `start`, up to `until`, in order of time, the film's `turns` among them."""
    found = stock.first(start, until, PART + 1, without=without)
    is_cut = len(found) > PART
    end = found[PART - 1].instant if is_cut else until
    changes = [Change(instant, Sort.STATE, STATES[state]) for instant, state in turns if start < instant <= end]
    changes += _changes([happening for happening in found if happening.instant <= end])
    if not is_cut:
        return Part(_moments(changes, {}), None)
    more = bool(stock.first(end, until, 1, without=without)) or any(end < instant <= until for instant, _ in turns)
    return Part(_moments(changes, {end: stock.counted(end - MOMENT, end)}), end if more else None)


@dataclass(frozen=True)
class Coming:
    """What happens: the film's state before it, how much that is in all (1,001 for more), and a part of it."""

    state: ReleaseState
    total: int
    part: Part


def coming(since: datetime, until: datetime = FOREVER, *, after: datetime | None = None) -> Coming:
    """What happens after `since`, up to `until`: the first part of it, or that which begins after `after`."""
    start, count = after or since, sum(stock.counted(since, until).values())
    (_, state), *turns = foretold.turns(start if count > MOST_COUNTED else since, until)
    return Coming(state, count + len(turns), part(start, until, turns=turns))


@dataclass(frozen=True)
class Around:
    """How much happens up to an instant (1,001 for more); when the last of it does, and what is after that the first."""

    count: int
    before: datetime | None
    after: datetime | None


def around(since: datetime, now: datetime) -> Around:
    """What happens between `since` and `now`, a full minute, and after that."""
    count, last = sum(stock.counted(since, now).values()), stock.last(since, now - MINUTE)
    following = [happening.instant for happening in stock.first(now, FOREVER, 1)]
    _, *turns = foretold.turns(last - MOMENT if last and count > MOST_COUNTED else since)
    turned = [instant for instant, _ in turns]
    before = [instant for instant in (last, *turned) if instant and instant <= now - MINUTE]
    after = [instant for instant in (*following, *turned) if instant > now]
    count += sum(instant <= now for instant in turned)
    return Around(count, max(before, default=None), min(after, default=None))
