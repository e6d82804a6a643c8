"""The team: administrators invite, change roles and close accounts, and there is always one of them left."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.people import enter, hashed, make, send, somebody, with_codes
from applications import application
from operation118.accounts import journal, sessions, team
from operation118.accounts.models import JournalAction, JournalEntry, Passkey, Staff, StaffRole
from operation118.accounts.refused import Refused
from operation118.config import Settings
from operation118.database import db
from operation118.mail.models import Message
from operation118.site import serving, start

TEAM = "/office/equipe/"
INVITE = f"{TEAM}inviter/"
NADIA = {"name": "Nadia", "email": "nadia@example.org", "role": "editor"}


@pytest.fixture
def boss(app: Flask, session: Session) -> FlaskClient:
    """A browser where an administrator is signed in."""
    client = app.test_client()
    enter(client, somebody(StaffRole.ADMIN).email)
    return client


def entries() -> list[tuple[str, str]]:
    found = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    return [(entry.staff_name, entry.summary) for entry in found]


def known(email: str) -> Staff:
    db.session.expire_all()
    return db.session.scalars(select(Staff).where(Staff.email == email)).one()


def test_an_administrator_invites(boss: FlaskClient):
    answer = send(boss, INVITE, **NADIA)
    staff = known("nadia@example.org")
    assert (answer.status_code, answer.location) == (303, f"{TEAM}{staff.id}/")
    assert (staff.role, staff.password, staff.active) == (StaffRole.EDITOR, None, True)
    assert entries() == [("Alix Admin", "Nadia : invitation (Rédaction)")]
    page = boss.get(TEAM).text
    assert "nadia@example.org" in page
    assert "invitation envoyée" in page


def test_where_mail_is_off_the_link_is_shown_to_be_passed_on(boss: FlaskClient):
    send(boss, INVITE, **NADIA)
    page = boss.get(f"{TEAM}{known('nadia@example.org').id}/").text
    assert re.search(r'<div data-copy="[^"]+" .+>https://film\.test/office/invitation/[\w.-]+/<', page)
    assert "/static/js/copy." in page


@pytest.mark.settings(SMTP_URL="smtp://127.0.0.1:1")
def test_where_mail_is_on_only_the_mail_has_the_link(boss: FlaskClient):
    send(boss, INVITE, **NADIA)
    assert "/office/invitation/" not in boss.get(f"{TEAM}{known('nadia@example.org').id}/").text
    assert [message.recipient for message in db.session.scalars(select(Message))] == ["nadia@example.org"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nadia"},
        {"email": "ADMIN@example.org"},
        {"name": ""},
        {"role": "boss"},
        {"role": ""},
        {"name": "N" * 121},
    ],
)
def test_a_wrong_invitation_keeps_what_was_typed(boss: FlaskClient, wrong: dict[str, str]):
    answer = send(boss, INVITE, **NADIA | wrong)
    assert answer.status_code == 422
    typed = NADIA | wrong
    assert f'value="{typed["email"]}"' in answer.text
    assert "field-error" in answer.text
    assert db.session.scalars(select(Staff)).all() == [known("admin@example.org")]


def test_a_role_is_changed_and_the_journal_says_from_what(app: Flask, boss: FlaskClient):
    staff, theirs = somebody(), app.test_client()
    enter(theirs, staff.email)
    send(boss, f"{TEAM}{staff.id}/role/", f"{TEAM}{staff.id}/", role="admin")
    assert theirs.get(TEAM).status_code == 200
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.action, entry.subject) == (JournalAction.CHANGED, f"staff.{staff.id}")
    assert (entry.before, entry.after) == ({"role": "editor"}, {"role": "admin"})


def test_a_closed_account_is_closed_at_once_and_can_be_opened_again(app: Flask, boss: FlaskClient):
    staff, theirs = somebody(), app.test_client()
    enter(theirs, staff.email)
    page = f"{TEAM}{staff.id}/"
    send(boss, f"{page}desactiver/", page)
    assert theirs.get("/office/moi/").status_code == 302
    assert enter(app.test_client(), staff.email).status_code == 422
    send(boss, f"{page}reactiver/", page)
    assert theirs.get("/office/moi/").status_code == 302
    assert enter(app.test_client(), staff.email).status_code == 303
    assert [summary for _, summary in entries()] == [
        f"{staff.name} : compte désactivé",
        f"{staff.name} : compte réactivé",
    ]


def test_who_lost_their_telephone_is_helped_and_told(app: Flask, boss: FlaskClient):
    staff, theirs = with_codes(somebody()), app.test_client()
    page = f"{TEAM}{staff.id}/"
    send(boss, f"{page}second-facteur/", page)
    assert not known(staff.email).has_second_factor
    assert enter(theirs, staff.email).location == "/office/"
    assert entries() == [("Alix Admin", f"{staff.name} : second facteur et clés d’accès retirés")]
    assert [message.recipient for message in db.session.scalars(select(Message))] == [staff.email]


def test_a_link_is_sent_again(boss: FlaskClient):
    staff = somebody()
    page = f"{TEAM}{staff.id}/"
    send(boss, f"{page}lien/", page)
    assert db.session.scalars(select(Message.name)).all() == ["accounts/reset"]


@pytest.mark.parametrize("act", ["desactiver/", "role/"])
def test_the_last_administrator_stays(boss: FlaskClient, act: str):
    make(StaffRole.ADMIN, email="invited@example.org")  # who never came, and so could not open the door
    staff = known("admin@example.org")
    page = f"{TEAM}{staff.id}/"
    answer = boss.post(f"{page}{act}", data={"csrf_token": key(boss, page), "role": "door"})
    assert answer.status_code == 303
    assert "C’est le dernier administrateur" in boss.get(page).text
    staff = known("admin@example.org")
    assert (staff.role, staff.active) == (StaffRole.ADMIN, True)


def key(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


@pytest.mark.parametrize("role", [StaffRole.EDITOR, StaffRole.PRESS_OFFICER, StaffRole.DOOR])
def test_the_team_is_the_administrators(office: Callable[[StaffRole], FlaskClient], session: Session, role: StaffRole):
    client, boss = office(role), somebody(StaffRole.ADMIN)
    held = key(client, "/office/moi/")
    for path in (TEAM, INVITE, f"{TEAM}{boss.id}/"):
        assert client.get(path).status_code == 403
    for act in ("role/", "desactiver/", "reactiver/", "second-facteur/", "lien/"):
        assert client.post(f"{TEAM}{boss.id}/{act}", data={"csrf_token": held, "role": "door"}).status_code == 403
    assert client.post(INVITE, data=NADIA | {"csrf_token": held}).status_code == 403
    assert entries() == []


@pytest.mark.parametrize("path", ["999999/", "999999/role/", "999999/lien/"])
def test_nobody_of_that_number_is_not_found(boss: FlaskClient, path: str):
    answer = boss.get(TEAM + path) if path.count("/") == 1 else send(boss, TEAM + path, INVITE, role="door")
    assert answer.status_code == 404


def test_the_list_costs_the_same_for_one_and_for_ten(boss: FlaskClient, count_queries: Callable[..., object]):
    costs: list[int] = []
    for number in range(2):
        with count_queries() as statements:  # type: ignore[attr-defined]
            boss.get(TEAM)
        costs.append(len(statements))
        for other in range(10 * (1 - number)):
            make(StaffRole.EDITOR, email=f"e{other}@example.org")
        db.session.commit()
    assert costs[0] == costs[1] <= 6


# --- The terminal -------------------------------------------------------------------------------------------------


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["accounts", *arguments])
    return result.exit_code, result.output


def test_the_terminal_invites_and_prints_the_link(app: Flask, client: FlaskClient):
    status, said = run(app, "invite", "nadia@example.org", "--role", "editor", "--name", "Nadia")
    assert status == 0
    page = re.search(r"https://film\.test(/office/invitation/\S+)", said)
    assert page
    assert client.get(page[1]).status_code == 200
    with app.app_context():
        assert entries() == [("ligne de commande", "Nadia : invitation (Rédaction)")]


def test_the_terminal_lists_disables_helps_and_links(app: Flask):
    with app.app_context():
        somebody(StaffRole.ADMIN)
        with_codes(somebody())
    assert run(app, "disable", "editor@example.org") == (0, "editor@example.org is disabled.\n")
    said = run(app, "list")[1].splitlines()
    assert said[0].split() == ["admin@example.org", "admin", "active", "never", "Alix", "Admin"]
    assert said[1].split()[:3] == ["editor@example.org", "editor", "disabled"]
    assert run(app, "reset-second-factor", "editor@example.org")[0] == 0
    assert run(app, "link", "ADMIN@example.org")[1].startswith("https://film.test/office/mot-de-passe/")
    with app.app_context():
        assert not known("editor@example.org").has_second_factor


@pytest.mark.parametrize(
    "arguments",
    [
        ("disable", "nobody@example.org"),
        ("link", "nobody@example.org"),
        ("reset-second-factor", "nobody@example.org"),
        ("disable", "admin@example.org"),
        ("invite", "admin@example.org", "--role", "editor", "--name", "Twice"),
        ("invite", "no address", "--role", "editor", "--name", "Nobody"),
        ("invite", "new@example.org", "--role", "editor", "--name", "N" * 121),
        ("invite", "new@example.org", "--role", "editor", "--name", ""),
    ],
)
def test_the_terminal_refuses_in_one_line(app: Flask, arguments: tuple[str, ...]):
    with app.app_context():
        somebody(StaffRole.ADMIN)
    status, said = run(app, *arguments)
    assert status == 1
    assert said.startswith("Error: ")
    assert said.count("\n") == 1


def test_the_start_prints_a_link_while_there_is_nobody(app: Flask):
    said = serving.first_invitation(app)
    assert said
    assert "https://film.test/office/premier/" in said
    with app.app_context():
        somebody(StaffRole.ADMIN)
    assert serving.first_invitation(app) is None


# --- The journal --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def own_app(
    request: pytest.FixtureRequest, make_settings: Callable[..., Settings], tmp_path: object
) -> Iterator[Flask]:
    """An application on an empty database of each engine."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/own.sqlite"
    with application(make_settings(DATABASE_URL=url)) as app, app.app_context():
        with app.app_context():
            start.upgrade()
        yield app


