"""What comes back for a mail, and what follows for its address.

Every mail leaves with a return path of its own (VERP), whose mark is signed. A report without a mark of ours is
noted and changes nothing; one with it only ever concerns the address that we wrote to, whatever it claims.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select

from operation118 import clock, tokens
from operation118.database import db, insert_missing
from operation118.mail import reports, suppression
from operation118.mail.models import Bounce, BounceKind, Message, MessageState, SuppressionReason, SuppressionScope
from operation118.mail.reports import Action, Outcome, Report, ReportKind
from operation118.tokens import BadToken, Purpose
from operation118.web.settings import current_settings

SOFT_LIMIT, SOFT_WINDOW = 5, timedelta(days=30)
ASIDE, MOST_ASIDE = timedelta(days=30), 1_000  # how long, and how many files
# What may be otherwise tomorrow: a server that gave up trying (4.x.x), and refusals that are not about the address:
# a full mailbox, a mail too long, a server out of order, a conversation that went wrong, an unwanted content or sender.
PASSING = re.compile(r"4\..*|5\.(?:1\.[78]|2\.[23]|4\.[56]|[3567]\.\d+)")

# Relays may lower the case of an address, or put a mark of theirs before ours: the signature is in hexadecimal.
_MARK = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{0,17})-([0-9A-Fa-f]{32})@")

Complained = Callable[[Message], None]


def mark(message_id: int) -> str:
    """`<id>-<signature>`, which proves to us, in an address or a Message-ID, that the mail was ours."""
    payload, _, signature = tokens.sign(Purpose.BOUNCE, message_id).rpartition(".")
    return f"{payload}-{urlsafe_b64decode(signature + '==').hex()}"


def return_path(message_id: int) -> str:
    """The envelope sender of a mail: where its bounces come back, and which mail they are about."""
    return return_address(mark(message_id))


def return_address(marked: str) -> str:
    """The address bounces come back to, with the mark of a mail."""
    local, _, domain = str(current_settings()["BOUNCE_ADDRESS"]).rpartition("@")
    return f"{local}+{marked}@{domain}"


def read_return_path(address: str) -> int | None:
    """The mail whose mark `address` (or a Message-ID) carries; None when it carries none that we made."""
    return next(_marked(address), None)


def _marked(text: str) -> Iterator[int]:
    """The mails whose marks stand in `text`, in order; marks that we did not make are passed over."""
    for found in _MARK.finditer(text):
        signature = urlsafe_b64encode(bytes.fromhex(found[2])).rstrip(b"=").decode()
        with suppress(BadToken):
            yield int(tokens.read(Purpose.BOUNCE, f"{found[1]}.{signature}"))


def on_complaint(app: Flask, react: Complained) -> None:
    """Call `react` with each mail that its reader called unwanted; it flushes, whoever received the report commits."""
    app.extensions.setdefault("mail_complained", []).append(react)


def digest(raw: bytes) -> str:
    """What tells two reports apart, however they came: line ends differ from one protocol to another."""
    return sha256(raw[: reports.READ_BYTES].replace(b"\r\n", b"\n")).hexdigest()


def tally(*, since: datetime) -> Sequence[tuple[BounceKind, str | None, int]]:
    """What came back from an instant on, by kind and status, the most frequent first."""
    number = func.count()
    rows = select(Bounce.kind, Bounce.status, number).where(Bounce.received_at >= since)
    return db.session.execute(rows.group_by(Bounce.kind, Bounce.status).order_by(number.desc())).all()


def is_known(raw: bytes) -> bool:
    """Whether this report was received before."""
    return db.session.scalar(select(Bounce.id).where(Bounce.digest == digest(raw))) is not None


def receive(raw: bytes) -> Bounce:
    """Note what came back and draw the consequences, once for each report. Raises reports.Unreadable."""
    report = reports.read(raw)
    message = _original(raw)
    outcome = report.outcome(message.recipient if message else "")
    bounce = insert_missing(
        Bounce,
        digest=digest(raw),
        message_id=message.id if message else None,
        fingerprint=tokens.fingerprint(message.recipient) if message else None,
        kind=_kind(report, outcome) if message else BounceKind.UNKNOWN,
        status=outcome.status if outcome else None,
        diagnostic=outcome.diagnostic if outcome else None,
        received_at=clock.now(),
    )
    if bounce and message:
        _draw_consequences(bounce.kind, message)
    return bounce or db.session.scalars(select(Bounce).where(Bounce.digest == digest(raw))).one()


def set_aside(raw: bytes, reason: str) -> Path:
    """Note a message that cannot be read, and keep it in a file for a human being."""
    insert_missing(
        Bounce, digest=digest(raw), kind=BounceKind.UNKNOWN, diagnostic=f"unreadable: {reason}", received_at=clock.now()
    )
    path = _aside() / f"{digest(raw)}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return path


def _aside() -> Path:
    return current_settings().data_dir / "bounces"


def forget_set_aside() -> int:
    """Delete what was set aside thirty days ago, and the oldest of what is too much; how many files that was."""
    limit = (clock.now() - ASIDE).timestamp()
    newest_first = sorted(((_written(path), path) for path in _aside().glob("*.eml")), reverse=True)
    gone = [path for place, (at, path) in enumerate(newest_first) if at < limit or place >= MOST_ASIDE]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another worker deleted it
        return 0


def _original(raw: bytes) -> Message | None:
    """The mail that the report is about: the first mark wins, that of the address it came to."""
    numbers = _marked(raw[: reports.READ_BYTES].decode("latin-1"))
    return next((message for number in numbers if (message := db.session.get(Message, number))), None)


def _kind(report: Report, outcome: Outcome | None) -> BounceKind:
    if report.kind is ReportKind.COMPLAINT:
        return BounceKind.COMPLAINT
    if report.kind is ReportKind.AUTO_REPLY:
        return BounceKind.AUTO_REPLY
    if outcome is None or outcome.action is not Action.FAILED or not (outcome.status or "").startswith(("4", "5")):
        return BounceKind.UNKNOWN  # a mail that is late, or arrived, is no bounce
    return BounceKind.SOFT if PASSING.fullmatch(outcome.status or "") else BounceKind.HARD


# Refused while the mail was offered, and about the address for good: no such mailbox, domain or host (RFC 3463).
_NO_SUCH = re.compile(r"5\.1\.(?:[1236]|10)\b")


def refused(message: Message, reply: str) -> None:
    """Write no more to an address that the relay itself said does not exist."""
    if _NO_SUCH.match(reply):
        _draw_consequences(BounceKind.HARD, message)


def _draw_consequences(kind: BounceKind, message: Message) -> None:
    """The address is the one we wrote to, never the one that the report names."""
    person = tokens.fingerprint(message.recipient)
    match kind:
        case BounceKind.HARD:
            suppression.suppress(person, scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
        case BounceKind.SOFT if _soft_bounces(person, message) >= SOFT_LIMIT:
            suppression.suppress(person, scope=SuppressionScope.ALL, reason=SuppressionReason.SOFT_BOUNCES)
        case BounceKind.COMPLAINT:
            suppression.suppress(person, scope=SuppressionScope.BULK, reason=SuppressionReason.COMPLAINT)
            reactions: list[Complained] = current_app.extensions.get("mail_complained", [])
            for react in reactions:
                react(message)
        case _:
            pass


def _soft_bounces(fingerprint: str, message: Message) -> int:
    """How many mails to this address came back of late, since the last one that did not."""
    window = clock.now() - SOFT_WINDOW
    since = max(window, _last_arrival(message) or window)
    bounces = select(func.count(Bounce.message_id.distinct())).where(
        Bounce.fingerprint == fingerprint, Bounce.kind == BounceKind.SOFT, Bounce.received_at >= since
    )
    return db.session.scalars(bounces).one()


def _last_arrival(message: Message) -> datetime | None:
    """When the reader of `message` was last sent something that did not come back, as far as is known yet."""
    if message.subscriber_id is None:
        return None
    came_back = select(Bounce.id).where(
        Bounce.message_id == Message.id, Bounce.kind.in_((BounceKind.HARD, BounceKind.SOFT))
    )
    return db.session.scalar(
        select(func.max(Message.settled_at)).where(
            Message.subscriber_id == message.subscriber_id, Message.state == MessageState.SENT, ~came_back.exists()
        )
    )
