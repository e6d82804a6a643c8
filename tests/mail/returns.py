"""What comes back, for tests: the reports of `reports/`, as if they were about a mail of the test's."""

from pathlib import Path
from typing import Any

from mail.post import message
from operation118 import clock
from operation118.database import db
from operation118.mail import bounces, suppression
from operation118.mail.models import Message, MessageState, SuppressionReason

REPORTS = Path(__file__).parent / "reports"
RECIPIENT = "lectrice@reader.example"
PATH = b"lettre+1-00000000000000000000000000000000@film.example"
MARK = b"1-00000000000000000000000000000000@film.example"


def report(name: str) -> bytes:
    return (REPORTS / f"{name}.eml").read_bytes()


def about(message_id: int, name: str = "unknown-user") -> bytes:
    """The report `name` on a mail of ours; needs the application's context, which signs."""
    path = bounces.return_path(message_id).encode()
    return report(name).replace(PATH, path).replace(MARK, bounces.mark(message_id).encode() + b"@film.example")


def sent(key: str = "a", **columns: Any) -> Message:
    """A mail that the relay took a moment ago."""
    columns = {"state": MessageState.SENT, "settled_at": clock.now()} | columns
    row = message(key, RECIPIENT, **columns)
    db.session.add(row)
    db.session.flush()
    return row


def suppressed(*, bulk: bool = True) -> SuppressionReason | None:
    return suppression.suppressed([RECIPIENT], bulk=bulk).get(RECIPIENT)
