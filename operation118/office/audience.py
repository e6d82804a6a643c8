"""How the public site was read, out of the daily counts: for the charts of the dashboard."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from operation118 import clock
from operation118.database import db
from operation118.dates import DatePrecision
from operation118.web.models import VisitCount, VisitKind

DAYS = 30
WEEK = 7
MOST = 8  # pages and sites shown


@dataclass(frozen=True)
class Audience:
    """Pages read each day, the most read pages, and the sites that led here, over the last days, today included."""

    days: list[tuple[date, int]]
    pages: list[tuple[str, int]]
    referrers: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.days)

    @property
    def smooth(self) -> list[float | None]:
        """The mean of each day and the six before it; None where they are not all there."""
        numbers = [number for _, number in self.days]
        return [sum(numbers[end - WEEK : end]) / WEEK if end >= WEEK else None for end in range(1, len(numbers) + 1)]


def lately() -> Audience:
    """Two queries, however much was counted."""
    first = clock.today() - timedelta(days=DAYS - 1)
    recent = VisitCount.precision == DatePrecision.DAY, VisitCount.on >= first, VisitCount.on <= clock.today()
    pages = select(VisitCount.on, func.sum(VisitCount.count)).where(*recent, VisitCount.kind == VisitKind.PAGE)
    by_day = dict(db.session.execute(pages.group_by(VisitCount.on)).all())
    days = [first + timedelta(days=number) for number in range(DAYS)]
    number = func.sum(VisitCount.count)
    place = func.row_number().over(partition_by=VisitCount.kind, order_by=(number.desc(), VisitCount.name))
    summed = select(VisitCount.kind, VisitCount.name, number.label("number"), place.label("place")).where(*recent)
    tops = summed.group_by(VisitCount.kind, VisitCount.name).subquery()
    rows = db.session.execute(select(tops).where(tops.c.place <= MOST).order_by(tops.c.place)).all()
    return Audience(
        [(day, by_day.get(day, 0)) for day in days],
        [(row.name, row.number) for row in rows if row.kind is VisitKind.PAGE],
        [(row.name, row.number) for row in rows if row.kind is VisitKind.REFERRER],
    )
