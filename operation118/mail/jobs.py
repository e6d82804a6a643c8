"""The bell: huey tells workers to look, and rings by itself every minute. What there is to do stands in the database only.

Other rooms hand in jobs of their own at start. A job carries nothing and may be lost: a chore of the room finds again
what it was about and rings once more.
"""

import logging
import os
import signal
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from huey import PostgresHuey, RedisHuey, SqliteHuey, crontab  # pyright: ignore[reportMissingTypeStubs]
from huey.consumer import Consumer  # pyright: ignore[reportMissingTypeStubs]

from operation118.mail.worker import Worker

log = logging.getLogger(__name__)
Job = Callable[[], object]
NAME = "mail"
LOOK = "look"  # the mail room's own job
LONGEST_NAP = 1.0  # seconds between two looks at a queue that cannot call


def _queue(url: str) -> Any:
    """The queue behind QUEUE_URL; its jobs carry nothing, so that losing one loses no mail."""
    scheme = urlsplit(url).scheme
    options: dict[str, Any] = {"results": False, "utc": True}
    if scheme == "sqlite":
        return SqliteHuey(NAME, filename=url.removeprefix("sqlite:///"), **options)
    if scheme.startswith("redis"):
        return RedisHuey(NAME, url=url, **options)
    return PostgresHuey(NAME, dsn=url, **options)


class Bell:
    """One queue, one job a room, one ring a minute. Opened at the first ring: a page that posts no mail never touches it."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        self.jobs: dict[str, Job] = {LOOK: lambda: self.worker.drain()}

    @cached_property
    def worker(self) -> Worker:
        return Worker(self.app)

    @cached_property
    def queue(self) -> Any:
        queue = _queue(self.url)
        queue.periodic_task(crontab(), name="minute")(lambda: self.worker.minute())
        return queue

    @cached_property
    def _tasks(self) -> dict[str, Job]:
        """The jobs as the queue knows them: all of them must be known before one arrives."""
        return {name: self.queue.task(name=name)(job) for name, job in self.jobs.items()}

    def register(self, name: str, job: Job) -> None:
        """Let `ring(name)` have a worker do `job`. It commits by itself, is short (mails wait for its end), and bears
        being done by two workers at once."""
        self.jobs[name] = job

    def ring(self, name: str = LOOK) -> None:
        """Tell a worker to look. A queue that is down only costs time: the next minute rings by itself."""
        try:
            task = self._tasks[name]
            if not self._waits(name):
                task()
        except Exception as error:
            log.warning("the bell is out of order", extra={"reason": str(error)})

    def _waits(self, name: str) -> bool:
        """Whether the job is in the queue already."""
        return bool(self.queue.pending_count()) and any(task.name == name for task in self.queue.pending())

    def close(self) -> None:
        """Let go of the queue's connections."""
        if "queue" in self.__dict__:
            self.queue.storage.close()

    def answer(self, *, attached_to: int | None = None) -> None:
        """Work until told to stop; with `attached_to`, until that process is gone too."""
        self._tasks  # noqa: B018 - the jobs must be known before one arrives
        self.ring()
        _Attendant(self, attached_to).run()


class _Attendant(Consumer):
    """Huey's consumer, one thread; SIGTERM too lets the mail that is being spoken end."""

    def __init__(self, bell: Bell, attached_to: int | None) -> None:
        logging.getLogger("huey").setLevel(logging.WARNING)
        super().__init__(bell.queue, workers=1, max_delay=LONGEST_NAP)  # pyright: ignore[reportUnknownMemberType]
        self.bell, self.attached_to, self.told = bell, attached_to, False

    def _handle_signal(self, signum: int, frame: object) -> None:
        self.told = True
        self.bell.worker.stop()
        self._signum, self._restart, self._graceful = signum, False, True

    def loop(self, health_check_ts: Any = None) -> Any:
        if self.attached_to and os.getppid() != self.attached_to and not self.told:
            self._handle_signal(signal.SIGTERM, None)
        return super().loop(health_check_ts)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def init_app(app: Flask, url: str) -> None:
    bell = app.extensions["bell"] = Bell(app, url)
    app.extensions["mail_bell"] = bell.ring
