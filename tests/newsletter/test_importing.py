"""Lists kept elsewhere: what their files say, who comes in, who never will."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.subscribers import NOON, confirmed, find, pending, unsubscribed
from operation118 import clock, tokens
from operation118.mail import suppression
from operation118.mail.models import Message, Suppression, SuppressionReason, SuppressionScope
from operation118.newsletter import importing, ledger, lists, subscribing
from operation118.newsletter.importing import Outcome, Report, Terms
from operation118.newsletter.lists import Word
from operation118.newsletter.models import Consent, ConsentKind, Subscriber, SubscriberState, Topic
from operation118.newsletter.refused import Refused

IMPORTS = Path(__file__).parent / "imports"
MAILCHIMP = IMPORTS / "subscribed_members_export_1a2b3c.csv"
LEFT_MAILCHIMP = IMPORTS / "unsubscribed_members_export_1a2b3c.csv"
CLEANED = IMPORTS / "cleaned_members_export_1a2b3c.csv"
BREVO = IMPORTS / "brevo.csv"
LISTMONK = IMPORTS / "subscribers.csv"
DVD = frozenset({Topic.DVD})


def take(*paths: Path, **terms: object) -> Report:
    sources = [lists.recognised(path) for path in paths]
    given = Terms(**{"topics": DVD, "lang": "fr", **terms})  # type: ignore[arg-type]
    return importing.take_over(sources, terms=given, progress=lambda lines: None)


def addresses(session: Session, state: SubscriberState = SubscriberState.CONFIRMED) -> list[str]:
    found = select(Subscriber.address).where(Subscriber.state == state).order_by(Subscriber.address)
    return list(session.scalars(found))


def away(address: str) -> SuppressionReason | None:
    return suppression.suppressed([address], bulk=True).get(address)


def words(path: Path) -> list[tuple[str, Word]]:
    return [(line.address.partition("@")[0].lower(), line.said.word) for line in lists.recognised(path).lines()]


@pytest.mark.parametrize(
    ("path", "name", "encoding", "delimiter"),
    [
        (MAILCHIMP, "Mailchimp", "utf-8-sig", ","),
        (LEFT_MAILCHIMP, "Mailchimp", "utf-8-sig", ","),
        (CLEANED, "Mailchimp", "utf-8-sig", ","),
        (BREVO, "Brevo", "utf-8-sig", ";"),
        (IMPORTS / "brevo-cp1252.csv", "Brevo", "cp1252", ";"),
        (LISTMONK, "listmonk", "utf-8-sig", ","),
    ],
)
def test_a_list_is_known_by_its_columns(path: Path, name: str, encoding: str, delimiter: str):
    found = lists.recognised(path)
    assert (found.format.name, found.encoding, found.delimiter) == (name, encoding, delimiter)


@pytest.mark.parametrize("head", ["a" * 200_000, '"' + "a" * 200_000, "email," * 50_000])
def test_a_first_line_without_end_is_of_no_known_list(app: Flask, tmp_path: Path, head: str):
    path = tmp_path / "liste.csv"
    path.write_text(f"{head}\n")
    with app.app_context(), pytest.raises(Refused) as refusal:
        lists.recognised(path)
    assert len(str(refusal.value)) < 1_000


def test_each_service_says_it_in_its_own_way():
    assert words(MAILCHIMP)[:3] == [("alice", Word.AGREED), ("bruno", Word.AGREED), ("chloe", Word.UNPROVEN)]
    assert words(LEFT_MAILCHIMP) == [("david", Word.LEFT)]
    assert words(CLEANED) == [("emma", Word.DEAD)]
    assert words(BREVO) == [("fanny", Word.AGREED), ("gael", Word.UNPROVEN), ("helene", Word.LEFT)]
    assert words(BREVO) == words(IMPORTS / "brevo-cp1252.csv")
    assert words(LISTMONK) == [("ines", Word.UNPROVEN), ("jules", Word.LEFT), ("karim", Word.SET_ASIDE)]


def test_instants_are_read_as_each_service_writes_them():
    [alice, *_rest] = lists.recognised(MAILCHIMP).lines()
    [fanny, *_others] = lists.recognised(BREVO).lines()
    assert alice.said.agreed_at
    assert alice.said.agreed_at.isoformat() == "2024-03-16T14:40:47+00:00"
    assert fanny.said.agreed_at
    assert fanny.said.agreed_at.isoformat() == "2024-04-12T09:30:00+02:00"


@pytest.mark.parametrize("content", [b"", b"name,age\nLea,3\n", b"\n\n\n", b'"', b"email,Email\nlea@example.org,\n"])
def test_a_table_of_something_else_is_refused(tmp_path: Path, content: bytes):
    (path := tmp_path / "list.csv").write_bytes(content)
    with pytest.raises(Refused, match="Mailchimp, Brevo, listmonk"):
        lists.recognised(path)


def test_a_file_in_no_encoding_is_refused(tmp_path: Path):
    (path := tmp_path / "list.csv").write_bytes(b"EMAIL;ADDED_TIME;MODIFIED_TIME\n\x81\x8d\xff@example.org;;\n")
    with pytest.raises(Refused, match="UTF-8"):
        lists.recognised(path)


def test_who_agreed_elsewhere_is_a_subscriber_here(session: Session):
    report = take(MAILCHIMP)
    assert addresses(session) == ["Bruno@example.org", "alice@example.org"]
    assert report.counts == Counter(
        {Outcome.SUBSCRIBED: 2, Outcome.UNPROVEN: 1, Outcome.BAD_ADDRESS: 1, Outcome.REPEATED: 1}
    )
    alice = find("alice@example.org")
    assert alice
    assert alice.confirmed_at
    assert alice.confirmed_at.isoformat() == "2024-03-16T14:40:47+00:00"
    assert (alice.lang, alice.topics) == ("fr", {Topic.DVD})


def test_the_proof_is_kept_without_the_ip_address(session: Session):
    take(MAILCHIMP)
    [line] = ledger.lines(tokens.fingerprint("alice@example.org"))
    assert line.kind is ConsentKind.IMPORTED
    assert line.form == "import:Mailchimp"
    assert line.detail == {
        "file": MAILCHIMP.name,
        "line": 2,
        "OPTIN_TIME": "2024-03-16 14:38:02",
        "CONFIRM_TIME": "2024-03-16 14:40:47",
        "LAST_CHANGED": "2024-03-16 14:40:47",
    }
    assert line.network is None


def test_no_number_by_which_a_service_knows_people_is_kept(session: Session):
    take(MAILCHIMP, BREVO, LISTMONK, ask=True)
    kept = {name for detail in session.scalars(select(Consent.detail)) for name in detail}
    assert kept & {"OPTIN_TIME", "ADDED_TIME", "created_at"} == {"OPTIN_TIME", "ADDED_TIME", "created_at"}
    assert not kept & {"LEID", "EUID", "uuid"}


def test_the_network_is_kept_truncated_where_the_settings_say_so(session: Session):
    take(MAILCHIMP, with_network=True)
    networks = session.scalars(select(Consent.network).order_by(Consent.id)).all()
    assert networks == ["192.0.2.0/24", "2001:db8:1::/48"]


def test_who_left_elsewhere_is_never_written_to(session: Session):
    take(LEFT_MAILCHIMP, CLEANED, BREVO, LISTMONK)
    assert addresses(session) == ["fanny@example.org"]
    assert away("david@example.org") is SuppressionReason.IMPORTED
    assert away("helene@example.org") is SuppressionReason.IMPORTED
    assert away("jules@example.org") is SuppressionReason.IMPORTED
    assert away("emma@example.org") is SuppressionReason.HARD_BOUNCE
    assert away("karim@example.org") is None


def test_who_left_in_one_file_is_not_brought_back_by_another(session: Session, tmp_path: Path):
    again = MAILCHIMP.read_text().replace("alice@example.org", "david@example.org", 1)
    (path := tmp_path / "subscribed.csv").write_text(again)
    report = take(path, LEFT_MAILCHIMP)
    assert report.counts[Outcome.AWAY] == 1
    assert find("david@example.org") is None


def test_who_left_elsewhere_may_come_back_by_the_form(session: Session):
    take(LEFT_MAILCHIMP)
    confirmed("david@example.org")
    assert away("david@example.org") is None


def test_who_is_known_here_is_left_alone(session: Session):
    confirmed("alice@example.org", topics={Topic.PRESS})
    confirmed("helene@example.org", topics={Topic.PRESS})
    report = take(MAILCHIMP, BREVO)
    assert report.counts[Outcome.KNOWN] == 2
    alice = find("alice@example.org")
    assert alice
    assert alice.topics == {Topic.PRESS}
    assert away("helene@example.org") is None


def test_who_left_here_does_not_come_back_by_a_list(session: Session):
    unsubscribed("alice@example.org")
    bruno = tokens.fingerprint("bruno@example.org")
    suppression.suppress(bruno, scope=SuppressionScope.BULK, reason=SuppressionReason.ERASED)
    report = take(MAILCHIMP)
    assert (report.counts[Outcome.KNOWN], report.counts[Outcome.AWAY]) == (1, 1)
    assert addresses(session) == []


def test_without_a_proof_nobody_is_subscribed_but_may_be_asked(session: Session):
    assert take(LISTMONK).counts[Outcome.UNPROVEN] == 1
    assert find("ines@example.org") is None
    assert take(LISTMONK, ask=True).counts[Outcome.ASKED] == 1
    ines = find("ines@example.org")
    assert ines
    assert ines.state is SubscriberState.PENDING
    assert session.scalars(select(Message.name)).all() == ["newsletter/taken_over"]
    subscribing.check_link(ines, version=ines.version)


def test_those_asked_are_told_why_and_once_only(session: Session):
    """They asked for nothing here: the mail does not say so, and no reminder follows."""
    with clock.at(NOON):
        take(LISTMONK, ask=True, called="Les amis du film")
        pending("noe@example.org")
    text = session.scalars(select(Message.text).order_by(Message.id)).first() or ""
    assert "Les amis du film" in text
    assert "/lettre/refus/" in text
    assert "a donné cette adresse" not in text
    with clock.at(NOON + timedelta(days=4)):
        assert subscribing.remind() == 1
    reminded = session.scalars(select(Message.recipient).where(Message.name == "newsletter/reminder")).all()
    assert reminded == ["noe@example.org"]


def test_who_asks_by_the_form_after_a_list_asked_them_is_reminded_like_anybody(session: Session):
    with clock.at(NOON):
        take(LISTMONK, ask=True)
    with clock.at(NOON + timedelta(days=1)):
        pending("ines@example.org")
    with clock.at(NOON + timedelta(days=5)):
        assert subscribing.remind() == 1


def many(path: Path, number: int) -> Path:
    head = "uuid,email,name,attributes,status,created_at,updated_at\n"
    path.write_text(head + "".join(f"{n},reader{n}@example.org,,{{}},enabled,,\n" for n in range(number)))
    return path


def test_those_asked_are_written_to_a_few_an_hour(session: Session, tmp_path: Path):
    with clock.at(NOON):
        take(many(tmp_path / "list.csv", 25), ask=True, per_hour=10)
    due = session.scalars(select(Message.due_at).order_by(Message.id)).all()
    assert len([at for at in due if at < due[0] + timedelta(hours=1)]) == 10
    assert due[-1] - due[0] == timedelta(hours=2.4)
    for subscriber in session.scalars(select(Subscriber)):
        assert subscriber.expires_at == subscriber.asked_at + subscribing.PENDING


def test_a_line_without_topics_needs_one(session: Session):
    assert take(MAILCHIMP, topics=frozenset()).counts[Outcome.TOPICLESS] == 2
    assert addresses(session) == []


def test_problems_are_told_by_line(session: Session):
    report = take(MAILCHIMP, BREVO)
    assert [(name, number) for name, number, _why in report.problems] == [
        (BREVO.name, 3),
        (MAILCHIMP.name, 5),
        (MAILCHIMP.name, 6),
    ]
    assert report.problems[0][2] == "no proof of consent"


def test_ten_thousand_lines_cost_a_few_statements_a_thousand(session: Session, tmp_path: Path):
    head = MAILCHIMP.read_text().partition("\n")[0]
    lines = (f'r{n}@example.org,,,2,"2024-01-01 00:00:00",,"2024-01-01 00:01:00"' for n in range(10_000))
    (path := tmp_path / "big.csv").write_text("\n".join([head, *lines]))
    assert take(path).counts == Counter({Outcome.SUBSCRIBED: 10_000})
    assert session.scalar(select(func.count()).select_from(Consent)) == 10_000


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["newsletter", *map(str, arguments)])


def test_the_command_takes_over_and_tells(app: Flask, session: Session):
    result = run(app, "import", MAILCHIMP, BREVO, "--topic", "dvd", "--topic", "presse")
    assert result.exit_code == 0
    assert "3  subscribed" in result.output
    assert f"{MAILCHIMP.name}, line 6: " in result.output
    alice = find("alice@example.org")
    assert alice
    assert alice.topics == {Topic.DVD, Topic.PRESS}


def test_a_rehearsal_tells_the_same_and_writes_nothing(app: Flask, session: Session):
    rehearsed = run(app, "import", MAILCHIMP, LEFT_MAILCHIMP, BREVO, "--topic", "dvd", "--ask", "--dry-run")
    assert "Nothing was done." in rehearsed.output
    for table in (Subscriber, Consent, Suppression, Message):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    done = run(app, "import", MAILCHIMP, LEFT_MAILCHIMP, BREVO, "--topic", "dvd", "--ask")
    assert done.output == rehearsed.output.replace("Nothing was done.\n", "")


def test_a_broken_file_stops_everything_before_it_is_written(app: Flask, session: Session, tmp_path: Path):
    broken = BREVO.read_bytes() + b'"' + b"x" * 200_000
    (path := tmp_path / "broken.csv").write_bytes(broken)
    result = run(app, "import", MAILCHIMP, path, "--topic", "dvd")
    assert result.exit_code == 1
    assert "broken.csv, line" in result.output
    assert addresses(session) == []
