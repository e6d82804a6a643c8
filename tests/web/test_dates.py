"""What a date that is not known to the day may be."""

from datetime import date, timedelta

import pytest

from operation118.dates import DatePrecision, PartialDate

DAY = date(2010, 11, 1)


@pytest.mark.parametrize(
    ("precision", "days"),
    [
        (DatePrecision.DAY, {0: True, -1: False, 1: False}),
        (DatePrecision.WEEK, {0: True, 6: True, 7: False, -1: False}),
        (DatePrecision.MONTH, {0: True, 29: True, 30: False, -1: False}),
        (DatePrecision.FROM, {0: True, 4000: True, -1: False}),
        (DatePrecision.BEFORE, {0: True, -4000: True, 1: False}),
        (DatePrecision.UNKNOWN, {-4000: True, 4000: True}),
    ],
)
def test_a_day_may_be_or_not(precision: DatePrecision, days: dict[int, bool]):
    found = {number: PartialDate(DAY, precision).may_be(DAY + timedelta(days=number)) for number in days}
    assert found == days
