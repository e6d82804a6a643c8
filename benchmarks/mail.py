"""Mails per second against a bare smtplib loop on one connection to the same server, what planning a million deliveries
takes, and what memory sending needs with a thousand mails in the queue or a million. All in one run.

`make bench-mail` writes the table of docs/performance.md; `TEST_POSTGRESQL_URL` names the PostgreSQL server.
"""

import multiprocessing
import os
import re
import smtplib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from benchmarks.mailing import Site, launch, sink, site, subscribe
from benchmarks.pages import DOCUMENT, conditions
from operation118.database import db
from operation118.mail.models import Message, MessageState
from operation118.mail.worker import Worker

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
MAILS, ROUNDS, MILLION = 2000, 3, 1_000_000
PAUSES = {"at once": 0.0, "after 5 ms": 0.005}
SETTLED = (MessageState.SENT, MessageState.FAILED)


@contextmanager
def postgresql() -> Generator[str]:
    """A new database, dropped at the end."""
    name = sql.Identifier(f"operation118_bench_{os.getpid()}")
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            url = make_url(POSTGRESQL).set(database=f"operation118_bench_{os.getpid()}")
            yield url.render_as_string(hide_password=False)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def bare(port: int, copies: Sequence[bytes]) -> float:
    """Mails a second of a loop that does nothing but send these."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="film.example") as line:
        started = time.perf_counter()
        for index, copy in enumerate(copies):
            line.sendmail("lettre@film.example", [f"reader{index}@example.org"], copy)
        return len(copies) / (time.perf_counter() - started)


def a_copy(place: Site) -> bytes:
    """One mail of the campaign, as the worker makes it."""
    app = place.app()
    worker = Worker(app)
    with app.app_context():
        row = db.session.scalars(select(Message).limit(1)).one()
        parcels, _ = worker.packer.pack([row])
        copy = parcels[0].data
        db.engine.dispose()
    return copy


def sending(place: Site, workers: int) -> float:
    """Mails a second of so many workers, from the first mail settled to the last; the queue must hold some."""
    running = [place.worker() for _ in range(workers)]
    app = place.app()
    with app.app_context():
        rows = select(func.count(), func.min(Message.settled_at), func.max(Message.settled_at))
        rows = rows.where(Message.state.in_(SETTLED))
        while True:
            number, first, last = db.session.execute(rows).one()
            db.session.rollback()
            if number >= MAILS:
                break
            time.sleep(0.5)
        db.engine.dispose()
    for process in running:
        process.terminate()
        process.wait()
    assert first is not None
    assert last is not None
    return (MAILS - 1) / (last - first).total_seconds()


def again(place: Site) -> None:
    """Put every mail back in the queue."""
    app = place.app()
    with app.app_context():
        db.session.execute(text("UPDATE message SET state = 'waiting', attempts = 0, settled_at = NULL"))
        db.session.execute(text("UPDATE lane SET open = true"))
        db.session.execute(text("UPDATE campaign SET state = 'sending'"))
        db.session.commit()
        db.engine.dispose()


def speeds(pause: float) -> dict[str, float]:
    """Median mails a second: the bare loop, one worker on each database, two on PostgreSQL."""
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(sink(folder / "notes", pause=pause))
        lite = site(folder / "lite", port, timeout=30)
        post = site(folder / "post", port, database=stack.enter_context(postgresql()), timeout=30)
        for place in (lite, post):
            app = place.app()
            subscribe(app, MAILS)
            launch(app)
            with app.app_context():
                db.engine.dispose()
        copies = [a_copy(lite)] * MAILS
        turns: list[tuple[str, Callable[[], float]]] = [
            ("bare", lambda: bare(port, copies)),
            ("SQLite, 1", lambda: sending(lite, 1)),
            ("PostgreSQL, 1", lambda: sending(post, 1)),
            ("PostgreSQL, 2", lambda: sending(post, 2)),
        ]
        for _ in range(ROUNDS):
            for name, turn in turns:
                again(lite)
                again(post)
                found.setdefault(name, []).append(turn())
    return {name: statistics.median(rates) for name, rates in found.items()}


@dataclass(frozen=True)
class Planned:
    """What planning took, in seconds and MB, and what a worker weighs with all that in the queue."""

    engine: str
    readers: int
    seconds: float
    resting_mb: float
    planning_mb: float
    sending_mb: float


def people(engine: str, readers: int) -> list[str]:
    """SQL that makes so many confirmed readers of one topic."""
    series = {
        "sqlite": f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {readers}) ",
        "postgresql": f"WITH s AS (SELECT n FROM generate_series(1, {readers}) AS n) ",
    }[engine]
    columns = "id, address, fingerprint, state, lang, asked_at, version"
    values = "n, 'reader' || n || '@example.org', 'f' || n, 'confirmed', 'fr', '2026-11-22 00:00:00', 1"
    subscribers = f"INSERT INTO subscriber ({columns}) {series} SELECT {values} FROM s"
    return [
        subscribers if engine == "sqlite" else f"{series} INSERT INTO subscriber ({columns}) SELECT {values} FROM s",
        "INSERT INTO subscription (subscriber_id, topic) SELECT id, 'dvd' FROM subscriber",
    ]


def peak_mb() -> float:
    """This process's own peak; `ru_maxrss` would count what its parent weighed."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def _plan(place: Site, readers: int, answer: Any) -> None:
    app = place.app()
    with app.app_context():
        for statement in people(db.engine.dialect.name, readers):
            db.session.execute(text(statement))
        db.session.commit()
    resting, started = peak_mb(), time.perf_counter()
    launch(app)
    answer.send((time.perf_counter() - started, resting, peak_mb()))


