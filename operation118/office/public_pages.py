"""Where the public sees a row: its page now, or as it will be once it is out; for the team alone, the page of one that is
not public. And the row whose page a page is."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import request
from sqlalchemy import select

from operation118 import clock
from operation118.clock import PARIS
from operation118.content.desks import Desk
from operation118.database import db
from operation118.office.called import PAGES
from operation118.office.frame import moment
from operation118.office.preview import seen_from
from operation118.office.rooms import BY_KEY, DESKS, JOURNALED
from operation118.office.unpublished import is_hidden, name_of
from operation118.publication import EVERYTHING, PUBLICATIONS, Publication, Publishable, appeared_at
from operation118.web.time_machine import LATEST, preview_prefix

_KINDS = {PAGES[BY_KEY[key].model]: BY_KEY[key] for key in DESKS if BY_KEY[key].model in PAGES}  # by endpoint


class PublicPage(NamedTuple):
    address: str
    instant: datetime | None  # from which it is there, if that is to come
    hidden: Publication | None = None  # why the public will not see it


def public_page(desk: Desk, row: Any) -> PublicPage | None:
    address = desk.page(row)
    if address is None or not isinstance(row, Publishable):
        return PublicPage(address, None) if address else None
    out, hidden = _out_at(desk, row), is_hidden(row)
    instant = seen_from(out) if out and out > clock.now() else None
    if instant and instant.astimezone(PARIS).date() > LATEST:
        return None
    prefix = preview_prefix(instant, name_of(desk, row) if hidden else None) if instant or hidden else ""
    return PublicPage(prefix + address, instant, row.publication if hidden else None)


def page_of(key: str, row: Any) -> PublicPage | None:
    """The same for a row of the kind of this key."""
    return public_page(JOURNALED[key], row)


def outcome(row: Any) -> str:
    """What the public will see of a row just saved, where a date to come says so; "" otherwise."""
    if not isinstance(row, Publishable) or row.published_at is None or row.published_at <= clock.now():
        return ""
    if row.publication is Publication.PUBLISHED:
        return f"Visible à partir du {moment(row.published_at)}."
    state = PUBLICATIONS[row.publication].lower()
    return f"L’état est « {state} » : rien ne paraîtra le {moment(row.published_at)}, tant qu’il n’est pas « publié »."


def _out_at(desk: Desk, row: Publishable) -> datetime | None:
    """When a row comes out, or would: what bears a day also waits for it."""
    day = desk.out_on(row)
    instants = (appeared_at(row), clock.midnight(day) if day else None)
    return max((instant for instant in instants if instant), default=None)


def row_here() -> tuple[str, str] | None:
    """The kind and the slug of the row whose page was asked for, be it there for the public or not."""
    kind, slug = _KINDS.get(request.endpoint or ""), (request.view_args or {}).get("slug")
    if kind is None:
        return None
    known = select(kind.model).filter_by(slug=slug, **kind.fixed).exists()
    return (kind.key, str(slug)) if db.session.scalar(select(known), execution_options=EVERYTHING) else None
