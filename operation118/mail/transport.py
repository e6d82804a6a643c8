"""How a mail leaves: a line to the relay (Flask-Mail's connection, with what it lacks), or a shelf where there is none."""

import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import flask_mail
from flask import Flask

from operation118.config import Settings
from operation118.mail.codes import is_permanent
from operation118.mail.models import MessageState
from operation118.mail.parcels import Parcel
from operation118.parsers import Relay

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: `waiting` means try again later."""

    state: MessageState
    code: int | None = None
    reply: str = ""


TAKEN, CLOSING = 250, 421
ACCEPTED = (TAKEN, 251)  # 251: the relay will forward it


class RelayDown(Exception):
    """The relay does not take mail now; the message says why."""


class Carrier(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def offer(self, parcel: Parcel) -> None: ...
    def answer(self) -> Outcome | None: ...
    def give(self, parcel: Parcel) -> Outcome: ...
    def withdraw(self) -> None: ...


class _Smtp(smtplib.SMTP):
    """Names sender and recipient without waiting for the answers, and remembers whether the relay was given a whole message
    that it has not answered yet."""

    handed_over = False
    _unsaid = ""  # the recipient, where the relay hears one command at a time

    def name(self, sender: str, recipient: str) -> None:
        """Say MAIL, and RCPT in the same breath if the relay hears commands in a row (RFC 2920)."""
        mail, rcpt = f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"
        in_a_row = self.has_extn("pipelining")
        self._unsaid = "" if in_a_row else rcpt
        self._say(*((mail, rcpt) if in_a_row else (mail,)))

    def named(self) -> tuple[int, bytes]:
        """The answer to both, or the one that refuses."""
        code, words = self.getreply()
        if self._unsaid and code not in ACCEPTED:
            return code, words
        if self._unsaid:
            self._say(self._unsaid)
        last = self.getreply()
        return last if code in ACCEPTED else (code, words)

    def _say(self, *commands: str) -> None:
        if any(char in command for command in commands for char in "\r\n"):
            raise ValueError("an address holds a line break")
        self.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))

    def send(self, s: "ReadableBuffer | str") -> None:
        if isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"):
            self.handed_over = True
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()
        self.handed_over = False
        return code, words


class _SmtpTls(_Smtp, smtplib.SMTP_SSL):
    pass


def _words(reply: bytes | str) -> str:
    return (reply.decode(errors="replace") if isinstance(reply, bytes) else reply)[:500]


def _refused(code: int, reply: bytes | str) -> Outcome:
    return Outcome(MessageState.FAILED if is_permanent(code) else MessageState.WAITING, code, _words(reply))


@cache
def trusted() -> ssl.SSLContext:
    """Certificates are verified against the system's authorities; reading these takes 30 ms."""
    return ssl.create_default_context()


class Line(flask_mail.Connection):
    """A connection to the relay: timeouts, certificates verified, reopened when it broke."""

    def __init__(self, mail: flask_mail.Mail, relay: Relay) -> None:
        super().__init__(mail)
        self.relay = relay
        self._smtp: _Smtp | None = None
        self._broken: Exception | None = None

    def __enter__(self) -> Self:
        """Nothing is opened before there is something to say."""
        self.host = self._smtp = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        with suppress(OSError, smtplib.SMTPException):
            if self.host is not None:
                self.host.quit()
        self._hang_up()

    def configure_host(self) -> _Smtp:
        relay = self.relay
        domain = str(self.mail.default_sender).rpartition("@")[2]
        if relay.security == "tls":
            host = _SmtpTls(relay.host, relay.port, local_hostname=domain, timeout=relay.timeout, context=trusted())
        else:
            host = _Smtp(relay.host, relay.port, local_hostname=domain, timeout=relay.timeout)
        try:
            if relay.security == "starttls":
                host.starttls(context=trusted())
            if relay.username:
                host.login(relay.username, relay.password)
            host.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self.host = self._smtp = None

    def _dialogue(self) -> _Smtp:
        if self._smtp is not None:
            return self._smtp
        try:
            self.host = self._smtp = self.configure_host()
            return self._smtp
        except (OSError, smtplib.SMTPException) as error:
            raise RelayDown(f"{self.relay}: {error}") from None

    def greet(self) -> None:
        """Open the line. Raises RelayDown."""
        self._dialogue()

    def offer(self, parcel: Parcel) -> None:
        """Name the sender and the recipient; `answer` tells what came of it. Raises RelayDown."""
        smtp = self._dialogue()
        with self._unbroken():
            smtp.name(parcel.return_path, parcel.to)

    def answer(self) -> Outcome | None:
        """What the relay says if it refuses the sender or the recipient. Nothing is given yet."""
        smtp = self._smtp
        if smtp is not None:
            with self._unbroken():
                code, words = smtp.named()
                return None if code in ACCEPTED else self._after(smtp, _refused(code, words))
        return Outcome(MessageState.WAITING, None, f"the connection broke: {self._broken}")

    @contextmanager
    def _unbroken(self) -> Generator[None]:
        """Hang up if the line breaks, and remember why."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self._broken = error
            self._hang_up()

    def give(self, parcel: Parcel) -> Outcome:
        """Give the mail that was offered. From here on a broken line leaves it uncertain."""
        smtp = self._dialogue()
        try:
            code, words = smtp.data(parcel.data)
        except smtplib.SMTPDataError as error:
            return self._after(smtp, _refused(error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            state = MessageState.UNCERTAIN if smtp.handed_over else MessageState.WAITING
            self._hang_up()
            return Outcome(state, None, f"the connection broke: {error}")
        if code != TAKEN:
            return self._after(smtp, _refused(code, words))
        return Outcome(MessageState.SENT, code, _words(words))

    def withdraw(self) -> None:
        """Take back what was offered."""
        self._hang_up()

    def _after(self, smtp: _Smtp, refusal: Outcome) -> Outcome:
        """Begin anew after a refusal; some servers hang up with it: the next mail then needs a new line."""
        try:
            closed = refusal.code == CLOSING or smtp.rset()[0] != TAKEN
        except (OSError, smtplib.SMTPException):
            closed = True
        if closed:
            self._hang_up()
        return refusal


def kept_file(folder: Path, message_id: int) -> Path:
    return folder / f"{message_id:06}.eml"


class Shelf:
    """Where mails are put as `.eml` files while no relay is set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        return None

    def offer(self, parcel: Parcel) -> None:
        return None

    def answer(self) -> None:
        return None

    def give(self, parcel: Parcel) -> Outcome:
        path = kept_file(self.folder, parcel.message.id)
        path.write_bytes(parcel.data)
        return Outcome(MessageState.KEPT, None, str(path))

    def withdraw(self) -> None:
        return None


class Mail(flask_mail.Mail):
    """Flask-Mail's, whose connection is our line, or the shelf."""

    relay: Relay | None
    folder: Path

    def kept_file(self, message_id: int) -> Path:
        """Where a mail is kept for want of a relay."""
        return kept_file(self.folder, message_id)

    def connect(self) -> Carrier:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Line(self, self.relay) if self.relay else Shelf(self.folder)


def init_app(app: Flask, settings: Settings) -> Mail:
    app.config["MAIL_DEFAULT_SENDER"] = settings["MAIL_SENDER"]
    app.config["MAIL_SUPPRESS_SEND"] = False  # tests too speak to a real server
    mail = Mail(app)
    mail.relay, mail.folder = settings["SMTP_URL"], settings.data_dir / "mail"
    return mail
