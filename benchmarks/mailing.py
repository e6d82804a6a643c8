"""What the measures of the mail room stand on: a site in a folder, a sink, workers, a campaign."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import insert

from operation118 import clock, create_app, tokens
from operation118.config import PREFIX, ROOT, read
from operation118.database import db
from operation118.newsletter import campaigns
from operation118.newsletter.models import Campaign, Subscriber, SubscriberState, Subscription, Topic
from operation118.site import content, start

FAST = {
    "PUBLIC_URL": "https://film.example",
    "SECRET_KEY": "a secret for measures only, 32 characters",
    "MAIL_RATE": "0",
    "MAIL_DOMAIN_RATE": "0",
    "MAIL_RETRIES": "0 0 0 0 0 0 0 0 0 0",
    "LOG_LEVEL": "ERROR",
    "OFFICE": "0",  # as in the worker that the start runs: it is who plans a letter launched at an hour
}
LETTER = (
    "Bonjour,\n\nUne phrase pour tous, et [une page](/film/).\n\n" + "Un paragraphe de la lettre, assez long.\n\n" * 20
)


@dataclass(frozen=True)
class Site:
    """An installation of its own, by its settings."""

    settings: dict[str, str]

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return kept | {PREFIX + name: value for name, value in self.settings.items()}

    def app(self) -> Flask:
        return create_app(read({PREFIX + name: value for name, value in self.settings.items()}))

    def worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "app", "mail", "work"]
        return subprocess.Popen(command, cwd=ROOT, env=self.environ)


def site(folder: Path, relay_port: int, *, database: str = "", timeout: int = 3) -> Site:
    """A site with its tables and its content, mailing to the relay on `relay_port`."""
    relay = f"smtp://127.0.0.1:{relay_port}?timeout={timeout}"
    made = Site({**FAST, "DATA_DIR": str(folder), "SMTP_URL": relay} | ({"DATABASE_URL": database} if database else {}))
    app = made.app()
    with app.app_context():
        start.upgrade()
    with app.app_context():
        content.load(db.session, content.FOLDER)
        db.session.commit()
        db.engine.dispose()
    return made


@contextmanager
def sink(notes: Path, *, seed: int = 0, chaos: bool = False, pause: float = 0) -> Generator[int]:
    """A sink in a process of its own; its port."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.sink",
        str(notes),
        str(seed),
        "--pause",
        str(pause),
        *(["--chaos"] if chaos else []),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def noted(notes: Path) -> dict[str, Counter[str]]:
    """How often the sink took each recipient's mail, and how often it told nobody."""
    found = {"taken": Counter[str](), "unheard": Counter[str]()}
    for line in notes.read_text().splitlines():
        what, recipient = line.split()
        found[what][recipient] += 1
    return found


def subscribe(app: Flask, number: int) -> None:
    """`number` confirmed readers of one topic; the tables must be empty of subscribers."""
    with app.app_context():
        now = clock.now()
        addresses = [f"reader{index}@example.org" for index in range(number)]
        fixed = {"state": SubscriberState.CONFIRMED, "lang": "fr", "asked_at": now, "confirmed_at": now, "version": 1}
        people = [
            {"id": index, "address": address, "fingerprint": tokens.fingerprint(address), **fixed}
            for index, address in enumerate(addresses, 1)
        ]
        db.session.execute(insert(Subscriber), people)
        topics = [{"subscriber_id": index, "topic": Topic.DVD} for index in range(1, number + 1)]
        db.session.execute(insert(Subscription), topics)
        db.session.commit()


def launch(app: Flask) -> int:
    """Launch one letter to everybody; its number."""
    with app.app_context():
        now = clock.now()
        texts = {"subject_fr": "Le DVD", "subject_en": "The DVD", "body_fr": LETTER, "body_en": LETTER}
        letter = Campaign(slug="mesure", topics=[Topic.DVD.value], in_archive=False, created_at=now, **texts)
        kept = campaigns.draft(letter)
        campaigns.launch(kept)
        db.session.commit()
        return kept.id
