"""What comes back, and who is not written to, from a terminal and from a mail server's pipe."""

import os

import pytest
from flask import Flask

from mail.returns import RECIPIENT, about, report, sent, suppressed
from operation118.database import db
from operation118.mail import bounces
from operation118.mail.models import Bounce, SuppressionReason


class TestThePipe:
    """`flask mail bounce`, to which a mail server hands each report."""

    def run(self, app: Flask, raw: bytes) -> int:
        return app.test_cli_runner().invoke(args=["mail", "bounce"], input=raw).exit_code

    def test_it_takes_what_it_can_read(self, empty_app: Flask):
        with empty_app.app_context():
            mail = sent()
            db.session.commit()
            raw = about(mail.id)
        assert self.run(empty_app, raw) == 0
        with empty_app.app_context():
            assert suppressed() is SuppressionReason.HARD_BOUNCE

    def test_it_hands_back_what_nobody_can_read(self, empty_app: Flask):
        assert self.run(empty_app, b"") == os.EX_DATAERR

    def test_it_asks_to_come_again_when_the_database_is_away(self, empty_app: Flask):
        with empty_app.app_context():
            Bounce.__table__.drop(db.engine)  # pyright: ignore[reportAttributeAccessIssue]
        assert self.run(empty_app, report("unknown-user")) == os.EX_TEMPFAIL


class TestTheListFromATerminal:
    """`flask mail suppressed`."""

    def run(self, app: Flask, *arguments: str) -> str:
        result = app.test_cli_runner().invoke(args=["mail", "suppressed", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    def test_an_address_is_added_shown_and_lifted(self, empty_app: Flask):
        self.run(empty_app, "add", RECIPIENT.upper())
        assert "all   request" in self.run(empty_app, "list", RECIPIENT)
        assert self.run(empty_app, "list").split() == ["request", "1"]
        assert "1 line left" in self.run(empty_app, "lift", RECIPIENT)
        assert "not in the list" in self.run(empty_app, "lift", RECIPIENT)
        assert self.run(empty_app, "list", RECIPIENT) == ""

    def test_an_address_is_one_however_it_is_spelt(self, empty_app: Flask):
        self.run(empty_app, "add", " x@café.example.org")
        assert "all   request" in self.run(empty_app, "list", "x@xn--caf-dma.example.org")
        assert "1 line left" in self.run(empty_app, "lift", "X@CAFÉ.example.org")

    @pytest.mark.parametrize("command", ["add", "lift", "list"])
    def test_what_is_no_address_is_refused(self, empty_app: Flask, command: str):
        for typed in ("x", "x@", "a@b.example,c@d.example", ""):
            result = empty_app.test_cli_runner().invoke(args=["mail", "suppressed", command, typed])
            assert result.exit_code == 2
        assert self.run(empty_app, "list") == ""

    def test_lifting_may_spare_the_other_reasons(self, empty_app: Flask):
        with empty_app.app_context():
            bounces.receive(about(sent().id, "complaint"))
            db.session.commit()
        self.run(empty_app, "add", RECIPIENT, "--bulk")
        self.run(empty_app, "add", RECIPIENT)
        self.run(empty_app, "lift", RECIPIENT, "--reason", "request")
        with empty_app.app_context():
            assert (suppressed(), suppressed(bulk=False)) == (SuppressionReason.COMPLAINT, None)

    def test_what_a_server_said_wrongly_of_everybody_is_taken_back(self, empty_app: Flask):
        with empty_app.app_context():
            bounces.receive(about(sent().id))
            bounces.receive(about(sent("b").id, "complaint"))
            db.session.commit()
        assert "0 lines" in self.run(empty_app, "undo", "--reason", "hard_bounce", "--since", "2099-01-01")
        assert "1 line left" in self.run(empty_app, "undo", "--reason", "hard_bounce", "--since", "2020-01-01 10:00")
        assert self.run(empty_app, "list").split() == ["complaint", "1"]

    def test_what_a_person_said_outlives_what_a_server_said(self, empty_app: Flask):
        with empty_app.app_context():
            bounces.receive(about(sent().id))
            db.session.commit()
        self.run(empty_app, "add", RECIPIENT)
        assert "0 lines" in self.run(empty_app, "undo", "--reason", "hard_bounce", "--since", "2020-01-01")
        assert "all   request" in self.run(empty_app, "list", RECIPIENT)
        with empty_app.app_context():
            bounces.receive(about(sent("b").id))
            db.session.commit()
        assert self.run(empty_app, "list").split() == ["request", "1"]


def test_what_came_back_is_counted_by_kind_and_status(empty_app: Flask):
    with empty_app.app_context():
        for key, name in (("a", "unknown-user"), ("b", "unknown-user"), ("c", "vacation")):
            bounces.receive(about(sent(key).id, name))
        db.session.commit()
    shown = empty_app.test_cli_runner().invoke(args=["mail", "bounces"]).output
    assert [line.split() for line in shown.splitlines()] == [["hard", "5.1.1", "2"], ["auto_reply", "–", "1"]]
