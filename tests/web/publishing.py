"""Rows that tests publish, hold back and withdraw: every word of theirs begins with the same made-up syllables."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import publication
from operation118.database import db
from operation118.film.models import Citation, Fact, Image, ImageKind, Person, Source
from operation118.press.models import About, Outlet, PressItem, PressKind, Question, Seen, Tag
from operation118.publication import Publication
from operation118.screenings.models import Event, Screening, ScreeningKind, Town

Row = TypeVar("Row", PressItem, Screening, Event, Image)

MARK = "zyxwu"  # begins no word of the real content
ITEM, SCREENING = f"{MARK}-article", f"{MARK}-seance"
INSTANT = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)  # 8 in the morning in Paris
BEFORE, DAY = INSTANT - timedelta(minutes=20), date(2027, 2, 20)

HIDDEN: dict[str, dict[str, object]] = {
    "draft": {"publication": Publication.DRAFT},
    "scheduled": {"published_at": INSTANT},
    "withdrawn": {"publication": Publication.WITHDRAWN},
    "embargoed": {"embargo_lifts_at": INSTANT},
}
RELEASED = ("scheduled", "embargoed")  # what comes out at INSTANT
UNEMBARGOED = ("draft", "scheduled", "withdrawn")


@contextmanager
def desk(app: Flask) -> Generator[Session]:
    """A session that sees everything, and is closed before anybody looks: visitors do not share the team's."""
    with app.app_context(), publication.everything():
        yield db.session
        db.session.commit()


def changed(row: Row, values: dict[str, object]) -> Row:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def article(app: Flask, **values: object) -> PressItem:
    """An interview, the source that it is of itself, and nothing else that speaks of it."""
    dated = {"on": DAY, "url": f"https://{MARK}.test/{MARK}"}
    item = PressItem(
        slug=ITEM,
        outlet=Outlet(slug=f"{MARK}-journal", name=f"{MARK} Journal", url=f"https://{MARK}.test/"),
        title=f"{MARK} titre",
        language="fr",
        kind=PressKind.INTERVIEW,
        about=About.FILM,
        seen=Seen.WHOLE,
        author=f"{MARK} auteur",
        summary_fr=f"{MARK} resume",
        summary_en=f"{MARK} summary",
        search_text=f"{MARK} titre",
        questions=[_question()],
        **dated,
    )
    source = Source(slug=f"{MARK}-source", outlet=f"{MARK} Journal", press_slug=ITEM, **dated)
    with desk(app) as session:
        item.people, item.tags = [session.scalars(select(Person)).all()[0]], [session.scalars(select(Tag)).all()[0]]
        session.add_all([changed(item, values), source, Citation(subject=f"press.{ITEM}", position=0, source=source)])
    return item


def _question() -> Question:
    texts = {name: f"{MARK} {name}" for name in ("topic_fr", "topic_en", "answer_fr", "answer_en")}
    return Question(position=0, **texts)


def fact(app: Flask) -> None:
    """A fact that only the article vouches for."""
    words = {"label_fr": "Un scoop", "label_en": "A scoop", "value_fr": "Oui", "value_en": "Yes"}
    with desk(app) as session:
        source = session.scalars(select(Source).where(Source.press_slug == ITEM)).one()
        section = session.scalars(select(Fact.section)).first()
        session.add(Fact(slug="a-scoop", position=99, section=section, **words))
        session.add(Citation(subject="fact.a-scoop", position=0, source=source))


def screening(app: Flask, **values: object) -> Screening:
    town = Town(slug=f"{MARK}-ville", name=f"{MARK} Ville", department="Aisne", latitude=49.5, longitude=3.6)
    row = Screening(slug=SCREENING, kind=ScreeningKind.PREVIEW, on=date(2027, 4, 2), town=town, with_debate=False)
    with desk(app) as session:
        session.add(changed(row, values))
    return row


def event(app: Flask, **values: object) -> Event:
    row = Event(slug=f"{MARK}-rencontre", on=DAY, place=f"{MARK} lieu", note_fr=f"{MARK} note", note_en=f"{MARK} note")
    with desk(app) as session:
        row.town = session.scalars(select(Town)).all()[0]
        session.add(changed(row, values))
    return row


def image(app: Flask, **values: object) -> Image:
    texts = {name: f"{MARK} {name}" for name in ("alt_fr", "alt_en", "credit", "terms_fr", "terms_en")}
    size = {"width": 2400, "height": 1600, "sizes": [640]}
    row = Image(slug=f"{MARK}-photo", position=0, kind=ImageKind.STILL, file=f"{MARK}.jpg", **size, **texts)
    with desk(app) as session:
        session.add(changed(row, values))
    return row
