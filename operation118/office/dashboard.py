"""What the dashboard shows beside what waits: what happens by itself next, and the last lines of the journal."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, load_only

from operation118 import clock
from operation118.accounts.models import JournalEntry
from operation118.database import db
from operation118.dates import day_label, time_label
from operation118.film.models import Citation, Image, Source
from operation118.film.queries import releases
from operation118.newsletter.models import Campaign, CampaignState
from operation118.office import preview
from operation118.office.preview import Moment, Sort
from operation118.office.stock import Stock
from operation118.press.models import PressItem
from operation118.screenings.models import Event, Screening

NEXT = 5
LINES = 6
ENOUGH = 300  # rows of each sort that are looked at for the next few things to happen
LONGEST_DATE = timedelta(days=366)  # a date that is a year begins so long before it ends


def next_moments() -> list[Moment]:
    """The next instants at which something happens by itself; that a screening becomes a past one is no news."""
    moments = (_news(moment) for moment in preview.coming(clock.now(), of=_stock()))
    return [moment for moment in moments if moment.changes][:NEXT]


def _news(moment: Moment) -> Moment:
    return Moment(moment.instant, [change for change in moment.changes if change.sort is not Sort.ENDS])


def said(instant: datetime) -> str:
    """« vendredi 27 novembre 2026, 20 h 30 »; without an hour where it is the day that counts."""
    local = instant.astimezone(clock.PARIS)
    day = day_label(local.date(), "fr", weekday=True)
    return day if local.time() == time() else f"{day}, {time_label(instant, 'fr')}"


def _stock() -> Stock:
    """Of what may change the site by itself, only what may do so soon: seven queries, and never all the rows."""
    now, today = clock.now(), clock.today()
    told = select(Citation.subject, Source).join(Citation.source)
    told = told.where(or_(Citation.subject.startswith("release."), Citation.subject.startswith("film.")))
    citations = [(subject, source) for subject, source in db.session.execute(told.limit(ENOUGH))]
    presented = [source.press_slug for _, source in citations if source.press_slug]
    out = (PressItem.published_at > now, PressItem.embargo_lifts_at > now, PressItem.public_on > today)
    items = select(PressItem).where(or_(*out, PressItem.slug.in_(presented))).options(joinedload(PressItem.outlet))
    placed = (joinedload(Screening.town), joinedload(Screening.venue))
    screenings = select(Screening).where(Screening.on >= today - LONGEST_DATE).options(*placed).order_by(Screening.on)
    events = select(Event).where(Event.on >= today).options(joinedload(Event.town)).order_by(Event.on)
    images = select(Image).where(or_(Image.published_at > now, Image.embargo_lifts_at > now))
    leaving = Campaign.state == CampaignState.SCHEDULED, Campaign.scheduled_at > now
    letters = select(Campaign).where(*leaving).options(load_only(Campaign.subject_fr, Campaign.scheduled_at))
    stock = Stock(
        items=db.session.scalars(items.limit(ENOUGH)).all(),
        screenings=db.session.scalars(screenings.limit(ENOUGH)).all(),
        events=db.session.scalars(events.limit(ENOUGH)).all(),
        images=db.session.scalars(images.limit(ENOUGH)).all(),
        letters=db.session.scalars(letters.order_by(Campaign.scheduled_at).limit(ENOUGH)).all(),
        releases=releases(),
        citations=citations,
    )
    for subject, source in citations:
        stock.cited_by.setdefault(source.id, set()).add(subject)
    return stock


def last_lines() -> Sequence[JournalEntry]:
    """The newest lines of the journal."""
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(LINES)).all()
