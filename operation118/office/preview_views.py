"""Where the team chooses the instant from which to look at the site, and reads what changes until then; the bar above each
page that it looks at so, or with a row that is not public."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from operation118 import clock
from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import StaffRole
from operation118.dates import day_label, read_day, time_label
from operation118.office import midnights, preview, public_pages, unpublished
from operation118.office.addresses import edit_url
from operation118.office.frame import may
from operation118.office.preview import counted, seen_from
from operation118.office.stock import FOREVER
from operation118.publication import state_of
from operation118.web import time_machine
from operation118.web.languages import safe_query
from operation118.web.time_machine import Ahead, Bar, preview_prefix, read_instant, spelled

bp = door.room("preview", __name__, "/office/apercu")

DAY, HOUR, LOOK, AFTER = "jour", "heure", "voir", "apres"
MORNING = time(8)
_HOUR = re.compile(r"([01]?\d|2[0-3])\s*(?:[:.hH]\s*([0-5]\d)?)?", re.ASCII)


class Asked(NamedTuple):
    """What was typed, the instant it means, and what is wrong with it beside which field; `instead` leads further."""

    day: str
    hour: str
    instant: datetime | None = None
    remarks: dict[str, str] = {}
    instead: tuple[str, str] | None = None  # address, label


# --- Words --------------------------------------------------------------------------------------------------------


def when(instant: datetime, *, weekday: bool = True) -> str:
    """« mardi 1er décembre 2026, 8 h 30 », in Paris."""
    local = instant.astimezone(clock.PARIS)
    again = " (la seconde fois)" if local.fold else ""
    return f"{day_label(local.date(), 'fr', weekday=weekday)}, {time_label(instant, 'fr')}{again}"


def address(instant: datetime, endpoint: str = "site.home", **values: str) -> str:
    """The page as it will be at `instant`."""
    return preview_prefix(instant) + current_app.url_map.bind("").build(endpoint, {"lang": "fr", **values})


def list_address(instant: datetime) -> str:
    """The list of what changes until `instant`."""
    local = instant.astimezone(clock.PARIS)
    again = "bis" if local.fold else ""
    return current_app.url_map.bind("").build(
        "preview.index", {DAY: f"{local:%Y-%m-%d}", HOUR: f"{local:%H:%M}{again}"}
    )


@bp.context_processor
def _words() -> dict[str, object]:
    return {"when": when, "address": address, "list_address": list_address, "spelled": spelled}


# --- Pages --------------------------------------------------------------------------------------------------------


@bp.get("/")
@open_to(*StaffRole)
def index() -> ResponseReturnValue:
    """The form, the shortcuts, and all that comes, or only until the instant asked for."""
    if DAY not in request.args:
        return _page(_tomorrow())
    asked = _read(request.args.get(DAY, ""), request.args.get(HOUR, ""))
    if asked.instant and not asked.remarks and LOOK in request.args:
        return redirect(address(asked.instant))
    return _page(asked, until=None if asked.remarks else asked.instant)


@bp.get("/<path:rest>")
@open_to(*StaffRole)
def astray(rest: str) -> ResponseReturnValue:
    """An instant written another way leads to where it is; one that cannot be seen here says where to look instead."""
    written, row, page = time_machine.ahead(rest)
    if row:
        return _astray_with(row, page, read_instant(written))
    written, _, page = rest.partition("/")
    instant = read_instant(written)
    if instant and instant > clock.real_now():
        return redirect(f"{preview_prefix(instant)}/{quote(page)}{safe_query()}")
    if instant is None:
        return _page(_tomorrow(remark=f"« {_printable(written)} » n’est pas un instant que la machine sait lire.")), 404
    local = instant.astimezone(clock.PARIS)
    return _page(_refused_past(instant, page, (local.date().isoformat(), f"{local:%H:%M}"))), 404


def _astray_with(name: str, page: str, instant: datetime | None) -> ResponseReturnValue:
    """A row that is public leads to where it is so; an instant that is past, to the present."""
    if not unpublished.may_open(name):
        abort(403)
    found = unpublished.find(name)
    if found is None:
        return _page(_tomorrow(), missing=True), 404
    own = public_pages.public_page(*found)
    if page and unpublished.is_hidden(found.row):
        then = instant if instant and instant > clock.real_now() else None
        return redirect(f"{preview_prefix(then, name)}/{quote(page)}{safe_query()}")
    return redirect(own.address if own else edit_url(found.desk.key, found.row.slug))


def _page(asked: Asked, *, until: datetime | None = None, missing: bool = False) -> str:
    """The page, whose list ends at `until` if it ends, and begins after the last instant that was seen of it."""
    now, seen = clock.real_now(), _seen()
    coming = preview.coming(now, until or FOREVER, after=seen)
    morning = datetime.combine(clock.today() + timedelta(days=1), MORNING, clock.PARIS)
    return render_template(
        "office/preview.html",
        asked=asked,
        first=clock.today(),
        last=time_machine.LATEST,
        morning=morning,
        state=preview.STATES[coming.state],
        part=coming.part,
        total=counted(coming.total),
        seen=seen,
        until=until,
        missing=missing,
        further=_further(asked, until, coming.part.following) if coming.part.following else None,
    )


def _seen() -> datetime | None:
    """The last instant of the part of the list that comes before the one asked for."""
    try:
        seen = datetime.fromisoformat(request.args.get(AFTER, "")).replace(tzinfo=UTC)
    except ValueError:
        return None
    return seen if clock.real_now() < seen < FOREVER else None


def _further(asked: Asked, until: datetime | None, following: datetime) -> str:
    """The address of the next part of the list."""
    values: dict[str, Any] = {DAY: asked.day, HOUR: asked.hour} if until else {}
    values[AFTER] = following.replace(tzinfo=None).isoformat()
    return url_for("preview.index", **values)


# --- What is asked ------------------------------------------------------------------------------------------------


def _tomorrow(*, remark: str = "") -> Asked:
    """What the form proposes."""
    day = clock.today() + timedelta(days=1)
    return Asked(day.isoformat(), f"{MORNING:%H:%M}", remarks={DAY: remark} if remark else {})


def _read(day: str, hour: str) -> Asked:
    """The instant that two fields mean; an hour left out is midnight."""
    typed = (_printable(day), _printable(hour))
    read, again = read_day(typed[0]), typed[1].endswith("bis")
    found = _HOUR.fullmatch(typed[1].removesuffix("bis").strip() or "0")
    remarks: dict[str, str] = {}
    if read is None:
        remarks[DAY] = f"« {typed[0]} » n’est pas une date." if typed[0] else "Choisissez un jour."
    if found is None:
        remarks[HOUR] = f"« {typed[1]} » n’est pas une heure. Écrivez par exemple 8:00."
    if read is None or found is None:
        return Asked(*typed, remarks=remarks)
    return _reachable(read, time(int(found[1]), int(found[2] or 0), fold=int(again)), typed)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text[:40]).strip()


def _reachable(day: date, hour: time, typed: tuple[str, str]) -> Asked:
    if day > time_machine.LATEST:
        return Asked(*typed, remarks={DAY: f"La machine ne va pas au-delà du {day_label(time_machine.LATEST, 'fr')}."})
    if day < time_machine.EARLIEST:
        return Asked(
            *typed, remarks={DAY: f"La machine ne remonte pas avant le {day_label(time_machine.EARLIEST, 'fr')}."}
        )
    instant = datetime.combine(day, hour, clock.PARIS).astimezone(UTC)
    return Asked(*typed, instant) if instant > clock.real_now() else _refused_past(instant, "", typed)


def _refused_past(instant: datetime, page: str, typed: tuple[str, str]) -> Asked:
    """A past day is open to all elsewhere; a past hour of today is the site as it is."""
    day, page = instant.astimezone(clock.PARIS).date(), f"/{quote(page.lstrip('/'))}"
    remarks = {DAY: f"Le {when(instant)} est passé : l’aperçu ne va que vers l’avant."}
    if day < clock.today():
        instead = time_machine.time_machine_url(day, page), f"Revoir le site du {day_label(day, 'fr')}"
    else:
        instead = page, "Voir le site d’aujourd’hui"
    return Asked(*typed, remarks=remarks, instead=instead)


# --- The bar above each page --------------------------------------------------------------------------------------


def bar() -> Bar:
    """What is looked at, and the ways out of it."""
    journey, here = time_machine.under_way(), public_pages.row_here()
    found = unpublished.find(journey.row) if journey and journey.row else None
    return Bar(
        ahead=_ahead() if journey and journey.instant else None,
        row=(state_of(found.row).label, found.desk.title(found.row)) if found else None,
        sheet_url=_outside(edit_url(*here)) if here and not found and may("office.edit") else None,
        exit_url=_outside(edit_url(found.desk.key, found.row.slug)) if found else None,
    )


def _outside(address: str) -> str:
    """An address of the office, as it is in the present."""
    return address.removeprefix(request.script_root)


def _ahead() -> Ahead:
    """What changes between the present and the instant looked at, and the ways before and after."""
    now = clock.now()
    around = preview.around(clock.real_now(), now)
    return Ahead(
        instant=when(now, weekday=False),
        count=around.count,
        list_url=list_address(now),
        previous=_beside(around.before) if around.before else None,
        next=_beside(around.after) if around.after else None,
    )


def _beside(instant: datetime) -> tuple[str, str]:
    """This very page once that has happened, called by its day, with the year if that is another."""
    then, journey = seen_from(instant), time_machine.under_way()
    year = f" {clock.now().astimezone(clock.PARIS).year},"
    label = when(then, weekday=False).replace(year, ",")
    prefix = preview_prefix(then, journey.row if journey else None)
    return label, f"{prefix}{quote(request.path)}{safe_query()}"


def init_app(app: Flask) -> None:
    midnights.init_app(app)
    app.register_blueprint(bp)
    time_machine.guarded_by(app, door.look_ahead)
    time_machine.shown_by(app, unpublished.shown)
    time_machine.told_by(app, bar)
    app.add_template_global(public_pages.page_of)
