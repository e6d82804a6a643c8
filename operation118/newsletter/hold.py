"""The hold: a letter launched leaves ten minutes later, and anybody of the team may keep it until then."""

from datetime import datetime, timedelta
from math import ceil

from operation118 import clock
from operation118.newsletter import campaigns, moments
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.refused import Refused

HOLD = timedelta(minutes=10)
LATER = "plus-tard"


class BadInstant(Refused):
    """What was typed is no instant at which the letter can leave."""


def asked(when: str, typed: str) -> datetime | None:
    """When the letter was asked to leave; None is now. Raises BadInstant, also for a date beside “now”."""
    if when != LATER and typed:
        raise BadInstant("Une date est donnée : elle vaut pour « Plus tard ». Choisissez-le, ou effacez-la.")
    if when != LATER:
        return None
    if not typed:
        raise BadInstant("Donnez le jour et l’heure du départ.")
    try:
        return _late_enough(moments.read(typed))
    except Refused as refused:
        raise BadInstant(str(refused)) from None


def _late_enough(at: datetime) -> datetime:
    if at < clock.now() + HOLD:
        raise Refused("Choisissez un instant à dix minutes d’ici au moins, ou « Maintenant », qui les laisse aussi.")
    return at


def launch(campaign: Campaign, *, at: datetime | None = None) -> datetime:
    """Let the letter leave at that instant, or at the end of the hold; when that is. Raises Refused, also for an instant
    that leaves nobody the time to stop it."""
    leaves = _late_enough(at) if at else clock.now() + HOLD
    campaigns.schedule(campaign, at=leaves)
    return leaves


def minutes_left(campaign: Campaign) -> int | None:
    """How many minutes anybody still has to keep the letter; None if it is not about to leave."""
    if campaign.state is not CampaignState.SCHEDULED or campaign.scheduled_at is None:
        return None
    left = campaign.scheduled_at - clock.now()
    return max(0, ceil(left / timedelta(minutes=1))) if left <= HOLD else None
