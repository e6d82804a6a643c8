"""The names under which sent lists are kept: the sender's, as far as a disk takes them."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from operation118.newsletter import uploads
from operation118.newsletter.importing import Terms
from operation118.newsletter.refused import Refused

Keep = Callable[..., list[str]]


@pytest.fixture
def keep(app: Flask) -> Keep:
    """Keep files under these names, and say which they got."""

    def kept(*names: str) -> list[str]:
        files = [FileStorage(BytesIO(b"a"), name) for name in names]
        with app.app_context():
            sent = uploads.keep(files, Terms(frozenset(), lang="fr"))
            found = [path.name for path in sent.files]
            sent.forget()
        return found

    return kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("subscribed_members_export_1a2b.csv", "subscribed_members_export_1a2b.csv"),
        ("abonnés.csv", "abonnes.csv"),
        ("日本", "liste-1"),
        ("日本.csv", "liste-1.csv"),
        ("..", "liste-1"),
        (" . ", "liste-1"),
        ("/", "liste-1"),
        (f"subscribed_{'x' * 300}.csv", f"subscribed_{'x' * 89}.csv"),
        (f"a.{'x' * 300}", "a.xxxxxxxxx"),
    ],
)
def test_a_list_is_kept_whatever_its_name(name: str, kept: str, keep: Keep):
    assert keep(name) == [kept]


def test_lists_whose_names_say_nothing_here_do_not_take_each_others_place(keep: Keep):
    assert keep("日本.csv", "中国.csv") == ["liste-1.csv", "liste-2.csv"]


def test_two_lists_under_one_name_are_refused(keep: Keep):
    with pytest.raises(Refused, match="chacun sous son propre nom"):
        keep("a.csv", "a.csv")
