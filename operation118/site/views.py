"""The pages that draw on every room: home, the timeline, the way into the time machine, old addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, g, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from operation118 import clock
from operation118.database import db
from operation118.dates import PartialDate, day_label, read_day
from operation118.film import queries as film_queries
from operation118.film.labels import billing
from operation118.film.models import Credit, Department, ReleaseKind
from operation118.film.queries import Vouchers
from operation118.film.views import at_hand, directors, film_with, leading, the_film, told_releases
from operation118.press import queries as press_queries
from operation118.screenings import queries as screening_queries
from operation118.screenings.models import ScreeningKind
from operation118.site import timeline
from operation118.site.models import Redirect
from operation118.site.states import milestones, state_of
from operation118.site.timeline import EntryKind
from operation118.web import errors
from operation118.web.languages import current, localized, path_language, t
from operation118.web.languages import gettext as _
from operation118.web.time_machine import EARLIEST, time_machine_url

bp = Blueprint("site", __name__)
DAY = "jour"  # what the time machine's form asks


@localized(bp, fr="/", en="/en/")
def home() -> str:
    billed = film_with(film_queries.film_and_bill)
    vouchers = film_queries.vouchers("film", "release", "press", "credit")
    releases = film_queries.releases()
    screenings = screening_queries.along_the_road()
    previews = [screening for screening in screenings if screening.kind is ScreeningKind.PREVIEW]
    pieces = press_queries.about_film(press_queries.public_items())
    video = (release for release in releases if release.kind is ReleaseKind.VIDEO)
    return render_template(
        "site/home.html",
        state=state_of(releases, vouchers, screenings),
        coming=[screening for screening in screenings if not screening.is_past],
        past=[screening for screening in previews if screening.is_past],
        tour=screening_queries.tour(),
        previews_found=len(previews),
        press=press_queries.various(pieces, 3)[::-1],
        press_total=len(pieces),
        press_years=press_queries.years(pieces),
        dvd=next((release for release in video if vouchers.told(f"release.{release.slug}")), None),
        pitched=vouchers.told("film.synopsis"),
        bill=_bill(vouchers, billed),
        at_hand=at_hand(told_releases(vouchers, releases)),
    )


def _bill(vouchers: Vouchers, credits: Sequence[Credit]) -> str:
    """The bill in a line, as far as it was told."""
    known = vouchers.vouch("credit", credits)
    cast = [credit for credit in known if credit.row.department is Department.CAST]
    genres: list[str] = t(the_film(), "genres") if vouchers.told("film.genres") else []
    names = [[credit.row.person.name for credit in some] for some in (directors(known), leading(cast))]
    return billing(genres, *names)


def _kinds() -> dict[EntryKind, str]:
    return {
        EntryKind.STORY: _("Histoire du film"),
        EntryKind.SCREENING: _("Projection"),
        EntryKind.MEETING: _("Rencontre presse"),
        EntryKind.RELEASE: _("Sortie"),
        EntryKind.ANNOUNCEMENT: _("Annonce"),
        EntryKind.DISPUTE: _("Litige"),
        EntryKind.PRESS: _("Presse"),
        EntryKind.CONTEXT: _("Contexte"),
    }


@localized(bp, fr="/chronologie/", en="/en/timeline/", endpoint="timeline")
def life() -> str:
    the_film()
    entries = timeline.build(
        facts=film_queries.dated_facts(),
        releases=film_queries.told_releases(),
        screenings=screening_queries.along_the_road(),
        events=screening_queries.events(),
        press=press_queries.public_items(),
    )
    dated, undated = timeline.life(entries)
    years = timeline.by_year(dated)
    return render_template(
        "site/timeline.html",
        years=years,
        skyline=timeline.skyline(years),
        kinds=_kinds(),
        total=len(dated),
        undated=undated,
        beside=timeline.beside(entries),
        first_year=min(years, default=clock.today().year),
        last_year=max(years, default=clock.today().year),
    )


@dataclass(frozen=True)
class Stop:
    """A day worth a visit, how it is written, and what is to be seen then."""

    day: date
    when: str
    label: str


def _stops() -> list[Stop]:
    """The days on which the film's state changes, the eve of its release among them."""
    vouchers = film_queries.vouchers("release", "press")
    known = milestones(film_queries.releases(), vouchers, screening_queries.along_the_road())
    stops = [
        (known.announced_on, _("le premier article parle du film")),
        (known.dated_on, _("la date de sortie est connue")),
        (known.first_preview_on, _("première projection devant un public")),
        (known.released_on and known.released_on - timedelta(days=1), _("la veille de la sortie")),
        (known.released_on, _("le jour de la sortie")),
        (known.video_on, _("le DVD est annoncé")),
    ]
    return [
        Stop(day, (vouchers.known_as(day) if day == known.announced_on else PartialDate(day)).label(current()), label)
        for day, label in stops
        if day and clock.midnight(day + timedelta(days=1)) < clock.real_now()
    ]


