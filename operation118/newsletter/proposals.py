"""Letters that the facts propose: the video edition got a date, a screening was withdrawn. Nothing is written until
somebody asks for it, and a proposal is gone once a letter about its topic was begun since.

The rooms above register theirs at start."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import select

from operation118 import clock
from operation118.database import db
from operation118.film import queries
from operation118.film.models import Release, ReleaseKind
from operation118.newsletter.desk import Written
from operation118.newsletter.models import Campaign, Topic

FRESH = timedelta(days=30)  # how long a date that is past is still news


@dataclass(frozen=True)
class Proposal:
    """A letter somebody may want to write. `since` is when what it tells about was last changed."""

    key: str
    title: str  # in French, for the team
    why: str
    since: datetime
    topic: Topic
    letter: Written


Source = Callable[[], Sequence[Proposal]]


def register(app: Flask, source: Source) -> None:
    app.extensions.setdefault("letter_proposals", []).append(source)


def open_ones() -> list[Proposal]:
    """Those that no letter took up yet."""
    sources: list[Source] = current_app.extensions.get("letter_proposals", [])
    proposed = [proposal for source in sources for proposal in source()]
    begun = _begun(min((proposal.since for proposal in proposed), default=clock.now()))
    return [proposal for proposal in proposed if not any(_answers(proposal, *letter) for letter in begun)]


def _begun(since: datetime) -> list[tuple[datetime, list[str]]]:
    rows = select(Campaign.created_at, Campaign.topics).where(Campaign.created_at >= since)
    return [(at, topics) for at, topics in db.session.execute(rows)]


def _answers(proposal: Proposal, at: datetime, topics: list[str]) -> bool:
    return proposal.topic in topics and at >= proposal.since


def find(key: str) -> Proposal | None:
    return next((proposal for proposal in open_ones() if proposal.key == key), None)


def video() -> list[Proposal]:
    """One for each video edition whose date is known and is not old news."""
    return list(_editions())


def _editions() -> Iterator[Proposal]:
    for release in queries.told_releases():
        fresh = release.on is not None and release.on >= clock.today() - FRESH
        if release.kind is ReleaseKind.VIDEO and fresh:
            yield _edition(release)


def _edition(release: Release) -> Proposal:
    when_fr, when_en = (release.when.label(lang) if release.when else "" for lang in ("fr", "en"))
    return Proposal(
        key=f"dvd-{release.slug}",
        title=f"Le DVD a une date : {when_fr}",
        why="Une édition vidéo a une date, et aucune lettre au sujet du DVD n’a été commencée depuis.",
        since=release.updated_at,
        topic=Topic.DVD,
        letter=Written(
            topics=[Topic.DVD],
            subject_fr=f"Le DVD : {when_fr}",
            body_fr="Bonjour,\n\nvous aviez demandé à savoir. Voici ce que l’on sait.\n\n{{ dvd }}",
            subject_en=f"The DVD: {when_en}",
            body_en="Hello,\n\nyou asked us to tell you. Here is what we know.\n\n{{ dvd }}",
        ),
    )


def init_app(app: Flask) -> None:
    register(app, video)
