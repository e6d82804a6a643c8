"""The film's state at an instant, derived from what had happened by then; never stored."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from operation118 import clock

TUESDAY = 1  # date.weekday(); a French cinema week runs from Wednesday to Tuesday


class ReleaseState(StrEnum):
    UNTOLD = "untold"  # nobody had written about the film yet
    ANNOUNCED = "announced"
    DATED = "dated"
    PREVIEWS = "previews"
    IN_THEATRES = "in_theatres"
    AFTER_RUN = "after_run"
    ON_VIDEO = "on_video"
    CATALOGUE = "catalogue"


@dataclass(frozen=True)
class Milestones:
    """The days on which the state changes; None for what has not been, or is not known to have been."""

    announced_on: date | None = None  # the first source about the film
    dated_on: date | None = None  # the first source that gives the release date
    first_preview_on: date | None = None
    released_on: date | None = None
    run_ends_on: date | None = None  # the last day the film is known to be on a bill
    video_on: date | None = None  # the first word of a video edition
    catalogue_on: date | None = None  # the first word of a presence on demand

    def steps(self) -> list[tuple[date, ReleaseState]]:
        """Each known milestone with the state it opens, in order of time."""
        after_run = self.run_ends_on + timedelta(days=1) if self.run_ends_on else None
        pairs = [
            (self.announced_on, ReleaseState.ANNOUNCED),
            (self.dated_on, ReleaseState.DATED),
            (self.first_preview_on, ReleaseState.PREVIEWS),
            (self.released_on, ReleaseState.IN_THEATRES),
            (after_run, ReleaseState.AFTER_RUN),
            (self.video_on, ReleaseState.ON_VIDEO),
            (self.catalogue_on, ReleaseState.CATALOGUE),
        ]
        return [(day, state) for day, state in pairs if day is not None]


def state_at(milestones: Milestones, day: date) -> ReleaseState:
    """The furthest state reached on `day`."""
    reached = [state for since, state in milestones.steps() if since <= day]
    return max(reached, key=list(ReleaseState).index, default=ReleaseState.UNTOLD)


def current_state(milestones: Milestones) -> ReleaseState:
    """The state now; tells the clock when it changes."""
    for since, _ in milestones.steps():
        clock.changes_at(clock.midnight(since))
    return state_at(milestones, clock.today())


def end_of_cinema_week(day: date) -> date:
    """The Tuesday that closes the cinema week of `day`."""
    return day + timedelta(days=(TUESDAY - day.weekday()) % 7)
