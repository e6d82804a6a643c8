"""The dashboard, where the office opens: what waits for somebody, what comes next, how the site is read, what was done."""

from datetime import date

from flask import Blueprint, render_template

from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import StaffRole
from operation118.dates import PartialDate, day_label
from operation118.film import queries
from operation118.office import audience, dashboard, needs
from operation118.office.audience import Audience
from operation118.office.frame import may
from operation118.office.preview_views import list_address
from operation118.office.rooms import JOURNALED, may_edit
from operation118.web.settings import current_settings
from operation118.web.visits import DIRECT, OTHERS

bp: Blueprint = door.room("dashboard", __name__, "/office")

NAMES = {DIRECT: "accès direct, ou provenance tue", OTHERS: "autres", "/": "/ (accueil)"}
TEAM_ONLY = "journal.index"  # whoever may open it may also see how the site is read


def _open(need: needs.Need) -> bool:
    """Whether whoever is signed in may settle it."""
    role, endpoint = door.staff().role, need.endpoint
    if endpoint == needs.LEGAL:  # a matter of settings
        return role is StaffRole.ADMIN
    return may(endpoint) and ("kind" not in need.values or may_edit(role, str(need.values["kind"])))


@bp.get("/")
@open_to(*StaffRole)
def index() -> str:
    team = may(TEAM_ONLY)
    read = audience.lately() if team and current_settings()["VISITS"] else None
    waiting = [need for need in needs.all_needs(queries.film()) if _open(need)] if team else []
    return render_template(
        "office/dashboard/index.html",
        me=door.staff(),
        team=team,
        needs=waiting,
        moments=dashboard.next_moments(),
        audience=read,
        lines=dashboard.last_lines() if team else [],
        desks=JOURNALED,
        said=dashboard.said,
        list_address=list_address,
        **(_drawn(read) if read else {}),
    )


def _drawn(read: Audience) -> dict[str, object]:
    """What the charts draw: points with their labels, and the drawing in words."""
    best_day, best = max(read.days, key=lambda counted: counted[1])
    return {
        "points": [(_plate(day), number, place) for place, (day, number) in enumerate(read.days)],
        "smooth": read.smooth,
        "description": f"{read.total} au total ; au plus {best}, le {day_label(best_day, 'fr')}.",
        "pages": [(NAMES.get(path, path), number, path) for path, number in read.pages],
        "referrers": [(NAMES.get(host, host), number, None) for host, number in read.referrers],
    }


def _plate(day: date) -> str:
    return PartialDate(day).label("fr").rpartition(" ")[0]
