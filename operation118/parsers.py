"""How the text of a setting is read; each parser raises ValueError with what was expected."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


def text(value: str) -> str:
    return value.strip()


def number(value: str) -> int:
    if not value.strip().isdecimal():
        raise ValueError(f"expected a whole number, got {value!r}")
    return int(value)


def port(value: str) -> int:
    if not 1 <= number(value) <= 65535:
        raise ValueError(f"expected a port from 1 to 65535, got {value}")
    return number(value)


def environment(value: str) -> str:
    if value not in ("development", "production"):
        raise ValueError(f"expected development or production, got {value!r}")
    return value


def log_level(value: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if value.upper() not in levels:
        raise ValueError(f"expected one of {', '.join(levels)}, got {value!r}")
    return value.upper()


def public_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/")):
        raise ValueError(f"expected an address such as https://film.example, without a path, got {value!r}")
    return value.strip().rstrip("/")


def folder(value: str) -> str:
    return str(Path(value).expanduser().resolve())


def database_url(value: str) -> str:
    """SQLAlchemy's form; `postgres://`, which providers hand out, is understood too."""
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    try:
        backend = make_url(value).get_backend_name() if value else "sqlite"
    except ArgumentError:
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise ValueError("expected sqlite:////absolute/path or postgresql://user:password@host/name")
    return value


def words(value: str) -> list[str]:
    return value.split()


def minutes(value: str) -> list[timedelta]:
    try:
        return [timedelta(minutes=float(word)) for word in value.split()]
    except ValueError:
        raise ValueError(f"expected numbers of minutes separated by spaces, got {value!r}") from None


def flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError(f"expected 0 or 1, got {value!r}")
    return value == "1"


def pace(value: str) -> float:
    """Mails a second; 0 means no limit."""
    try:
        rate = float(value)
    except ValueError:
        rate = -1
    if not 0 <= rate < 1e6:
        raise ValueError(f"expected a number of mails a second, got {value!r}")
    return rate


_ADDRESS = re.compile(r"[!#-'*+/-9=?A-Z^-~.]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def address(value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        raise ValueError(f"expected an address such as lettre@film.example, got {value!r}")
    return value


_NAMED = re.compile(r'"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]+)>')


def sender(value: str) -> str:
    """`address` or `Name <address>`; a line break is refused, for it would start another header."""
    if not value or _ADDRESS.fullmatch(value):
        return value
    named = _NAMED.fullmatch(value)
    if not named or not value.isprintable() or not _ADDRESS.fullmatch(named["address"]):
        raise ValueError(f"expected Name <lettre@film.example>, got {value!r}")
    return f'"{named["name"]}" <{named["address"]}>'


@dataclass(frozen=True)
class Relay:
    """The server that takes our mail; `security` is `none`, `starttls` or `tls`, `timeout` in seconds."""

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    timeout: float = 30

    def __str__(self) -> str:
        scheme = {"none": "smtp", "starttls": "smtp+starttls", "tls": "smtps"}[self.security]
        user = f"{self.username}:***@" if self.username else ""
        return f"{scheme}://{user}{self.host}:{self.port}"


_SCHEMES = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
_LOCAL = ("localhost", "127.0.0.1", "::1")


def relay(value: str) -> Relay | None:
    """`None` for an empty value. A password is never sent in clear to another machine."""
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in _SCHEMES or not parts.hostname or re.search(r"\s", value) or parts.path.strip("/"):
        raise ValueError("expected smtp://host:port, smtp+starttls://user:password@host:port or smtps://…")
    security, usual_port = _SCHEMES[parts.scheme]
    if parts.password and security == "none" and parts.hostname not in _LOCAL:
        raise ValueError("a password would cross the network in clear; use smtp+starttls:// or smtps://")
    timeout = float((parse_qs(parts.query).get("timeout") or ["30"])[0])
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.hostname, parts.port or usual_port, security, user, password, timeout)


def queue_url(value: str) -> str:
    scheme = urlsplit(value).scheme
    nowhere = value.endswith("://") or (scheme == "sqlite" and not re.match("sqlite:///.", value))
    if value and (scheme not in ("sqlite", "redis", "rediss", "postgresql", "postgres") or nowhere):
        raise ValueError(
            "expected sqlite:////absolute/path, redis://host:6379/0 or postgresql://user:password@host/name"
        )
    return value


def box_url(value: str) -> str:
    parts = urlsplit(value)
    folder_of_mail = parts.scheme == "maildir" and parts.path.startswith("/")
    server = parts.scheme in ("imap", "imaps", "pop3", "pop3s") and parts.hostname and parts.username
    if value and not folder_of_mail and not server:
        raise ValueError("expected maildir:///path, imaps://user:password@host/folder or pop3s://user:password@host")
    if server and not parts.scheme.endswith("s") and parts.hostname not in _LOCAL:
        raise ValueError(f"a password would cross the network in clear; use {parts.scheme}s://")
    return value
