"""What comes back for a mail, and what follows for its address."""

from collections.abc import Callable

import pytest
from flask import Flask

from operation118.mail import bounces


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
