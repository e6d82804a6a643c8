"""The life of a campaign: every state is reached and left, and what is refused is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigning import LETTER, awaited, become, deliveries, letter, settled
from operation118 import clock
from operation118.database import Revision, db
from operation118.mail import composing, lanes
from operation118.mail.models import Lane, MessageState
from operation118.newsletter import campaigns
from operation118.newsletter.models import Campaign, CampaignState
from operation118.newsletter.refused import Refused
from operation118.web.languages import speaking

DRAFT, SCHEDULED, SENDING, PAUSED, SENT, CANCELLED = CampaignState
TOMORROW = timedelta(days=1)

Rule = Callable[[Campaign], object]
RULES: dict[str, Rule] = {
    "draft": lambda campaign: campaigns.draft(letter()),
    "schedule": lambda campaign: campaigns.schedule(campaign, at=clock.now() + TOMORROW),
    "launch": campaigns.launch,
    "pause": campaigns.pause,
    "resume": campaigns.resume,
    "stop": campaigns.stop,
    "retry": lambda campaign: campaigns.retry(campaign, state=MessageState.FAILED),
}
ALLOWED = {
    ("draft", DRAFT): DRAFT,
    ("draft", SCHEDULED): DRAFT,
    ("schedule", DRAFT): SCHEDULED,
    ("schedule", SCHEDULED): SCHEDULED,
    ("launch", DRAFT): SENDING,
    ("launch", SCHEDULED): SENDING,
    ("pause", SENDING): PAUSED,
    ("resume", PAUSED): SENDING,
    ("stop", SCHEDULED): CANCELLED,
    ("stop", SENDING): CANCELLED,
    ("stop", PAUSED): CANCELLED,
    ("retry", SENDING): SENDING,
    ("retry", PAUSED): PAUSED,
    ("retry", SENT): SENDING,
}


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return awaited(session)


@pytest.mark.parametrize(("rule", "state"), ALLOWED)
def test_a_transition_leads_where_it_must(session: Session, campaign: Campaign, rule: str, state: CampaignState):
    become(session, campaign, state)
    RULES[rule](campaign)
    session.commit()
    assert campaigns.find("nouvelles").state is ALLOWED[rule, state]


@pytest.mark.parametrize(
    ("rule", "state"), [(rule, state) for rule in RULES for state in CampaignState if (rule, state) not in ALLOWED]
)
def test_every_other_transition_is_refused_and_changes_nothing(
    session: Session, campaign: Campaign, rule: str, state: CampaignState
):
    become(session, campaign, state)
    before = lanes.counts(campaign.id)
    with speaking("en"):
        with pytest.raises(Refused) as refused:
            RULES[rule](campaign)
        assert f"is {campaigns.state_label(state)}; this is done only with a letter that is " in str(refused.value)
    session.rollback()
    assert campaigns.find("nouvelles").state is state
    assert lanes.counts(campaign.id) == before


def test_launch_freezes_the_text_whatever_becomes_of_the_draft(session: Session, campaign: Campaign):
    campaigns.launch(campaign)
    frozen = dict(campaign.frozen)
    assert frozen["fr"]["subject"] == "Des nouvelles du DVD"
    assert frozen["en"]["subject"] == "News of the DVD"
    with pytest.raises(Refused):
        campaigns.draft(letter(LETTER.replace("Bonjour", "Bonsoir")))
    assert campaigns.find("nouvelles").frozen == frozen


def test_a_draft_is_rewritten_by_its_file(session: Session, campaign: Campaign):
    campaigns.draft(letter(LETTER.replace("Bonjour", "Bonsoir").replace('["dvd", "presse"]', '["seances"]')))
    session.commit()
    assert (campaign.body_fr.split(",")[0], campaign.topics) == ("Bonsoir", ["seances"])
    assert session.scalars(select(Campaign.slug)).all() == ["nouvelles"]


def test_a_letter_nobody_waits_for_does_not_leave(session: Session):
    campaign = campaigns.draft(letter())
    with pytest.raises(Refused, match="Personne n’attend"):
        campaigns.launch(campaign)
    assert campaign.state is DRAFT


def test_a_letter_with_an_error_does_not_leave(session: Session, campaign: Campaign):
    campaign.body_fr = "[rien](/cette-page-n-existe-pas/)"
    session.commit()
    for rule in ("launch", "schedule"):
        with pytest.raises(Refused, match="404"):
            RULES[rule](campaign)
    assert campaign.state is DRAFT


def test_a_letter_is_not_scheduled_in_the_past(session: Session, campaign: Campaign):
    with pytest.raises(Refused, match="passé"):
        campaigns.schedule(campaign, at=clock.now() - timedelta(seconds=1))


def test_a_pause_closes_the_lane_and_resuming_opens_it(session: Session, campaign: Campaign):
    campaigns.launch(campaign)
    campaigns.pause(campaign)
    assert not session.get_one(Lane, campaign.id).open
    campaigns.resume(campaign)
    assert session.get_one(Lane, campaign.id).open


def test_stopping_cancels_what_has_not_left(session: Session, campaign: Campaign):
    campaigns.launch(campaign)
    settled(session, campaign, MessageState.SENT, 1)
    assert campaigns.stop(campaign) == 1
    assert lanes.counts(campaign.id) == {MessageState.SENT: 1, MessageState.CANCELLED: 1}
    assert campaign.settled_at
    assert not session.get_one(Lane, campaign.id).open


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNCERTAIN, MessageState.KEPT])
def test_what_failed_or_is_uncertain_or_kept_is_sent_again_when_somebody_says_so(
    session: Session, campaign: Campaign, state: MessageState
):
    campaigns.launch(campaign)
    settled(session, campaign, state, 1)
    settled(session, campaign, MessageState.SENT, 1)
    composing.composer().drained(campaign.id)
    assert campaigns.retry(campaign, state=state) == 1
    assert lanes.counts(campaign.id) == {MessageState.SENT: 1, MessageState.WAITING: 1}
    assert session.get_one(Lane, campaign.id).open
    assert (campaign.state, campaign.settled_at) == (SENDING, None)


def test_there_is_nothing_to_send_again_when_all_is_well(session: Session, campaign: Campaign):
    campaigns.launch(campaign)
    with pytest.raises(Refused, match="renvoyer"):
        campaigns.retry(campaign, state=MessageState.UNCERTAIN)


def test_a_drained_campaign_is_sent_once(session: Session, campaign: Campaign):
    campaigns.launch(campaign)
    settled(session, campaign, MessageState.SENT, 2)
    assert campaigns.settle(campaign)
    first = campaign.settled_at
    composing.composer().drained(campaign.id)
    assert not campaigns.settle(campaign)
    assert (campaign.state, campaign.settled_at) == (SENT, first)


def test_a_campaign_with_a_mail_left_is_not_sent(session: Session, campaign: Campaign):
    """A mail may be put back between the worker's last look and its word."""
    campaigns.launch(campaign)
    settled(session, campaign, MessageState.SENT, 1)
    lanes.close_lane(campaign.id)
    composing.composer().drained(campaign.id)
    assert campaign.state is SENDING
    assert session.get_one(Lane, campaign.id).open


