"""The midnights of Paris in SQL, to hold days against instants: PostgreSQL knows the hours of Paris, SQLite asks us."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from operation118 import clock
from operation118.database import UtcDateTime, db
from operation118.dates import DatePrecision
from operation118.screenings.models import Screening

KEPT = 2**14  # days whose midnight is remembered
LAST = "9999-12-31 00:00:00.000000"


def day_of(instant: datetime) -> date:
    """The day it is in Paris."""
    return instant.astimezone(clock.PARIS).date()


class Midnight(GenericFunction[datetime]):
    """`Midnight(day)`: the instant at which that day begins."""

    name = "midnight"
    type = UtcDateTime()
    inherit_cache = True


class Over(GenericFunction[datetime]):
    """`Over(day, precision)`: the instant from which a screening of that date is a past one."""

    name = "screening_over"
    type = UtcDateTime()
    inherit_cache = True


class AtUtc(GenericFunction[datetime]):
    """`AtUtc(day, literal("22:00"))`: that hour of a day in UTC."""

    name = "at_utc"
    type = UtcDateTime()
    inherit_cache = True


# --- PostgreSQL ---------------------------------------------------------------------------------------------------

_MIDNIGHT = "timezone('Europe/Paris', CAST({day} AS timestamp))"
_DAY_AFTER = """CASE {precision} WHEN 'week' THEN {day} + interval '7 days'
WHEN 'from' THEN {day} + interval '1 day' * (1 + mod(9 - CAST(extract(isodow from {day}) AS integer), 7))
WHEN 'month' THEN date_trunc('month', {day}) + interval '1 month'
WHEN 'year' THEN date_trunc('year', {day}) + interval '1 year'
WHEN 'unknown' THEN date_trunc('year', {day}) + interval '1 year'
ELSE {day} + interval '1 day' END"""


@compiles(Midnight, "postgresql")
def _midnight(function: Midnight, compiler: Any, **options: Any) -> str:
    (day,) = function.clauses
    return _MIDNIGHT.format(day=compiler.process(day, **options))


@compiles(Over, "postgresql")
def _over(function: Over, compiler: Any, **options: Any) -> str:
    day, precision = (compiler.process(clause, **options) for clause in function.clauses)
    return _MIDNIGHT.format(day=_DAY_AFTER.format(day=f"CAST({day} AS timestamp)", precision=precision))


@compiles(AtUtc, "postgresql")
def _at_utc(function: AtUtc, compiler: Any, **options: Any) -> str:
    day, hour = (compiler.process(clause, **options) for clause in function.clauses)
    return f"timezone('UTC', {day} + CAST({hour} AS time))"


# --- SQLite -------------------------------------------------------------------------------------------------------


@compiles(AtUtc, "sqlite")
def _at_utc_stored(function: AtUtc, compiler: Any, **options: Any) -> str:
    day, hour = (compiler.process(clause, **options) for clause in function.clauses)
    return f"({day} || ' ' || {hour})"


def _stored(day: date) -> str:
    """The midnight of a day as SQLite keeps instants."""
    return clock.midnight(day).replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(KEPT)
def _begins(day: str | None) -> str | None:
    return _stored(date.fromisoformat(day)) if day else None


@lru_cache(KEPT)
def _ends(day: str | None, precision: str | None) -> str | None:
    if not day:
        return None
    known = DatePrecision(precision) if precision else None
    last = Screening(on=date.fromisoformat(day), precision=known).ends_on
    return _stored(last + timedelta(days=1)) if last < date.max else LAST


def _teach(connection: DBAPIConnection, record: object) -> None:
    sqlite: Any = connection
    sqlite.create_function(Midnight.name, 1, _begins, deterministic=True)
    sqlite.create_function(Over.name, 2, _ends, deterministic=True)


def init_app(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _teach)
