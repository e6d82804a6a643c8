"""Where the public sees a row: its page now, or as it will be once it is out. What is a draft or withdrawn has none."""

from datetime import datetime
from typing import Any, NamedTuple

from operation118 import clock
from operation118.clock import PARIS
from operation118.content.desks import Desk
from operation118.office.frame import moment
from operation118.office.preview import seen_from
from operation118.publication import PUBLICATIONS, Publication, Publishable, appeared_at
from operation118.web.time_machine import LATEST, preview_prefix


class PublicPage(NamedTuple):
    address: str
    instant: datetime | None  # from which it is there, if that is to come


def public_page(desk: Desk, row: Any) -> PublicPage | None:
    address = desk.page(row)
    if address is None or not isinstance(row, Publishable):
        return PublicPage(address, None) if address else None
    if row.publication is not Publication.PUBLISHED:
        return None
    out = _out_at(row)
    if out is None or out <= clock.now():
        return PublicPage(address, None)
    instant = seen_from(out)
    return (
        PublicPage(preview_prefix(instant) + address, instant) if instant.astimezone(PARIS).date() <= LATEST else None
    )


def outcome(row: Any) -> str:
    """What the public will see of a row just saved, where a date to come says so; "" otherwise."""
    if not isinstance(row, Publishable) or row.published_at is None or row.published_at <= clock.now():
        return ""
    if row.publication is Publication.PUBLISHED:
        return f"Visible à partir du {moment(row.published_at)}."
    state = PUBLICATIONS[row.publication].lower()
    return f"L’état est « {state} » : rien ne paraîtra le {moment(row.published_at)}, tant qu’il n’est pas « publié »."


def _out_at(row: Publishable) -> datetime | None:
    """When a row comes out: an article also waits for the day that it bears."""
    day = getattr(row, "public_on", None)
    instants = (appeared_at(row), clock.midnight(day) if day else None)
    return max((instant for instant in instants if instant), default=None)
