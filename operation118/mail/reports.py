"""Reading what comes back for a mail: delivery reports (RFC 3464), complaints (RFC 5965), automatic answers (RFC 3834).

Nothing here can be trusted: anybody may write to the address that bounces come back to. This module only says
what a message claims; whether it is about a mail of ours is for `bounces` to prove.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import compat32
from enum import StrEnum

READ_BYTES = 2**17  # what a report has to say comes first; what follows is the mail it returns
DEEPEST, MOST_PARTS, MOST_BOUNDARIES = 8, 64, 32
LONGEST_FIELD = 4096  # bytes of a header: the standard parser takes seconds over a long list of parameters
LONGEST_TEXT, DIAGNOSTIC_LENGTH = 2000, 500

_FIELD = re.compile(rb"^[!-9;-~]++:[^\n]*+(?:\n[ \t][^\n]*+)*+", re.MULTILINE)
_BLANKS = re.compile(rb"\n{3,}")
_STATUS = re.compile(r"(?<![\w.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\w)")
_TOLD = re.compile(
    r"(?:#|(?<!\w)[45]\d\d[ -]) ?(?P<status>[245]\.\d{1,3}\.\d{1,3})(?!\.?\w).*"
)  # not any date: 5.12.26
_REPLY_CODE = re.compile(r"(?<![\w.])([45])\d\d[ -]")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:@]{1,64}@[^\s<>\"'(),;:]{0,255}")  # without bounds, quadratic
_DAEMON = re.compile(r"\b(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_LATE = re.compile(r"\b(?:delay|warning|retard)", re.IGNORECASE)
_ANSWERING = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From")
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})  # not `not-spam`, nor `auth-failure`


class Unreadable(ValueError):
    """Not a mail, or one made to be unreadable."""


class ReportKind(StrEnum):
    DELIVERY = "delivery"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    OTHER = "other"


class Action(StrEnum):
    """What became of a delivery, mildest first."""

    DELIVERED = "delivered"
    DELAYED = "delayed"
    FAILED = "failed"


_ACTIONS = {"relayed": Action.DELIVERED, "expanded": Action.DELIVERED} | {action.value: action for action in Action}


@dataclass(frozen=True)
class Outcome:
    """What a delivery report says of one recipient: what the server there answered, no address left in it."""

    action: Action
    recipients: tuple[str, ...] = ()  # as the report names it: finally, originally
    status: str | None = None  # RFC 3463
    diagnostic: str = ""


@dataclass(frozen=True)
class Report:
    kind: ReportKind
    outcomes: tuple[Outcome, ...] = ()

    def outcome(self, address: str) -> Outcome | None:
        """What became of the delivery to `address`. Where it stands for several others, the best: it is not dead."""
        named = [outcome for outcome in self.outcomes if address.casefold() in outcome.recipients]
        order = list(Action)
        return min(named or self.outcomes, key=lambda each: (order.index(each.action), each.status or ""), default=None)


def read(raw: bytes) -> Report:
    """What the message claims. Raises Unreadable."""
    lines = raw[:READ_BYTES].replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    start = _BLANKS.sub(b"\n\n", lines)
    if start.lower().count(b"boundary") > MOST_BOUNDARIES:
        raise Unreadable("parts within parts, to keep readers busy")
    try:
        mail = _parsed(start)
        report = _read(mail)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error  # the standard parser, led astray
    if not mail.keys():
        raise Unreadable("no header")
    return report


def _parsed(lines: bytes) -> Mail:
    return message_from_bytes(_FIELD.sub(lambda field: field[0][:LONGEST_FIELD], lines), policy=compat32)


def _read(mail: Mail) -> Report:
    parts = list(_parts(mail))
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            return Report(ReportKind.DELIVERY, tuple(_outcomes(part)))
        if part.get_content_type() == "message/feedback-report":
            return Report(_feedback(part))
    if _DAEMON.search(_field(mail, "From")) or mail["X-Failed-Recipients"]:
        return Report(ReportKind.DELIVERY, tuple(_told_in_words(mail, parts)))
    return Report(ReportKind.AUTO_REPLY if _answers_by_itself(mail) else ReportKind.OTHER)


def _parts(mail: Mail, depth: int = 0) -> Iterator[Mail]:
    """The parts of the report itself, in order, without those of the mail it returns."""
    yield mail
    if depth < DEEPEST and mail.get_content_maintype() == "multipart":
        for part in _submessages(mail)[:MOST_PARTS]:
            yield from _parts(part, depth + 1)


def _submessages(part: Mail) -> list[Mail]:
    return [each for each in part.get_payload() if isinstance(each, Mail)] if part.is_multipart() else []


def _field(mail: Mail, name: str) -> str:
    """A header on one line, whatever its bytes (RFC 6533 wants UTF-8, which `get` would lose)."""
    value = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    return _clean(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _clean(text: str) -> str:
    """On one line, with nothing that a database or a terminal refuses."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _typed(mail: Mail, name: str) -> str:
    """The value of a field written `type; value`, as `rfc822; somebody@host`."""
    kind, semicolon, value = _field(mail, name).partition(";")
    return (value if semicolon else kind).strip()


