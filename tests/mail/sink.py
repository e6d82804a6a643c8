"""A real SMTP server that keeps what it is given and answers as it is told."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """One mail as the server took it."""

    sender: str
    recipients: list[str]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = BytesParser(policy=default).parsebytes(self.data)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Sink:
    """`answers` are taken one after the other at the end of each mail, `greetings` at its MAIL; then everything is accepted.
    `refusals` answer an address at RCPT."""

    port: int = 0
    mails: list[Received] = field(default_factory=list[Received])
    answers: list[str] = field(default_factory=list[str])
    refusals: dict[str, str] = field(default_factory=dict[str, str])
    greetings: list[str] = field(default_factory=list[str])
    in_a_row: bool = False  # says that it hears commands in a row
    unasked: list[bool] = field(default_factory=list[bool])  # for each MAIL: whether RCPT came before its answer
    connections: int = 0
    seen: list[Received] = field(default_factory=list[Received])  # what was given, taken or not
    on_mail: Callable[[], object] = bool  # called at the end of each mail

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?timeout=2"

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [responses[0], *(["250-PIPELINING"] if self.in_a_row else []), *responses[1:]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(0.01)
        self.unasked.append(b"RCPT" in server._reader._buffer)  # pyright: ignore[reportPrivateUsage, reportOptionalMemberAccess, reportAttributeAccessIssue]
        if self.greetings:
            return self.greetings.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        assert isinstance(envelope.content, bytes)
        given = Received(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content)
        self.seen.append(given)
        self.on_mail()
        if answer == "drop":
            server.transport.abort()  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
            return "250 nobody hears this"
        if answer.startswith("250"):
            self.mails.append(given)
        return answer


class _AnyPort(Controller):
    """Binds a port of the system's choice and tells which."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # pyright: ignore[reportAttributeAccessIssue]
        super()._trigger_server()


@contextmanager
def sink(**options: Any) -> Generator[Sink]:
    """A sink on a free loopback port for the length of the block."""
    kept = Sink()
    controller = _AnyPort(kept, hostname="127.0.0.1", port=0, **options)
    controller.start()
    kept.port = controller.port
    try:
        yield kept
    finally:
        controller.stop()
