"""Dates as precisely as they are known, and how they are written in French and in English."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from babel.dates import format_date

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
        DatePrecision.BEFORE: "{} at the latest",
        DatePrecision.UNKNOWN: "undated",
    },
}
_PLATES = {
    "fr": _PHRASES["fr"] | {DatePrecision.WEEK: "sem. du {}", DatePrecision.FROM: "dès le {}"},
    "en": _PHRASES["en"] | {DatePrecision.WEEK: "wk of {}"},
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
