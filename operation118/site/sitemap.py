"""The sitemap: every page in both languages, each with its twin and the day its rows last changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, current_app
from sqlalchemy import ColumnElement, func, select, true

from operation118 import publication
from operation118.database import Public, db
from operation118.film.models import Character, Citation, Credit, Fact, Film, Image, Person, Release, Source
from operation118.newsletter.models import Campaign, CampaignState
from operation118.press import queries as press_queries
from operation118.press.models import Outlet, PressItem, Question, Tag
from operation118.screenings import queries as screening_queries
from operation118.screenings.models import Event, Screening, Tour, Town, Venue
from operation118.site import answers
from operation118.site.machines import bp
from operation118.web.languages import LANGUAGES

FILM = (Film, Release)
PRESS = (PressItem, Outlet)
ROAD = (Screening, Town, Venue, Tour)
# The rows that each page shows. The notices are texts of the code: nobody knows when they last changed.
SHOWN: Mapping[str, tuple[type[Public], ...]] = {
    "site.home": (*FILM, *PRESS, *ROAD),
    "film.page": (*FILM, Person, Character, Credit, Fact, Source, Citation),
    "film.dvd": (*FILM, Source, Citation),
    "images.index": (Image,),
    "newsletter_archive.index": (Campaign,),
    "screenings.index": (*ROAD, Event),
    "press.index": (*PRESS, Tag, Question),
    "newsletter.index": (),
    "site.timeline": (*FILM, *PRESS, *ROAD, Fact, Event),
    "site.time_machine": (*FILM, *PRESS, *ROAD, Citation, Source),
    "notices.contact": (),
    "notices.legal": (),
    "notices.privacy": (),
    "notices.accessibility": (),
    "notices.credits": (Source,),
}

# Rows that are out with others: what is held back, or was never sent, changes no page.
OUT: Mapping[type[Public], ColumnElement[bool]] = {
    Campaign: Campaign.in_archive & (Campaign.state == CampaignState.SENT),
    Citation: select(Source.id).where(Source.id == Citation.source_id).exists(),
    Outlet: select(PressItem.id).where(PressItem.outlet_id == Outlet.id).exists(),
    Question: select(PressItem.id).where(PressItem.id == Question.item_id).exists(),
    Town: select(Screening.id).where(Screening.town_id == Town.id).exists(),
    Venue: select(Screening.id).where(Screening.venue_id == Venue.id).exists(),
}

# Of these nothing is to be read before they have a row to show.
EMPTY_AT_FIRST = frozenset({"images.index", "newsletter_archive.index"})


@dataclass(frozen=True)
class Page:
    """One page: its absolute address in each language, and when its rows last changed, if it shows any."""

    addresses: dict[str, str]
    changed_at: datetime | None


def _page(endpoint: str, changed_at: datetime | None, **values: str) -> Page:
    addresses = {lang: answers.address(endpoint, lang=lang, **values) for lang in LANGUAGES}
    return Page(addresses, changed_at)


def _last_changes() -> dict[type[Public], datetime | None]:
    """When a row of each table last changed, in one query; it also finds what is published next."""
    tables = list(dict.fromkeys(table for shown in SHOWN.values() for table in shown))
    latest = [select(func.max(table.updated_at)).where(OUT.get(table, true())) for table in tables]
    last = [query.scalar_subquery() for query in latest]
    *changes, coming = db.session.execute(select(*last, publication.next_change())).one()
    publication.note(coming)
    return dict(zip(tables, changes, strict=True))


def pages() -> Iterator[Page]:
    """Every page that is public now."""
    changes = _last_changes()
    for endpoint, shown in SHOWN.items():
        dates = [day for table in shown if (day := changes[table])]
        if dates or endpoint not in EMPTY_AT_FIRST:
            yield _page(endpoint, max(dates, default=None))
    for item in press_queries.public_items(complete=True):
        yield _page("press.item", answers.press_updated_at(item), slug=item.slug)
    for screening in screening_queries.along_the_road():
        yield _page("screenings.page", answers.screening_updated_at(screening), slug=screening.slug)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    template = current_app.jinja_env.get_template("site/sitemap.xml")  # without the context that pages need
    return Response(template.render(pages=pages()), mimetype="application/xml")
