"""Long work on what somebody sent: kept for a day in a folder of its own, with how far it is, and done here or in a process
of its own.

A long import would keep the pages of the site waiting; in its own process it does not. Either way it is one
transaction: whatever ends the process before, nothing was written. A lock on a file of the folder says that somebody is
at work; the system lets it go with the process, however that ends."""

import fcntl
import json
import re
import secrets
import shutil
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import IO, Any, ClassVar

from sqlalchemy.exc import OperationalError

from operation118 import clock
from operation118.config import ROOT
from operation118.database import db
from operation118.web.settings import current_settings

KEPT = timedelta(days=1)
TRIES = 3
AT_ONCE = 1_000  # lines that are worth no process of their own
SMALL = 2**19  # bytes that may be read at once
PLACES = 2  # processes that may be at work on what was sent to this site, whatever it is
STOPPED = "Arrêté : rien n’a été écrit."
BUSY = "La base de données était occupée : rien n’a été écrit. Réessayez."
CROWDED = (
    "Deux autres imports ou reprises de listes sont en cours : attendez la fin de l’un d’eux, puis recommencez. "
    "Ce que vous avez envoyé est gardé."
)
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Stopped(Exception):
    """Somebody asked for the work to stop."""

    def __str__(self) -> str:
        return STOPPED


class Changed(Exception):
    """It would not do any more what its rehearsal said."""


class Stage(StrEnum):
    """How far an import is."""

    SENT = "envoye"
    REHEARSING = "essai"
    REHEARSED = "essaye"
    APPLYING = "import"
    APPLIED = "importe"
    BROKEN = "illisible"  # what was sent is nothing that we import


@dataclass(frozen=True)
class State:
    """What the folder says of itself."""

    stage: Stage = Stage.SENT
    done: int = 0  # lines
    total: int = 0
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    digest: str = ""

    def count(self, outcome: StrEnum) -> int:
        return self.counts.get(outcome.value, 0)


@dataclass(frozen=True)
class Work(ABC):
    """What was sent under a token that nobody guesses."""

    token: str
    kept_in: ClassVar[str]  # the folder of its kind
    refusals: ClassVar[tuple[type[Exception], ...]]  # whose words are for whoever sent it

    @cached_property
    def folder(self) -> Path:
        return home(self.kept_in) / self.token

    @property
    @abstractmethod
    def is_short(self) -> bool:
        """Whether it may be done while somebody waits."""

    def said(self) -> dict[str, Any]:
        """How it stands; a folder that is being deleted says nothing any more."""
        try:
            said = json.loads((self.folder / "state.json").read_text("utf-8"))
        except OSError:
            return {}
        return said | {"stage": Stage(said["stage"])}

    @property
    def state(self) -> State:
        return State(**self.said())

    def note(self, state: State) -> None:
        """Say how it stands, at once for whoever looks."""
        write(self.folder / "state.json", json.dumps(asdict(state)))

    def step(self, **values: Any) -> State:
        state = replace(self.state, **values)
        self.note(state)
        return state

    def advance(self, done: int, total: int) -> None:
        """Say how many lines are done. Raises Stopped once somebody asked for that."""
        self.step(done=min(done, total), total=total)
        if self.is_stopped:
            raise Stopped

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


def write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(path)


def is_short(paths: Iterable[Path], lines: int) -> bool:
    """Whether these files together have few bytes, and so many lines at most."""
    paths = list(paths)
    if sum(path.stat().st_size for path in paths) > SMALL:
        return False
    return sum(len(path.read_bytes().splitlines()) for path in paths) <= lines


def _locked(path: Path) -> IO[bytes] | None:
    try:
        file = path.open("ab")
    except FileNotFoundError:  # the folder is being deleted
        return None
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
    (places := home("work")).mkdir(mode=0o700, parents=True, exist_ok=True)
    held = (_locked(places / f"place-{number}") for number in range(PLACES))
    return next((file for file in held if file), None)


# --- The folders ---------------------------------------------------------------------------------------------------


def home(kind: str) -> Path:
    return current_settings().data_dir / kind


def new_folder(kind: str) -> str:
    """Make a folder that only the site reads; its token."""
    token = secrets.token_hex(16)
    home(kind).mkdir(mode=0o700, parents=True, exist_ok=True)
    (home(kind) / token).mkdir(mode=0o700)
    return token


def kept(kind: str, token: str, name: str) -> Path | None:
    """The file of that name in the folder of that token, while it is there."""
    path = home(kind) / token / name
    return path if _TOKEN.fullmatch(token) and path.exists() else None


def folders(kind: str) -> list[Path]:
    """Newest first."""
    there = home(kind).iterdir() if home(kind).exists() else ()
    return sorted((path for path in there if _TOKEN.fullmatch(path.name)), key=changed_at, reverse=True)


def changed_at(path: Path) -> datetime:
    """Long ago for what is no more there."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.fromtimestamp(0, UTC)


def purge(kind: str) -> int:
    """Forget what was sent more than a day ago and nobody is at work on; how many folders that was."""
    limit = clock.real_now() - KEPT
    old = [path for path in folders(kind) if changed_at(path) < limit]
    return sum(_deleted(path) for path in old)


def _deleted(folder: Path) -> bool:
    held = _locked(folder / "lock")
    if held is None:
        return False
    with held:
        shutil.rmtree(folder, ignore_errors=True)
    return True


# --- Doing it, here or in a process of its own ---------------------------------------------------------------------


def rehearse(work: Work, read: Callable[[], State], message: str = "") -> None:
    """Say what the import would do, as `read` tells; nothing is written but that."""
    work.step(stage=Stage.REHEARSING, done=0, message=message)
    try:
        told = read()
    except work.refusals as refused:
        work.note(State(Stage.BROKEN, message=str(refused)))
    except Stopped:
        work.note(State(message=STOPPED))
    else:
        work.note(replace(told, stage=Stage.REHEARSED, done=told.total, message=message))
    finally:
        db.session.rollback()


def apply(work: Work, do: Callable[[State], None], again: Callable[[], None]) -> None:
    """`do` what was rehearsed and commit it; where that raises Changed, rehearse it `again` instead."""
    state = work.step(stage=Stage.APPLYING, done=0, message="")
    try:
        do(state)
    except Changed:
        db.session.rollback()
        again()
    except (*work.refusals, Stopped, OperationalError) as ended:
        db.session.rollback()
        message = BUSY if isinstance(ended, OperationalError) else str(ended)
        work.note(replace(state, stage=Stage.REHEARSED, done=state.total, message=message))
    else:
        work.note(replace(state, stage=Stage.APPLIED, done=state.total))


def begin(work: Work, stage: Stage, *, here: Callable[[], None], apart: Callable[[Sequence[IO[bytes]]], None]) -> bool:
    """Do it `here` if it is short, else `apart`, in a process that outlives the request; False if somebody is at it."""
    lock = work.lock()
    if lock is None:
        return False
    with lock:
        work.forget_stop()
        if work.is_short:
            here()
        elif free := place():
            with free:
                work.step(stage=stage, done=0, message="")
                apart((lock, free))
        else:
            work.step(message=CROWDED)
    return True


def start(held: Sequence[IO[bytes]], *words: str) -> None:
    """Start `flask <words>`. The process holds the lock and its place for as long as it lives, and nobody has to give
    them back."""
    command = [sys.executable, "-m", "flask", "--app", "app", *words]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[file.fileno() for file in held], start_new_session=True)  # noqa: S603 - our own words
    threading.Thread(target=process.wait, daemon=True).start()
