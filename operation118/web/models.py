"""How often pages were read, and from where: numbers, and nothing about anybody."""

from datetime import date
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from operation118.database import Base
from operation118.dates import DatePrecision


class VisitKind(StrEnum):
    PAGE = "page"
    REFERRER = "referrer"


class VisitCount(Base):
    """How often a page was read, or a site led here, on a day in Paris; once old, in a month (`on` is then its first
    day). `name` is the path of a page or the host of a site. Not `Public`: counting changes nothing that anybody sees."""

    __tablename__ = "visit_count"

    on: Mapped[date] = mapped_column(primary_key=True)
    precision: Mapped[DatePrecision] = mapped_column(primary_key=True, default=DatePrecision.DAY)
    kind: Mapped[VisitKind] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
