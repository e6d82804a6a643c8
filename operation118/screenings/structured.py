"""Screenings as JSON-LD, in schema.org's words, no more precise than what is known."""

from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Film
from operation118.film.structured import JsonLd, identifier
from operation118.screenings.labels import kind_label, reserve
from operation118.screenings.models import Screening, ScreeningKind, Town


def screening_json_ld(screening: Screening, film: Film, *, url: str, film_url: str) -> JsonLd:
    """A ScreeningEvent, or a PublicationEvent for the release everywhere at once. Addresses are absolute."""
    movie = {"@type": "Movie", "@id": identifier(film_url), "name": film.title, "url": film_url}
    released = screening.kind is ScreeningKind.NATIONAL_RELEASE
    place = screening.town.name if screening.town else screening.territory
    known: JsonLd = {
        "@context": "https://schema.org",
        "@type": "PublicationEvent" if released else "ScreeningEvent",
        "@id": url,
        "url": url,
        "name": " · ".join(part for part in (film.title, kind_label(screening.kind), place) if part),
        "workFeatured" if released else "workPresented": movie,
        "startDate": _start(screening),
        "description": reserve(screening) if screening.certainty_fr else None,
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _location(screening),
        "performer": [{"@type": "Person", "name": person.name} for person in screening.guests],
    }
    return {key: value for key, value in known.items() if value}


def _start(screening: Screening) -> str:
    if screening.starts_at:
        return screening.starts_at.isoformat()
    return coarse(screening.dated)


def coarse(when: PartialDate) -> str:
    """ISO 8601 for a reader that knows no weeks: the month, or the year, that holds the whole week."""
    if when.precision is not DatePrecision.WEEK:
        return when.iso
    if (when.first.year, when.first.month) == (when.last.year, when.last.month):
        return f"{when.first:%Y-%m}"
    return f"{when.first:%Y}" if when.first.year == when.last.year else ""


def _location(screening: Screening) -> JsonLd | None:
    if screening.town is None:
        return {"@type": "Country", "name": screening.territory} if screening.territory else None
    name = screening.venue.name if screening.venue else screening.town.name
    return {
        "@type": "MovieTheater" if screening.venue else "Place",
        "name": name,
        "address": _address(screening.town),
        "geo": {"@type": "GeoCoordinates", "latitude": screening.town.latitude, "longitude": screening.town.longitude},
    }


def _address(town: Town) -> dict[str, str]:
    return {
        "@type": "PostalAddress",
        "addressLocality": town.name,
        "addressRegion": town.department,
        "addressCountry": "FR",
    }
