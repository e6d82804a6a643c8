"""Lists sent by a browser: kept in a folder that only the site reads until they are taken over or given up, a day at
most; what each of their lines comes to, beside them."""

import csv
import json
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from operation118 import clock
from operation118.newsletter import importing, lists
from operation118.newsletter.importing import Outcome, Report, Terms
from operation118.newsletter.lists import Line, List
from operation118.newsletter.models import Topic
from operation118.newsletter.refused import Refused
from operation118.web.settings import current_settings

MOST_BYTES = 8 * 2**20  # of all files together; beyond, the terminal does it (docs/lists.md)
MOST_FILES = 6
LONGEST_NAME, LONGEST_SUFFIX = 100, 10  # characters
KEPT = timedelta(days=1)
PAGE = 200  # lines
TERMS, LINES = "terms.json", "lines.csv"
SAID = ("lang", "ask", "per_hour", "called")  # of the terms, besides the topics: what the form says
FILES = "files"  # apart from ours, for their names are the sender's
_TOKEN = re.compile(r"[a-z0-9]{32}")


@dataclass
class _LineByLine(Report):
    """A report that also tells what each line comes to; no address is written a second time."""

    told: list[tuple[str, int, str, str]] = field(default_factory=list[tuple[str, int, str, str]])

    def note(self, outcome: Outcome, source: List, line: Line, why: str = "") -> None:
        super().note(outcome, source, line, why)
        self.told.append((source.path.name, line.number, OUTCOMES[outcome], why))

    def write(self, path: Path) -> None:
        """In the order of the files, which is not the one they are read in."""
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([("fichier", "ligne", "devient", "raison"), *sorted(self.told)])


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


def _home() -> Path:
    return current_settings().data_dir / "lists"


def keep(files: Sequence[FileStorage], terms: Terms) -> str:
    """Keep the files under their own names, for these say what is in them; the token of their folder. Raises Refused."""
    given = [(file, file.filename) for file in files if file.filename]
    named = [(file, _kept_as(name, number)) for number, (file, name) in enumerate(given, 1)]
    if not named:
        raise Refused("Choisissez au moins un fichier.")
    if len(named) > MOST_FILES or len({name for _file, name in named}) < len(named):
        raise Refused(f"{MOST_FILES} fichiers au plus, chacun sous son propre nom.")
    token = secrets.token_hex(16)
    folder = _home() / token
    (folder / FILES).mkdir(mode=0o700, parents=True)
    for file, name in named:
        file.save(folder / FILES / name)
    said = {"topics": sorted(terms.topics)} | {name: getattr(terms, name) for name in SAID}
    (folder / TERMS).write_text(json.dumps(said))
    return token


def _kept_as(name: str, number: int) -> str:
    """The sender's name, as far as any disk takes it; ours where nothing is left of it."""
    path = Path(name)
    stem = secure_filename(path.stem)[:LONGEST_NAME] or f"liste-{number}"
    return secure_filename(f"{stem}{path.suffix[:LONGEST_SUFFIX]}")


def folder_of(token: str) -> Path | None:
    """The folder of that token, while it is kept."""
    folder = _home() / token if _TOKEN.fullmatch(token) else None
    return folder if folder and folder.is_dir() else None


def sources(folder: Path) -> list[List]:
    """The lists in a folder. Raises Refused."""
    return [lists.recognised(path) for path in sorted((folder / FILES).iterdir())]


def terms(folder: Path) -> Terms:
    said: dict[str, Any] = json.loads((folder / TERMS).read_text())
    topics = frozenset(Topic(topic) for topic in said.pop("topics"))
    return Terms(topics, with_network=current_settings()["CONSENT_NETWORK"], **said)


def rehearse(folder: Path) -> Report:
    """Say what would become of each line; nothing is written but that. Raises Refused."""
    report = _LineByLine()
    importing.take_over(sources(folder), terms=terms(folder), progress=_silent, report=report, rehearse=True)
    report.write(folder / LINES)
    return report


def take_over(folder: Path) -> Report:
    """Do it, in the caller's transaction. Raises Refused."""
    return importing.take_over(sources(folder), terms=terms(folder), progress=_silent)


def _silent(number: int) -> None: ...


def lines(folder: Path, *, after: int) -> list[list[str]]:
    """Some of the lines told, after that many; one more than a page where there are more."""
    with (folder / LINES).open(encoding="utf-8", newline="") as file:
        table = csv.reader(file, delimiter=";")
        return list(islice(table, 1 + after, 2 + after + PAGE))


def give_up(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def forget() -> int:
    """Delete what was sent a day ago and never taken over; how many folders that was."""
    limit = (clock.real_now() - KEPT).timestamp()
    old = [folder for folder in _folders() if folder.stat().st_mtime < limit]
    for folder in old:
        give_up(folder)
    return len(old)


def _folders() -> Iterator[Path]:
    return _home().iterdir() if _home().is_dir() else iter(())
