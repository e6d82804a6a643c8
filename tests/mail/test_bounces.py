"""What comes back for a mail, and what follows for its address."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from mail.returns import PATH, RECIPIENT, about, report, sent, suppressed
from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import bounces, chores, suppression
from operation118.mail.models import Bounce, BounceKind, SuppressionReason


@pytest.mark.settings(BOUNCE_ADDRESS="retours@film.example")
def test_every_mail_has_a_return_path_of_its_own(empty_app: Flask):
    with empty_app.app_context():
        assert bounces.return_path(118).startswith("retours+118-")
        assert bounces.return_path(118).endswith("@film.example")
        assert bounces.read_return_path(bounces.return_path(118)) == 118


def test_a_return_path_fits_in_what_smtp_allows(empty_app: Flask):
    with empty_app.app_context():
        local = bounces.return_path(2**31 - 1).partition("@")[0]
    assert len(local) <= 64


@pytest.mark.parametrize("changed", [str.lower, str.upper, "prvs=4118abc={}".format, "<{}>".format])
def test_a_return_path_survives_what_relays_do_to_it(empty_app: Flask, changed: Callable[[str], str]):
    with empty_app.app_context():
        assert bounces.read_return_path(changed(bounces.return_path(118))) == 118


def test_nobody_else_can_make_one(empty_app: Flask):
    with empty_app.app_context():
        path = bounces.return_path(118)
        for forged in (path.replace("118-", "119-"), path.replace("118-", "1118-"), "a+118-0@b.example", ""):
            assert bounces.read_return_path(forged) is None


@pytest.mark.settings(SECRET_KEY="new" * 12, OLD_SECRET_KEYS="old" * 12)
def test_a_bounce_comes_back_after_the_key_changed(empty_app: Flask):
    with empty_app.app_context():
        empty_app.secret_key = "old" * 12
        path = bounces.return_path(118)
        empty_app.secret_key = "new" * 12
        assert bounces.return_path(118) != path
        assert bounces.read_return_path(path) == 118


@pytest.fixture
def context(empty_app: Flask) -> Iterator[Flask]:
    with empty_app.app_context():
        yield empty_app


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("unknown-user", BounceKind.HARD, "5.1.1"),
        ("vague", BounceKind.HARD, "5.1.1"),
        ("qmail", BounceKind.HARD, "5.1.1"),
        ("no-status", BounceKind.HARD, "5.0.0"),
        ("mailbox-full", BounceKind.SOFT, "5.2.2"),
        ("unwanted", BounceKind.SOFT, "5.7.1"),
        ("given-up", BounceKind.SOFT, "4.4.1"),
        ("exchange", BounceKind.SOFT, "5.2.2"),
        ("late", BounceKind.UNKNOWN, "4.4.1"),
        ("arrived", BounceKind.UNKNOWN, "2.0.0"),
        ("daemon-mute", BounceKind.UNKNOWN, None),
        ("complaint", BounceKind.COMPLAINT, None),
        ("vacation", BounceKind.AUTO_REPLY, None),
        ("answer", BounceKind.UNKNOWN, None),
    ],
)
def test_each_report_is_noted_for_what_it_is(context: Flask, name: str, kind: BounceKind, status: str | None):
    mail = sent()
    bounce = bounces.receive(about(mail.id, name))
    assert (bounce.kind, bounce.status, bounce.message_id) == (kind, status, mail.id)
    assert bounce.fingerprint == tokens.fingerprint(RECIPIENT)
    assert (suppressed() is not None) == (kind in (BounceKind.HARD, BounceKind.COMPLAINT))


def test_a_hard_bounce_ends_everything(context: Flask):
    bounces.receive(about(sent().id))
    assert suppressed(bulk=False) is SuppressionReason.HARD_BOUNCE


def test_a_complaint_ends_what_nobody_asks_for_and_tells_whoever_wants_to_know(context: Flask):
    told: list[int] = []
    bounces.on_complaint(context, lambda mail: told.append(mail.id))
    mail = sent()
    for _ in range(2):
        bounces.receive(about(mail.id, "complaint"))
    assert (suppressed(), suppressed(bulk=False)) == (SuppressionReason.COMPLAINT, None)
    assert told == [mail.id]


def test_a_report_read_twice_counts_once_whatever_its_line_ends(context: Flask):
    raw = about(sent().id)
    first = bounces.receive(raw)
    assert bounces.receive(raw.replace(b"\n", b"\r\n")).id == first.id
    assert db.session.scalar(select(func.count(Bounce.id))) == 1


def test_a_report_without_our_mark_suppresses_nobody(context: Flask):
    mail = sent()
    for name in ("unknown-user", "complaint"):
        bounce = bounces.receive(report(name))
        assert (bounce.kind, bounce.message_id, bounce.fingerprint) == (BounceKind.UNKNOWN, None, None)
    forged = bounces.return_path(mail.id + 1).replace(f"+{mail.id + 1}-", f"+{mail.id}-").encode()
    assert bounces.receive(report("unknown-user").replace(PATH, forged)).kind is BounceKind.UNKNOWN
    assert suppressed() is None


def test_the_address_suppressed_is_ours_whatever_the_report_names(context: Flask):
    raw = about(sent().id).replace(RECIPIENT.encode(), b"somebody.else@reader.example")
    assert bounces.receive(raw).kind is BounceKind.HARD
    assert suppressed() is SuppressionReason.HARD_BOUNCE
    assert suppression.suppressed(["somebody.else@reader.example"], bulk=True) == {}


def test_without_its_return_path_a_report_is_known_by_the_message_id_it_quotes(context: Flask):
    mail = sent()
    raw = about(mail.id).replace(bounces.return_path(mail.id).encode(), b"postmaster@film.example")
    assert bounces.receive(raw).message_id == mail.id


def test_a_report_on_a_mail_that_was_purged_is_noted(context: Flask):
    assert bounces.receive(about(118)).kind is BounceKind.UNKNOWN


def soft(number: int, **columns: Any) -> None:
    mail = sent(f"soft{number}", subscriber_id=1, **columns)
    bounces.receive(about(mail.id, "mailbox-full"))


def test_soft_bounces_end_everything_at_the_fifth(context: Flask):
    for number in range(4):
        soft(number)
    assert suppressed() is None
    soft(4)
    assert suppressed(bulk=False) is SuppressionReason.SOFT_BOUNCES


def test_several_soft_bounces_of_one_mail_are_one(context: Flask):
    mail = sent()
    for number in range(6):
        bounces.receive(about(mail.id, "mailbox-full") + b"again %d\n" % number)
    assert suppressed() is None


def test_soft_bounces_are_forgotten_after_a_month(context: Flask):
    for days, number in ((40, 0), (31, 1), (20, 2), (10, 3), (0, 4)):
        with clock.at(clock.real_now() - timedelta(days=days)):
            soft(number)
    assert suppressed() is None


def test_a_mail_that_arrived_wipes_out_the_soft_bounces_before_it(context: Flask):
    for days in (9, 8, 7, 6):
        with clock.at(clock.real_now() - timedelta(days=days)):
            soft(days)
    with clock.at(clock.real_now() - timedelta(days=2)):
        sent("arrived", subscriber_id=1)
        sent("to somebody else", subscriber_id=2)
    soft(0)
    assert suppressed() is None


def test_a_mail_on_its_way_only_wipes_them_out_until_it_comes_back(context: Flask):
    for number in range(4):
        soft(number)
    fifth, sixth = sent("fifth", subscriber_id=1), sent("sixth", subscriber_id=1)
    with clock.at(clock.real_now() + timedelta(hours=1)):
        for mail in (fifth, sixth):
            bounces.receive(about(mail.id, "mailbox-full"))
    assert suppressed() is SuppressionReason.SOFT_BOUNCES


def test_nothing_that_is_kept_names_the_reader(context: Flask):
    mail = sent()
    for name in ("unknown-user", "mailbox-full", "exchange", "vacation", "complaint"):
        bounce = bounces.receive(about(mail.id, name))
        assert "@" not in (bounce.diagnostic or "")


@pytest.mark.parametrize("status", ["5.1.7", "5.2.2", "5.2.3", "5.3.4", "5.4.6", "5.5.0", "5.6.1", "5.7.26"])
def test_refusals_that_are_not_about_the_address_are_soft(context: Flask, status: str):
    raw = about(sent().id).replace(b"Status: 5.1.1", f"Status: {status}".encode())
    assert bounces.receive(raw).kind is BounceKind.SOFT


def test_a_report_that_contradicts_itself_proves_nothing(context: Flask):
    raw = about(sent().id).replace(b"Status: 5.1.1", b"Status: 2.0.0")
    assert bounces.receive(raw).kind is BounceKind.UNKNOWN


@pytest.fixture
def own_folder(mail_app: Flask) -> Iterator[None]:
    """The context of an application whose data folder is the test's own."""
    with mail_app.app_context():
        yield