def _send_some(place: Site, answer: Any) -> None:
    worker = Worker(place.app())
    for _ in range(10):
        with worker.app.app_context():
            worker._round()  # pyright: ignore[reportPrivateUsage]
    answer.send(peak_mb())


def apart(work: Callable[..., None], *given: object) -> Any:
    """What `work` answers, from a process of its own: its memory is counted alone."""
    spawned = multiprocessing.get_context("spawn")
    here, there = spawned.Pipe()
    process = spawned.Process(target=work, args=(*given, there))
    process.start()
    answer = here.recv()
    process.join()
    return answer


def planning(engine: str, readers: int) -> Planned:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(sink(folder / "notes"))
        url = stack.enter_context(postgresql()) if engine == "postgresql" else ""
        place = site(folder / "data", port, database=url)
        seconds, resting_mb, planning_mb = apart(_plan, place, readers)
        return Planned(engine, readers, seconds, resting_mb, planning_mb, apart(_send_some, place))


def table(measured: dict[str, dict[str, float]], planned: Sequence[Planned]) -> str:
    lines = [
        "| the relay answers | bare loop, mails/s | 1 worker, SQLite | 1 worker, PostgreSQL | 2 workers, PostgreSQL | SQLite ÷ bare | PostgreSQL ÷ bare | 2 ÷ 1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, rates in measured.items():
        loop, lite, one, two = rates.values()
        ratios = f"{lite / loop:.2f} | {one / loop:.2f} | {two / one:.2f}"
        lines.append(f"| {name} | {loop:.0f} | {lite:.0f} | {one:.0f} | {two:.0f} | {ratios} |")
    lines += [
        "",
        "| database | deliveries | planned in | peak memory before and after | a worker's peak memory |",
        "|---|---|---|---|---|",
    ]
    for plan in planned:
        readers = f"{plan.readers:,}".replace(",", " ")
        lines.append(
            f"| {plan.engine} | {readers} | {plan.seconds:.1f} s | {plan.resting_mb:.0f} → {plan.planning_mb:.0f} MB | {plan.sending_mb:.0f} MB |"
        )
    return "\n".join([conditions(f"{MAILS} mails a turn, {ROUNDS} rounds; medians"), "", *lines])


def main() -> None:
    measured = {name: speeds(pause) for name, pause in PAUSES.items()}
    planned = [planning(engine, readers) for engine in ("sqlite", "postgresql") for readers in (1000, MILLION)]
    written = table(measured, planned)
    sys.stdout.write(f"{written}\n")
    document = DOCUMENT.read_text()
    DOCUMENT.write_text(
        re.sub(r"(?s)(<!-- mail -->\n).*(?=<!-- end of mail -->)", lambda m: f"{m[1]}{written}\n", document)
    )


if __name__ == "__main__":
    main()
