"""The screenings to come, for those who want to know of one near them."""

from operation118.dates import time_label
from operation118.newsletter.digests import Announced
from operation118.screenings import queries
from operation118.screenings.models import Screening, Town
from operation118.web.languages import current
from operation118.web.links import page_url


def coming() -> list[Announced]:
    """Those that are in one town: a release everywhere at once is near everybody and news to nobody."""
    placed = [(screening, screening.town) for screening in queries.along_the_road() if not screening.is_past]
    return [_announced(screening, town) for screening, town in placed if town]


def _announced(screening: Screening, town: Town) -> Announced:
    lang = current()
    hour = [time_label(screening.starts_at, lang)] if screening.starts_at else []
    return Announced(
        key=screening.slug,
        place=town.name,
        when=", ".join([screening.dated.label(lang, weekday=True), *hour]),
        venue=screening.venue.name if screening.venue else "",
        on=screening.ends_on,
        url=page_url("screenings.page", slug=screening.slug),
        latitude=town.latitude,
        longitude=town.longitude,
    )
