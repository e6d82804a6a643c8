"""The bell: a mail leaves within seconds of the commit, and within a minute when the bell is broken."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from flask import Flask

from conftest import unavailable
from mail.post import message, post, states
from mail.sink import Sink
from operation118.config import PREFIX, ROOT
from operation118.database import db
from operation118.mail.jobs import Bell

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def queue_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "redis":
        try:
            redis.Redis.from_url(REDIS).flushdb()
        except redis.ConnectionError:
            unavailable("no Redis at TEST_REDIS_URL")
        return REDIS
    return (
        request.getfixturevalue("postgres_url") if request.param == "postgresql" else f"sqlite:///{tmp_path}/q.sqlite"
    )


def environment(app: Flask) -> dict[str, str]:
    """What a process needs to be of the same installation as `app`; like a worker of the site, it has no office."""
    settings = app.extensions["settings"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    names = ("DATA_DIR", "DATABASE_URL", "QUEUE_URL", "PUBLIC_URL", "SMTP_URL", "MAIL_SENDER")
    return kept | {f"{PREFIX}OFFICE": "0"} | {PREFIX + name: str(settings[name]) for name in names}


def work_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "app", "mail", "work", *arguments]


def working(app: Flask, *arguments: str) -> subprocess.Popen[bytes]:
    """`flask mail work` with the settings of `app`."""
    return subprocess.Popen(work_command(*arguments), cwd=ROOT, env=environment(app))


def wait_until(happened: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_worker_hears_the_bell_on_every_queue(queue_url: str, make_app: Callable[..., Flask], sink: Sink):
    app = make_app(QUEUE_URL=queue_url, SMTP_URL=sink.url)
    post(app, message("before"))
    with working(app) as process:
        wait_until(lambda: len(sink.mails) == 1)
        post(app, message("after"))
        wait_until(lambda: len(sink.mails) == 2, 5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert states(app) == {"before": "sent", "after": "sent"}


def test_ringing_twice_before_anybody_looked_is_ringing_once(make_app: Callable[..., Flask]):
    bell: Bell = make_app().extensions["bell"]
    bell.ring()
    bell.ring()
    assert bell.queue.pending_count() == 1


def test_a_broken_bell_does_not_keep_a_mail_from_being_posted(make_app: Callable[..., Flask]):
    app = make_app(QUEUE_URL="redis://127.0.0.1:9/0")
    post(app, message("posted"))
    assert states(app) == {"posted": "waiting"}


def test_a_mail_that_was_not_committed_rings_no_bell(make_app: Callable[..., Flask]):
    app = make_app()
    with app.app_context():
        db.session.add(message("never"))
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    bell: Bell = app.extensions["bell"]
    assert bell.queue.pending_count() == 0


def test_an_attached_worker_ends_with_the_process_that_started_it(make_app: Callable[..., Flask], sink: Sink):
    app = make_app(SMTP_URL=sink.url)
    command, environ = work_command("--attached"), environment(app)
    starter = "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", starter, *command], cwd=ROOT, env=environ, stdout=-1, text=True
    ) as one:
        assert one.stdout is not None
        worker = int(one.stdout.readline())
        post(app, message("a"))
        wait_until(lambda: len(sink.mails) == 1)
        one.kill()
    wait_until(lambda: not Path(f"/proc/{worker}").exists())


def test_one_minute_s_work_can_be_done_by_a_timer(make_app: Callable[..., Flask], sink: Sink):
    app = make_app(SMTP_URL=sink.url)
    post(app, message("a"))
    assert working(app, "--once").wait(30) == 0
    assert states(app) == {"a": "sent"}
