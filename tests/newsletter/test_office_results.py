"""What a letter gave, without spying on anybody; and whether it may be read by all."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigning import subscriber
from newsletter.desking import DESK, launched, plain, press
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.mail.models import Bounce, BounceKind, Message, MessageState
from operation118.newsletter.models import CampaignLink, CampaignState, SubscriberState

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def editor(office: Callable[[StaffRole], FlaskClient]) -> FlaskClient:
    return office(StaffRole.EDITOR)


def test_results_are_counts_of_mails_reports_and_visits(editor: FlaskClient, session: Session):
    campaign = launched(session, MessageState.SENT, MessageState.SENT, MessageState.SENT, state=CampaignState.SENT)
    first, second, third = session.scalars(select(Message).order_by(Message.id))
    for kind, message in ((BounceKind.HARD, first), (BounceKind.COMPLAINT, second), (BounceKind.AUTO_REPLY, third)):
        session.add(Bounce(digest=kind.value, message_id=message.id, kind=kind, received_at=clock.now()))
    gone = subscriber(session, "partie@example.org", state=SubscriberState.UNSUBSCRIBED)
    gone.unsubscribed_at = clock.now()
    third.subscriber_id = gone.id
    campaign.links = [CampaignLink(url="/dvd/", clicks=1234)]
    session.commit()
    page = plain(editor.get(f"{DESK}{campaign.slug}/"))
    assert '<dt>Envoyés</dt><dd data-count="sent">3<' in page
    for told in ("<dt>Revenus</dt><dd>1<", "<dt>Plaintes</dt><dd>1<", "<dt>Désabonnés depuis</dt><dd>1<"):
        assert told in page
    assert "/dvd/" in page
    assert "1 234" in page


def test_every_state_has_its_place_those_that_are_rare_once_they_are_met(editor: FlaskClient, session: Session):
    """So that what moves by itself always adds up."""
    campaign = launched(session, MessageState.SENT, MessageState.CLAIMED)
    page = editor.get(f"{DESK}{campaign.slug}/").text
    assert {state for state in MessageState if f'data-count="{state}"' in page} == set(MessageState)
    assert "<div><dt>Pris en main</dt>" in page
    assert "<div hidden><dt>En train de partir</dt>" in page
    assert page.count("<dt>Envoyés</dt>") == 1


def test_the_archive_is_a_decision_for_each_letter(editor: FlaskClient, session: Session):
    frozen = {"fr": {"subject": "Le DVD", "text": "", "html": "", "page": "<p>Voilà</p>"}}
    campaign = launched(session, state=CampaignState.SENT, frozen=frozen, settled_at=clock.now())
    public = f"/lettre/archives/{campaign.slug}/"
    assert editor.get(public).status_code == 404
    press(editor, f"{DESK}{campaign.slug}/archives/", f"{DESK}{campaign.slug}/", montrer="1")
    assert editor.get(public).status_code == 200
    press(editor, f"{DESK}{campaign.slug}/archives/", f"{DESK}{campaign.slug}/")
    assert editor.get(public).status_code == 404
