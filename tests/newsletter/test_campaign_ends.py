"""What is kept of a letter once it is over; and one that has nobody to be given to, which never begins."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter.campaigning import awaited, become, deliveries
from operation118 import clock
from operation118.mail import chores, lanes
from operation118.mail.models import MessageState
from operation118.newsletter import campaigns, purging
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.refused import Refused

DRAFT, SCHEDULED, _SENDING, PAUSED, SENT, _CANCELLED = CampaignState
LEAVING: tuple[Callable[[Campaign], object], ...] = (
    campaigns.launch,
    lambda campaign: campaigns.schedule(campaign, at=clock.now() + timedelta(days=1)),
    lambda campaign: campaigns.retry(campaign, state=MessageState.FAILED),
)


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return awaited(session)


@pytest.mark.settings(SMTP_URL="")
def test_without_a_relay_no_letter_leaves_now_later_or_again(session: Session, campaign: Campaign):
    for leave in LEAVING:
        with pytest.raises(Refused, match="relais"):
            leave(campaign)
        session.rollback()
    assert campaign.state is DRAFT
    session.execute(update(Campaign).values(state=SCHEDULED, scheduled_at=clock.now()))
    session.commit()
    campaigns.launch_due()
    session.commit()
    assert campaign.state is DRAFT
    assert "relais" in (campaign.refusal or "")


def test_purging_forgets_the_readers_and_keeps_the_counts(session: Session, campaign: Campaign):
    become(session, campaign, SENT)
    counts = lanes.counts(campaign.id)
    with clock.at(clock.now() + timedelta(days=29)):
        assert purging.purge(days=30) == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert purging.purge(days=30) == 2
        assert purging.purge(days=30) == 0
    assert lanes.counts(campaign.id) == counts
    for mail in deliveries(session, campaign):
        assert (mail.recipient, mail.domain, mail.subscriber_id, mail.key) == ("", "", None, f"purged:{mail.id}")
    with pytest.raises(Refused, match="effacés"):
        campaigns.retry(campaign, state=MessageState.FAILED)


def test_workers_purge_by_night_bit_by_bit(session: Session, campaign: Campaign, monkeypatch: pytest.MonkeyPatch):
    become(session, campaign, SENT)
    monkeypatch.setattr(purging, "BATCH", 1)
    chore = chores.all_chores()["newsletter.purge"]
    day = clock.today() + timedelta(days=purging.KEPT_DAYS + 1)
    for hour, number in ((3, 0), (4, 1), (4, 1), (4, 0), (5, 0)):
        with clock.at(datetime.combine(day, time(hour, 30), clock.PARIS)):
            assert chore() == number
    assert {mail.recipient for mail in deliveries(session, campaign)} == {""}


def test_purging_spares_what_is_not_settled(session: Session, campaign: Campaign):
    become(session, campaign, PAUSED)
    with clock.at(clock.now() + timedelta(days=3650)):
        assert purging.purge(days=1) == 0
