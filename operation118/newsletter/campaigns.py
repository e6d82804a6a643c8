"""The life of a campaign: draft → scheduled → sending ⇄ paused → sent or cancelled.

Each rule is one transition. It begins by one conditional UPDATE, so that of two workers or two colleagues one does it
and the other is refused, on either database."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from operation118 import clock
from operation118.database import db, move_revision
from operation118.mail import lanes
from operation118.mail.models import MessageState
from operation118.newsletter import audience, checks, purging, reach, rendering
from operation118.newsletter.audience import Standing
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.refused import Refused
from operation118.web.languages import gettext as _
from operation118.web.settings import current_settings

log = logging.getLogger(__name__)

ON_THE_WAY = (MessageState.WAITING, MessageState.CLAIMED, MessageState.SENDING)
WRITABLE = (CampaignState.DRAFT, CampaignState.SCHEDULED)
TEXT = ("topics", "subject_fr", "subject_en", "body_fr", "body_en", "in_archive", "reach")


def state_label(state: CampaignState) -> str:
    labels = {
        CampaignState.DRAFT: _("en brouillon"),
        CampaignState.SCHEDULED: _("programmée"),
        CampaignState.SENDING: _("en cours d'envoi"),
        CampaignState.PAUSED: _("suspendue"),
        CampaignState.SENT: _("envoyée"),
        CampaignState.CANCELLED: _("annulée"),
    }
    return labels[state]


def find(slug: str) -> Campaign:
    """The campaign of this name. Raises Refused."""
    campaign = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise Refused(_("Aucune lettre ne s'appelle « %(slug)s ».", slug=slug))
    return campaign


def _moved(campaign: Campaign, *, to: CampaignState, since: Iterable[CampaignState], **values: Any) -> bool:
    """Move the campaign if it stands in one of the states `since`, whatever this session believed."""
    standing = update(Campaign).where(Campaign.id == campaign.id, Campaign.state.in_(list(since)))
    values |= {"state": to, "updated_at": clock.real_now()}
    moved = db.session.connection().execute(standing.values(values)).rowcount == 1
    if moved:
        move_revision(db.session)
    db.session.refresh(campaign)
    return moved


def _move(campaign: Campaign, *, to: CampaignState, since: Iterable[CampaignState], **values: Any) -> None:
    if not _moved(campaign, to=to, since=since, **values):
        told = _(
            "La lettre « %(slug)s » est %(state)s ; cela ne se fait que d'une lettre %(states)s.",
            slug=campaign.slug,
            state=state_label(campaign.state),
            states=_either([state_label(state) for state in since]),
        )
        raise Refused(told)


def _either(names: Sequence[str]) -> str:
    """« a, b ou c »."""
    *most, last = names
    return _("%(most)s ou %(last)s", most=", ".join(most), last=last) if most else last


def draft(letter: Campaign) -> Campaign:
    """Keep the letter, which is in no session, over the one of the same name; a scheduled one is a draft again."""
    known = db.session.scalar(select(Campaign).where(Campaign.slug == letter.slug))
    if known is None:
        db.session.add(letter)
        db.session.flush()
        return letter
    _move(known, to=CampaignState.DRAFT, since=WRITABLE, scheduled_at=None, refusal=None)
    for name in TEXT:
        setattr(known, name, getattr(letter, name))
    db.session.flush()
    return known


def schedule(campaign: Campaign, *, at: datetime) -> None:
    """Let the letter leave at that instant."""
    if at <= clock.now():
        raise Refused(_("Cet instant est passé : choisissez-en un à venir, ou lancez la lettre tout de suite."))
    _refuse_errors(campaign)
    _move(campaign, to=CampaignState.SCHEDULED, since=WRITABLE, scheduled_at=at, refusal=None)


def hold_back(campaign: Campaign) -> None:
    """Keep a scheduled letter from leaving: it is a draft again."""
    _move(campaign, to=CampaignState.DRAFT, since=(CampaignState.SCHEDULED,), scheduled_at=None)


def launch(campaign: Campaign) -> int:
    """Freeze the text and the readers, and let the mails leave; how many there are."""
    return _launch(campaign, since=WRITABLE)


def _launch(campaign: Campaign, *, since: Iterable[CampaignState]) -> int:
    _refuse_errors(campaign)  # before the first write: it asks the site's own pages, which a lock would keep waiting
    standing = audience.count(campaign.topics, reach.read(campaign.reach))
    if not standing.pop(Standing.WRITTEN, 0):
        raise Refused(_("Personne n'attend cette lettre : aucun abonnement confirmé à ces sujets."))
    _move(campaign, to=CampaignState.SENDING, since=since, launched_at=clock.now(), scheduled_at=None, refusal=None)
    rendering.freeze(campaign)
    campaign.left_out = {reason.value: number for reason, number in standing.items()}
    db.session.flush()
    written = audience.freeze(campaign, languages=rendering.languages(campaign))
    lanes.open_lane(campaign.id)
    return written


def _refuse_errors(campaign: Campaign) -> None:
    errors = [finding.message for finding in checks.run(campaign) if finding.is_error]
    if errors:
        raise Refused("\n".join(errors))


def pause(campaign: Campaign) -> None:
    """Let no more of it leave for now than the mail that each worker is speaking."""
    _move(campaign, to=CampaignState.PAUSED, since=(CampaignState.SENDING,))
    lanes.close_lane(campaign.id)


def resume(campaign: Campaign) -> None:
    _move(campaign, to=CampaignState.SENDING, since=(CampaignState.PAUSED,))
    lanes.open_lane(campaign.id)


def stop(campaign: Campaign) -> int:
    """Let nothing more of it leave, ever; how many mails that spared."""
    stoppable = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)
    _move(campaign, to=CampaignState.CANCELLED, since=stoppable, settled_at=clock.now())
    lanes.close_lane(campaign.id)
    return lanes.cancel(campaign.id)


def retry(campaign: Campaign, *, state: MessageState, only: int | None = None) -> int:
    """Send again what failed, may never have arrived, or was kept while there was no relay, as somebody decided; how
    many mails. `only` is the number of one mail."""
    if not current_settings()["SMTP_URL"]:
        raise Refused(checks.no_relay())
    paused = campaign.state is CampaignState.PAUSED
    to = CampaignState.PAUSED if paused else CampaignState.SENDING
    _move(campaign, to=to, since=(to,) if paused else (CampaignState.SENDING, CampaignState.SENT), settled_at=None)
    if purging.is_purged(campaign):
        raise Refused(_("Les destinataires de cette lettre ont été effacés : elle ne peut plus repartir."))
    number = lanes.requeue(campaign.id, state, only=only)
    if not number:
        raise Refused(_("Rien à renvoyer : aucun message de cette lettre n'est dans cet état."))
    if not paused:
        lanes.open_lane(campaign.id)
    return number


def settle(campaign: Campaign) -> bool:
    """Nothing is left to send: say so, unless something was put back meanwhile. Any worker may, any number of times."""
    if not _moved(campaign, to=CampaignState.SENT, since=(CampaignState.SENDING,), settled_at=clock.now()):
        return False
    if not lanes.counts(campaign.id).keys() & set(ON_THE_WAY):
        return True
    _move(campaign, to=CampaignState.SENDING, since=(CampaignState.SENT,), settled_at=None)
    lanes.open_lane(campaign.id)
    return False


def launch_due() -> int:
    """Launch the first letter that is due, if one is; how many that was. One that is refused is a draft again: late,
    nobody would expect it any more."""
    due = select(Campaign).where(Campaign.state == CampaignState.SCHEDULED, Campaign.scheduled_at <= clock.now())
    campaign = db.session.scalar(due.order_by(Campaign.scheduled_at).limit(1))
    if campaign is None:
        return 0
    try:
        _launch(campaign, since=(CampaignState.SCHEDULED,))
    except Refused as refused:
        db.session.rollback()
        back = {"scheduled_at": None, "refusal": str(refused)}
        if _moved(campaign, to=CampaignState.DRAFT, since=(CampaignState.SCHEDULED,), **back):
            log.warning("scheduled letter refused", extra={"letter": campaign.slug, "reason": str(refused)})
    return 1
