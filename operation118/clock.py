"""The one clock: nothing else in the project asks the time.

`now()` is the instant the site is looked at. A page served by the time machine looks at the site from
another instant: the middleware that mounts it wraps the request in `at()`.

A query whose answer depends on the time tells `changes_at()` when that answer would become another one; the
page then says, in its headers, until when it is true.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_instant: ContextVar[datetime | None] = ContextVar("instant", default=None)
_next_change: ContextVar[datetime | None] = ContextVar("next_change", default=None)
_next_change_everywhere: ContextVar[datetime | None] = ContextVar("next_change_everywhere", default=None)


def real_now() -> datetime:
    """The instant on the wall, in UTC, wherever the time machine stands."""
    return datetime.now(UTC)


def now() -> datetime:
    """The instant the site is looked at, in UTC."""
    return _instant.get() or real_now()


def latest() -> datetime:
    """The later of the instant looked at and the one on the wall: what was done by then is done."""
    return max(now(), real_now())


def today() -> date:
    """The day it is in Paris at `now()`."""
    return now().astimezone(PARIS).date()


def is_travelling() -> bool:
    return _instant.get() is not None


@contextmanager
def at(instant: datetime) -> Generator[None, None, None]:
    """Look at the site from `instant` (aware) for the length of the block."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _instant.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _instant.reset(token)


def midnight(day: date) -> datetime:
    """The instant `day` begins in Paris, in UTC."""
    return datetime.combine(day, time.min, PARIS).astimezone(UTC)


def noon(day: date) -> datetime:
    """The middle of `day` in Paris, in UTC: where the time machine lands."""
    return datetime.combine(day, time(12), PARIS).astimezone(UTC)


def next_midnight() -> datetime:
    return midnight(today() + timedelta(days=1))


def changes_at(instant: datetime) -> None:
    """Note that the answer being made is true until `instant`; past instants are ignored, the nearest wins."""
    known = _next_change.get()
    if instant > now() and (known is None or instant < known):
        _next_change.set(instant)


def changes_everywhere_at(instant: datetime) -> None:
    """Note that the answer being made is true until `instant` on the wall, whatever instant it looks at. An instant that
    has just passed counts: the answer may have been made before it."""
    known = _next_change_everywhere.get()
    if known is None or instant < known:
        _next_change_everywhere.set(instant)


def forget_changes() -> None:
    _next_change.set(None)
    _next_change_everywhere.set(None)


def next_change() -> datetime | None:
    """When the answer being made becomes another, on the wall. Where the time machine stands, no time passes."""
    here = None if is_travelling() else _next_change.get()
    return min((change for change in (here, _next_change_everywhere.get()) if change), default=None)


def stopwatch() -> float:
    """Seconds on a clock that never goes back, for measuring durations only."""
    return perf_counter()
