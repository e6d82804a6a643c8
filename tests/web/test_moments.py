"""An instant, as people write it: a day and an hour, in Paris; never one without the other."""

from datetime import UTC, datetime

import pytest

from operation118.dates import read_moment

EVENING = datetime(2010, 11, 17, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "17/11/2010 20:30",
        " 17/11/2010, 20h30 ",
        "17 novembre 2010 à 20 h 30",
        "mercredi 17 novembre 2010, 20\u202fh\u202f30",
        "2010-11-17T20:30",
        "2010-11-17 20.30",
    ],
)
def test_a_day_and_an_hour_are_an_instant_in_paris(typed: str):
    assert read_moment(typed) == EVENING


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "17/11/2010",
        "20:30",
        "novembre 2010 20:30",
        "31/11/2010 20:30",
        "17/11/2010 24:30",
        "17/11/2010 20:3",
        "17/11/2010 20",
        "28/03/2027 02:30",  # the clocks go from 2 to 3
    ],
)
def test_what_misses_one_or_does_not_exist_is_none(typed: str):
    assert read_moment(typed) is None
