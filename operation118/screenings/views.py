"""The screenings' pages and calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, render_template, request, url_for

from operation118 import clock
from operation118.dates import time_label
from operation118.film import queries as film_queries
from operation118.film.views import the_film
from operation118.publication import missing
from operation118.screenings import calendars, maps, queries
from operation118.screenings.labels import kind_label, order_label, panel_label, status_label
from operation118.screenings.models import Screening, ScreeningKind, Town
from operation118.screenings.structured import coarse, screening_json_ld
from operation118.web.languages import gettext as _
from operation118.web.languages import localized
from operation118.web.links import absolute
from operation118.web.numbers import in_words
from operation118.web.settings import current_settings

bp = Blueprint("screenings", __name__)
bp.add_app_template_filter(in_words)


@dataclass(frozen=True)
class Stop:
    """A town of the tour with its screenings, oldest first, and its place on the map."""

    pin: maps.Pin
    screenings: list[Screening]

    @property
    def town(self) -> Town:
        return self.pin.town

    @property
    def is_past(self) -> bool:
        return all(screening.is_past for screening in self.screenings)


def stops(screenings: Sequence[Screening]) -> list[Stop]:
    """The towns of `screenings`, in the order they are first reached."""
    by_town: dict[int, list[Screening]] = {}
    towns: dict[int, Town] = {}
    for screening in screenings:
        if screening.town:
            towns[screening.town.id] = screening.town
            by_town.setdefault(screening.town.id, []).append(screening)
    return [Stop(pin, by_town[pin.town.id]) for pin in maps.pins(list(towns.values()))]


def _address(screening: Screening) -> str:
    """The absolute address of its page today, wherever the time machine stands."""
    return _today(url_for("screenings.page", slug=screening.slug))


def _today(path: str) -> str:
    """The absolute address of `path` without the day the time machine looks at."""
    return absolute(path.removeprefix(request.script_root))


def _found(slug: str) -> Screening:
    return queries.find(slug) or abort(missing(Screening, slug))


@bp.context_processor
def _words() -> dict[str, object]:
    labels = {
        "kind_label": kind_label,
        "panel_label": panel_label,
        "status_label": status_label,
        "order_label": order_label,
    }
    return {"coarse": coarse, "time_label": time_label, **labels}


def _calendar_addresses() -> dict[str, str]:
    """Where the calendar is, and the same address as those programs know it that keep it up to date."""
    url = _today(url_for("screenings.calendar"))
    return {"url": url, "subscription": urlsplit(url)._replace(scheme="webcal").geturl()}


@localized(bp, fr="/seances/", en="/en/screenings/")
def index() -> str:
    the_film()
    road = queries.along_the_road()
    coming = [screening for screening in road if not screening.is_past]
    past = [screening for screening in road if screening.is_past]
    vouchers = film_queries.vouchers("tour", "event")
    tour = queries.tour()
    return render_template(
        "screenings/index.html",
        road=road,
        coming=coming,
        under_way=[screening for screening in coming if screening.has_begun],
        to_come=[screening for screening in coming if not screening.has_begun],
        past=past,
        previews=[screening for screening in past if screening.kind is ScreeningKind.PREVIEW],
        in_cinemas=[screening for screening in past if screening.kind is not ScreeningKind.PREVIEW],
        calendar=_calendar_addresses(),
        stops=stops(road),
        country=maps.country(),
        tour=tour if tour and vouchers.told(f"tour.{tour.slug}") else None,
        previews_found=sum(screening.kind is ScreeningKind.PREVIEW for screening in road),
        events=queries.events(),
        vouchers=vouchers,
    )


def _day_before(screening: Screening) -> date | None:
    """The day before it, for the time machine; None when that is not over, or when one is travelling already."""
    eve = screening.dated.first - timedelta(days=1)
    return eve if eve < clock.today() and not clock.is_travelling() else None


def _neighbours(screening: Screening) -> tuple[Screening | None, Screening | None]:
    road = queries.along_the_road()
    place = [other.slug for other in road].index(screening.slug)
    return road[place - 1] if place else None, road[place + 1] if place + 1 < len(road) else None


@localized(bp, fr="/seances/<slug>/", en="/en/screenings/<slug>/")
def page(slug: str) -> str:
    film = the_film()
    screening = _found(slug)
    previous, following = _neighbours(screening)
    film_url = _today(url_for("film.page"))
    return render_template(
        "screenings/page.html",
        screening=screening,
        stops=stops([screening]),
        country=maps.country(),
        previous=previous,
        following=following,
        day_before=_day_before(screening),
        sources=film_queries.vouchers("screening").of(f"screening.{screening.slug}"),
        json_ld=screening_json_ld(screening, film, url=_address(screening), film_url=film_url),
    )


def _ics(screenings: Sequence[Screening], *, name: str, filename: str) -> Response:
    film = the_film()
    host = urlsplit(str(current_settings()["PUBLIC_URL"])).hostname or ""
    made = calendars.calendar(screenings, film=film.short_title, name=name, host=host, address=_address)
    answer = Response(made, mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{filename}.ics")
    return answer


@localized(bp, fr="/seances.ics", en="/en/screenings.ics")
def calendar() -> Response:
    film = the_film()
    name = _("%(film)s : les séances", film=film.short_title)
    return _ics(queries.along_the_road(), name=name, filename=film.slug)


@localized(bp, fr="/seances/<slug>.ics", en="/en/screenings/<slug>.ics")
def page_calendar(slug: str) -> Response:
    return _ics([_found(slug)], name=the_film().short_title, filename=slug)
