"""What somebody sent to be imported: kept for a day in a folder of its own, with its rehearsal and how far the work is.

A lock on a file of the folder says that somebody is at work; the system lets it go with the process, however that ends."""

import fcntl
import json
import re
import secrets
import shutil
from array import array
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import IO, Any

from operation118 import clock
from operation118.content.spreadsheets import ZIP, NotATable, Row, convert, keep, rows
from operation118.office.refused import Refused
from operation118.office.table_lines import Line, Outcome
from operation118.web.settings import current_settings

CHANGING = (Outcome.ADDED, Outcome.CHANGED, Outcome.REMOVED)
KEPT = timedelta(days=1)
KEPT_EACH = 5  # imports of one person
PAGE = 100
TRIES = 3
AT_ONCE = 1_000  # lines that are worth no process of their own
SMALL = 2**19  # bytes that may be read at once
PLACES = 2  # processes that may be at work on the imports of this folder
LONGEST_NAME = 100
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ALL = "toutes"
_PLACE = array("Q").itemsize


class Stage(StrEnum):
    """How far an import is."""

    SENT = "envoye"
    REHEARSING = "essai"
    REHEARSED = "essaye"
    APPLYING = "import"
    APPLIED = "importe"
    BROKEN = "illisible"  # what was sent is no table of ours


@dataclass(frozen=True)
class State:
    """What the folder says of itself."""

    stage: Stage = Stage.SENT
    done: int = 0  # lines
    total: int = 0
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    digest: str = ""

    def count(self, outcome: Outcome) -> int:
        return self.counts.get(outcome.value, 0)

    @property
    def is_applicable(self) -> bool:
        changing = sum(self.count(outcome) for outcome in CHANGING)
        return self.stage is Stage.REHEARSED and not self.count(Outcome.REFUSED) and changing > 0


