"""Dates as precisely as they are known, and how they are written in French and in English."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from babel.dates import format_date
from dateutil.parser import ParserError, parse, parserinfo

from operation118.clock import PARIS

NARROW = "\u202f"  # narrow no-break space, as in « 20 h 30 »
NBSP = "\u00a0"


class DatePrecision(StrEnum):
    """How much of a date is known. `FROM`: that day and after; `BEFORE`: that day at the latest."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    FROM = "from"
    BEFORE = "before"
    UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date and its precision; `day` is the first day it may be (the last one for `BEFORE`)."""

    day: date
    precision: DatePrecision = DatePrecision.DAY

    @property
    def first(self) -> date:
        """The first day this may be; for `BEFORE` and `UNKNOWN`, the day that is written."""
        return self.day

    @property
    def last(self) -> date:
        """The last day this may be; `FROM` is open, so its first day counts."""
        match self.precision:
            case DatePrecision.WEEK:
                return self.day + timedelta(days=6)
            case DatePrecision.MONTH:
                return self.day.replace(day=calendar.monthrange(self.day.year, self.day.month)[1])
            case DatePrecision.YEAR | DatePrecision.UNKNOWN:
                return self.day.replace(month=12, day=31)
            case _:
                return self.day

    def may_be(self, day: date) -> bool:
        """Whether this may be that day; `FROM` and `BEFORE` are open at one end, `UNKNOWN` at both."""
        is_early = day < self.first and self.precision is not DatePrecision.BEFORE
        is_late = day > self.last and self.precision is not DatePrecision.FROM
        return self.precision is DatePrecision.UNKNOWN or not (is_early or is_late)

    @property
    def iso(self) -> str:
        """ISO 8601 with no more than is known: a year, a month or a day."""
        match self.precision:
            case DatePrecision.YEAR | DatePrecision.UNKNOWN:
                return f"{self.day:%Y}"
            case DatePrecision.MONTH:
                return f"{self.day:%Y-%m}"
            case _:
                return self.day.isoformat()

    def label(self, lang: str, *, weekday: bool = False) -> str:
        """The date in words: « semaine du 25 octobre 2010 », “from 19 November 2010”."""
        words = _PHRASES[lang][self.precision]
        return words.format(_written(self, lang, weekday=weekday))

    def plate(self, lang: str) -> str:
        """The date as short as a road sign's plate: « ven. 5 nov. », « sem. du 25 oct. »."""
        return _PLATES[lang][self.precision].format(_short(self, lang))


_PHRASES = {
    "fr": {
        DatePrecision.DAY: "{}",
        DatePrecision.WEEK: "semaine du {}",
        DatePrecision.MONTH: "{}",
        DatePrecision.YEAR: "{}",
        DatePrecision.FROM: "à partir du {}",
        DatePrecision.BEFORE: "au plus tard le {}",
        DatePrecision.UNKNOWN: "sans date",
    },
    "en": {
        DatePrecision.DAY: "{}",
        DatePrecision.WEEK: "week of {}",
        DatePrecision.MONTH: "{}",
        DatePrecision.YEAR: "{}",
        DatePrecision.FROM: "from {}",
        DatePrecision.BEFORE: "by {}",
        DatePrecision.UNKNOWN: "undated",
    },
}
_PLATES = {
    "fr": _PHRASES["fr"] | {DatePrecision.WEEK: "sem. du {}", DatePrecision.FROM: "dès le {}"},
    "en": _PHRASES["en"],
}


def _written(value: PartialDate, lang: str, *, weekday: bool) -> str:
    if value.precision is DatePrecision.YEAR:
        return f"{value.day.year}"
    if value.precision is DatePrecision.MONTH:
        return _babel(value.day, "MMMM y", lang)
    return day_label(value.day, lang, weekday=weekday and value.precision is not DatePrecision.WEEK)


def _short(value: PartialDate, lang: str) -> str:
    match value.precision:
        case DatePrecision.YEAR:
            return f"{value.day.year}"
        case DatePrecision.MONTH:
            return _babel(value.day, "MMM y", lang)
        case DatePrecision.WEEK:
            return _babel(value.day, "d MMM", lang)
        case _:
            return _babel(value.day, "EEE d MMM", lang)


