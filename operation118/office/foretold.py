"""The film's state at an instant to come, out of rows in memory, by the rules that the public pages ask the database for."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from operation118 import clock
from operation118.film.models import Release, ReleaseKind, Source
from operation118.film.queries import Vouchers
from operation118.film.states import Milestones, ReleaseState, state_at
from operation118.office.stock import Stock
from operation118.press.models import PressItem
from operation118.site.states import milestones


def state_then(rows: Stock, instant: datetime) -> ReleaseState:
    """The film's state at `instant`, as the home page will say it."""
    return state_at(milestones_then(rows, instant), instant.astimezone(clock.PARIS).date())


def milestones_then(rows: Stock, instant: datetime) -> Milestones:
    with clock.at(instant):
        vouchers = _vouchers(rows)
        shown = [screening for screening in rows.screenings if screening.is_published]
        return milestones(rows.releases, vouchers, shown if _opening_told(rows.releases, vouchers) else [])


def _vouchers(rows: Stock) -> Vouchers:
    """What `film.queries.vouchers` gives the home page at the instant looked at."""
    items = {item.slug: item for item in rows.items}
    by_subject: dict[str, list[Source]] = defaultdict(list)
    for subject, source in rows.citations:
        if subject.startswith(("film.", "release.", "press.")):
            told = _may_be_told(source, items.get(source.press_slug or ""), rows.cited_by[source.id])
            by_subject[subject] += [source] if told else []
    return Vouchers(dict(by_subject))


def _may_be_told(source: Source, item: PressItem | None, subjects: set[str]) -> bool:
    """The rule of `press.models`, which the database applies: a source comes out with the article it is."""
    if item is None or (item.is_published and not item.is_under_embargo):
        return True
    return not item.is_under_embargo and subjects != {f"press.{item.slug}"}


def _opening_told(releases: Sequence[Release], vouchers: Vouchers) -> bool:
    """The rule of `film.queries.opening_told`."""
    openings = [release for release in releases if release.kind is ReleaseKind.THEATRICAL]
    days = [source.on for opening in openings for source in vouchers.by_subject.get(f"release.{opening.slug}", [])]
    return not openings or any(day and day <= clock.today() for day in days)
