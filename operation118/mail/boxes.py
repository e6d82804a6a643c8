"""The mailbox that bounces come back to: a Maildir folder, or an account on an IMAP or POP3 server.

A report is filed one round after it was noted: by then that is committed, so a worker may die at any instant and
several may read the same box. A report that is read twice is noted once.
"""

import imaplib
import logging
import poplib
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from operation118.mail import bounces, reports
from operation118.web.settings import current_settings

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
TIMEOUT = 20  # seconds, for each exchange with a server
LONGEST_LINE = 2**20  # bytes kept; more than is ever read of a report, so that cutting a line loses nothing


@dataclass(frozen=True)
class Item:
    """A mail of the box, and how it is put away; only the box's own protocol knows what that means."""

    raw: bytes
    file: Callable[[], object]


Opened = Generator[Iterator[Item]]


def collect() -> int:
    """The chore: note what is new in BOUNCE_BOX, put away what was noted before; how many reports that was."""
    url: str = current_settings()["BOUNCE_BOX"]
    if not url:
        return 0
    try:
        new, filed = _sort(url)
    except (OSError, imaplib.IMAP4.error, poplib.error_proto) as error:
        log.warning("the box of bounces cannot be read", extra={"reason": str(error)})
        return 0
    for raw in new:  # after the network: a transaction that writes must be short
        _receive(raw)
    return len(new) + filed


def _sort(url: str) -> tuple[list[bytes], int]:
    """The reports that nobody noted yet, and how many others were put away."""
    parts = urlsplit(url)
    new: list[bytes] = []
    filed = 0
    with _PROTOCOLS[parts.scheme](parts) as items:
        for item in items:
            if not bounces.is_known(item.raw):
                new.append(item.raw)
            else:
                item.file()
                filed += 1
            if len(new) == MOST_AT_ONCE:
                break
    return new, filed


def _receive(raw: bytes) -> None:
    try:
        bounces.receive(raw)
    except reports.Unreadable as error:
        path = bounces.set_aside(raw, str(error))
        log.warning("a report cannot be read", extra={"reason": str(error), "file": str(path)})


@contextmanager
def _maildir(url: SplitResult) -> Opened:
    yield _files(Path(unquote(url.path)))


def _files(folder: Path) -> Iterator[Item]:
    """What is new, oldest first (the names begin with an instant); it is put away as read."""
    for path in sorted((folder / "new").iterdir()):
        with suppress(FileNotFoundError):  # another worker put it away
            with path.open("rb") as file:
                raw = file.read(reports.READ_BYTES)
            yield Item(raw, partial(_move, path, folder / "cur" / f"{path.name}:2,S"))


def _move(path: Path, to: Path) -> None:
    with suppress(FileNotFoundError):
        path.rename(to)


def _account(url: SplitResult) -> tuple[str, str]:
    return unquote(url.username or ""), unquote(url.password or "")


@contextmanager
def _imap(url: SplitResult) -> Opened:
    if url.scheme == "imaps":
        tls = ssl.create_default_context()
        client = imaplib.IMAP4_SSL(url.hostname or "", url.port or 993, ssl_context=tls, timeout=TIMEOUT)
    else:
        client = imaplib.IMAP4(url.hostname or "", url.port or 143, timeout=TIMEOUT)
    with client:
        client.login(*_account(url))
        folder = unquote(url.path.strip("/")) or "INBOX"
        quoted = folder.replace("\\", r"\\").replace('"', r"\"")
        if client.select(f'"{quoted}"')[0] != "OK":
            raise imaplib.IMAP4.error(f"there is no folder {folder}")
        yield _unseen(client)


def _unseen(client: imaplib.IMAP4) -> Iterator[Item]:
    """What nobody read; it is put away as read, and deleted by nobody."""
    for number in client.uid("SEARCH", "UNSEEN")[1][0].split():
        found: list[tuple[bytes, bytes] | bytes | None] = client.uid(
            "FETCH", number.decode(), f"(BODY.PEEK[]<0.{reports.READ_BYTES}>)"
        )[1]
        if found and isinstance(found[0], tuple):  # else another worker, or a human, deleted it
            yield Item(found[0][1], partial(client.uid, "STORE", number.decode(), "+FLAGS", r"(\Seen)"))


class _LongLines(poplib.POP3):
    """The standard client gives up at lines of 2048 bytes, which the HTML part of a report may well have."""

    def _getline(self) -> tuple[bytes, int]:
        line = piece = self.file.readline(LONGEST_LINE)
        while not piece.endswith(b"\n"):
            if not piece:
                raise poplib.error_proto("the server hung up")
            piece = self.file.readline(LONGEST_LINE)
        return line.rstrip(b"\r\n"), len(line)


class _LongLinesOverTls(_LongLines, poplib.POP3_SSL):
    pass


@contextmanager
def _pop(url: SplitResult) -> Opened:
    if url.scheme == "pop3s":
        tls = ssl.create_default_context()
        client = _LongLinesOverTls(url.hostname or "", url.port or 995, timeout=TIMEOUT, context=tls)
    else:
        client = _LongLines(url.hostname or "", url.port or 110, timeout=TIMEOUT)
    user, password = _account(url)
    try:
        client.user(user)
        client.pass_(password)
        yield _all(client)
        client.quit()  # only now does the server delete
    finally:
        client.close()


def _all(client: poplib.POP3) -> Iterator[Item]:
    """Everything there is; this protocol knows no "read", so it is put away by deleting it."""
    for number in range(1, client.stat()[0] + 1):
        raw = b"".join(line + b"\n" for line in client.retr(number)[1])
        yield Item(raw[: reports.READ_BYTES], partial(client.dele, number))


_PROTOCOLS = {"maildir": _maildir, "imap": _imap, "imaps": _imap, "pop3": _pop, "pop3s": _pop}
