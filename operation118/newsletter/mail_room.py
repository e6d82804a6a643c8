"""Reads of the mail room for the team: what is in the outbox, a mail as it was sent, who is not written to, what came back.

Nothing here counts further than `readers.MOST`, and lists go by keyset: a page costs the same with a million mails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from flask import current_app
from sqlalchemy import Select, func, literal, select, tuple_

from operation118 import clock
from operation118.config import Settings
from operation118.database import db
from operation118.mail import bounces, health, pace, suppression
from operation118.mail.compose import Parts
from operation118.mail.models import (
    Bounce,
    BounceKind,
    Lane,
    Message,
    MessageState,
    Pace,
    Suppression,
    SuppressionReason,
)
from operation118.mail.parcels import Packer
from operation118.newsletter.models import Campaign
from operation118.newsletter.readers import MOST
from operation118.web import logs
from operation118.web.settings import current_settings

PAGE = 50
LANES = 20  # letters of the table, the newest
SINCE = timedelta(days=7)
ONE_BY_ONE = 0  # the lane of the mails somebody asked for
PRIVATE = ("accounts/",)  # mails that open the office to whoever reads them
OWN_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
)


@dataclass(frozen=True)
class Row:
    """A lane of the outbox: how many of its mails stand in each state."""

    campaign_id: int
    name: str
    slug: str | None
    counts: dict[MessageState, int]


def table() -> list[Row]:
    """The mails that somebody asked for, then the newest letters, by state; one statement whatever their number."""
    letters = list(_letters())
    counted = _counts([ONE_BY_ONE, *(campaign.id for campaign in letters)])
    first = Row(ONE_BY_ONE, "Un par un : confirmations, alertes, comptes", None, counted.get(ONE_BY_ONE, {}))
    return [first, *(Row(one.id, one.subject_fr, one.slug, counted.get(one.id, {})) for one in letters)]


def _letters() -> Sequence[Campaign]:
    launched = select(Campaign).join(Lane, Lane.campaign_id == Campaign.id)
    return db.session.scalars(launched.order_by(Campaign.id.desc()).limit(LANES)).all()


def _counts(campaigns: Sequence[int]) -> dict[int, dict[MessageState, int]]:
    """By campaign and state, no further than `MOST`: each cell is a bounded walk in the queue's index."""
    cells = [_cell(campaign, state) for campaign in campaigns for state in MessageState]
    found: dict[int, dict[MessageState, int]] = {}
    for campaign, state, number in db.session.execute(cells[0].union_all(*cells[1:])):
        if number:
            found.setdefault(campaign, {})[MessageState(state)] = number
    return found


def _cell(campaign: int, state: MessageState) -> Select[int, str, int]:
    mine = select(Message.id).where(Message.campaign_id == campaign, Message.state == state).limit(MOST + 1)
    number = select(func.count()).select_from(mine.subquery()).scalar_subquery()
    return select(literal(campaign), literal(state.value), number)


# --- A list, and one mail -----------------------------------------------------------------------------------------


def listed(campaign_id: int, state: MessageState, *, before: int | None) -> tuple[Sequence[Message], int | None]:
    """The mails of a lane in a state, the last due first, and where the next page begins; `before` is a mail's number."""
    mine = Message.campaign_id == campaign_id, Message.state == state
    rows = select(Message).where(*mine).order_by(Message.due_at.desc(), Message.id.desc()).limit(PAGE + 1)
    if before is not None and (last := db.session.get(Message, before)):
        rows = rows.where(tuple_(Message.due_at, Message.id) < (last.due_at, last.id))
    found = db.session.scalars(rows).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


@dataclass(frozen=True)
class Sent:
    """A mail as it crosses the wire; without what is its reader's own: links lose their signatures."""

    headers: Sequence[tuple[str, str]]
    parts: Parts
    as_sent: bool  # false where its reader left: then it is what was written for everybody


def is_private(message: Message) -> bool:
    return message.name.startswith(PRIVATE)