def test_a_line_of_the_journal_is_neither_changed_nor_deleted(own_app: Flask):
    journal.record(action=JournalAction.DID, subject="staff.1", summary="essai", after={"a": 1})
    db.session.commit()
    for statement in (update(JournalEntry).values(summary="rien"), text("DELETE FROM journal_entry")):
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(statement)
        db.session.rollback()
    assert entries() == [("ligne de commande", "essai")]


def test_a_line_goes_with_the_change_it_tells(session: Session):
    team.invite(email="nadia@example.org", name="Nadia", role=StaffRole.DOOR)
    session.rollback()
    assert (session.scalars(select(Staff)).all(), entries()) == ([], [])


def test_the_rules_hold_on_both_engines(own_app: Flask):
    """The founder is one, an address is one, and what belongs to somebody goes with them."""
    boss = make(StaffRole.ADMIN, email="boss@example.org", founder=True, password=hashed())
    with pytest.raises(Refused, match="déjà un administrateur"):
        team.found(email="eve@example.org", name="Eve", password="boussole jeudi confiture")
    with pytest.raises(Refused, match="dernier administrateur"):
        team.disable(boss)
    with pytest.raises(Refused, match="déjà dans"):
        team.invite(email="BOSS@Example.org", name="Twice", role=StaffRole.DOOR)
    assert known("boss@example.org") is boss
    assert sessions.of(boss) == []
    assert db.session.scalars(select(Passkey)).all() == []
