"""Screenings as iCalendar (RFC 5545, with the refresh and the name of RFC 7986)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from icalendar import TRANSP, Calendar, Component, Event, Timezone, vDuration

from operation118.clock import PARIS
from operation118.screenings.labels import kind_label, reserve
from operation118.screenings.models import Screening
from operation118.web.languages import current, t
from operation118.web.languages import gettext as _

REFRESH = timedelta(days=1)
# Summer time as the Union sets it (directive 2000/84/EC). The library would list each change as an RDATE, which
# some readers pass over.
PARIS_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar(
    screenings: Sequence[Screening], *, film: str, name: str, host: str, address: Callable[[Screening], str]
) -> bytes:
    """A calendar called `name`; `film` is the title in each event, `host` ends their identifiers, `address` gives
    the page of each. It is in the language of the page being made."""
    made = Calendar.new(prodid=f"-//{host}//{film}//{current().upper()}", uid=f"{current()}@{host}", name=name)
    _add(made, "refresh-interval", vDuration(REFRESH), VALUE="DURATION")
    _add(made, "x-published-ttl", vDuration(REFRESH))  # the same, for Outlook
    if any(screening.starts_at for screening in screenings):
        made.add_component(Timezone.from_ical(PARIS_RULES))
    for screening in screenings:
        made.add_component(_event(screening, film, host, address(screening)))
    return made.to_ical()


def _add(component: Component, name: str, value: object, **parameters: str) -> None:
    component.add(name, value, parameters)  # pyright: ignore[reportUnknownMemberType] (its dict is bare)


def _event(screening: Screening, film: str, host: str, url: str) -> Event:
    starts, ends = _span(screening)
    event = Event.new(
        uid=f"{screening.slug}@{host}",
        stamp=screening.updated_at,
        last_modified=screening.updated_at,
        sequence=int(screening.updated_at.timestamp()) // 60,  # in minutes: grows when it changes, as it must
        start=starts,
        end=ends,
        url=url,
        transparency=TRANSP.OPAQUE if screening.starts_at else TRANSP.TRANSPARENT,
        categories=[kind_label(screening.kind)],
    )
    for key, text in _texts(screening, film, url).items():
        _add(event, key, text, LANGUAGE=current())
    if screening.town:
        _add(event, "geo", (screening.town.latitude, screening.town.longitude))
    return event


def _span(screening: Screening) -> tuple[date | datetime, date | None]:
    """An instant when the hour is known; otherwise whole days, the end excluded."""
    if screening.starts_at:
        return screening.starts_at.astimezone(PARIS), None
    return screening.dated.first, screening.dated.last + timedelta(days=1)


def _texts(screening: Screening, film: str, url: str) -> dict[str, str]:
    where = [screening.venue and screening.venue.name, screening.town and screening.town.name, _department(screening)]
    location = ", ".join(part for part in where if part)
    place = screening.town.name if screening.town else screening.territory
    summary = " · ".join(part for part in (film, kind_label(screening.kind), place) if part)
    description = "\n".join([*_sentences(screening), url])
    return {"summary": summary, "description": description} | ({"location": location} if location else {})


def _department(screening: Screening) -> str | None:
    return f"{screening.town.department}, France" if screening.town else None


def _sentences(screening: Screening) -> list[str]:
    """The date in words, for a calendar shows days where only a week is known; our note, and how sure it is."""
    when = screening.dated.label(current(), weekday=True)
    lines = [when[:1].upper() + when[1:] + _hour_missing(screening)]
    lines += [t(screening, "note")] if screening.note_fr else []
    lines += [reserve(screening)] if screening.certainty_fr else []
    return lines


def _hour_missing(screening: Screening) -> str:
    """Nothing of what has no hour to look for: a release everywhere at once."""
    if screening.starts_at or screening.town is None:
        return ""
    missing = _("heure non retrouvée") if screening.is_past else _("heure pas encore annoncée")
    return f" ({missing})"
