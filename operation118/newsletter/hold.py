"""The hold: a letter launched leaves ten minutes later, and anybody of the team may keep it until then."""

from datetime import datetime, timedelta
from math import ceil

from operation118 import clock
from operation118.newsletter import campaigns
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.refused import Refused

HOLD = timedelta(minutes=10)


def launch(campaign: Campaign, *, at: datetime | None = None) -> datetime:
    """Let the letter leave at that instant, or at the end of the hold; when that is. Raises Refused."""
    now = clock.now()
    if at is not None and at < now + HOLD:
        raise Refused(
            "Choisissez un instant à dix minutes d’ici au moins, ou « Lancer maintenant », qui les laisse aussi."
        )
    leaves = at or now + HOLD
    campaigns.schedule(campaign, at=leaves)
    return leaves


def minutes_left(campaign: Campaign) -> int | None:
    """How many minutes anybody still has to keep the letter; None if it is not about to leave."""
    if campaign.state is not CampaignState.SCHEDULED or campaign.scheduled_at is None:
        return None
    left = campaign.scheduled_at - clock.now()
    return max(0, ceil(left / timedelta(minutes=1))) if left <= HOLD else None
