"""Reading what comes back: every kind of report, and what was made to break the reader."""

import base64
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.returns import REPORTS, report
from operation118.mail import reports
from operation118.mail.reports import Action, ReportKind, Unreadable

FAILED, DELAYED, DELIVERED = Action.FAILED, Action.DELAYED, Action.DELIVERED


@pytest.mark.parametrize(
    ("name", "action", "status"),
    [
        ("unknown-user", FAILED, "5.1.1"),
        ("mailbox-full", FAILED, "5.2.2"),
        ("unwanted", FAILED, "5.7.1"),
        ("late", DELAYED, "4.4.1"),
        ("given-up", FAILED, "4.4.1"),
        ("arrived", DELIVERED, "2.0.0"),
        ("vague", FAILED, "5.1.1"),
        ("no-status", FAILED, "5.0.0"),
        ("qmail", FAILED, "5.1.1"),
        ("exchange", FAILED, "5.2.2"),
        ("daemon-late", DELAYED, "4.7.1"),
    ],
)
def test_a_delivery_report_says_what_became_of_the_mail(name: str, action: Action, status: str):
    read = reports.read(report(name))
    outcome = read.outcome("lectrice@reader.example")
    assert outcome
    assert (read.kind, outcome.action, outcome.status) == (ReportKind.DELIVERY, action, status)


def test_a_report_in_unicode_is_read_like_any_other():
    outcome = reports.read(report("accented")).outcome("Zoé@lecture.example")
    assert outcome
    assert outcome.recipients == ("zoé@lecture.example", "zoé@lecture.example")
    assert (outcome.status, outcome.diagnostic) == ("5.1.1", "550 5.1.1 <…> : destinataire inconnu")


def test_of_several_people_behind_one_address_the_luckiest_counts():
    read = reports.read(report("several"))
    assert len(read.outcomes) == 3
    assert (read.outcome("lectrice@reader.example") or read.outcomes[0]).action is DELIVERED
    assert (read.outcome("voisine@elsewhere.example") or read.outcomes[0]).status == "5.2.2"
    assert (read.outcome("somebody@else.example") or read.outcomes[0]).action is DELIVERED


def test_a_server_that_only_grumbles_proves_nothing():
    assert reports.read(report("daemon-mute")) == reports.Report(ReportKind.DELIVERY)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("complaint", ReportKind.COMPLAINT),
        ("wanted-after-all", ReportKind.OTHER),
        ("vacation", ReportKind.AUTO_REPLY),
        ("old-vacation", ReportKind.AUTO_REPLY),
        ("answer", ReportKind.OTHER),
    ],
)
def test_complaints_automatic_answers_and_people_are_told_apart(name: str, kind: ReportKind):
    assert reports.read(report(name)) == reports.Report(kind)


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.eml")), ids=lambda path: path.stem)
def test_no_diagnostic_holds_an_address(path: Path):
    assert not [outcome for outcome in reports.read(path.read_bytes()).outcomes if "@" in outcome.diagnostic]


def test_line_ends_make_no_difference():
    raw = report("unknown-user")
    assert reports.read(raw.replace(b"\n", b"\r\n")) == reports.read(raw)


