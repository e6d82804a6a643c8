"""Lists of subscribers as other services export them, and our own: what each line says, whatever its columns are called.

Columns as found in real exports: Mailchimp's audience export (a file for each of subscribed, unsubscribed, cleaned;
instants in UTC), Brevo's contact export (its API's reference calls EMAIL, ADDED_TIME, MODIFIED_TIME the mandatory
ones; `DOUBLE_OPT-IN` is its attribute for a confirmed form), listmonk's `subscribers.csv` (cmd/subscribers.go; it says
nothing of how somebody came to the list). A plain table is any other with a column of addresses.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path

from operation118.clock import PARIS
from operation118.content.spreadsheets import DELIMITERS, bare, encoded
from operation118.mail.addresses import NoAddress, canonical
from operation118.newsletter.models import SubscriberState, Topic
from operation118.newsletter.refused import Refused
from operation118.places import fold
from operation118.web.languages import LANGUAGES
from operation118.web.languages import gettext as _

Cells = Mapping[str, str]
DAY_FIRST = ("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%m-%Y", "%d/%m/%Y")
BREVO_BLOCKED = ("EMAIL_BLACKLISTED", "EMAIL_BLOCKLISTED", "BLACKLISTED", "BLOCKLISTED")
YES = frozenset({"1", "yes", "true", "oui", "vrai"})
# How a plain table calls its column of addresses, the surest name first: an « adresse » may be that of a house.
ADDRESS_COLUMNS = ("email", "e mail", "mail", "courriel", "adresse e mail", "email address", "adresse", "address")
PREFIX_LENGTHS = {4: 24, 6: 48}  # of the networks that may be kept of an IP address


class Word(StrEnum):
    """What a line says of its address."""

    AGREED = "agreed"  # and when
    UNPROVEN = "unproven"  # on the list, without a trace of how
    LEFT = "left"
    DEAD = "dead"  # its mailbox refused mails for good
    SET_ASIDE = "set aside"  # neither on the list nor off it


@dataclass(frozen=True)
class Said:
    """What the columns of a line come to; `network` is truncated."""

    word: Word
    agreed_at: datetime | None = None
    asked_at: datetime | None = None
    network: str | None = None
    lang: str | None = None
    topics: frozenset[Topic] | None = None
    left_at: datetime | None = None
    paused_until: date | None = None


@dataclass(frozen=True)
class Line:
    """A line of a list. `proof` holds the columns that tell how somebody came to it, without IP addresses and without
    the numbers by which a service knows them: the ledger names nobody."""

    number: int
    address: str
    said: Said
    proof: dict[str, str]


@dataclass(frozen=True)
class Format:
    """How a service writes its lists: known by its columns; `read` is given a line's cells and the file's name."""

    name: str
    known_by: frozenset[str]
    address: str
    proof: tuple[str, ...]
    read: Callable[[Cells, str], Said]


@dataclass(frozen=True)
class List:
    """A file that was recognised."""

    path: Path
    format: Format
    encoding: str
    delimiter: str
    length: int  # lines at most, titles apart; a quoted value may hold some
    columns: Sequence[str] | None = None  # where its first line is none of titles

    def lines(self) -> Iterator[Line]:
        """Its lines, one at a time. Raises Refused where it is no table."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.DictReader(file, self.columns, delimiter=self.delimiter, restkey="", restval="")
            try:
                yield from (self._line(reader.line_num, cells) for cells in reader)
            except csv.Error as error:
                raise Refused(
                    _("%(file)s, ligne %(n)s : ceci n'est pas une table CSV.", file=self.path.name, n=reader.line_num)
                ) from error

    def _line(self, number: int, cells: Cells) -> Line:
        values = {name: bare(value) for name, value in cells.items() if name}
        proof = {name: values[name] for name in self.format.proof if values.get(name)}
        said = self.format.read(values, self.path.name)
        return Line(number, values.get(self.format.address, ""), said, proof)


def recognised(path: Path) -> List:
    """The list of a file. Raises Refused."""
    encoding, length = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = file.readline()[: csv.field_size_limit()]  # a longer one is of no list that is known
    delimiter = max(DELIMITERS, key=head.count)
    columns = next(csv.reader([head], delimiter=delimiter), list[str]())
    names = {column.strip() for column in columns}
    if known := next((known for known in FORMATS if known.known_by <= names), None):
        return List(path, known, encoding, delimiter, length - 1)
    if title := _titled(columns):
        return List(path, replace(PLAIN, address=title), encoding, delimiter, length - 1)
    if len(columns) == 1 and _is_address(columns[0]):
        return List(path, PLAIN, encoding, delimiter, length, [PLAIN.address])
    raise Refused(
        _(
            "%(file)s : ces colonnes ne sont d'aucune liste connue (%(columns)s). Nous lisons les exports de %(names)s et de ce site, et tout tableau dont une seule colonne s'appelle « email ».",
            file=path.name,
            columns=", ".join(sorted(names))[:200],
            names=", ".join(known.name for known in FORMATS[:-1]),
        )
    )