def aside(count: int) -> list[Path]:
    """Reports set aside, each a day after the one before, the last one today."""
    paths = [bounces.set_aside(b"report %d" % number, "no header") for number in range(count)]
    for days, path in enumerate(reversed(paths)):
        written = (clock.now() - timedelta(days=days)).timestamp()
        os.utime(path, (written, written))
    return paths


@pytest.mark.usefixtures("own_folder")
def test_what_was_set_aside_is_deleted_after_thirty_days():
    paths = aside(33)
    assert chores.all_chores()["unreadable reports"]() == 3
    assert [path.exists() for path in paths] == [False] * 3 + [True] * 30
    assert bounces.forget_set_aside() == 0


@pytest.mark.usefixtures("own_folder")
def test_only_the_newest_of_what_is_set_aside_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounces, "MOST_ASIDE", 4)
    paths = aside(6)
    assert bounces.forget_set_aside() == 2
    assert [path.exists() for path in paths] == [False] * 2 + [True] * 4


@pytest.mark.usefixtures("own_folder")
def test_where_nothing_was_set_aside_there_is_nothing_to_delete():
    assert bounces.forget_set_aside() == 0


def test_two_workers_note_a_report_once_on_postgresql(postgres_url: str, make_app: Callable[..., Flask]):
    app = make_app(DATABASE_URL=postgres_url)
    with app.app_context():
        mail = sent()
        db.session.commit()
        raw = about(mail.id)

    def work(_: int) -> int:
        with app.app_context():
            bounce = bounces.receive(raw)
            db.session.commit()
            return bounce.id

    with ThreadPoolExecutor(4) as workers:
        assert len(set(workers.map(work, range(8)))) == 1
    with app.app_context():
        assert suppressed() is SuppressionReason.HARD_BOUNCE