@dataclass(frozen=True)
class Sent:
    """One file that was sent, for one table, by one person."""

    token: str
    key: str
    name: str
    staff_id: int
    prune: bool

    @cached_property
    def folder(self) -> Path:
        return _home() / self.token

    @property
    def source(self) -> Path:
        return self.folder / "sent"

    @property
    def state(self) -> State:
        """How it stands; a folder that is being deleted says nothing any more."""
        try:
            said = json.loads((self.folder / "state.json").read_text("utf-8"))
        except OSError:
            return State()
        return State(**said | {"stage": Stage(said["stage"])})

    def note(self, state: State) -> None:
        """Say how it stands, at once for whoever looks."""
        _write(self.folder / "state.json", json.dumps(asdict(state)))

    def step(self, **values: Any) -> State:
        state = replace(self.state, **values)
        self.note(state)
        return state

    # --- Its lines ---

    @property
    def is_short(self) -> bool:
        """Whether its lines may be read while somebody waits. Never those of an archive: a few bytes of it may come to
        millions of cells."""
        cells = self.folder / "cells"
        path = cells if cells.exists() else self.source
        if path.stat().st_size > SMALL:
            return False
        content = path.read_bytes()
        return not content.startswith(ZIP) and len(content.splitlines()) <= AT_ONCE

    def convert(self) -> int:
        """Have the cells at hand; how many lines there are. Raises NotATable."""
        cells = self.folder / "cells"
        if not cells.exists():
            making = self.folder / "cells.new"
            try:
                convert(self.source, making)
            except NotATable:
                making.unlink(missing_ok=True)
                raise
            making.replace(cells)
        with cells.open("rb") as file:
            return sum(1 for _ in file)

    def rows(self) -> Iterator[Row]:
        return rows(self.folder / "cells")

    @contextmanager
    def planning(self) -> Generator["Plan"]:
        """A new plan, which takes the place of the former one once it is whole."""
        making = self.folder / "plan.new"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        with (making / "lines").open("w", encoding="utf-8") as file:
            plan = Plan(file)
            yield plan
        for name, places in plan.places.items():
            (making / name).write_bytes(places.tobytes())
        shutil.rmtree(self.folder / "plan", ignore_errors=True)
        making.replace(self.folder / "plan")

    def lines(self, outcome: Outcome | None, page: int) -> tuple[list[Line], int]:
        """A page of the plan's lines, counted from 1, and how many pages there are."""
        places = self.folder / "plan" / (outcome.value if outcome else _ALL)
        if not places.exists():
            return [], 0
        pages = -(-places.stat().st_size // (_PLACE * PAGE))
        with places.open("rb") as file, (self.folder / "plan" / "lines").open("rb") as lines:
            file.seek((page - 1) * PAGE * _PLACE)
            found = array("Q", file.read(PAGE * _PLACE))
            return [_line(lines, place) for place in found], pages

    def all_lines(self, outcome: Outcome) -> Iterator[Line]:
        pages = self.lines(outcome, 1)[1]
        for page in range(1, pages + 1):
            yield from self.lines(outcome, page)[0]

    # --- Who is at work ---

    def lock(self) -> IO[bytes] | None:
        """The lock of the folder, held until the file is closed everywhere; None if somebody else holds it."""
        return _locked(self.folder / "lock")

    @property
    def is_busy(self) -> bool:
        held = self.lock()
        if held:
            held.close()
        return held is None

    def ask_to_stop(self) -> None:
        (self.folder / "stop").touch()

    def forget_stop(self) -> None:
        (self.folder / "stop").unlink(missing_ok=True)

    @property
    def is_stopped(self) -> bool:
        return (self.folder / "stop").exists()

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class Plan:
    """What becomes of each line, on the disk: any page of it is found without reading the others."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.places: dict[str, array[int]] = {name: array("Q") for name in (_ALL, *Outcome)}
        self._at = 0

    def add(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self.places[_ALL].append(self._at)
            self.places[line.outcome].append(self._at)
            text = f"{json.dumps(line.told)}\n"  # ASCII: as many bytes as characters
            self.file.write(text)
            self._at += len(text)


def _line(file: IO[bytes], place: int) -> Line:
    file.seek(place)
    number, name, outcome, changes, refusals = json.loads(file.readline())
    return Line(number, name, Outcome(outcome), changes, refusals)


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(path)


def _locked(path: Path) -> IO[bytes] | None:
    file = path.open("ab")
    for _ in range(TRIES):  # whoever only looks whether it is free holds it for an instant
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(0.02)
        else:
            return file
    file.close()
    return None


def place() -> IO[bytes] | None:
    """A place among the processes at work, held until the file is closed everywhere; None if all are taken."""
    held = (_locked(_home() / f"place-{number}") for number in range(PLACES))
    return next((file for file in held if file), None)


def _home() -> Path:
    return current_settings().data_dir / "imports"


def receive(stream: IO[bytes], *, key: str, name: str, staff_id: int, prune: bool) -> Sent:
    """Keep what somebody sends. Raises Refused."""
    purge()
    sent = Sent(secrets.token_hex(16), key, name[:LONGEST_NAME], staff_id, prune)
    _home().mkdir(mode=0o700, parents=True, exist_ok=True)
    sent.folder.mkdir(mode=0o700)
    try:
        keep(stream, sent.source)
    except NotATable as refused:
        sent.forget()
        raise Refused(str(refused)) from None
    _write(sent.folder / "sent.json", json.dumps(asdict(sent)))
    sent.note(State())
    for former in _sent_by(staff_id)[KEPT_EACH:]:
        former.forget()
    return sent


def find(token: str) -> Sent | None:
    """What was sent under this name, if it is still there."""
    if not _TOKEN.fullmatch(token) or not (path := _home() / token / "sent.json").exists():
        return None
    sent = Sent(**json.loads(path.read_text("utf-8")))
    return sent if sent.token == token else None


def _folders() -> list[Path]:
    """Newest first."""
    there = [path for path in _home().iterdir() if _TOKEN.fullmatch(path.name)] if _home().exists() else []
    return sorted(there, key=lambda path: path.stat().st_mtime, reverse=True)


def _sent_by(staff_id: int) -> list[Sent]:
    found = (find(folder.name) for folder in _folders())
    return [sent for sent in found if sent and sent.staff_id == staff_id and not sent.is_busy]


def purge() -> int:
    """Forget what was sent more than a day ago; how many imports that was."""
    limit = clock.real_now() - KEPT
    old = [path for path in _folders() if datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit]
    for path in old:
        sent = find(path.name)
        if sent is None or not sent.is_busy:
            shutil.rmtree(path, ignore_errors=True)
    return len(old)
