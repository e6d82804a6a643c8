"""`flask mail`: whoever has a terminal sees and decides."""

from pathlib import Path

import pytest
from flask import Flask

from mail.post import message, post, states
from mail.sink import Sink
from operation118.mail.models import MessageState
from operation118.mail.worker import Worker


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["mail", *arguments])
    return result.exit_code, result.output


def test_the_status_says_where_mail_goes_and_what_there_is(mail_app: Flask, sink: Sink):
    post(mail_app, message("a"), message("b", state=MessageState.FAILED))
    code, said = run(mail_app, "status")
    assert code == 0
    assert f"Mail goes to smtp://127.0.0.1:{sink.port}." in said
    assert "failed              1" in said


@pytest.mark.settings(SMTP_URL="")
def test_without_a_relay_the_status_says_so(mail_app: Flask, tmp_path: Path):
    assert f"files in {tmp_path}/mail: no relay is set" in run(mail_app, "status")[1]


def test_mails_are_listed_newest_first_and_by_state(mail_app: Flask):
    post(mail_app, message("a"), message("b"), message("c", state=MessageState.FAILED))
    lines = run(mail_app, "list")[1].splitlines()
    assert [line.split()[-1] for line in lines] == ["c", "b", "a"]
    assert [line.split()[-1] for line in run(mail_app, "list", "--state", "failed")[1].splitlines()] == ["c"]


def test_a_mail_is_shown_as_its_reader_sees_it_or_as_it_crosses_the_wire(mail_app: Flask):
    (number,) = post(mail_app, message("a"))
    assert "Bonjour a, été." in run(mail_app, "show", str(number))[1]
    raw = run(mail_app, "show", str(number), "--raw")[1]
    assert "Content-Transfer-Encoding: quoted-printable" in raw


def test_a_mail_that_is_not_there_is_said_not_to_be(mail_app: Flask):
    assert run(mail_app, "show", "118") == (1, "There is no mail 118.\n")


def test_a_letter_s_mail_is_sent_again_by_the_letter_only(mail_app: Flask):
    post(mail_app, message("kept", campaign_id=7, state=MessageState.KEPT))
    (number,) = post(mail_app, message("failed", campaign_id=7, state=MessageState.FAILED))
    code, said = run(mail_app, "retry", str(number))
    assert code == 1
    assert "flask newsletter retry" in said
    assert states(mail_app) == {"kept": "kept", "failed": "failed"}


def test_what_failed_is_sent_again_all_or_nothing(mail_app: Flask, sink: Sink):
    failed, sent = post(mail_app, message("a", state=MessageState.FAILED), message("b", state=MessageState.SENT))
    code, said = run(mail_app, "retry", str(failed), str(sent))
    assert (code, said) == (1, f"mail {sent} is sent: it is not sent again. Nothing was changed.\n")
    assert states(mail_app)["a"] == "failed"
    assert run(mail_app, "retry", "--state", "failed") == (0, "To be sent again: 1 mail.\n")
    Worker(mail_app).drain()
    assert [mail.recipients for mail in sink.mails] == [["a@example.org"]]
