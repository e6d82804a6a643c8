"""`flask doctor`: what is wrong with an installation, and what to do about it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_alembic import Alembic
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from operation118 import clock
from operation118.config import PREFIX, Settings
from operation118.content import ContentError
from operation118.database import Revision, db
from operation118.film import images
from operation118.film import queries as film_queries
from operation118.mail import health
from operation118.publication import everything
from operation118.site import content
from operation118.site.start import StartError, check_folder
from operation118.web import assets

SPACE = 500 * 2**20  # bytes: room for the database, its copies and the made images
CLOCK_DRIFT = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """One line of the report; `problem` says what is wrong and what to do, and is empty when all is well."""

    subject: str
    problem: str = ""

    def __str__(self) -> str:
        return f"✗ {self.subject}: {self.problem}" if self.problem else f"✓ {self.subject}"


def _settings(settings: Settings) -> str:
    if settings.production:
        return ""
    return (
        ""
        if settings["HOST"] in ("127.0.0.1", "::1", "localhost")
        else (f"this is a development installation that other machines can reach; set {PREFIX}ENV=production")
    )


def _data_folder(settings: Settings) -> str:
    try:
        check_folder(settings.data_dir)
    except StartError as error:
        return str(error)
    folder = settings.data_dir
    return f"other users of this machine can read it; run `chmod 700 {folder}`" if folder.stat().st_mode & 0o077 else ""


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.data_dir).free
    return "" if free >= SPACE else f"{free // 2**20} MB left in {settings.data_dir}; make room for {SPACE // 2**20}"


def _database(settings: Settings) -> str:
    try:
        db.session.execute(select(1))
    except SQLAlchemyError as error:
        return f"does not answer ({str(error).splitlines()[0]}); see {PREFIX}DATABASE_URL"
    return ""


def _migrations(settings: Settings) -> str:
    migrations: Alembic = current_app.extensions["alembic"]
    return "the tables are not those of this version; run `flask db upgrade`" if migrations.needs_upgrade() else ""


def _content(settings: Settings) -> str:
    return "" if film_queries.film() else "the database holds no film; run `flask content load`"


def _content_files(settings: Settings) -> str:
    try:
        content.check(content.FOLDER)
    except ContentError as error:
        return f"{error}; run `flask content check`"
    return ""


def _pictures(settings: Settings) -> str:
    with everything():
        missing = [image.slug for image in images.in_order() if images.shown(image).missing]
    return (
        f"no file for {', '.join(missing)}; put `images` back in the data folder, or send them again" if missing else ""
    )


def _static(settings: Settings) -> str:
    built = settings.data_dir / "static" / assets.fingerprint(assets.SOURCE)
    return "" if (built / "manifest.json").exists() else "not prepared for this version; start the site once"


def _clock(settings: Settings) -> str:
    moved_at = db.session.scalar(select(Revision.moved_at))
    if moved_at is None or moved_at <= clock.real_now() + CLOCK_DRIFT:
        return ""
    return f"this machine says {clock.real_now():%Y-%m-%d %H:%M} UTC, yet the database changed later; set the clock"


def _public_url(settings: Settings) -> str:
    if not settings.production or settings["PUBLIC_URL"].startswith("https://"):
        return ""
    return f"visitors would come without encryption; set {PREFIX}PUBLIC_URL to an https:// address"


def _secret_key(settings: Settings) -> str:
    key = str(current_app.secret_key)
    if len(key) >= 32 and len(set(key)) >= 12:
        return ""
    return f"too easy to guess; set {PREFIX}SECRET_KEY to what `openssl rand -base64 36` prints"


def _legal_notice(settings: Settings) -> str:
    missing = settings.missing_legal()
    return f"the law wants {', '.join(missing)}" if missing else ""


def _contact(settings: Settings) -> str:
    if settings["CONTACT_EMAIL"] or settings["CONTACT_PHONE"]:
        return ""
    return f"key 0 promises a human being; set {PREFIX}CONTACT_EMAIL or {PREFIX}CONTACT_PHONE"


def _limits(settings: Settings) -> str:
    if settings["WORKERS"] < 2 or settings["QUEUE_URL"].startswith("redis"):
        return ""
    return (
        f"each of {settings['WORKERS']} processes counts tries for itself; a redis:// {PREFIX}QUEUE_URL counts for all"
    )


CHECKS: dict[str, Callable[[Settings], str]] = {
    "settings": _settings,
    "secret key": _secret_key,
    "public address": _public_url,
    "data folder": _data_folder,
    "disk space": _disk,
    "static files": _static,
    "database": _database,
    "migrations": _migrations,
    "content": _content,
    "content files": _content_files,
    "pictures": _pictures,
    "clock": _clock,
    "rate limits": _limits,
    "mail relay": health.relay,
    "mail queue": health.queue,
    "mail worker": health.worker,
    "uncertain mails": health.uncertain,
    "mail sender": health.sender,
    "mail signature": health.signature,
    "legal notice": _legal_notice,
    "contact": _contact,
}


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings, one for each check; a check that fails because an earlier one did says so."""
    for subject, check in CHECKS.items():
        try:
            yield Finding(subject, check(settings))
        except (SQLAlchemyError, OSError):
            db.session.rollback()
            yield Finding(subject, "cannot be told until what is wrong elsewhere in this list is put right")
