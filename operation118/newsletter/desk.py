"""Writing a letter at the desk: a new one, a draft saved, a draft thrown away; two who write at once are told apart."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from operation118 import clock, places
from operation118.database import db
from operation118.newsletter.models import Campaign, CampaignState, Topic
from operation118.newsletter.reach import EVERYBODY, Reach
from operation118.newsletter.refused import Refused

LONGEST_SLUG = 60
RESERVED = frozenset({"nouvelle", "apercu"})  # addresses of the desk itself
TEXT = ("topics", "reach", "subject_fr", "subject_en", "body_fr", "body_en", "in_archive")


class Conflict(Exception):
    """Somebody else saved the letter since it was read."""


@dataclass(frozen=True)
class Written:
    """What stands on the desk, English texts empty or not."""

    topics: Collection[Topic]
    subject_fr: str
    body_fr: str
    subject_en: str = ""
    body_en: str = ""
    reach: Reach = EVERYBODY
    in_archive: bool = False

    def values(self) -> dict[str, Any]:
        """As the row keeps it. Without an English text there is no English letter."""
        english = bool(self.body_en.strip() or self.subject_en.strip())
        return {
            "topics": [topic.value for topic in Topic if topic in self.topics],
            "reach": self.reach.as_data(),
            "subject_fr": " ".join(self.subject_fr.split()),
            "subject_en": " ".join(self.subject_en.split()) if english else None,
            "body_fr": lines(self.body_fr),
            "body_en": lines(self.body_en) if english else None,
            "in_archive": self.in_archive,
        }


def lines(text: str) -> str:
    """`text` as a form sent it, with the ends of lines that files have."""
    return text.replace("\r\n", "\n").strip("\n")


def said(campaign: Campaign) -> dict[str, Any]:
    """The letter as the journal tells it."""
    return {name: getattr(campaign, name) for name in TEXT}


def letter(written: Written, slug: str = "") -> Campaign:
    """The letter as a row of no session, to be looked at."""
    return Campaign(
        slug=slug,
        state=CampaignState.DRAFT,
        created_at=clock.now(),
        frozen={},
        left_out={},
        **written.values(),
    )


def begin(written: Written) -> Campaign:
    """Keep a new letter, under a name made from its subject."""
    campaign = letter(written, _free_slug(written.subject_fr))
    db.session.add(campaign)
    db.session.flush()
    return campaign


def _free_slug(subject: str) -> str:
    wanted = "-".join(places.fold(subject).split())[:LONGEST_SLUG].strip("-") or "lettre"
    taken = set(db.session.scalars(select(Campaign.slug).where(Campaign.slug.startswith(wanted, autoescape=True))))
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3 + len(RESERVED)))]
    return next(name for name in names if name not in taken | RESERVED)


def save(campaign: Campaign, written: Written, *, version: int) -> bool:
    """Keep what was written over the draft that was read at `version`; whether anything changed.

    Raises Conflict, and Refused once it is no draft any more."""
    if campaign.state is not CampaignState.DRAFT:
        raise Refused("Cette lettre n’est plus un brouillon : retenez-la d’abord, si elle n’est pas partie.")
    values = written.values()
    if all(getattr(campaign, name) == value for name, value in values.items()):
        return False
    if campaign.version != version:
        raise Conflict
    campaign.refusal = None
    for name, value in values.items():
        setattr(campaign, name, value)
    try:
        db.session.flush()
    except StaleDataError:
        raise Conflict from None
    return True


def discard(campaign: Campaign) -> None:
    """Throw a draft away. Raises Refused for a letter that left."""
    if campaign.state is not CampaignState.DRAFT:
        raise Refused("Seul un brouillon se jette : une lettre partie reste, avec ses comptes.")
    db.session.delete(campaign)
    db.session.flush()
