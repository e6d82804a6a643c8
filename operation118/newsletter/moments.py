"""Instants as people type them: « 2026-12-01 09:00 », « mercredi 1er décembre 2027 à 20 h 30 », “1 December 2027 at 8:30”."""

import re
from datetime import UTC, date, datetime, time

from operation118 import dates
from operation118.clock import PARIS
from operation118.newsletter.refused import Refused
from operation118.web.languages import LANGUAGES, current
from operation118.web.languages import gettext as _

_HOUR = re.compile(
    r"^(?P<day>.+?)[\s,]*(?:\bat\b|à|\s)\s*(?P<hour>\d{1,2})\s*(?:h|:)\s*(?P<minute>\d\d)?$", re.IGNORECASE
)


def read(text: str) -> datetime:
    """The instant, in UTC; an hour without a zone is the one in Paris. Raises Refused."""
    text = " ".join(text.split())
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = _in_words(text)
    if instant.tzinfo:
        return instant.astimezone(UTC)
    local = instant.replace(tzinfo=PARIS)
    if local.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != instant:
        raise Refused(_("Cette nuit-là, on avance les montres : %(time)s n'existe pas.", time=f"{instant:%H:%M}"))
    return local.astimezone(UTC)


def _in_words(text: str) -> datetime:
    found = _HOUR.match(text)
    day = dates.read_day(found["day"]) if found else None
    if found is None or day is None:
        raise Refused(
            _(
                "« %(text)s » n'est pas une date et une heure, comme « 1er décembre 2027 à 20 h 30 » ou « 2027-12-01 20:30 ».",
                text=text,
            )
        )
    _refuse_other_weekday(found["day"], day)
    try:
        return datetime.combine(day, time(int(found["hour"]), int(found["minute"] or 0)))
    except ValueError:
        raise Refused(_("« %(text)s » : cette heure n'existe pas.", text=text)) from None


def _refuse_other_weekday(text: str, day: date) -> None:
    """« jeudi 17 novembre » that is a Wednesday is one of two days; which one, only its author knows."""
    words = set(re.findall(r"[a-zé]+", text.lower()))
    for lang in LANGUAGES:
        said = words & {_weekday(date(2001, 1, number), lang).lower() for number in range(1, 8)}
        if said and _weekday(day, lang).lower() not in said:
            label, weekday = dates.day_label(day, current()), _weekday(day, current())
            raise Refused(_("Le %(day)s est un %(weekday)s.", day=label, weekday=weekday))


def _weekday(day: date, lang: str) -> str:
    return dates.day_label(day, lang, weekday=True).partition(" ")[0]