def sent(message: Message) -> Sent | None:
    """The mail of a row; None if nothing of it is kept, or if it is nobody's to read."""
    if is_private(message):
        return None
    parcels, _left_out = Packer(current_settings()).pack([message])
    if parcels:
        return _opened(parcels[0].data)
    return _written(message)


def _opened(data: bytes) -> Sent:
    mail = message_from_bytes(data, policy=default)
    assert isinstance(mail, EmailMessage)
    headers = [(name, logs.unsigned(str(mail[name]))) for name in OWN_HEADERS if mail[name]]
    html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
    parts = Parts(str(mail["Subject"]), text.get_content() if text else "", html.get_content() if html else "")
    return Sent(headers, parts, as_sent=True)


def _written(message: Message) -> Sent | None:
    """What was written for everybody, where its own reader is gone."""
    campaign = db.session.get(Campaign, message.campaign_id) if message.is_bulk else None
    frozen = campaign.frozen.get(message.lang) if campaign else None
    if frozen:
        return Sent([], Parts(frozen["subject"], frozen["text"], frozen["html"]), as_sent=False)
    if message.text is None:
        return None
    return Sent([], Parts(message.subject or "", message.text, message.html or ""), as_sent=False)


# --- Health, pace, what came back ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overview:
    """The mail room at an instant. `troubles` says what is wrong, by what it is about."""

    rows: list[Row]
    troubles: dict[str, str]
    bounces: Sequence[tuple[BounceKind, str | None, int]]
    suppressed: dict[SuppressionReason, int]
    resting: list[str] = field(default_factory=list[str])


CHECKS: dict[str, Callable[[Settings], str]] = {
    "La file d’attente": health.queue,
    "L’expéditeur": health.sender,
    "La signature": health.signature,
}


def overview(*, ask_relay: bool = False) -> Overview:
    settings = current_settings()
    wanted = CHECKS | ({"Le relais": health.relay} if ask_relay else {})
    found = {name: check(settings) for name, check in wanted.items()}
    return Overview(
        rows=table(),
        troubles={name: told for name, told in (found | {"Le courrier": late()}).items() if told},
        bounces=bounces.tally(since=clock.now() - SINCE),
        suppressed=suppression.counts(),
        resting=pace.resting(settings["MAIL_DOMAIN_RATE"])[:LANES],
    )


def late() -> str:
    """That a mail has been due for too long in a lane that is open; empty if none has."""
    lanes = [ONE_BY_ONE, *db.session.scalars(select(Lane.campaign_id).where(Lane.open))]
    waits = [
        select(func.min(Message.due_at)).where(Message.campaign_id == lane, Message.state == MessageState.WAITING)
        for lane in lanes[:LANES]
    ]
    since = [instant for instant in db.session.scalars(waits[0].union_all(*waits[1:])) if instant]
    waited = clock.now() - min(since, default=clock.now())
    if waited < health.PATIENCE:
        return ""
    minutes = int(waited.total_seconds() // 60)
    return f"un message attend depuis {minutes} minutes : le courrier tourne-t-il ? (flask mail work, flask doctor)"


def is_kept() -> bool:
    """Whether mails stay in files, for want of a relay."""
    return current_app.extensions["mailer"].relay is None


def suppressions(*, reason: SuppressionReason | None, before: int | None) -> tuple[Sequence[Suppression], int | None]:
    """The addresses that are not written to, by number, the newest first."""
    rows = select(Suppression).order_by(Suppression.id.desc()).limit(PAGE + 1)
    if reason:
        rows = rows.where(Suppression.reason == reason)
    found = db.session.scalars(rows.where(Suppression.id < before) if before else rows).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def came_back(*, before: int | None) -> tuple[Sequence[Bounce], int | None]:
    """What came back, the newest first."""
    rows = select(Bounce).order_by(Bounce.id.desc()).limit(PAGE + 1)
    found = db.session.scalars(rows.where(Bounce.id < before) if before else rows).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def domains() -> Sequence[Pace]:
    """The domains that mails were paced to of late, the busiest first."""
    busy = select(Pace).where(Pace.name != pace.EVERYTHING).order_by(Pace.next_at.desc()).limit(LANES)
    return db.session.scalars(busy).all()
