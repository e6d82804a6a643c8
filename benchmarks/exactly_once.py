"""Exactly once: a campaign to a relay that refuses, drops and hangs at random, its workers killed at random instants.

Every recipient must end sent, suppressed or failed for a stated reason, or be listed as uncertain; nobody is written
to twice. `python -m benchmarks.exactly_once --readers 10000 --kills 20 --workers 4 --database postgresql://…`.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import false, or_, select, update

from benchmarks.mailing import Site, launch, noted, sink, site, subscribe
from operation118 import clock
from operation118.database import db
from operation118.mail.claims import UNFINISHED, sweep
from operation118.mail.models import Message, MessageState

DIED = "the worker died while it spoke to the relay"
HEARD = (MessageState.FAILED, MessageState.SUPPRESSED)


@dataclass(frozen=True)
class Verdict:
    """What became of everybody; `problems` is empty when the promise was kept."""

    states: Counter[str]
    kills: int
    died_speaking: int
    unheard: int
    duplicates: int
    seconds: float
    problems: list[str]


def unfinished(app: Flask) -> int:
    """How many mails are not settled."""
    with app.app_context():
        rows = select(Message.id).where(Message.campaign_id > 0, Message.state.in_(UNFINISHED))
        return len(db.session.scalars(rows).all())


def give_back(app: Flask, dead: list[int]) -> None:
    """Do what each worker does once a minute, as if the leases of the dead had run out: the trial need not wait for it."""
    with app.app_context():
        theirs = (Message.worker.contains(f":{pid}:") for pid in dead)
        over = update(Message).where(or_(false(), *theirs)).values(lease_until=clock.now() - timedelta(seconds=1))
        db.session.execute(over)
        found = sweep()
        db.session.commit()
    if found:
        app.extensions["bell"].ring()


def rage(app: Flask, place: Site, *, workers: int, kills: int, fate: random.Random, limit: float) -> tuple[int, float]:
    """Let workers work and kill one now and then until nothing is left; how many kills that was, in how long."""
    running = [place.worker() for _ in range(workers)]
    started, dead = time.monotonic(), list[int]()
    try:
        while time.monotonic() - started < limit and unfinished(app):
            time.sleep(fate.uniform(0.2, 3))
            if len(dead) < kills:
                victim = fate.randrange(workers)
                running[victim].kill()
                running[victim].wait()
                dead.append(running[victim].pid)
                running[victim] = place.worker()
            give_back(app, dead)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
    return len(dead), time.monotonic() - started


def judge(app: Flask, notes: Path, *, kills: int, seconds: float) -> Verdict:
    """Hold what the database says against what the relay took."""
    relay = noted(notes)
    with app.app_context():
        rows = db.session.execute(select(Message.recipient, Message.state, Message.reply)).all()
    states = Counter(state.value for _, state, _ in rows)
    died = [recipient for recipient, state, reply in rows if state is MessageState.UNCERTAIN and reply == DIED]
    twice = [recipient for recipient, times in relay["taken"].items() if times > 1]
    problems = [f"{recipient} got {relay['taken'][recipient]} copies" for recipient in twice]
    for recipient, state, reply in rows:
        taken = relay["taken"][recipient]
        if state is MessageState.SENT and not taken:
            problems.append(f"{recipient} is said to be sent, and the relay never took it")
        if state in HEARD and (taken or not reply):
            problems.append(f"{recipient} is {state.value} ({reply}), and the relay took {taken}")
        if state is MessageState.UNCERTAIN and reply != DIED and not relay["unheard"][recipient]:
            problems.append(f"{recipient} is uncertain, and the relay had answered")
        if state in UNFINISHED:
            problems.append(f"{recipient} is still {state.value}")
    if len(died) > kills:
        problems.append(f"{len(died)} mails died with their worker, in {kills} kills")
    return Verdict(states, kills, len(died), len(relay["unheard"]), len(twice), seconds, problems)


def run(
    *,
    readers: int,
    workers: int,
    kills: int,
    database: str = "",
    seed: int = 118,
    pause: float = 0,
    limit: float = 1800,
) -> Verdict:
    """The whole story in a folder of its own, on SQLite unless `database` names an empty one."""
    fate = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        notes = folder / "notes"
        port = stack.enter_context(sink(notes, seed=seed, chaos=True, pause=pause))
        place = site(folder / "data", port, database=database)
        app = place.app()
        subscribe(app, readers)
        launch(app)
        done, seconds = rage(app, place, workers=workers, kills=kills, fate=fate, limit=limit)
        verdict = judge(app, notes, kills=done, seconds=seconds)
        with app.app_context():
            db.engine.dispose()
        return verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", default="")
    parser.add_argument("--seed", type=int, default=118)
    parser.add_argument("--pause", type=float, default=0, help="seconds that the relay takes for each mail")
    verdict = run(**vars(parser.parse_args()))
    print(verdict)
    return 1 if verdict.problems else 0


if __name__ == "__main__":
    sys.exit(main())
