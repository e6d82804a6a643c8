"""The letters that anybody may read: those whose author said so, once they left."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from operation118 import clock
from operation118.database import db
from operation118.mail import lanes
from operation118.mail.models import MessageState
from operation118.newsletter.models import Campaign, CampaignState

_LAUNCHED = (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.SENT)
_RECEIVED = {MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN}  # by somebody, or perhaps


def _open(*states: CampaignState) -> Select[Campaign]:
    """By `clock.now()`: the time machine shows what had left by then."""
    shown = Campaign.in_archive, Campaign.state.in_(states), Campaign.launched_at <= clock.now()
    return select(Campaign).where(*shown).order_by(Campaign.launched_at.desc(), Campaign.id.desc())


def letters(*, complete: bool = False) -> Sequence[Campaign]:
    """The letters sent, newest first; `complete` adds their texts."""
    texts = () if complete else (defer(Campaign.frozen), defer(Campaign.body_fr), defer(Campaign.body_en))
    return db.session.scalars(_open(CampaignState.SENT).options(*texts)).all()


def find(slug: str) -> Campaign | None:
    """A letter of that name; its first readers may already follow the link to it while the others wait, and whoever
    received one that was stopped may go on reading it."""
    letter = db.session.scalar(_open(*_LAUNCHED, CampaignState.CANCELLED).where(Campaign.slug == slug))
    if letter is None or (letter.state is CampaignState.CANCELLED and not lanes.counts(letter.id).keys() & _RECEIVED):
        return None
    return letter


def has_letters() -> bool:
    return db.session.scalar(_open(CampaignState.SENT).with_only_columns(Campaign.id).limit(1)) is not None


def language(campaign: Campaign, lang: str) -> str:
    """The language a reader of `lang` finds the letter in."""
    return lang if campaign.subject_en else "fr"
