"""The desk of the letter, as somebody of the team uses it in these tests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.people import token
from operation118 import clock
from operation118.accounts.models import JournalEntry
from operation118.database import db
from operation118.mail.models import Lane, Message, MessageState
from operation118.newsletter.models import Campaign, CampaignState

DESK = "/office/lettre/"
WRITTEN: dict[str, Any] = {
    "sujets": ["dvd"],
    "langue": "",
    "commune": "",
    "rayon": "30",
    "objet_fr": "Le DVD arrive",
    "texte_fr": "Bonjour,\r\n\r\nvoici [la page](/dvd/).\r\n\r\n{{ dvd }}\r\n",
    "objet_en": "The DVD is coming",
    "texte_en": "Hello,\r\n\r\nhere is [the page](/en/dvd/).\r\n",
}


def press(client: FlaskClient, path: str, page: str = DESK, **fields: Any) -> TestResponse:
    """Press the button of a form that goes to `path`, with the token of `page`."""
    return client.post(path, data={"csrf_token": token(client, page)} | fields)


def plain(answer: TestResponse) -> str:
    """What a page says, with the spaces that a keyboard types."""
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


def write(client: FlaskClient, **fields: Any) -> str:
    """Write a letter; its slug."""
    answer = press(client, f"{DESK}nouvelle/", f"{DESK}nouvelle/", **WRITTEN | fields)
    assert answer.status_code == 303, answer.text
    return answer.location.rstrip("/").split("/")[-2]


def draft(session: Session, slug: str = "nouvelles", **values: Any) -> Campaign:
    """A letter in the database, in whatever state `values` says."""
    row = Campaign(
        slug=slug,
        topics=["dvd"],
        subject_fr="Le DVD",
        body_fr="Bonjour.",
        created_at=clock.now(),
        frozen={},
        left_out={},
    )
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.commit()
    return row


def of(slug: str) -> Campaign:
    found = select(Campaign).where(Campaign.slug == slug).execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def journal() -> Sequence[JournalEntry]:
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()


def launched(session: Session, *states: MessageState, **values: Any) -> Campaign:
    """A letter that is leaving, a mail in each of these states."""
    said = {"subject": "Le DVD", "text": "Bonjour MARK", "html": "<p>Bonjour</p>", "page": "<p>Bonjour</p>"}
    moment = clock.now() - timedelta(hours=1)
    base: dict[str, Any] = {"state": CampaignState.SENDING, "launched_at": moment, "frozen": {"fr": said}}
    campaign = draft(session, **base | values)
    session.add(Lane(campaign_id=campaign.id, open=campaign.state is CampaignState.SENDING))
    for number, state in enumerate(states):
        session.add(mail(campaign.id, state, number))
    session.commit()
    return campaign


def mail(campaign_id: int, state: MessageState, number: int = 0, **values: object) -> Message:
    row = Message(
        key=f"test:{campaign_id}:{state}:{number}",
        state=state,
        campaign_id=campaign_id,
        recipient=f"lecteur{number}@example.org",
        domain="example.org",
        lang="fr",
        name="campaign",
        headers={},
        created_at=clock.now(),
        due_at=clock.now(),
    )
    for name, value in values.items():
        setattr(row, name, value)
    return row
