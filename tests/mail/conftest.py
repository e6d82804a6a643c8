"""The mail room on tables without rows, with a real SMTP server beside it."""

import base64
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from applications import application
from mail import sink as sinks
from mail.servers import certificates, dovecot, postfix
from mail.sink import Sink
from operation118.config import Settings
from operation118.mail import composing
from operation118.mail.compose import Parts
from operation118.mail.composing import LeftOut, Letter
from operation118.mail.models import Message

__all__ = ["certificates", "dovecot", "postfix"]

FAST = {"MAIL_RATE": "0", "MAIL_DOMAIN_RATE": "0", "MAIL_SENDER": "Le film <lettre@film.test>"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.sink() as running:
        yield running


@pytest.fixture
def make_app(
    make_settings: Callable[..., Settings], empty_database: Path, tmp_path: Path
) -> Iterator[Callable[..., Flask]]:
    """`make_app(SMTP_URL=…, DATABASE_URL=…)`: an application with its tables, in a data folder of its own."""
    shutil.copy(empty_database, tmp_path / "site.sqlite")
    with ExitStack() as stack:

        def make(**values: str) -> Flask:
            return stack.enter_context(application(make_settings(DATA_DIR=str(tmp_path), **FAST | values)))

        yield make


@pytest.fixture
def mail_app(
    sink: Sink,
    empty_database: Path,
    tmp_path: Path,
    make_settings: Callable[..., Settings],
    chosen_settings: dict[str, str] | None,
) -> Iterator[Flask]:
    """The application, mailing to the sink as fast as it can unless the test's settings say otherwise."""
    path = tmp_path / "mail.sqlite"
    path.write_bytes(empty_database.read_bytes())
    values = {"DATABASE_URL": f"sqlite:///{path}", "DATA_DIR": str(tmp_path), "SMTP_URL": sink.url, **FAST}
    with application(make_settings(**values | (chosen_settings or {}))) as app:
        yield app


class TheComposer:
    """What the newsletter is to the mail room, without a newsletter."""

    def __init__(self) -> None:
        self.left: set[int] = set()
        self.finished: list[int] = []

    def letter(self, campaign_id: int, lang: str) -> Letter:
        text = "Bonjour, votre page : https://film.test/me/MARKREADER\n" + "été " * 40
        html = "<p>" + "é" * 60 + '<a href="https://film.test/me/MARKREADER">votre page</a></p>'
        return Letter(
            Parts("La lettre", text, html), {"List-Unsubscribe": "<https://film.test/bye/MARKREADER>"}, ("MARKREADER",)
        )

    def values(self, messages: Sequence[Message]) -> Mapping[int, Mapping[str, str] | LeftOut]:
        return {
            message.id: LeftOut("unsubscribed")
            if message.subscriber_id in self.left
            else {"MARKREADER": f"{message.subscriber_id}.abc_-d"}
            for message in messages
        }

    def gone(self, subscriber_ids: Collection[int]) -> set[int]:
        return self.left & set(subscriber_ids)

    def drained(self, campaign_id: int) -> None:
        self.finished.append(campaign_id)


@pytest.fixture
def composer(mail_app: Flask) -> TheComposer:
    """A newsletter made for the test."""
    made = TheComposer()
    composing.register(mail_app, made)
    return made


@pytest.fixture
def signing_key(tmp_path: Path) -> Path:
    """A key as `openssl genrsa` makes it."""
    path = tmp_path / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(path), "2048"], check=True, capture_output=True)
    return path


@pytest.fixture
def public_key(signing_key: Path) -> bytes:
    """Its public half, as the DNS would publish it."""
    command = ["openssl", "rsa", "-in", str(signing_key), "-pubout", "-outform", "der"]
    return base64.b64encode(subprocess.run(command, check=True, capture_output=True).stdout)
