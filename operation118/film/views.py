"""The film's two pages: what it is, and what is known of its video edition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import Blueprint, abort, g, render_template

from operation118 import clock
from operation118.film import queries
from operation118.film.models import Credit, Department, Fact, FactSection, Film, Job, Release, ReleaseKind
from operation118.film.queries import Vouched, Vouchers
from operation118.web.languages import localized

bp = Blueprint("film", __name__)
LEADS = 2
Row = TypeVar("Row")


def _film() -> Film | None:
    """The film, read once a request; None while no content is loaded or the database does not answer."""
    if "film" not in g:
        g.film = None  # should the query fail, the error page asks again: it must not fail with it
        g.film = queries.film()
    film: Film | None = g.film
    return film


def the_film() -> Film:
    """The film of the site. Raises 503 while no content is loaded: nothing could be shown."""
    film = _film()
    if film is None:
        abort(503)
    return film


def film_with(read: Callable[[], tuple[Film | None, list[Row]]]) -> list[Row]:
    """What a query reads together with the film, which is then known for the request. Raises 503 without a film."""
    g.film = None  # as in _film()
    g.film, rows = read()
    the_film()
    return rows


@bp.app_context_processor
def _film_everywhere() -> dict[str, object]:
    return {"film": _film()}


@dataclass(frozen=True)
class Told:
    """A release with its sources and the day it was first told."""

    row: Release
    sources: list[queries.Source]
    told_on: date | None


def told_releases(vouchers: Vouchers, releases: Sequence[Release]) -> list[Told]:
    """Those of `releases` that were known at the instant looked at."""
    vouched = vouchers.vouch("release", releases)
    return [Told(entry.row, entry.sources, vouchers.told_on(f"release.{entry.row.slug}")) for entry in vouched]


def _is_out(release: Told) -> bool:
    when = release.row.when
    if when is None:
        return False
    clock.changes_at(clock.midnight(when.first))
    return when.first <= clock.today()


def at_hand(releases: Sequence[Told]) -> list[Told]:
    """Those with which the film can be seen at home now: what is only announced, or was seen in its time, is none."""
    at_home = [release for release in releases if release.row.kind in (ReleaseKind.VIDEO, ReleaseKind.VOD)]
    return [release for release in at_home if release.row.last_year is None and _is_out(release)]


def _by_section(facts: list[Vouched[Fact]]) -> dict[str, list[Vouched[Fact]]]:
    return {section.value: [fact for fact in facts if fact.row.section is section] for section in FactSection}


def _in(department: Department, credits: list[Vouched[Credit]]) -> list[Vouched[Credit]]:
    return [credit for credit in credits if credit.row.department is department]


def directors(crew: list[Vouched[Credit]]) -> list[Vouched[Credit]]:
    return [credit for credit in crew if Job.DIRECTOR in credit.row.jobs]


def leading(cast: list[Vouched[Credit]]) -> list[Vouched[Credit]]:
    """The two leads, face to face: the first two of the cast, once both are known."""
    leads = [credit for credit in cast if credit.row.position < LEADS]
    return leads if len(leads) == LEADS else []


@localized(bp, fr="/film/", en="/en/film/")
def page() -> str:
    images = film_with(queries.film_and_images)
    vouchers = queries.vouchers("film", "fact", "credit", "character", "release")
    credits = vouchers.vouch("credit", queries.credits())
    cast = _in(Department.CAST, credits)
    crew = _in(Department.CREW, credits)
    releases = told_releases(vouchers, queries.releases())
    return render_template(
        "film/page.html",
        vouchers=vouchers,
        leads=leading(cast),
        cast=cast,
        crew=crew,
        directors=directors(crew),
        characters=vouchers.vouch("character", queries.characters()),
        facts=_by_section(vouchers.vouch("fact", queries.facts())),
        releases=releases,
        at_hand=at_hand(releases),
        is_out=any(_is_out(release) for release in releases),
        images=images,
    )


@localized(bp, fr="/dvd/", en="/en/dvd/")
def dvd() -> str:
    the_film()
    releases = told_releases(queries.vouchers("release"), queries.releases())
    video = [release for release in releases if release.row.kind is ReleaseKind.VIDEO]
    elsewhere = [release for release in releases if release.row.kind in (ReleaseKind.VOD, ReleaseKind.CONTESTED)]
    return render_template("film/dvd.html", video=video, elsewhere=elsewhere)
