"""Reads of the screenings, in the order of the road; each tells the clock when one of them begins and is over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from operation118 import clock
from operation118.database import db
from operation118.film.queries import opening_told
from operation118.screenings.models import Event, EventGuest, Screening, ScreeningGuest, Tour

_PLACED: Select[Screening] = select(Screening).options(joinedload(Screening.town), joinedload(Screening.venue))


def _in_order(screening: Screening) -> tuple[date, date, datetime, str]:
    """By the last day it may be: a day comes before the week it is in, of which only the end is sure. Of one day, hours
    that are known come first, in their order."""
    last = screening.dated.last
    hour = screening.starts_at or clock.midnight(last + timedelta(days=1))
    return last, screening.dated.first, hour, screening.slug


def _watched(screening: Screening) -> Screening:
    clock.changes_at(clock.midnight(screening.dated.first))
    clock.changes_at(clock.midnight(screening.ends_on + timedelta(days=1)))
    return screening


def along_the_road() -> list[Screening]:
    """Every screening, oldest first, with its town and venue; none before the film had a release date."""
    return sorted(map(_watched, db.session.scalars(_PLACED.where(opening_told()))), key=_in_order)


def find(slug: str) -> Screening | None:
    """One screening with its town, venue and guests."""
    guests = selectinload(Screening.guest_links).joinedload(ScreeningGuest.person)
    screening = db.session.scalar(_PLACED.where(Screening.slug == slug, opening_told()).options(guests))
    return _watched(screening) if screening else None


def tour() -> Tour | None:
    """What was announced of the tour, if there was one."""
    return db.session.scalar(select(Tour).limit(1))


def events() -> Sequence[Event]:
    """The meetings with the press that took place, oldest first, with towns and guests."""
    guests = joinedload(Event.guest_links).joinedload(EventGuest.person)
    query = select(Event).options(joinedload(Event.town), guests).order_by(Event.on, Event.slug)
    return [event for event in db.session.scalars(query).unique() if _took_place(event)]


def _took_place(event: Event) -> bool:
    if event.when is None:
        return False
    clock.changes_at(clock.midnight(event.when.first))
    return event.when.first <= clock.today()
