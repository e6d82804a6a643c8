"""The film's state at the instants to come, by the rule of the public pages, out of the few rows that decide it.

Of all the screenings shown by an instant, the first preview and the last day of the run stand for all; of what is told of
the film, the first source; of its releases, each source."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all

from operation118 import clock
from operation118.database import UtcDateTime, db
from operation118.dates import DatePrecision
from operation118.film.models import Citation, Release, ReleaseKind, Source
from operation118.film.queries import Vouchers, releases
from operation118.film.states import ReleaseState, state_at
from operation118.office.midnights import day_of
from operation118.office.stock import FOREVER, PRECISIONS, is_precise, last_day, reached
from operation118.press.models import PressItem
from operation118.publication import EVERYTHING, Publication
from operation118.screenings.models import Screening, ScreeningKind
from operation118.site.states import milestones

ALWAYS = datetime(1, 1, 2, tzinfo=UTC)
MOST = 1100  # rows about what is to be shown: more than are told, or counted, one by one
SPOKEN = ("film.", "release.", "press.")  # how the subjects begin whose sources announce the film
Turn = tuple[datetime, ReleaseState]
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Told:
    """A source of one of the film's releases, and the instant from which it may be told here."""

    subject: str
    source: Source
    since: datetime


@dataclass(frozen=True)
class Rows:
    """What decides of the film's state."""

    releases: Sequence[Release]
    told: Sequence[Told]
    announced: datetime | None  # when anything first tells of the film
    shown: Sequence[tuple[datetime, Screening]]  # each stands for all those shown from that instant on

    @property
    def openings(self) -> set[str]:
        return {f"release.{release.slug}" for release in self.releases if release.kind is ReleaseKind.THEATRICAL}

    def instants(self) -> Iterator[datetime]:
        """When something comes to be known that may move a milestone."""
        yield from (told.since for told in self.told)
        days = [(told.since, told.source.on) for told in self.told if told.subject in self.openings]
        yield from (max(since, clock.midnight(day)) for since, day in days if day)
        yield from ([self.announced] if self.announced else [])
        yield from (since for since, _ in self.shown)

    def vouchers(self, instant: datetime) -> Vouchers:
        """Those of the releases at `instant`; of all that tells of the film, one source of the day it was first told."""
        sources = defaultdict[str, list[Source]](list)
        for told in self.told:
            sources[told.subject] += [told.source] if told.since <= instant else []
        if self.announced and self.announced <= instant:
            sources["film"].append(Source(on=day_of(self.announced)))
        return Vouchers(sources)

    def opening_told(self, instant: datetime) -> bool:
        """The rule of `film.queries.opening_told`."""
        known = (told for told in self.told if told.subject in self.openings and told.since <= instant)
        return not self.openings or any(told.source.on and told.source.on <= day_of(instant) for told in known)


# --- Sources ------------------------------------------------------------------------------------------------------


def _told_since() -> ColumnElement[datetime]:
    """The rule of `press.models`: a source comes out with the article it is; where it vouches for something else too, only
    an embargo holds it."""
    another = Citation.source_id == Source.id, Citation.subject != literal("press.") + Source.press_slug
    elsewhere = select(Citation.id).where(*another).correlate(Source).exists()
    always, never = (literal(instant, UtcDateTime()) for instant in (ALWAYS, FOREVER))
    lifted, shown = func.coalesce(PressItem.embargo_lifts_at, always), func.coalesce(PressItem.published_at, always)
    hidden = PressItem.publication != Publication.PUBLISHED
    return case(
        (PressItem.id.is_(None), always), (elsewhere, lifted), (hidden, never), (shown > lifted, shown), else_=lifted
    )


def _with_items(query: Select[*Columns]) -> Select[*Columns]:
    return query.outerjoin(PressItem, PressItem.slug == Source.press_slug)


def _of_releases(known: Sequence[Release]) -> list[Told]:
    subjects = [f"release.{release.slug}" for release in known]
    query = _with_items(select(Citation.subject, Source, _told_since()).join(Citation.source))
    rows = db.session.execute(query.where(Citation.subject.in_(subjects)), execution_options=EVERYTHING)
    return [Told(subject, source, since) for subject, source, since in rows]


