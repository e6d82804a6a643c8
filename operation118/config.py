"""Settings: one table, read from `OPERATION118_…` environment variables, checked as a whole at start."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from operation118.parsers import (
    address,
    box_url,
    database_url,
    environment,
    flag,
    folder,
    log_level,
    minutes,
    number,
    pace,
    port,
    public_url,
    queue_url,
    relay,
    sender,
    text,
    words,
)

PREFIX = "OPERATION118_"
ROOT = Path(__file__).parent.parent


class SettingsError(Exception):
    """One or more settings cannot be used; the message has a line for each."""


@dataclass(frozen=True)
class Setting:
    """One setting: its name without the prefix, its default as one would type it, and what it is for."""

    name: str
    default: str
    help: str
    parse: Callable[[str], Any] = text
    secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name


SETTINGS = (
    Setting("ENV", "development", "`development` or `production`; production demands the settings a public site needs.", environment),
    Setting("PUBLIC_URL", "", "Address visitors type, such as `https://film.example`; feeds, canonical links and cards use it. Required in production; otherwise made from `HOST` and `PORT`.", public_url),
    Setting("SECRET_KEY", "", "Signs what the site hands out. Required in production, 32 characters or more; otherwise made once and kept in `DATA_DIR`.", text, secret=True),
    Setting("OLD_SECRET_KEYS", "", "Former secret keys, separated by spaces: links in mails already sent go on working.", words, secret=True),
    Setting("FINGERPRINT_KEY", "", "Key of the hashes that stand for addresses in the suppression list and the consent ledger. Empty: the secret key; set it to the old one before you change that.", text, secret=True),
    Setting("DATA_DIR", str(ROOT / "var"), "Folder for what the site writes: the SQLite file, prepared static files, made images.", folder),
    Setting("DATABASE_URL", "", "SQLAlchemy address of the database, SQLite or PostgreSQL. Empty: `site.sqlite` in `DATA_DIR`.", database_url, secret=True),
    Setting("HOST", "127.0.0.1", "Address the server listens on."),
    Setting("PORT", "8118", "Port the server listens on.", port),
    Setting("WORKERS", "1", "Server processes; one a core is enough.", number),
    Setting("PROXIES", "0", "How many trusted proxies (nginx, a CDN) stand in front and set `X-Forwarded-…`.", number),
    Setting("LOG_LEVEL", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`; logs are JSON lines on standard error.", log_level),
    Setting("METRICS_TOKEN", "", "With it, `/metrics` also answers other machines that send `Authorization: Bearer …`; without it, this machine only.", text, secret=True),
    Setting("PAGE_CACHE_MB", "32", "Memory for ready-made pages, in MB, in each server process; 0 turns the page cache off.", number),
    Setting("OFFICE", "1", "`1`: the team's back office is open, under `/office/`; `0`: it is not there, as in a mail worker or on a host that only shows the site.", flag),
    Setting("VISITS", "1", "`1`: count how often each page is read and which sites lead to it, without cookie or identifier (docs/visits.md); `0`: count nothing.", flag),
    Setting("SMTP_URL", "", "Where mail goes: `smtp://user:password@host:port`, `smtp+starttls://…` or `smtps://…`. Empty: mails are kept as rows and as `.eml` files in `DATA_DIR`.", relay, secret=True),
    Setting("QUEUE_URL", "", "Where jobs wait: `sqlite:////absolute/path`, `redis://host:6379/0` or `postgresql://…`. Empty: `queue.sqlite` in `DATA_DIR`.", queue_url, secret=True),
    Setting("MAIL_WORKER", "1", "`1`: the site's own start runs a mail worker; `0`: workers run elsewhere (`flask mail work`).", flag),
    Setting("MAIL_SENDER", "", "Who mails come from, such as `Le film <lettre@film.example>`. Empty: `lettre@` the host of `PUBLIC_URL`.", sender),
    Setting("MAIL_REPLY_TO", "", "Address that answers go to. Empty: `CONTACT_EMAIL`.", address),
    Setting("MAIL_RATE", "20", "Mails a second, all workers together; 0 for no limit.", pace),
    Setting("MAIL_DOMAIN_RATE", "5", "Mails a second to any one domain, all workers together; 0 for no limit.", pace),
    Setting("MAIL_RETRIES", "1 5 15 60 240 480 960 1120", "Minutes before each new attempt of a mail that was refused for now; after the last one it has failed.", minutes),
    Setting("BOUNCE_ADDRESS", "", "Address that bounces come back to; each mail adds its own mark after a `+`. Empty: the sender's.", address),
    Setting("BOUNCE_BOX", "", "Where the worker looks for bounces: `maildir:///path`, `imaps://user:password@host/folder` or `pop3s://user:password@host`.", box_url, secret=True),
    Setting("DKIM_KEY", "", "File of the private key (PEM) that signs mails; empty where the relay signs.", text),
    Setting("DKIM_SELECTOR", "lettre", "Name under which the DNS of the sender's domain publishes the public key.", text),
    Setting("CONSENT_NETWORK", "0", "`1`: keep the truncated network address of whoever subscribes, for twelve months; `0`: keep none.", flag),
    Setting("CONTACT_EMAIL", "", "Address a human being answers, shown on the contact page."),
    Setting("CONTACT_PHONE", "", "Telephone number a human being answers, shown on the contact page."),
    Setting("LEGAL_PUBLISHER", "", "Legal notice: name of the person or company that publishes the site."),
    Setting("LEGAL_FORM", "", "Legal notice: legal form and share capital, for a company; `particulier` for a private person."),
    Setting("LEGAL_ADDRESS", "", "Legal notice: the publisher's address or registered office."),
    Setting("LEGAL_PHONE", "", "Legal notice: the publisher's telephone number."),
    Setting("LEGAL_REGISTRATION", "", "Legal notice: company registration number (RCS or SIREN)."),
    Setting("LEGAL_DIRECTOR", "", "Legal notice: director of publication."),
    Setting("LEGAL_HOST", "", "Legal notice: name of the company that hosts the site."),
    Setting("LEGAL_HOST_ADDRESS", "", "Legal notice: address of the host."),
    Setting("LEGAL_HOST_PHONE", "", "Legal notice: telephone number of the host."),
)  # fmt: skip

# What the French law on the digital economy (LCEN, art. 1-1) wants named on the site; the registration number
# and the legal form concern companies only.
LEGAL_REQUIRED = (
    "LEGAL_PUBLISHER",
    "LEGAL_ADDRESS",
    "LEGAL_PHONE",
    "LEGAL_DIRECTOR",
    "LEGAL_HOST",
    "LEGAL_HOST_ADDRESS",
    "LEGAL_HOST_PHONE",
)


class Settings(Mapping[str, Any]):
    """The settings in force, by name without the prefix; `origin` tells where each comes from."""

    def __init__(self, values: dict[str, Any], origins: dict[str, str]) -> None:
        self._values = values
        self._origins = origins

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def origin(self, name: str) -> str:
        return self._origins[name]

    @property
    def production(self) -> bool:
        return self["ENV"] == "production"

    @property
    def data_dir(self) -> Path:
        return Path(self["DATA_DIR"])

    def missing_legal(self) -> list[str]:
        """Variables the legal notice still needs."""
        return [PREFIX + name for name in LEGAL_REQUIRED if not self[name]]


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environ` (the process's by default).

    Raises SettingsError with a line for every variable that is unknown, unreadable or missing.
    """
    environ = os.environ if environ is None else environ
    problems = _unknown(environ)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        given = environ.get(setting.variable, "").strip()
        origins[setting.name] = "environment" if given else "default"
        try:
            values[setting.name] = setting.parse(given or setting.default)
        except ValueError as error:
            problems.append(f"{setting.variable}: {error}")
            values[setting.name] = setting.parse(setting.default)
    settings = Settings(values, origins)
    problems += _production_gaps(settings)
    if problems:
        raise SettingsError("\n".join(problems))
    _derive(values)
    return settings


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = {setting.variable for setting in SETTINGS}
    strays = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name}: no such setting; `flask settings` lists them" for name in strays]


