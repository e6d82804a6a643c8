"""A mail as the bytes that cross the wire: made once for a letter, then filled in for each reader."""

import re
from collections.abc import Mapping
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr, parseaddr

import flask_mail

from operation118.mail.composing import Letter

# Lines up to what SMTP bears: a folded List-Unsubscribe would be read by nobody (RFC 8058 wants it whole).
WIRE = compat32.clone(max_line_length=990, linesep="\r\n")
UTF8 = Charset("utf-8")
UTF8.body_encoding = QP
TO, MESSAGE_ID, DATE = "MARKRECIPIENT", "MARKMESSAGEID", "MARKDATE"
HEAD_END = b"\r\n\r\n"
SOFT_BREAK = b"=\r\n"
LONGEST_PIECE = 72  # characters of a line of quoted-printable, before its soft break


class BadHeader(ValueError):
    """A header would have begun another one."""


def encoded(text: str) -> str:
    """`text` as a header may carry it: encoded words of 75 characters at most, on one line."""
    return " ".join(Header(text, None if text.isascii() else "utf-8", maxlinelen=75).encode().split("\n "))


def encoded_address(address: str) -> str:
    """`Name <address>` with its name encoded; a comma in the name stays in the name."""
    name, bare = parseaddr(address)
    return formataddr((encoded(name), bare)) if name and not name.isascii() else formataddr((name, bare))


class Mime(flask_mail.Message):
    """Flask-Mail's message with our headers only, quoted-printable bodies and no look-up of this machine's name."""

    def __init__(self, letter: Letter, *, sender: str, reply_to: str, headers: Mapping[str, str]) -> None:
        # The parent's constructor asks the DNS for a Message-ID; everything it would set is set here.
        self.subject, self.body, self.alts = letter.parts.subject, letter.parts.text, {"html": letter.parts.html}
        self.sender, self.reply_to = sender, reply_to
        self.recipients = [TO]
        self.extra_headers = {**headers, **letter.headers}
        self.cc, self.bcc, self.attachments, self.charset = [], [], [], "utf-8"
        self.mail_options, self.rcpt_options, self.date, self.msgId = [], [], None, MESSAGE_ID

    def has_bad_headers(self) -> bool:
        values = [self.subject, str(self.sender), str(self.reply_to or ""), *(self.extra_headers or {}).values()]
        return any("\n" in value or "\r" in value for value in values)

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        return MIMEText(text or "", subtype, UTF8)  # pyright: ignore[reportArgumentType]

    def _message(self) -> MIMEMultipart:
        if self.has_bad_headers():
            raise BadHeader("a header holds a line break")
        message = MIMEMultipart("alternative", policy=WIRE)
        message["From"] = encoded_address(str(self.sender))
        message["To"], message["Subject"] = TO, encoded(self.subject)
        message["Date"], message["Message-ID"] = DATE, MESSAGE_ID
        if self.reply_to:
            message["Reply-To"] = encoded_address(str(self.reply_to))
        for name, value in (self.extra_headers or {}).items():
            message[name] = encoded(value)
        message.attach(self._mimetext(self.body))
        message.attach(self._mimetext(self.html, "html"))
        return message

    def as_bytes(self) -> bytes:
        return self._message().as_bytes(policy=WIRE)


def _pieces(data: bytes, marks: tuple[str, ...]) -> list[bytes]:
    """`data` cut at its marks: text, mark, text, mark … text. A mark cut by a soft line break is found too."""
    if not marks:
        return [data]
    soft = "(?:=\r\n)?"
    patterns = (soft.join(mark) for mark in sorted(marks, key=len, reverse=True))
    pieces = re.split(f"({'|'.join(patterns)})".encode(), data)
    return [piece.replace(SOFT_BREAK, b"") if index % 2 else piece for index, piece in enumerate(pieces)]


def _in_header(value: str) -> bytes:
    if "\r" in value or "\n" in value:
        raise BadHeader("a value holds a line break")
    return value.encode("ascii")


def _in_body(value: str) -> bytes:
    """In quoted-printable, on lines of its own, so that none grows too long."""
    escaped = _in_header(value).replace(b"=", b"=3D")
    cuts = re.findall(rb"(?:=3D|[^=]){1,%d}" % (LONGEST_PIECE // 3), escaped)
    return SOFT_BREAK + SOFT_BREAK.join(cuts) + SOFT_BREAK


class Skeleton:
    """A letter turned into bytes once; `fill` makes one reader's copy of it."""

    def __init__(self, letter: Letter, *, sender: str, reply_to: str, headers: Mapping[str, str]) -> None:
        data = Mime(letter, sender=sender, reply_to=reply_to, headers=headers).as_bytes()
        head, _, body = data.partition(HEAD_END)
        self._head = _pieces(head, (TO, MESSAGE_ID, DATE, *letter.marks))
        self._body = _pieces(body, letter.marks)

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The copy in which every mark is replaced. Raises KeyError for a mark without a value, BadHeader."""
        head = {mark.encode(): _in_header(value) for mark, value in values.items()}
        body = {mark.encode(): _in_body(value) for mark, value in values.items()}
        filled = [head[piece] if index % 2 else piece for index, piece in enumerate(self._head)]
        filled.append(HEAD_END)
        filled += [body[piece] if index % 2 else piece for index, piece in enumerate(self._body)]
        return b"".join(filled)
