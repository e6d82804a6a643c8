"""One's own page: nobody changes there what is not theirs, and each change of the keys is told and written down."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import PASSWORD, code, cookie, enter, send, somebody, token, with_codes
from operation118 import clock
from operation118.accounts import lapsed, passkeys, second_factor, sessions
from operation118.accounts.models import JournalEntry, Passkey, Staff, StaffRole
from operation118.accounts.refused import Refused
from operation118.database import db
from operation118.mail.models import Message

ME = "/office/moi/"
NEW = "boussole jeudi confiture"
SESSION = re.compile(r'name="session" value="([^"]+)"')


def summaries() -> list[str]:
    return list(db.session.scalars(select(JournalEntry.summary).order_by(JournalEntry.id)))


def told() -> list[str]:
    """What the mails say has changed."""
    texts = db.session.scalars(select(Message.text).where(Message.name == "accounts/changed").order_by(Message.id))
    return [(text or "").replace("\u00a0", " ").split("\n\n")[2].strip() for text in texts]


@pytest.fixture
def me(session: Session) -> Staff:
    return somebody()


@pytest.fixture
def mine(app: Flask, me: Staff) -> FlaskClient:
    """A browser where `me` is signed in."""
    client = app.test_client()
    enter(client, me.email)
    return client


# --- Name and password --------------------------------------------------------------------------------------------


def test_a_name_is_changed_and_the_journal_says_from_what(mine: FlaskClient, me: Staff):
    before = me.name
    assert send(mine, f"{ME}nom/", ME, name="  Nadia   Exemple ").location == ME
    assert "Nadia Exemple" in mine.get(ME).text
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.before, entry.after, entry.staff_id) == ({"name": before}, {"name": "Nadia Exemple"}, me.id)


@pytest.mark.parametrize("path", ["nom/", "mot-de-passe/"])
def test_nobody_gives_themselves_a_role_an_address_or_a_life(mine: FlaskClient, me: Staff, path: str):
    """Mass assignment: what the forms do not have is not taken."""
    kept = (me.id, me.email, me.role, me.active, me.founder, me.tf_totp_secret)
    taken = {"role": "admin", "roles": "admin", "email": "evil@example.org", "active": "1", "founder": "1", "id": "1"}
    fields = {"name": "Nadia", "current": PASSWORD, "password": NEW, "tf_totp_secret": "x", "fs_uniquifier": "x"}
    assert send(mine, ME + path, ME, **taken | fields).status_code == 303
    db.session.expire_all()
    assert (me.id, me.email, me.role, me.active, me.founder, me.tf_totp_secret) == kept
    assert mine.get("/office/equipe/").status_code == 403


def test_what_was_typed_is_kept_when_a_name_is_refused(mine: FlaskClient, session: Session):
    answer = send(mine, f"{ME}nom/", ME, name="N" * 121)
    assert answer.status_code == 422
    assert f'value="{"N" * 121}"' in answer.text
    assert "<title>À\u00a0corriger" in answer.text


def test_a_password_is_changed_by_whoever_knows_the_present_one(app: Flask, mine: FlaskClient, me: Staff):
    other = app.test_client()
    enter(other, me.email)
    assert send(mine, f"{ME}mot-de-passe/", ME, current="autre chose", password=NEW).status_code == 422
    assert send(mine, f"{ME}mot-de-passe/", ME, current=PASSWORD, password="court").status_code == 422
    assert other.get(ME).status_code == 200
    assert send(mine, f"{ME}mot-de-passe/", ME, current=PASSWORD, password=NEW).status_code == 303
    assert mine.get(ME).status_code == 200
    assert other.get(ME).status_code == 302
    assert enter(app.test_client(), me.email, NEW).status_code == 303
    assert summaries() == [f"{me.name} : mot de passe changé"]
    assert told() == ["Votre mot de passe a été changé."]


# --- Codes --------------------------------------------------------------------------------------------------------


def secret_of(client: FlaskClient) -> str:
    with client.session_transaction("/office/") as kept:
        return kept["new_secret"]


def set_up(client: FlaskClient, me: Staff, *, later: int = 0) -> str:
    """Set the codes up as the page says; the answer's text."""
    client.get(f"{ME}codes/")
    shown = Staff(tf_totp_secret=secret_of(client))
    fields = {"code": code(shown, later=later), "csrf_token": token(client, ME)}
    answer = client.post(f"{ME}codes/", data=fields)
    assert answer.status_code == 200
    return answer.text