def _production_gaps(settings: Settings) -> list[str]:
    if not settings.production:
        return []
    gaps: list[str] = []
    if not settings["PUBLIC_URL"]:
        gaps.append(f"{PREFIX}PUBLIC_URL: production needs the address visitors type")
    if len(settings["SECRET_KEY"]) < 32:
        gaps.append(f"{PREFIX}SECRET_KEY: production needs a secret of 32 characters or more")
    return gaps


def _derive(values: dict[str, Any]) -> None:
    """Fill in what follows from other settings."""
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{values['DATA_DIR']}/site.sqlite"
    values["QUEUE_URL"] = values["QUEUE_URL"] or f"sqlite:///{values['DATA_DIR']}/queue.sqlite"
    host = f"[{values['HOST']}]" if ":" in values["HOST"] else values["HOST"]
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://{host}:{values['PORT']}"
    values["MAIL_SENDER"] = values["MAIL_SENDER"] or f"lettre@{_mail_domain(values['PUBLIC_URL'])}"
    values["MAIL_REPLY_TO"] = values["MAIL_REPLY_TO"] or values["CONTACT_EMAIL"]
    values["BOUNCE_ADDRESS"] = values["BOUNCE_ADDRESS"] or parseaddr(values["MAIL_SENDER"])[1]


def _mail_domain(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return "localhost.localdomain" if host.replace(".", "").isdigit() or ":" in host else host.removeprefix("www.")


def secret_key(settings: Settings) -> str:
    """The secret key; outside production one is made at first need and kept in the data folder."""
    if settings["SECRET_KEY"]:
        return settings["SECRET_KEY"]
    path = settings.data_dir / "secret_key"
    if not path.exists():
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def masked(setting: Setting, settings: Settings) -> str:
    """The value as it may be printed: secrets hidden, passwords in addresses too."""
    value = str(settings[setting.name])
    if "://" in value:
        return re.sub(r"(?<=:)[^:/@]+(?=@[^@]*$)", "***", value)
    return "••••••" if setting.secret and value else value


def table() -> str:
    """The settings as the Markdown table of docs/settings.md."""
    default_dir = str(ROOT / "var")
    rows = [
        f"| `{s.variable}` | {f'`{s.default}`'.replace(default_dir, 'var') if s.default else '–'} | {s.help} |"
        for s in SETTINGS
    ]
    return "\n".join(["| variable | default | what it is for |", "|---|---|---|", *rows])
