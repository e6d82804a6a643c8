"""A plain table of addresses: it proves nothing of anybody, and nobody is subscribed by it."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from newsletter.subscribers import find
from operation118 import tokens
from operation118.newsletter import importing, ledger, lists
from operation118.newsletter.importing import Outcome, Report, Terms
from operation118.newsletter.lists import Line, Word
from operation118.newsletter.models import SubscriberState, Topic
from operation118.newsletter.refused import Refused


def table(folder: Path, text: str) -> Path:
    (path := folder / "liste.csv").write_text(text, "utf-8-sig")
    return path


def read(path: Path) -> list[Line]:
    return list(lists.recognised(path).lines())


def take(path: Path, *, ask: bool = False) -> Report:
    terms = Terms(frozenset({Topic.DVD}), "fr", ask)
    return importing.take_over([lists.recognised(path)], terms=terms, progress=lambda lines: None)


@pytest.mark.parametrize(
    "title",
    [
        *("email", "E-mail", "MAIL", "Adresse", "adresse e-mail", "Courriel", "Address", "Email Address", " e-Mail "),
        *("ADRESSE E-MAIL", "adrësse"),
    ],
)
def test_a_column_of_addresses_is_found_by_its_title_and_nothing_else_is_kept(title: str, tmp_path: Path):
    [line] = read(table(tmp_path, f"nom;{title};ville\nLéa;lea@example.org;ici\n"))
    assert (line.number, line.address, line.said.word, line.proof) == (2, "lea@example.org", Word.UNPROVEN, {})


def test_where_people_live_is_not_where_they_read(tmp_path: Path):
    [line] = read(table(tmp_path, "adresse,email\n1 rue du Bac,lea@example.org\n"))
    assert line.address == "lea@example.org"


def test_addresses_alone_need_no_title(tmp_path: Path):
    found = read(table(tmp_path, "lea@example.org\nluc@example.org\n\npas une adresse\n"))
    assert [(line.number, line.address) for line in found] == [
        (1, "lea@example.org"),
        (2, "luc@example.org"),
        (4, "pas une adresse"),
    ]


@pytest.mark.parametrize(
    "text", ["email,mail,email\na@example.org,b@example.org,\n", "lea@example.org,Léa\n", "Léa\nlea@example.org\n"]
)
def test_a_table_that_leaves_a_doubt_is_refused_with_what_would_do(text: str, tmp_path: Path):
    with pytest.raises(Refused, match=r"une seule colonne s’appelle «.email.»"):
        lists.recognised(table(tmp_path, text))


def test_a_known_service_is_known_before_its_column(tmp_path: Path):
    head = "uuid,email,name,attributes,status,created_at,updated_at\n1,lea@example.org,,{},blocklisted,,\n"
    assert [line.said.word for line in read(table(tmp_path, head))] == [Word.LEFT]


def test_nobody_is_subscribed_by_a_plain_table_but_may_be_asked(session: Session, tmp_path: Path):
    path = table(tmp_path, "courriel\nlea@example.org\n")
    assert take(path).counts == {Outcome.UNPROVEN: 1}
    assert find("lea@example.org") is None
    assert take(path, ask=True).counts == {Outcome.ASKED: 1}
    lea = find("lea@example.org")
    assert lea
    assert lea.state is SubscriberState.PENDING
    [line] = ledger.lines(tokens.fingerprint("lea@example.org"))
    assert (line.form, line.detail) == ("import:plain table", {"file": "liste.csv", "line": 2})