def test_codes_are_in_place_once_one_was_shown(mine: FlaskClient, me: Staff):
    page = mine.get(f"{ME}codes/").text
    assert "<svg" in page
    assert second_factor.typed_key(secret_of(mine)) in page
    assert "style=" not in page
    assert send(mine, f"{ME}codes/", code="000000").status_code == 422
    assert not me.has_second_factor
    saved = re.findall(r"<code>((?:[2-9a-z]{4}-){3}[2-9a-z]{4})</code>", set_up(mine, me))
    assert len(set(saved)) == 10
    db.session.expire_all()
    assert me.has_second_factor
    assert summaries() == [f"{me.name} : second facteur mis en place"]
    assert told() == ["Les codes du téléphone ont été mis en place."]
    assert saved[0] not in mine.get(ME).text


def test_the_secret_is_kept_encrypted(mine: FlaskClient, me: Staff):
    set_up(mine, me)
    db.session.expire_all()
    key = second_factor.typed_key(me.tf_totp_secret or "").replace("-", "").replace(" ", "")
    assert key not in (me.tf_totp_secret or "")
    assert key.lower() not in (cookie(mine) or "").lower()


def test_the_code_that_set_them_up_does_not_open_the_door(app: Flask, mine: FlaskClient, me: Staff):
    mine.get(f"{ME}codes/")
    used = code(Staff(tf_totp_secret=secret_of(mine)))
    fields = {"code": used, "csrf_token": token(mine, ME)}
    assert mine.post(f"{ME}codes/", data=fields).status_code == 200
    db.session.expire_all()
    other = app.test_client()
    enter(other, me.email)
    assert send(other, "/office/connexion/code/", code=used).status_code == 422


def test_codes_are_read_after_the_secret_key_changed(me: Staff):
    from_before = second_factor.Codes(["the old key of the site"], "film.test").generate_totp_secret()
    both = second_factor.Codes(["the old key of the site", "the new key of the site"], "film.test")
    assert both.get_totp_b32_key(from_before)


def test_codes_are_taken_off_and_recovery_codes_with_them(mine: FlaskClient, me: Staff):
    set_up(mine, me)
    send(mine, f"{ME}codes/retirer/", ME)
    db.session.expire_all()
    assert not me.has_second_factor
    assert second_factor.recovery_codes_left(me) == 0
    assert told()[-1] == "Les codes du téléphone ont été retirés : le mot de passe suffit."


def test_new_recovery_codes_void_the_old_ones(app: Flask, mine: FlaskClient, me: Staff):
    with_codes(me)
    old = second_factor.new_recovery_codes(me)
    db.session.commit()
    answer = send(mine, f"{ME}codes/secours/", ME)
    assert old[0] not in answer.text
    assert second_factor.recovery_codes_left(me) == 10
    other = app.test_client()
    enter(other, me.email)
    assert send(other, "/office/connexion/code/", code=old[0]).status_code == 422


# --- Sessions -----------------------------------------------------------------------------------------------------


def test_one_sees_where_one_is_signed_in_and_closes_one(app: Flask, mine: FlaskClient, me: Staff):
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    phone.environ_base["REMOTE_ADDR"] = "2001:db8:1:2:3:4:5:6"
    enter(phone, me.email)
    page = mine.get(ME).text
    assert "Firefox, Android" in page
    assert "2001:db8:1:2::/64" in page
    assert "2001:db8:1:2:3" not in page
    numbers = SESSION.findall(page)
    assert len(numbers) == 1
    assert send(mine, f"{ME}connexions/fermer/", ME, session=numbers[0]).location == ME
    assert phone.get(ME).status_code == 302
    assert mine.get(ME).status_code == 200