def _announced(since: datetime) -> datetime | None:
    """The instant at which the film is first told of; `since`, if it was before."""
    spoken = or_(*(Citation.subject.startswith(start) for start in SPOKEN))
    cited = select(Citation.id).where(Citation.source_id == Source.id, spoken).exists()
    today = day_of(since)
    out = [
        and_(is_precise(Source.precision, known), Source.on <= reached(today, last_day(known))) for known in PRECISIONS
    ]
    already = _with_items(select(Source.id)).where(cited, or_(*out), _told_since() <= since).limit(1)
    if db.session.scalar(already, execution_options=EVERYTHING):
        return since
    first = _with_items(select(Source.on, Source.precision, func.min(_told_since()))).where(
        cited, Source.on.is_not(None)
    )
    groups = db.session.execute(first.group_by(Source.on, Source.precision), execution_options=EVERYTHING)
    return min((max(told, clock.midnight(_last(on, known))) for on, known, told in groups if on), default=None)


def _last(on: date, precision: DatePrecision | None) -> date:
    return last_day(precision)(on)


# --- Screenings ---------------------------------------------------------------------------------------------------


def _shown(since: datetime, until: datetime) -> list[tuple[datetime, Screening]]:
    """Of what is shown at `since`, the first preview of each precision, and the last of what may still be on a bill; then,
    instant by instant, of what is shown from there on."""
    day, at, kind = Screening.on, Screening.published_at, Screening.kind
    out = Screening.publication == Publication.PUBLISHED, day.is_not(None)
    early = *out, or_(at.is_(None), at <= since)
    still = day >= day_of(since).replace(month=1, day=1)  # no date is vaguer than a year
    precision = func.coalesce(Screening.precision, DatePrecision.DAY).label("known")
    told = precision, (kind == ScreeningKind.PREVIEW).label("preview"), func.min(day), func.max(day)
    first = select(literal(since, UtcDateTime()), *told).where(*early, kind == ScreeningKind.PREVIEW)
    last = select(literal(since, UtcDateTime()), *told).where(*early, kind != ScreeningKind.PREVIEW, still)
    later = select(at, *told).where(*out, at > since, at <= until).group_by(at, "known", "preview")
    early_groups = (query.group_by("known", "preview") for query in (first, last))
    groups = union_all(*early_groups, select(later.order_by(at).limit(MOST).subquery()))
    rows: Sequence[Any] = db.session.execute(groups, execution_options=EVERYTHING).all()
    return sorted((_standing(*row) for row in rows), key=itemgetter(0))


def _standing(
    since: datetime, precision: DatePrecision, preview: bool, first: date, last: date
) -> tuple[datetime, Screening]:
    """The screening that stands for all of a precision that are shown from an instant on."""
    kind = ScreeningKind.PREVIEW if preview else ScreeningKind.REGULAR
    return since, Screening(kind=kind, on=first if preview else last, precision=precision)


# --- The state ----------------------------------------------------------------------------------------------------


def turns(since: datetime, until: datetime = FOREVER) -> list[Turn]:
    """The film's state at `since`, then each instant up to `until` at which it is another, with that state.

    Where more is to be shown than is read, the list ends before the last instant of that."""
    known, shown = releases(), _shown(since, until)
    if len(shown) >= MOST:
        until = shown[-1][0] - timedelta(microseconds=1)
    rows = Rows(known, _of_releases(known), _announced(since), [one for one in shown if one[0] <= until])
    found: list[Turn] = []
    for instant, state in _followed(rows, since):
        if instant <= until and (not found or found[-1][1] is not state):
            found.append((instant, state))
    return found


def _followed(rows: Rows, since: datetime) -> Iterator[Turn]:
    """The state at each instant at which it may become another."""
    moving = sorted({since, *(instant for instant in rows.instants() if since < instant < FOREVER)})
    shown = defaultdict[datetime, list[Screening]](list)
    for at, screening in rows.shown:
        shown[at].append(screening)
    standing: list[Screening] = []
    for start, end in pairwise([*moving, FOREVER]):
        standing = _decisive([*standing, *shown.get(start, ())])
        known = milestones(rows.releases, rows.vouchers(start), standing if rows.opening_told(start) else [])
        midnights = (clock.midnight(day) for day, _ in known.steps())
        for instant in (start, *sorted(midnight for midnight in midnights if start < midnight < end)):
            yield instant, state_at(known, day_of(instant))


def _decisive(shown: Sequence[Screening]) -> list[Screening]:
    """The first preview, and the last day of the run."""
    previews = sorted((one for one in shown if one.kind is ScreeningKind.PREVIEW), key=lambda one: one.dated.last)
    others = sorted((one for one in shown if one.kind is not ScreeningKind.PREVIEW), key=lambda one: one.ends_on)
    return previews[:1] + others[-1:]
