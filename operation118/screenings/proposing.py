"""The letter that a screening called off proposes: those who wait for it should know before they set out."""

from collections.abc import Iterator

from sqlalchemy import select

from operation118.database import db
from operation118.newsletter.desk import Written
from operation118.newsletter.models import Topic
from operation118.newsletter.proposals import Proposal
from operation118.publication import EVERYTHING, Publication
from operation118.screenings.models import Screening


def called_off() -> list[Proposal]:
    """One for each screening to come that was withdrawn."""
    withdrawn = select(Screening).where(Screening.publication == Publication.WITHDRAWN, Screening.on.is_not(None))
    rows = db.session.scalars(withdrawn.order_by(Screening.id), execution_options=EVERYTHING).unique()
    return [_proposal(screening) for screening in rows if not screening.is_past]


def _proposal(screening: Screening) -> Proposal:
    where = screening.town.name if screening.town else screening.territory or screening.slug
    when_fr, when_en = (screening.dated.label(lang, weekday=True) for lang in ("fr", "en"))
    return Proposal(
        key=f"seance-{screening.slug}",
        title=f"Séance retirée : {where}, {when_fr}",
        why="Une séance à venir a été retirée du site, et aucune lettre au sujet des séances n’a été commencée depuis.",
        since=screening.updated_at,
        topic=Topic.SCREENINGS,
        letter=Written(
            topics=[Topic.SCREENINGS],
            subject_fr=f"Séance annulée : {where}, {when_fr}",
            body_fr="\n\n".join(_french(where, when_fr)),
            subject_en=f"Screening cancelled: {where}, {when_en}",
            body_en="\n\n".join(_english(where, when_en)),
        ),
    )


def _french(where: str, when: str) -> Iterator[str]:
    yield "Bonjour,"
    yield f"la séance annoncée à {where}, {when}, n’aura pas lieu."
    yield "Voici celles qui restent."
    yield "{{ seances }}"


def _english(where: str, when: str) -> Iterator[str]:
    yield "Hello,"
    yield f"the screening announced in {where}, {when}, will not take place."
    yield "Here are those that remain."
    yield "{{ seances }}"