def _titled(columns: Sequence[str]) -> str | None:
    """The title of the one column that says it holds addresses."""
    folded = [fold(column).strip() for column in columns]
    name = next((name for name in ADDRESS_COLUMNS if name in folded), "")
    return columns[folded.index(name)] if name and folded.count(name) == 1 else None


def _is_address(cell: str) -> bool:
    try:
        return bool(canonical(bare(cell)))
    except NoAddress:
        return False


def _encoding(path: Path) -> tuple[str, int]:
    """The encoding in which the whole file can be read, and its number of lines. Raises Refused."""
    found = encoded(path)
    if found is None:
        raise Refused(_("%(file)s n'est ni en UTF-8 ni en Windows-1252 : enregistrez-la en CSV UTF-8.", file=path.name))
    return found


def instant(value: str) -> datetime | None:
    """An instant as these services write them; None if it is none. Without a zone, ISO 8601 is UTC, and a day first
    is the account's own time, which for a list of ours is Paris."""
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:  # the year 10000, somewhere
        return None
    except ValueError:
        return next(filter(None, (_parsed(value, pattern) for pattern in DAY_FIRST)), None)


def _parsed(value: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(value, pattern).replace(tzinfo=PARIS)
    except ValueError:
        return None


def network(ip: str) -> str | None:
    """The network of an IP address, as much of it as may be kept."""
    try:
        version = ip_address(ip).version
    except ValueError:
        return None
    return str(ip_network(f"{ip}/{PREFIX_LENGTHS[version]}", strict=False))


def _agreed(at: datetime | None) -> Word:
    return Word.AGREED if at else Word.UNPROVEN


def _mailchimp(cells: Cells, file: str) -> Said:
    """Somebody whom the owner of the list added has no OPTIN_TIME: only the service's own form writes one."""
    asked, confirmed = (instant(cells.get(name, "")) for name in ("OPTIN_TIME", "CONFIRM_TIME"))
    word = _agreed(asked and confirmed)
    if "CLEAN_TIME" in cells or file.startswith("cleaned"):
        word = Word.DEAD
    elif "UNSUB_TIME" in cells or file.startswith("unsubscribed"):
        word = Word.LEFT
    elif file.startswith("nonsubscribed"):
        word = Word.SET_ASIDE
    return Said(word, confirmed, asked, network(cells.get("CONFIRM_IP") or cells.get("OPTIN_IP", "")))


def _brevo(cells: Cells, file: str) -> Said:
    """A contact whose form was confirmed is added at that instant."""
    added = instant(cells.get("ADDED_TIME", ""))
    if any(cells.get(name, "").lower() in YES for name in BREVO_BLOCKED):
        return Said(Word.LEFT)
    confirmed = cells.get("DOUBLE_OPT-IN", "").lower() in YES
    return Said(_agreed(added) if confirmed else Word.UNPROVEN, added, added)


def _listmonk(cells: Cells, file: str) -> Said:
    words = {"enabled": Word.UNPROVEN, "blocklisted": Word.LEFT}
    return Said(words.get(cells.get("status", ""), Word.SET_ASIDE))


def _ours(cells: Cells, file: str) -> Said:
    confirmed = instant(cells["confirmed_at"])
    words = {
        SubscriberState.CONFIRMED: _agreed(confirmed),
        SubscriberState.PENDING: Word.UNPROVEN,
        SubscriberState.UNSUBSCRIBED: Word.LEFT,
    }
    return Said(
        {state.value: word for state, word in words.items()}.get(cells["state"], Word.SET_ASIDE),
        confirmed,
        instant(cells.get("asked_at", "")),
        lang=cells["language"] if cells.get("language") in LANGUAGES else None,
        topics=frozenset(topic for topic in Topic if topic in cells["topics"].split()),
        left_at=instant(cells.get("unsubscribed_at", "")),
        paused_until=_day(cells.get("paused_until", "")),
    )


def _plain(cells: Cells, file: str) -> Said:
    """Nothing but an address: it tells neither how it came there, nor whether its owner left since."""
    return Said(Word.UNPROVEN)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


FORMATS = (
    Format(
        "Mailchimp",
        frozenset({"Email Address", "OPTIN_TIME", "CONFIRM_TIME", "LEID"}),
        "Email Address",
        ("OPTIN_TIME", "CONFIRM_TIME", "LAST_CHANGED"),
        _mailchimp,
    ),
    Format(
        "Brevo",
        frozenset({"EMAIL", "ADDED_TIME", "MODIFIED_TIME"}),
        "EMAIL",
        ("DOUBLE_OPT-IN", "OPT_IN", "ADDED_TIME", "MODIFIED_TIME"),
        _brevo,
    ),
    Format(
        "listmonk",
        frozenset({"uuid", "email", "attributes", "status", "created_at"}),
        "email",
        ("status", "created_at", "updated_at"),
        _listmonk,
    ),
    Format(
        "this site",
        frozenset({"address", "state", "topics", "confirmed_at"}),
        "address",
        ("asked_at", "confirmed_at", "consent_at", "consent_form", "consent_wording"),
        _ours,
    ),
)
PLAIN = Format("plain table", frozenset(), ADDRESS_COLUMNS[0], (), _plain)
