"""The mailbox that bounces come back to: Maildir, IMAP, POP3; what comes twice, what breaks, what dies."""

import logging
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from applications import application
from mail.pop import pop
from mail.post import message
from mail.returns import RECIPIENT, about
from mail.servers import Certificates, Dovecot
from operation118.config import Settings
from operation118.database import db
from operation118.mail import boxes, chores, suppression
from operation118.mail.models import Bounce

MakeApp = Callable[..., Flask]
LONG_LINES = b"<p>" + b"x" * 5000 + b"</p>\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def make_app(empty_database: Path, tmp_path: Path, make_settings: Callable[..., Settings]) -> Iterator[MakeApp]:
    """`make_app(BOUNCE_BOX=…)`: an application; all those of a test have the same rows."""
    path = shutil.copy(empty_database, tmp_path / "boxes.sqlite")
    with ExitStack() as stack:

        def make(**values: str) -> Flask:
            settings = make_settings(DATABASE_URL=f"sqlite:///{path}", DATA_DIR=str(tmp_path), **values)
            return stack.enter_context(application(settings))

        yield make


@pytest.fixture
def box_app(maildir: Path, make_app: MakeApp) -> Flask:
    return make_app(BOUNCE_BOX=f"maildir://{maildir}")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Why the last round could not be done, as the log has it."""
    with caplog.at_level(logging.WARNING, logger=boxes.__name__):
        boxes.log.addHandler(caplog.handler)
        yield lambda: caplog.records[-1].__dict__["reason"]
        boxes.log.removeHandler(caplog.handler)


def bounced(app: Flask, key: str = "a", to: str = RECIPIENT) -> bytes:
    """The report on a mail of ours."""
    with app.app_context():
        mail = message(key, to)
        db.session.add(mail)
        db.session.commit()
        return about(mail.id)


def minute(app: Flask, *, dies: bool = False) -> int:
    """What a worker does with the chore, or does not if it dies."""
    with app.app_context():
        done = chores.all_chores()["bounces"]()
        if not dies:
            db.session.commit()
        return done


def noted(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count(Bounce.id))).one()


def is_suppressed(app: Flask) -> bool:
    with app.app_context():
        return RECIPIENT in suppression.suppressed([RECIPIENT], bulk=False)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_report_is_noted_then_filed_as_read(box_app: Flask, maildir: Path):
    (maildir / "new" / "1").write_bytes(bounced(box_app))
    assert minute(box_app) == 1
    assert is_suppressed(box_app)
    assert names(maildir / "new") == ["1"]
    assert minute(box_app) == 1
    assert (names(maildir / "new"), names(maildir / "cur")) == ([], ["1:2,S"])
    assert minute(box_app) == 0
    assert noted(box_app) == 1


def test_nothing_is_lost_when_a_worker_dies_before_it_commits(box_app: Flask, maildir: Path):
    (maildir / "new" / "1").write_bytes(bounced(box_app))
    for _ in range(2):
        minute(box_app, dies=True)
        assert (noted(box_app), names(maildir / "new")) == (0, ["1"])
    minute(box_app)
    assert is_suppressed(box_app)


def test_what_cannot_be_read_is_set_aside_and_stops_nothing(box_app: Flask, maildir: Path, tmp_path: Path):
    (maildir / "new" / "1").write_bytes(b"")
    (maildir / "new" / "2").write_bytes(b"\n\n\xff\0 broken")
    (maildir / "new" / "3").write_bytes(bounced(box_app))
    assert minute(box_app) == 3
    assert is_suppressed(box_app)
    assert sorted(path.read_bytes() for path in (tmp_path / "bounces").iterdir()) == [b"", b"\n\n\xff\0 broken"]
    minute(box_app)
    assert names(maildir / "new") == []


def test_a_minute_takes_no_more_than_it_should(box_app: Flask, maildir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boxes, "MOST_AT_ONCE", 3)
    raw = bounced(box_app)
    for number in range(7):
        (maildir / "new" / str(number)).write_bytes(raw + b"%d\n" % number)
    assert [minute(box_app) for _ in range(4)] == [3, 6, 4, 1]
    assert noted(box_app) == 7


def test_the_beginning_of_a_giant_is_enough(box_app: Flask, maildir: Path):
    (maildir / "new" / "1").write_bytes(bounced(box_app) + b"x" * 10_000_000)
    minute(box_app)
    assert is_suppressed(box_app)


def test_without_a_box_there_is_nothing_to_do(make_app: MakeApp):
    assert minute(make_app()) == 0


@pytest.mark.parametrize(
    "url",
    [
        "maildir:///nowhere",
        "imap://retours:x@127.0.0.1:9/",
        "imaps://retours:x@127.0.0.1:9/",
        "pop3://retours:x@127.0.0.1:9",
    ],
)
def test_a_box_out_of_reach_is_said_and_stops_nothing(make_app: MakeApp, said: Callable[[], str], url: str):
    app = make_app(BOUNCE_BOX=url)
    assert minute(app) == 0
    assert said()


@pytest.mark.parametrize("scheme", ["imap", "imaps", "pop3s"])
def test_a_silent_server_is_not_waited_for(
    make_app: MakeApp, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch, scheme: str
):
    monkeypatch.setattr(boxes, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        app = make_app(BOUNCE_BOX=f"{scheme}://retours:x@127.0.0.1:{server.getsockname()[1]}")
        assert minute(app) == 0
    assert "timed out" in said()


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority of the tests is one of this machine's."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))


@pytest.fixture
def mailbox(dovecot: Dovecot, trusted: None) -> Dovecot:
    """The server, its mailbox empty."""
    dovecot.empty()
    return dovecot


def test_imap_reads_then_marks_as_read_and_deletes_nothing(mailbox: Dovecot, make_app: MakeApp):
    app = make_app(BOUNCE_BOX=mailbox.url("imaps"))
    mailbox.deliver("1", bounced(app) + LONG_LINES)
    mailbox.deliver("2", b"From: lectrice@reader.example\n\nBonjour\n")
    assert minute(app) == 2
    assert is_suppressed(app)
    assert [minute(app), minute(app)] == [2, 0]
    assert len(names(mailbox.maildir / "cur")) == 2
    assert all(name.endswith("S") for name in names(mailbox.maildir / "cur"))


def test_imap_reads_the_folder_that_is_named(mailbox: Dovecot, make_app: MakeApp, said: Callable[[], str]):
    app = make_app(BOUNCE_BOX=mailbox.url("imaps") + "/nowhere%20at%22all")
    assert minute(app) == 0
    assert said() == 'there is no folder nowhere at"all'


def test_pop_reads_then_deletes(mailbox: Dovecot, make_app: MakeApp):
    app = make_app(BOUNCE_BOX=mailbox.url("pop3s"))
    for number in range(3):
        mailbox.deliver(str(number), bounced(app, key=str(number)) + LONG_LINES)
    assert minute(app) == 3
    assert is_suppressed(app)
    assert len([*mailbox.maildir.glob("*/*")]) >= 3
    assert [minute(app), minute(app)] == [3, 0]
    assert [*mailbox.maildir.glob("new/*"), *mailbox.maildir.glob("cur/*")] == []


def test_a_line_without_end_stops_nothing(make_app: MakeApp, maildir: Path):
    endless = b"From: a@b.example\n\n" + b"x" * (3 * boxes.LONGEST_LINE)
    report = bounced(make_app())
    with pop(endless, b"x" * (2 * boxes.LONGEST_LINE), report) as (url, deleted):
        app = make_app(BOUNCE_BOX=url)
        assert minute(app) == 3
        assert is_suppressed(app)
        assert minute(app) == 3
        assert deleted == {1, 2, 3}
    (maildir / "new" / "1").write_bytes(endless)
    minute(make_app(BOUNCE_BOX=f"maildir://{maildir}"))
    assert noted(app) == 3


def test_a_server_that_hangs_up_in_a_line_is_said(make_app: MakeApp, said: Callable[[], str]):
    with socket.create_server(("127.0.0.1", 0)) as server:
        app = make_app(BOUNCE_BOX=f"pop3://retours:x@127.0.0.1:{server.getsockname()[1]}")

        def greet() -> None:
            client = server.accept()[0]
            with client:
                client.sendall(b"+OK\r\n")
                client.recv(100)
                client.sendall(b"+OK and no mo")

        thread = threading.Thread(target=greet)
        thread.start()
        assert minute(app) == 0
        thread.join()
    assert said() == "the server hung up"


def test_a_report_is_the_same_by_every_road(mailbox: Dovecot, maildir: Path, make_app: MakeApp):
    roads = (f"maildir://{maildir}", mailbox.url("imaps"), mailbox.url("pop3s"))
    apps = [make_app(BOUNCE_BOX=road) for road in roads]
    raw = bounced(apps[0])
    (maildir / "new" / "1").write_bytes(raw)
    mailbox.deliver("1", raw)
    for app in apps:
        minute(app)
    assert noted(apps[0]) == 1


@pytest.mark.parametrize("scheme", ["imaps", "pop3s"])
def test_a_server_that_proves_nothing_is_not_given_the_password(
    dovecot: Dovecot, make_app: MakeApp, said: Callable[[], str], scheme: str
):
    app = make_app(BOUNCE_BOX=dovecot.url(scheme))
    assert minute(app) == 0
    assert "CERTIFICATE_VERIFY_FAILED" in said()


@pytest.mark.parametrize("scheme", ["imaps", "pop3s"])
def test_a_wrong_password_is_said_without_being_told(
    mailbox: Dovecot, make_app: MakeApp, said: Callable[[], str], scheme: str
):
    app = make_app(BOUNCE_BOX=mailbox.url(scheme).replace(":retours@", ":secret@"))
    assert minute(app) == 0
    assert "secret" not in said()
