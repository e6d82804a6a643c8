"""The tables that somebody sent to be imported: each in a folder of its own, with its rehearsal."""

import json
import shutil
from array import array
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from operation118 import work
from operation118.content.spreadsheets import ZIP, NotATable, Row, convert, keep, rows
from operation118.office.refused import Refused
from operation118.office.table_lines import Line, Outcome
from operation118.work import AT_ONCE, Stage, Work

CHANGING = (Outcome.ADDED, Outcome.CHANGED, Outcome.REMOVED)
KEPT_EACH = 5  # imports of one person
PAGE = 100
LONGEST_NAME = 100
_ALL = "toutes"
_PLACE = array("Q").itemsize


@dataclass(frozen=True)
class State(work.State):
    """How an import stands."""

    @property
    def is_applicable(self) -> bool:
        changing = sum(self.count(outcome) for outcome in CHANGING)
        return self.stage is Stage.REHEARSED and not self.count(Outcome.REFUSED) and changing > 0


@dataclass(frozen=True)
class Sent(Work):
    """One file that was sent, for one table, by one person."""

    kept_in = "imports"
    refusals = (NotATable, Refused)

    key: str
    name: str
    staff_id: int
    prune: bool

    @property
    def source(self) -> Path:
        return self.folder / "sent"

    @property
    def state(self) -> State:
        return State(**self.said())

    # --- Its lines ---

    @property
    def is_short(self) -> bool:
        """Whether its lines may be read while somebody waits. Never those of an archive: a few bytes of it may come to
        millions of cells."""
        cells = self.folder / "cells"
        path = cells if cells.exists() else self.source
        with path.open("rb") as file:
            is_archive = file.read(len(ZIP)) == ZIP
        return not is_archive and work.is_short([path], AT_ONCE)

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


def receive(stream: IO[bytes], *, key: str, name: str, staff_id: int, prune: bool) -> Sent:
    """Keep what somebody sends. Raises Refused."""
    purge()
    sent = Sent(work.new_folder(Sent.kept_in), key, name[:LONGEST_NAME], staff_id, prune)
    try:
        keep(stream, sent.source)
    except NotATable as refused:
        sent.forget()
        raise Refused(str(refused)) from None
    work.write(sent.folder / "sent.json", json.dumps(asdict(sent)))
    sent.note(State())
    idle = [former for former in sent_by(staff_id) if not former.is_busy]
    for former in idle[KEPT_EACH:]:
        former.forget()
    return sent


def find(token: str) -> Sent | None:
    """What was sent under this name, if it is still there."""
    if not (path := work.kept(Sent.kept_in, token, "sent.json")):
        return None
    sent = Sent(**json.loads(path.read_text("utf-8")))
    return sent if sent.token == token else None


def sent_by(staff_id: int) -> list[Sent]:
    """Newest first."""
    found = (find(folder.name) for folder in work.folders(Sent.kept_in))
    return [sent for sent in found if sent and sent.staff_id == staff_id]


def purge() -> int:
    """Forget what was sent more than a day ago; how many imports that was."""
    return work.purge(Sent.kept_in)