def day_label(day: date, lang: str, *, weekday: bool = False) -> str:
    """« mercredi 17 novembre 2010 », « 1er décembre 2010 »; “Wednesday 17 November 2010”."""
    return _babel(day, "EEEE d MMMM y" if weekday else "d MMMM y", lang)


def time_label(instant: datetime, lang: str) -> str:
    """The hour in Paris: « 20 h 30 », « 20 h »; “8.30 pm”, “8 pm”."""
    local = instant.astimezone(PARIS)
    if lang == "fr":
        minutes = f"{NARROW}{local:%M}" if local.minute else ""
        return f"{local.hour}{NARROW}h{minutes}"
    minutes = f".{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{NBSP}{'am' if local.hour < 12 else 'pm'}"


def _babel(day: date, pattern: str, lang: str) -> str:
    text = format_date(day, pattern, locale="fr" if lang == "fr" else "en_GB")
    if lang == "fr" and day.day == 1 and "d" in pattern:
        text = text.replace("1 ", "1er ", 1)
    return _glued(text)


def _glued(text: str) -> str:
    """Keep the day number with its month: « 17 novembre » never breaks."""
    words = text.split(" ")
    glued = words[0]
    for before, word in pairwise(words):
        numbered = before.removesuffix("er").isdigit() and len(before) <= 3
        glued += (NBSP if numbered else " ") + word
    return glued


class _FrenchDates(parserinfo):
    """Names of days and months, and the order day-month-year, for dates that people type."""

    WEEKDAYS = [(name, name[:3]) for name in ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")]
    MONTHS = [
        ("janvier", "janv"),
        ("février", "fevrier", "févr"),
        ("mars", "mar"),
        ("avril", "avr"),
        ("mai", "mai"),
        ("juin", "juin"),
        ("juillet", "juil"),
        ("août", "aout"),
        ("septembre", "sept"),
        ("octobre", "oct"),
        ("novembre", "nov"),
        ("décembre", "decembre", "déc"),
    ]
    JUMP = [" ", ".", ",", "-", "/", "le", "du", "er"]


_READERS = (_FrenchDates(dayfirst=True), parserinfo(dayfirst=True))
_DEFAULTS = (datetime(2001, 1, 1, tzinfo=PARIS), datetime(2004, 2, 2, tzinfo=PARIS))

_MOMENT = re.compile(r"(?P<day>.+?)(?:T|\s*,\s*|\s+à\s+|\s+)(?P<hour>\d{1,2})\s*[:hH.]\s*(?P<minute>\d{2})?")


def read_day(text: str) -> date | None:
    """The day a person meant: ISO 8601, « 16 novembre 2010 », « 16/11/2010 », “November 16, 2010”; else None.

    A part left out is not guessed: the two readings, with two different defaults, must agree.
    """
    text = text.strip().lower()
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    return next((day for reader in _READERS if (day := _read(text, reader)) is not None), None)


def read_moment(text: str) -> datetime | None:
    """The instant in Paris that a day and an hour mean, as a person writes them: « 17/11/2010 20:30 », « 17 novembre 2010 à
    20 h 30 », 2010-11-17T20:30. None where one of them is missing, and for an hour that the clocks skip in spring."""
    found = _MOMENT.fullmatch(text.strip())
    day = read_day(found["day"]) if found else None
    if found is None or day is None:
        return None
    try:
        hour = time(int(found["hour"]), int(found["minute"] or 0))
    except ValueError:
        return None
    moment = datetime.combine(day, hour, PARIS)
    return moment if moment.astimezone(UTC).astimezone(PARIS).time() == hour else None


def _read(text: str, reader: parserinfo) -> date | None:
    try:
        readings = {parse(text, reader, default=default).date() for default in _DEFAULTS}
    except (ParserError, OverflowError):
        return None
    return readings.pop() if len(readings) == 1 else None
