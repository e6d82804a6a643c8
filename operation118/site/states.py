"""The film's state with its sentence and what it invites to do: what the home page says first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from operation118 import clock
from operation118.dates import day_label
from operation118.film.models import Release, ReleaseKind
from operation118.film.queries import Vouchers
from operation118.film.states import Milestones, ReleaseState, current_state, end_of_cinema_week
from operation118.screenings.models import Screening, ScreeningKind
from operation118.web.languages import current
from operation118.web.languages import gettext as _


@dataclass(frozen=True)
class State:
    key: str
    sentence: str
    countdown_days: int | None
    action: tuple[str, str]  # label, address
    second_action: tuple[str, str] | None


def milestones(releases: Sequence[Release], vouchers: Vouchers, screenings: Sequence[Screening]) -> Milestones:
    """The film's milestones, out of its releases, of their sources (all `vouchers`) and of its screenings."""
    opening = _first(releases, ReleaseKind.THEATRICAL)
    released_on = opening.on if opening else None
    previews = [s.when.last for s in screenings if s.kind is ScreeningKind.PREVIEW and s.when]
    told = [day for subject in vouchers.by_subject if (day := vouchers.told_on(subject))]
    return Milestones(
        announced_on=min(told, default=released_on),
        dated_on=vouchers.told_on(f"release.{opening.slug}") if opening else None,
        first_preview_on=min(previews, default=None),
        released_on=released_on,
        run_ends_on=_run_end(released_on, screenings),
        video_on=_first_word(releases, ReleaseKind.VIDEO, vouchers),
        catalogue_on=_first_word(releases, ReleaseKind.VOD, vouchers),
    )


def _first(releases: Sequence[Release], kind: ReleaseKind) -> Release | None:
    return next((release for release in releases if release.kind is kind), None)


def _run_end(released_on: date | None, screenings: Sequence[Screening]) -> date | None:
    """The last day of the run: of its last known screening, and at least of the week it opened."""
    if released_on is None:
        return None
    last_days = [s.ends_on for s in screenings if s.kind is not ScreeningKind.PREVIEW and s.ends_on >= released_on]
    return max([end_of_cinema_week(released_on), *last_days])


def _first_word(releases: Sequence[Release], kind: ReleaseKind, vouchers: Vouchers) -> date | None:
    """The day an edition of this kind was out, announced, or first told of."""
    days: list[date] = []
    for release in (release for release in releases if release.kind is kind):
        known = release.announced_on or vouchers.told_on(f"release.{release.slug}") or release.on
        days += [known] if known else []
    return min(days, default=None)


def state_of(releases: Sequence[Release], vouchers: Vouchers, screenings: Sequence[Screening]) -> State:
    """The state now, in the page's language."""
    known = milestones(releases, vouchers, screenings)
    state = current_state(known)
    action, second_action = _actions(state)
    return State(state.value, _sentence(state, known.released_on), _countdown(state, known), action, second_action)


def _countdown(state: ReleaseState, known: Milestones) -> int | None:
    if known.released_on is None or state not in (ReleaseState.DATED, ReleaseState.PREVIEWS):
        return None
    clock.changes_at(clock.next_midnight())
    return (known.released_on - clock.today()).days


def _sentence(state: ReleaseState, released_on: date | None) -> str:
    day = day_label(released_on, current(), weekday=True) if released_on else ""
    match state:
        case ReleaseState.UNTOLD:
            return _("Personne n'en parle encore")
        case ReleaseState.ANNOUNCED:
            return _("Annoncé, sans date de sortie")
        case ReleaseState.DATED | ReleaseState.PREVIEWS:
            return _("En salles le %(day)s", day=day)
        case ReleaseState.IN_THEATRES if released_on == clock.today():
            clock.changes_at(clock.next_midnight())
            return _("En salles aujourd'hui, %(day)s", day=day)
        case ReleaseState.IN_THEATRES:
            return _("En salles depuis le %(day)s", day=day)
        case _:
            return _("Sorti en salles le %(day)s", day=day)


def _actions(state: ReleaseState) -> tuple[tuple[str, str], tuple[str, str] | None]:
    discover = (_("Découvrir le film"), url_for("film.page"))
    match state:
        case ReleaseState.UNTOLD:
            return discover, None
        case ReleaseState.ANNOUNCED:
            return discover, (_("Lire la presse"), url_for("press.index"))
        case ReleaseState.DATED | ReleaseState.PREVIEWS | ReleaseState.IN_THEATRES:
            return (_("Trouver une séance"), url_for("screenings.index")), discover
        case _:
            return discover, (_("Le DVD est-il sorti ?"), url_for("film.dvd"))