def test_each_transition_moves_what_the_public_sees(session: Session, campaign: Campaign):
    def revision() -> int:
        return session.scalars(select(Revision.number)).one()

    numbers = [revision()]
    for rule in ("launch", "pause", "resume", "stop"):
        RULES[rule](campaign)
        session.commit()
        numbers.append(revision())
    assert numbers == sorted(set(numbers))


def scheduled(session: Session, campaign: Campaign, at: datetime) -> None:
    with clock.at(at - TOMORROW):
        campaigns.schedule(campaign, at=at)
    session.commit()


@pytest.mark.parametrize("instant", [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)])
def test_a_scheduled_letter_leaves_at_its_instant_and_not_before(
    session: Session, campaign: Campaign, instant: datetime
):
    """Also in the nights when the clocks change."""
    scheduled(session, campaign, instant)
    with clock.at(instant - timedelta(seconds=1)):
        assert campaigns.launch_due() == 0
    with clock.at(instant):
        assert campaigns.launch_due() == 1
        assert campaigns.launch_due() == 0
    session.commit()
    assert (campaign.state, campaign.launched_at, campaign.scheduled_at) == (SENDING, instant, None)
    assert len(deliveries(session, campaign)) == 2


def test_two_workers_launch_a_letter_once(app: Flask, session: Session, campaign: Campaign):
    scheduled(session, campaign, datetime(2027, 1, 1, 9, tzinfo=UTC))
    late = campaigns.find("nouvelles")
    with clock.at(datetime(2027, 1, 1, 9, tzinfo=UTC)):
        with app.app_context():
            assert campaigns.launch_due() == 1
            db.session.commit()
        assert late.state is SCHEDULED, "what the second worker had read"
        with pytest.raises(Refused):
            campaigns._launch(late, since=(SCHEDULED,))
    session.rollback()
    assert len(deliveries(session, campaign)) == 2


def test_a_scheduled_letter_that_became_wrong_is_a_draft_again(session: Session, campaign: Campaign):
    scheduled(session, campaign, datetime(2027, 1, 1, 9, tzinfo=UTC))
    campaign.body_fr = "{{ meteo }}"
    session.commit()
    with clock.at(datetime(2027, 1, 1, 9, tzinfo=UTC)):
        campaigns.launch_due()
        session.commit()
        assert campaigns.launch_due() == 0
    assert (campaign.state, campaign.scheduled_at) == (DRAFT, None)
    assert deliveries(session, campaign) == []
