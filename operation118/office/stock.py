"""Every row that may change the public site by itself, the hidden ones too, read at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from operation118 import publication
from operation118.database import db
from operation118.film.models import Citation, Image, Release, Source
from operation118.film.queries import releases
from operation118.newsletter.models import Campaign, CampaignState
from operation118.press.models import PressItem
from operation118.screenings.models import Event, Screening


@dataclass(frozen=True)
class Stock:
    """Every row that may change the site by itself, the hidden ones too."""

    items: Sequence[PressItem]
    screenings: Sequence[Screening]
    events: Sequence[Event]
    images: Sequence[Image]
    letters: Sequence[Campaign]
    releases: Sequence[Release]
    citations: Sequence[tuple[str, Source]]
    cited_by: dict[int, set[str]] = field(default_factory=dict[int, set[str]])  # the subjects of each source


def stock() -> Stock:
    """Seven queries, however many rows there are."""
    item = load_only(
        PressItem.slug,
        PressItem.title,
        PressItem.public_on,
        PressItem.publication,
        PressItem.published_at,
        PressItem.embargo_lifts_at,
    )
    placed = (joinedload(Screening.town), joinedload(Screening.venue))
    scheduled = Campaign.state == CampaignState.SCHEDULED, Campaign.scheduled_at.is_not(None)
    letter = load_only(Campaign.subject_fr, Campaign.scheduled_at)
    cited = select(Citation.subject, Source).join(Citation.source).order_by(Citation.subject, Citation.position)
    with publication.everything():
        found = Stock(
            items=db.session.scalars(select(PressItem).options(item, joinedload(PressItem.outlet))).all(),
            screenings=db.session.scalars(select(Screening).options(*placed)).all(),
            events=db.session.scalars(select(Event).options(joinedload(Event.town))).all(),
            images=db.session.scalars(select(Image)).all(),
            letters=db.session.scalars(select(Campaign).where(*scheduled).options(letter)).all(),
            releases=releases(),
            citations=[(subject, source) for subject, source in db.session.execute(cited)],
        )
    for subject, source in found.citations:
        found.cited_by.setdefault(source.id, set()).add(subject)
    return found
