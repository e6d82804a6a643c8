"""What becomes of passkeys when a forgotten password is replaced: they open the office without it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import send, somebody
from accounts.test_passwords import NEW, path
from operation118 import clock
from operation118.accounts import links, passkeys
from operation118.accounts.models import Passkey, Staff
from operation118.database import db
from operation118.mail.models import Message


def plain(said: str) -> str:
    """With the spaces that a keyboard types."""
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def last_mail() -> str:
    return plain(db.session.scalars(select(Message.text).order_by(Message.id.desc())).first() or "")


def with_passkeys(staff: Staff, count: int) -> Staff:
    kind = {"sign_count": 0, "usage": "first", "backup_state": False, "device_type": "single_device"}
    for number in range(count):
        keys = {"credential_id": bytes([number]), "public_key": b"x", "lastuse_datetime": clock.real_now()}
        db.session.add(Passkey(staff_id=staff.id, name=f"Clé {number}", **keys, **kind))
    db.session.commit()
    return staff


@pytest.mark.parametrize(
    ("ticked", "left", "told"),
    [({"without_passkeys": "1"}, 0, "et vos clés d’accès retirées"), ({}, 2, "gardées, ouvrent toujours le bureau")],
)
def test_a_reset_says_what_becomes_of_passkeys(
    client: FlaskClient, session: Session, ticked: dict[str, str], left: int, told: str
):
    staff = with_passkeys(somebody(), 2)
    page = path(links.to_choose_a_password(staff))
    shown = plain(client.get(page).text)
    assert "Retirer aussi vos 2 clés d’accès" in shown
    assert 'name="without_passkeys" value="1" checked' in shown
    assert send(client, page, password=NEW, **ticked).status_code == 303
    assert len(passkeys.of(staff)) == left
    assert told in last_mail()


def test_who_has_no_passkey_is_asked_nothing_of_them(client: FlaskClient, session: Session):
    page = path(links.to_choose_a_password(somebody()))
    assert "without_passkeys" not in client.get(page).text
    send(client, page, password=NEW)
    assert "Votre mot de passe a été changé." in last_mail()
