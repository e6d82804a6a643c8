"""Lists sent by a browser: kept in a folder that only the site reads until they are taken over or given up, a day at
most; what each of their lines comes to, beside them."""

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from operation118 import work
from operation118.newsletter import importing, lists
from operation118.newsletter.importing import Outcome, Report, Terms
from operation118.newsletter.lists import Line, List
from operation118.newsletter.models import Topic
from operation118.newsletter.refused import Refused
from operation118.web.settings import current_settings
from operation118.work import AT_ONCE, State, Work

MOST_BYTES = 8 * 2**20  # of all files together; beyond, the terminal does it (docs/lists.md)
MOST_FILES = 6
LONGEST_NAME, LONGEST_SUFFIX = 100, 10  # characters
PAGE = 200  # lines
TERMS, LINES = "terms.json", "lines.csv"
SAID = ("lang", "ask", "per_hour", "called")  # of the terms, besides the topics: what the form says
FILES = "files"  # apart from ours, for their names are the sender's


@dataclass
class LineByLine(Report):
    """A report that also tells what each line comes to; no address is written a second time."""

    about: str = ""  # the terms, as they are kept
    told: list[tuple[str, int, str, str]] = field(default_factory=list[tuple[str, int, str, str]])

    def note(self, outcome: Outcome, source: List, line: Line, why: str = "") -> None:
        super().note(outcome, source, line, why)
        self.told.append((source.path.name, line.number, OUTCOMES[outcome], why))

    @property
    def digest(self) -> str:
        """What stands for all of it: another word about a single line, or another answer, and it is another."""
        return hashlib.blake2b(json.dumps([self.about, self.told]).encode(), digest_size=16).hexdigest()

    def write(self, path: Path) -> None:
        """In the order of the files, which is not the one they are read in."""
        with (making := path.with_suffix(".new")).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([("fichier", "ligne", "devient", "raison"), *sorted(self.told)])
        making.replace(path)


OUTCOMES = {
    Outcome.SUBSCRIBED: "abonné",
    Outcome.ASKED: "à confirmer : on lui écrit",
    Outcome.LEFT: "tenu à l’écart : était parti",
    Outcome.DEAD: "tenu à l’écart : boîte morte",
    Outcome.KNOWN: "laissé : déjà connu ici",
    Outcome.AWAY: "laissé : à ne plus écrire",
    Outcome.REPEATED: "laissé : vu plus haut dans ces fichiers",
    Outcome.UNPROVEN: "refusé : pas de preuve de consentement",
    Outcome.TOPICLESS: "refusé : aucun sujet",
    Outcome.BAD_ADDRESS: "refusé : pas une adresse",
    Outcome.SET_ASIDE: "passé : ni abonné ni parti",
}


@dataclass(frozen=True)
class SentLists(Work):
    """The files of one list, and the terms under which somebody would take it over."""

    kept_in = "lists"
    refusals = (Refused,)

    @property
    def files(self) -> list[Path]:
        return sorted((self.folder / FILES).iterdir())

    @property
    def names(self) -> str:
        return ", ".join(sorted(path.name for path in (self.folder / FILES).glob("*")))

    @property
    def terms(self) -> Terms:
        return self._terms((self.folder / TERMS).read_text())

    def _terms(self, text: str) -> Terms:
        said: dict[str, Any] = json.loads(text)
        topics = frozenset(Topic(topic) for topic in said.pop("topics"))
        return Terms(topics, with_network=current_settings()["CONSENT_NETWORK"], **said)

    def agree(self, terms: Terms) -> None:
        """Keep under which terms it would be taken over; nothing is rehearsed under them yet."""
        said = {"topics": sorted(terms.topics)} | {name: getattr(terms, name) for name in SAID}
        work.write(self.folder / TERMS, json.dumps(said))
        self.note(State())

    def change(self, terms: Terms) -> bool:
        """Other terms for the same files; False if somebody is at it."""
        lock = self.lock()
        if lock is None:
            return False
        with lock:
            self.agree(terms)
        return True

    @property
    def is_short(self) -> bool:
        """A mail to each of those who are asked takes many times what their line does."""
        return work.is_short(self.files, AT_ONCE // 5 if self.terms.ask else AT_ONCE)

    def rehearse(self) -> State:
        """Say what would become of each line; nothing is written but that. Raises Refused, Stopped."""
        report, total = self._read(rehearse=True)
        report.write(self.folder / LINES)
        counts = {outcome.value: count for outcome, count in report.counts.items()}
        return State(total=total, counts=counts, digest=report.digest)

    def take_over(self) -> LineByLine:
        """Do it, in the caller's transaction. Raises Refused, Stopped."""
        return self._read(rehearse=False)[0]

    def _read(self, *, rehearse: bool) -> tuple[LineByLine, int]:
        sources = [lists.recognised(path) for path in self.files]
        about = (self.folder / TERMS).read_text()
        report, total, done = LineByLine(about=about), sum(source.length for source in sources), 0

        def progress(number: int) -> None:
            nonlocal done
            done += number
            self.advance(done // 2, total)  # each is read twice

        importing.take_over(sources, terms=self._terms(about), progress=progress, report=report, rehearse=rehearse)
        return report, total

    def lines(self) -> list[list[str]]:
        """The first of the lines told; one more than a page where there are more."""
        with (self.folder / LINES).open(encoding="utf-8", newline="") as file:
            return list(islice(csv.reader(file, delimiter=";"), 1, 2 + PAGE))


def keep(files: Sequence[FileStorage], terms: Terms) -> SentLists:
    """Keep the files under their own names, for these say what is in them. Raises Refused."""
    given = [(file, file.filename) for file in files if file.filename]
    named = [(file, _kept_as(name, number)) for number, (file, name) in enumerate(given, 1)]
    if not named:
        raise Refused("Choisissez au moins un fichier.")
    if len(named) > MOST_FILES or len({name for _file, name in named}) < len(named):
        raise Refused(f"{MOST_FILES} fichiers au plus, chacun sous son propre nom.")
    sent = SentLists(work.new_folder(SentLists.kept_in))
    (sent.folder / FILES).mkdir(mode=0o700)
    for file, name in named:
        file.save(sent.folder / FILES / name)
    sent.agree(terms)
    return sent


def _kept_as(name: str, number: int) -> str:
    """The sender's name, as far as any disk takes it; ours where nothing is left of it."""
    path = Path(name)
    stem = secure_filename(path.stem)[:LONGEST_NAME] or f"liste-{number}"
    return secure_filename(f"{stem}{path.suffix[:LONGEST_SUFFIX]}")


def find(token: str) -> SentLists | None:
    """What was sent under this name, while it is kept."""
    return SentLists(token) if work.kept(SentLists.kept_in, token, TERMS) else None


def forget() -> int:
    """Delete what was sent a day ago and never taken over; how many folders that was."""
    return work.purge(SentLists.kept_in)