def _yesterday() -> date:
    """The last day that can be travelled to; it moves at midnight."""
    today = clock.real_now().astimezone(clock.PARIS).date()
    clock.changes_at(clock.midnight(today + timedelta(days=1)))
    return today - timedelta(days=1)


def _machine(*, typed: str = "", day: date | None = None, remark: str = "", **said: object) -> str:
    """The way into the time machine; `said` is an error's code, title and advice."""
    stops = _stops()
    last = _yesterday()
    example = next((stop.day for stop in stops), last)
    front = "/en/" if current() == "en" else "/"
    days = {"day": day, "stops": stops, "example": example, "first": EARLIEST, "last": last}
    return render_template("site/time_machine.html", typed=typed, remark=remark, front=front, **days, **said)


def _unreachable(day: date | None, written: str) -> str:
    """Why the machine does not go to `day`, read from what was `written`; empty where it does."""
    if day is None:
        return _("« %(day)s » n'est pas une date que la machine sait lire.", day=written[:40])
    if day > _yesterday():
        return _("Le %(day)s n'est pas encore passé : la machine ne sait que reculer.", day=day_label(day, current()))
    if day < EARLIEST:
        label = day_label(EARLIEST, current())
        return _("La machine ne remonte pas avant le %(day)s : le cinéma n'avait pas encore de public.", day=label)
    return ""


@localized(bp, fr="/le/", en="/en/le/")
def time_machine() -> AnyResponse | str:
    """The form, the day it asks for, or why there is no such day."""
    typed = request.args.get(DAY)
    if typed is None:
        return _machine()
    typed = "".join(char if char.isprintable() else " " for char in typed)
    day = read_day(typed)
    remark = _unreachable(day, typed) if typed.strip() else _("Choisissez un jour.")
    if day is None or remark:
        return _machine(typed=typed, day=day, remark=remark)
    return redirect(time_machine_url(day, "/en/" if current() == "en" else "/"))


@localized(bp, fr="/le/<path:rest>", en="/en/le/<path:rest>")
def no_such_day(rest: str) -> AnyResponse | tuple[str, int]:
    """A date the time machine does not reach as it is written: the way to it, or why there is none."""
    written, _slash, page = "".join(filter(str.isprintable, rest)).partition("/")
    if current() == "en":
        page = f"en/{page}"
    g.lang = path_language(f"/{page}")
    day = read_day(written)
    advice = _unreachable(day, written)
    if day is None or advice:
        return _machine(code=404, title=_("La machine à remonter le temps cale"), advice=advice), 404
    return redirect(time_machine_url(day, f"/{page}"), 301)


@bp.app_errorhandler(404)
def moved_or_missing(error: NotFound) -> Response | AnyResponse:
    """An address of an older site leads to its new home; any other unknown one gets the page that says so."""
    address = request.full_path.rstrip("?") if request.query_string else request.path
    try:
        target = db.session.scalar(select(Redirect.new).where(Redirect.old == address))
    except DatabaseError as failure:
        return errors.unreachable_data(failure)
    return redirect(request.script_root + target, 301) if target else errors.answer(error)
