"""Worlds of rows in which anything may happen, and what happens there by itself as each row alone tells it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import clock
from operation118.dates import DatePrecision, PartialDate
from operation118.film.models import Citation, Image, ImageKind, Release, ReleaseKind, Source
from operation118.newsletter.models import Campaign, CampaignState
from operation118.office.stock import Sort
from operation118.press.models import About, Outlet, PressItem, PressKind, Seen
from operation118.publication import Publication
from operation118.screenings.models import Event, Screening, ScreeningKind, Town

NOW = datetime(2027, 2, 25, 9, 0, tzinfo=UTC)
PUBLICATIONS = [*[Publication.PUBLISHED] * 6, Publication.DRAFT, Publication.WITHDRAWN]
PRECISIONS = [None, None, *DatePrecision]
HOURS = (time(0), time(8), time(20, 30), time(23, 59, 59))
RELEASES = ("sortie", "dvd", "vod")
Happening = tuple[datetime, Sort]


class World:
    """Rows of every sort, near to NOW, by the luck of a seed."""

    def __init__(self, seed: int) -> None:
        self.luck = Random(seed)
        self.town = Town(slug="une-ville", name="Une ville", department="Aisne", latitude=49.5, longitude=3.6)
        self.outlet = Outlet(slug="journal", name="Journal", url="https://journal.test/")
        self.rows: list[Any] = [self.town, self.outlet]

    def day(self) -> date:
        return NOW.date() + timedelta(days=self.luck.randint(-40, 60))

    def instant(self) -> datetime | None:
        chosen = datetime.combine(self.day(), self.luck.choice(HOURS), clock.PARIS)
        return chosen.astimezone(UTC) if self.luck.random() < 0.5 else None

    def dated(self) -> dict[str, Any]:
        return {"on": self.day(), "precision": self.luck.choice(PRECISIONS)}

    def published(self, *, embargo: bool = False) -> dict[str, Any]:
        held = {"embargo_lifts_at": self.instant()} if embargo else {}
        return held | {"publication": self.luck.choice(PUBLICATIONS), "published_at": self.instant()}

    def some(self, most: int) -> Iterator[int]:
        return iter(range(self.luck.randint(0, most)))

    # --- Rows -----------------------------------------------------------------------------------------------------

    def fill(self, session: Session) -> None:
        self.releases()
        self.items()
        self.sources()
        self.screenings()
        self.others()
        session.add_all(self.rows)
        session.commit()

    def releases(self) -> None:
        kinds = (ReleaseKind.THEATRICAL, ReleaseKind.VIDEO, ReleaseKind.VOD)
        for place, (slug, kind, odds) in enumerate(zip(RELEASES, kinds, (0.9, 0.2, 0.2), strict=True)):
            days = {name: self.luck.choice([None, self.day()]) for name in ("on", "announced_on")}
            if self.luck.random() < odds:
                self.rows.append(Release(slug=slug, position=place, kind=kind, missing_fr=[], missing_en=[], **days))

    def cite(self, source: Source, *subjects: str) -> None:
        self.rows.append(source)
        for place, subject in enumerate(subjects):
            self.rows.append(Citation(subject=subject, position=place, source=source))

    def subjects(self) -> list[str]:
        every = ("film.title", "fact.un-fait", *(f"release.{slug}" for slug in RELEASES))
        return self.luck.sample(every, self.luck.choice([0, 0, 1, 2]))

    def items(self) -> None:
        texts = {"title": "Titre", "url": "https://journal.test/", "language": "fr", "summary_fr": "", "summary_en": ""}
        kinds = {"kind": PressKind.ARTICLE, "about": About.FILM, "seen": Seen.WHOLE}
        for number in self.some(12):
            dated = self.dated()
            item = PressItem(slug=f"article-{number}", outlet=self.outlet, **texts, **kinds, **dated)
            for name, value in self.published(embargo=True).items():
                setattr(item, name, value)
            self.rows.append(item)
            own = dated if self.luck.random() < 0.7 else self.dated()
            source = Source(slug=f"source-{number}", outlet="Journal", url=item.url, press_slug=item.slug, **own)
            self.cite(source, f"press.{item.slug}", *self.subjects())

    def sources(self) -> None:
        for number in self.some(6):
            dated = self.luck.choice([{}, self.dated(), self.dated()])
            self.cite(Source(slug=f"page-{number}", outlet="Page", url="https://page.test/", **dated), *self.subjects())

    def screenings(self) -> None:
        for number in self.some(25):
            values = self.dated() | self.published()
            kind = self.luck.choice(list(ScreeningKind))
            at = self.instant()
            self.rows.append(
                Screening(slug=f"s-{number}", kind=kind, town=self.town, starts_at=at, with_debate=False, **values)
            )

    def others(self) -> None:
        for number in self.some(4):
            values = self.dated() | self.published()
            self.rows.append(Event(slug=f"r-{number}", town=self.town, note_fr="", note_en="", **values))
        size = {"width": 1, "height": 1, "sizes": [], "file": "x.jpg", "kind": ImageKind.STILL}
        texts = dict.fromkeys(("alt_fr", "alt_en", "credit", "terms_fr", "terms_en"), "x")
        for number in self.some(4):
            held = self.published(embargo=True)
            self.rows.append(Image(slug=f"i-{number}", position=number, **size, **texts, **held))
        for number in self.some(3):
            state = self.luck.choice([CampaignState.SCHEDULED, CampaignState.SCHEDULED, CampaignState.DRAFT])
            letter = Campaign(slug=f"l-{number}", state=state, topics=[], subject_fr="Lettre", body_fr="…")
            letter.created_at, letter.scheduled_at = NOW, self.instant()
            self.rows.append(letter)


# --- What happens, row by row -------------------------------------------------------------------------------------


def happenings(session: Session) -> list[Happening]:
    """All that happens to the rows, past and future."""
    models: tuple[type[Any], ...] = (PressItem, Screening, Event, Image, Campaign)
    rows: dict[type[Any], Sequence[Any]] = {model: session.scalars(select(model)).all() for model in models}
    found = [happening for item in rows[PressItem] for happening in _of_item(item)]
    found += [happening for screening in rows[Screening] for happening in _of_screening(screening)]
    found += [happening for event in rows[Event] for happening in _of_event(event)]
    found += [happening for image in rows[Image] for happening in _last_of(image, None, Sort.IMAGE)]
    sources = session.scalars(select(Source).join(Citation, Citation.source_id == Source.id).distinct())
    found += [(clock.midnight(one.when.last), Sort.SOURCE) for one in sources if one.when and not one.press_slug]
    leaving = (letter for letter in rows[Campaign] if letter.state is CampaignState.SCHEDULED)
    return sorted(found + [(one.scheduled_at, Sort.LETTER) for one in leaving if one.scheduled_at])


def _last_of(row: Any, day: date | None, sort: Sort) -> Iterator[Happening]:
    conditions = [clock.midnight(day)] if day else []
    conditions += [instant for instant in (row.published_at, getattr(row, "embargo_lifts_at", None)) if instant]
    if row.publication is Publication.PUBLISHED and conditions:
        lifted = getattr(row, "embargo_lifts_at", None) == max(conditions)
        yield max(conditions), Sort.LIFTED if lifted else sort


def _of_item(item: PressItem) -> Iterator[Happening]:
    yield from _last_of(item, item.dated.last, Sort.ITEM)


def _of_event(event: Event) -> Iterator[Happening]:
    yield from _last_of(event, event.on, Sort.MEETING) if event.on else ()


def _of_screening(screening: Screening) -> Iterator[Happening]:
    if screening.publication is not Publication.PUBLISHED:
        return
    shown = screening.published_at
    begins = screening.starts_at or clock.midnight(screening.dated.first)
    ends = clock.midnight(screening.ends_on + timedelta(days=1))
    yield from [(shown, Sort.SHOWN)] if shown else []
    for instant, sort in ((begins, Sort.BEGINS), (ends, Sort.ENDS)):
        if shown is None or instant >= shown:
            yield instant, sort


def moving(session: Session) -> set[datetime]:
    """The instants at which the film's state may become another, and many more."""
    found = {instant for instant, _ in happenings(session)}
    for row in session.scalars(select(PressItem)):
        found |= {instant for instant in (row.published_at, row.embargo_lifts_at) if instant}
    for source in session.scalars(select(Source).where(Source.on.is_not(None))):
        known = PartialDate(source.on or date.min, source.precision or DatePrecision.DAY)
        found |= {clock.midnight(known.first), clock.midnight(known.last)}
    for release in session.scalars(select(Release)):
        found |= {clock.midnight(day) for day in (release.on, release.announced_on) if day}
    return {instant for instant in found if instant > NOW}