def test_nobody_closes_the_session_of_somebody_else(app: Flask, mine: FlaskClient, session: Session):
    other, theirs = somebody(StaffRole.DOOR), app.test_client()
    enter(theirs, other.email)
    for number in (sessions.of(other)[0].id, "", "x", "' OR 1=1 --"):
        assert send(mine, f"{ME}connexions/fermer/", ME, session=number).status_code == 404
    assert theirs.get(ME).status_code == 200


def test_signing_out_everywhere_is_everywhere(app: Flask, mine: FlaskClient, me: Staff):
    phone, other = app.test_client(), somebody(StaffRole.DOOR)
    enter(phone, me.email)
    stranger = app.test_client()
    enter(stranger, other.email)
    assert send(mine, f"{ME}connexions/fermer-tout/", ME).status_code == 303
    assert [client.get(ME).status_code for client in (mine, phone, stranger)] == [302, 302, 200]
    assert summaries() == [f"{me.name} : déconnexion partout"]


def test_lapsed_sessions_are_deleted(mine: FlaskClient, me: Staff):
    assert lapsed.forget_sessions() == 0
    with time_machine.travel(clock.real_now() + timedelta(days=15), tick=False):
        assert lapsed.forget_sessions() == 1


# --- Passkeys -----------------------------------------------------------------------------------------------------


def test_nobody_takes_the_passkey_of_somebody_else(mine: FlaskClient, session: Session):
    other = somebody(StaffRole.DOOR)
    values = {"public_key": b"k", "sign_count": 0, "backup_state": False, "device_type": "x", "usage": "first"}
    key = Passkey(user=other, name="À elle", credential_id=b"c", lastuse_datetime=clock.real_now(), **values)
    session.add(key)
    session.commit()
    assert send(mine, f"{ME}cles/{key.id}/retirer/", ME).status_code == 404
    assert "À elle" not in mine.get(ME).text
    assert session.get(Passkey, key.id) is not None


@pytest.mark.parametrize(
    "sent",
    [
        {},
        [],
        {"credential": {}},
        {"credential": "x"},
        {"credential": {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30"}}},
        {"name": "x", "credential": {"id": "é", "rawId": "!", "type": "public-key", "response": {
            "clientDataJSON": "x", "authenticatorData": "x", "signature": "x", "userHandle": "x", "attestationObject": "x"}}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/office/connexion/cle/", f"{ME}cles/"])
def test_what_is_no_passkey_is_refused_kindly(mine: FlaskClient, session: Session, path: str, sent: object):
    key = {"X-CSRFToken": token(mine, ME)}
    assert mine.post(f"{path}options/", headers=key).status_code == 200
    answer = mine.post(path, json=sent, headers=key)
    assert answer.status_code == 422
    assert answer.json == {"said": "La clé d’accès n’a pas été reconnue. Recommencez."}
    again = mine.post(path, json=sent, headers=key)
    assert again.json == {"said": "Trop de temps a passé. Recommencez."}


def test_a_passkey_needs_the_token_too(mine: FlaskClient, session: Session):
    for path in ("/office/connexion/cle/options/", "/office/connexion/cle/", f"{ME}cles/options/", f"{ME}cles/"):
        assert mine.post(path, json={}).status_code == 400


def test_an_answer_older_than_the_last_use_is_one_sent_again(session: Session):
    """Many authenticators do not count; the instant of the challenge does."""
    values = {"public_key": b"k", "sign_count": 0, "backup_state": True, "device_type": "x", "usage": "first"}
    key = Passkey(user=somebody(), name="Clé", credential_id=b"c", lastuse_datetime=clock.real_now(), **values)
    session.add(key)
    session.commit()
    use = passkeys._use  # pyright: ignore[reportPrivateUsage]
    use(key, 0, clock.real_now())
    with pytest.raises(Refused):
        use(key, 0, clock.real_now() - timedelta(seconds=1))