def _blocks(part: Mail) -> Iterator[Mail]:
    """The groups of fields of a delivery status; the parser leaves what follows the first as text in RFC 6533's type."""
    for block in _submessages(part):
        yield block
        for group in _bytes(block).split(b"\n\n"):
            yield _parsed(group)


def _outcomes(part: Mail) -> Iterator[Outcome]:
    for block in list(_blocks(part))[:MOST_PARTS]:
        action = _ACTIONS.get(_field(block, "Action").lower())
        if action is None:
            continue
        named = (_typed(block, "Final-Recipient"), _typed(block, "Original-Recipient"))
        said = _typed(block, "Diagnostic-Code")
        recipients = tuple(name.strip("<>").casefold() for name in named if name)
        yield Outcome(action, recipients, _status(_field(block, "Status"), said), without_addresses(said))


def _status(stated: str, said: str) -> str | None:
    """The enhanced status; where a server only states a class, what it said in words may be more precise."""
    found = _STATUS.search(stated)
    precise = _STATUS.search(said)
    if precise and (found is None or (found[0].endswith(".0.0") and found[1] == precise[1])):
        found = precise
    if found:
        return found[0]
    code = _REPLY_CODE.search(f"{said} ")
    return f"{code[1]}.0.0" if code else None


def without_addresses(text: str) -> str:
    """A short line in which no address can be read: it is kept after the person is forgotten."""
    return _ADDRESS.sub("…", _clean(text)[:LONGEST_TEXT])[:DIAGNOSTIC_LENGTH]


def _feedback(part: Mail) -> ReportKind:
    kinds = {_field(block, "Feedback-Type").lower() for block in _submessages(part)}
    return ReportKind.COMPLAINT if kinds & _COMPLAINTS else ReportKind.OTHER


def _told_in_words(mail: Mail, parts: list[Mail]) -> Iterator[Outcome]:
    """The outcome that a server tells in a text of its own, if it gives a code."""
    for part in parts:
        if part.get_content_maintype() != "text":
            continue
        if found := _TOLD.search(_bytes(part).decode("utf-8", "replace")):
            action = Action.DELAYED if _LATE.search(_field(mail, "Subject")) else Action.FAILED
            yield Outcome(action, (), found["status"], without_addresses(found[0]))
            return


def _bytes(part: Mail) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _answers_by_itself(mail: Mail) -> bool:
    submitted = _field(mail, "Auto-Submitted").lower() or "no"
    precedence = _field(mail, "Precedence").lower()
    return not submitted.startswith("no") or precedence == "auto_reply" or any(mail[name] for name in _ANSWERING)