def nested(depth: int, line: bytes = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n") -> bytes:
    return b"From: mailer-daemon@mx.example\n" + b"".join(line % (each, each) for each in range(depth))


DAEMON = b"From: mailer-daemon@mx.example\n"
HOSTILE = {
    "nothing": b"",
    "nuls": b"\0" * 1000,
    "no header": b"\n\nbonjour",
    "50 deep": nested(50),
    "5000 deep": nested(5000),
    "mails in mails": b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 5000,
    "10 MB of lines": b"From: a@b.example\n\n" + b"x\n" * 5_000_000,
    "10 MB of header": b"From: " + b"x" * 10_000_000,
    "10 MB of headers": b"X: y\n" * 2_000_000,
    "empty blocks": b"Content-Type: message/delivery-status\n\nAction: failed\n" + b"\n" * 200_000,
    "many blocks": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 8000,
    "no such charset": DAEMON + b"Content-Type: text/plain; charset=klingon\n\n#5.1.1 \xff\xfe",
    "no such encoding": DAEMON + b"Content-Transfer-Encoding: base64\n\n#5.1.1 \xff=\xfe==",
    "uuencoded": DAEMON + b"Content-Transfer-Encoding: uuencode\n\nbegin 666 x\n\xff\xff 5.1.1 \xfe",
    "one part only": DAEMON + b"Content-Type: multipart/report\n\n5.1.1",
    "signs": DAEMON + b"\n5.1.1 " + b"a@" * 60_000 + b"5.1." * 10_000,
    "a wide diagnostic": b"Content-Type: message/delivery-status\n\nAction: failed\nDiagnostic-Code: " + b"x" * 130_000,
    "parameters": b'Content-Type: multipart/mixed; a="' + b";" * 130_000 + b'"\n\nbonjour',
    "parameters after a return": b'From: a@b.example\rContent-Type: multipart/mixed; a="' + b";" * 130_000,
    "parameters folded": b"Content-Type: multipart/mixed" + b";\n a=b" * 20_000 + b"\n\nbonjour",
    "parameters in disguise": b"Content-Type: message/delivery-status\n\nA: b\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode(b'\n\nContent-Type: multipart/mixed; a="' + b";" * 90_000),
    "raw bytes": DAEMON + b"X-Failed-Recipients: \xe9\xff\nSubject: =?klingon?q?=ff?=\n\n\xe9 5.1.1",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_but_unreadable_comes_of_malice(raw: bytes):
    try:
        read = reports.read(raw)
    except Unreadable:
        return
    assert len(read.outcomes) <= reports.MOST_PARTS


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_nothing_but_unreadable_comes_of_noise(noise: bytes):
    for raw in (noise, DAEMON + noise, b"Content-Type: message/delivery-status\n\nAction: failed\n" + noise):
        with suppress(Unreadable):
            reports.read(raw)


def test_nothing_but_unreadable_comes_of_damage():
    chance = random.Random(118)
    for name in ("unknown-user", "complaint", "accented", "several") * 200:
        raw = bytearray(report(name))
        for _ in range(chance.randrange(1, 40)):
            raw[chance.randrange(len(raw))] = chance.choice(b"\n\r\0;=\"'(<>@:%*.?- \xff\xe9a5")
        with suppress(Unreadable):
            reports.read(bytes(raw))


def test_what_is_kept_fits_on_one_short_line():
    said = b"smtp; 550 5.1.1 no\x00\x1b[31m \xff" + b"very " * 1000
    raw = b"Content-Type: message/delivery-status\n\nAction: failed\nDiagnostic-Code: " + said
    (outcome,) = reports.read(raw).outcomes
    assert outcome.diagnostic.isprintable()
    assert len(outcome.diagnostic) <= reports.DIAGNOSTIC_LENGTH


def test_the_fields_of_a_report_are_cut_before_they_are_parsed():
    status = b"Content-Type: message/delivery-status\n\nAction: failed\nFinal-Recipient: rfc822; "
    (outcome,) = reports.read(status + b"x" * 100_000 + b"\nStatus: 5.1.1\n").outcomes
    assert len(outcome.recipients[0]) < reports.LONGEST_FIELD
    assert outcome.status == "5.1.1"


def test_a_mail_that_is_all_parameters_is_a_mail_like_another():
    raw = b'Content-Type: multipart/mixed; a="' + b";" * 130_000 + b'"\n\nbonjour'
    assert reports.read(raw) == reports.Report(ReportKind.OTHER)


@pytest.mark.parametrize("before", [0, 400, 1990, 1995, 10_000])
def test_no_address_survives_the_cut(before: int):
    text = reports.without_addresses("é " * (before // 2) + "lectrice@reader.example, lectrice@reader.example")
    assert "@" not in text
    assert len(text) <= reports.DIAGNOSTIC_LENGTH
