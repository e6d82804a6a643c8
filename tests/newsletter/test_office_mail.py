"""The mail room in the office: what waits and what left, a mail as it was sent but for what is its reader's own, who is
not written to and why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import person
from newsletter import subscribers
from newsletter.campaigning import subscriber
from newsletter.desking import journal, launched, mail, plain, press
from operation118 import clock
from operation118.accounts import mails as staff_mails
from operation118.accounts.models import StaffRole
from operation118.mail.models import Bounce, BounceKind, Message, MessageState, SuppressionReason, SuppressionScope
from operation118.mail.suppression import lines, suppress
from operation118.newsletter import campaigns, letters, mail_room
from operation118.newsletter.models import CampaignState, SubscriberState
from operation118.tokens import fingerprint

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
ROOM = "/office/courrier/"
ADDRESS = "lectrice@example.org"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def only(session: Session) -> Message:
    return session.scalars(select(Message).execution_options(populate_existing=True)).one()


def seen(client: FlaskClient, path: str) -> str:
    return FlaskClient.open(client, path, buffered=True).text


def test_the_room_says_how_many_mails_stand_where(editor: FlaskClient, session: Session):
    campaign = launched(session, MessageState.SENT, MessageState.SENT, MessageState.FAILED, MessageState.CLAIMED)
    session.add(mail(0, MessageState.WAITING, subject="Une confirmation", text="x", html="x"))
    session.commit()
    page = plain(editor.get(ROOM))
    assert f"/office/courrier/envois/{campaign.id}/sent/" in page
    assert ">2<span" in page
    listed = plain(editor.get(f"{ROOM}envois/0/waiting/"))
    assert "Une confirmation" in listed
    assert "lecteur0@example.org" in listed


@pytest.mark.parametrize("path", ["envois/0/lost/", "envois/118/sent/", "messages/118/", "abonnes/118/"])
def test_what_does_not_exist_is_not_found(editor: FlaskClient, path: str):
    assert editor.get(ROOM + path).status_code == 404


def test_lists_go_by_pages_the_last_due_first(editor: FlaskClient, session: Session):
    moment = clock.now()
    for number in range(51):
        session.add(mail(0, MessageState.SENT, number, due_at=moment - timedelta(minutes=number // 2)))
    session.commit()
    first = editor.get(f"{ROOM}envois/0/sent/").text
    before = first.split("?avant=")[1].split('"')[0]
    second = editor.get(f"{ROOM}envois/0/sent/?avant={before}").text
    assert "lecteur0@" in first
    assert "lecteur50@" not in first
    assert second.count("@example.org") == 1
    assert "lecteur50@" in second


def test_the_table_costs_the_same_whatever_the_number_of_letters(
    editor: FlaskClient, session: Session, count_queries: Callable[..., object]
):
    def cost() -> int:
        with count_queries() as statements:  # type: ignore[attr-defined]
            editor.get(ROOM)
        return len(statements)

    launched(session, MessageState.SENT, slug="a")
    one = cost()
    launched(session, MessageState.SENT, slug="b")
    launched(session, MessageState.SENT, slug="c")
    assert cost() == one


def test_a_mail_is_shown_as_it_was_sent_but_nobody_can_act_for_its_reader(editor: FlaskClient, session: Session):
    subscribers.pending(ADDRESS)
    session.commit()
    message = only(session)
    page = plain(editor.get(f"{ROOM}messages/{message.id}/"))
    assert "<dt>Identifiant</dt>" in page
    assert ADDRESS in page
    assert "/lettre/confirmer/" in page
    shown = seen(editor, f"{ROOM}messages/{message.id}/courriel/")
    text = seen(editor, f"{ROOM}messages/{message.id}/texte/")
    for said in (page, shown, text):
        assert "/lettre/confirmer/" in said
        address = said.split("/lettre/confirmer/")[1].split("/")[0]
        assert address.endswith("…")
        assert len(address) < 20


def test_a_mail_that_opens_the_office_is_shown_to_nobody(office: Office, session: Session):
    staff_mails.invitation(person(StaffRole.ADMIN))
    session.commit()
    message = only(session)
    for role in (StaffRole.EDITOR, StaffRole.ADMIN):
        client = office(role)
        page = client.get(f"{ROOM}messages/{message.id}/")
        assert "son texte n’est montré à personne d’autre" in plain(page)
        assert "/office/invitation/" not in page.text
        for view in ("courriel", "texte"):
            assert client.get(f"{ROOM}messages/{message.id}/{view}/").status_code == 404


@pytest.mark.parametrize("name", ["invitation", "reset", "new_device"])
@pytest.mark.parametrize("act", ["annuler", "renvoyer"])
def test_a_mail_about_an_account_is_an_administrators_to_decide(office: Office, session: Session, name: str, act: str):
    session.add(mail(0, MessageState.WAITING, name=f"accounts/{name}", subject="Bonjour", text="x", html="x"))
    session.commit()
    here = f"{ROOM}messages/{only(session).id}/"
    editor, admin = office(StaffRole.EDITOR), office(StaffRole.ADMIN)
    assert f"/{act}/" not in editor.get(here).text
    assert press(editor, f"{here}{act}/", ROOM + "ecartes/").status_code == 403
    assert only(session).state is MessageState.WAITING
    assert journal() == []
    assert f"/{act}/" in admin.get(here).text
    assert press(admin, f"{here}{act}/", here).status_code == 303
    assert journal()[-1].subject == f"mail.{only(session).id}"


def test_a_mail_of_a_letter_is_its_readers_own_until_they_leave(editor: FlaskClient, session: Session):
    reader = subscriber(session, ADDRESS)
    text = '+++\nslug = "x"\ntopics = ["dvd"]\n[fr]\nsubject = "Voilà"\n+++\n<!-- fr -->\nBonjour à vous.\n'
    campaigns.launch(campaigns.draft(letters.parse(text)))
    session.commit()
    number = only(session).id
    page = plain(editor.get(f"{ROOM}messages/{number}/"))
    assert "<dt>Désabonnement en un clic</dt>" in page
    assert "Bonjour à vous." in page
    reader.state = SubscriberState.UNSUBSCRIBED
    session.commit()
    page = plain(editor.get(f"{ROOM}messages/{number}/"))
    assert "Son lecteur n’est plus abonné" in page
    assert "Bonjour à vous." in page


def test_a_mail_that_failed_is_sent_again(editor: FlaskClient, session: Session):
    session.add(mail(0, MessageState.FAILED, attempts=9, subject="Bonjour", text="x", html="<p>x</p>"))
    session.commit()
    number = only(session).id
    here = f"{ROOM}messages/{number}/"
    press(editor, f"{here}renvoyer/", here)
    assert (only(session).state, only(session).attempts) == (MessageState.WAITING, 0)
    assert journal()[-1].subject == f"mail.{number}"
    assert "example.org" not in journal()[-1].summary


def test_a_mail_that_waits_is_called_off_and_one_that_leaves_is_not(editor: FlaskClient, session: Session):
    session.add(mail(0, MessageState.WAITING, subject="Bonjour", text="x", html="<p>x</p>"))
    session.commit()
    here = f"{ROOM}messages/{only(session).id}/"
    only(session).state = MessageState.SENDING
    session.commit()
    press(editor, f"{here}annuler/", ROOM + "ecartes/")
    assert only(session).state is MessageState.SENDING
    only(session).state = MessageState.WAITING
    session.commit()
    press(editor, f"{here}annuler/", here)
    assert only(session).state is MessageState.CANCELLED


def test_a_letters_mail_is_decided_with_the_letter(editor: FlaskClient, session: Session):
    launched(session, MessageState.FAILED)
    here = f"{ROOM}messages/{only(session).id}/"
    for act in ("renvoyer", "annuler"):
        assert act not in editor.get(here).text
        press(editor, f"{here}{act}/", f"{ROOM}ecartes/")
        assert only(session).state is MessageState.FAILED
    assert journal() == []


def test_an_address_kept_away_by_a_server_may_be_written_to_again(editor: FlaskClient, session: Session):
    suppress(fingerprint(ADDRESS), scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
    session.commit()
    here = f"{ROOM}ecartes/"
    page = plain(press(editor, here, here, adresse=ADDRESS.upper()))
    assert "Boîte inexistante" in page
    assert "Lui écrire de nouveau" in page
    press(editor, f"{here}reprendre/", here, adresse=ADDRESS)
    assert lines(fingerprint(ADDRESS)) == []
    assert journal()[-1].subject == f"suppression.{fingerprint(ADDRESS)[:12]}"
    assert "lectrice" not in journal()[-1].summary


@pytest.mark.parametrize("reason", [SuppressionReason.REQUEST, SuppressionReason.ERASED, SuppressionReason.COMPLAINT])
def test_what_a_person_said_only_that_person_takes_back(
    editor: FlaskClient, session: Session, reason: SuppressionReason
):
    suppress(fingerprint(ADDRESS), scope=SuppressionScope.BULK, reason=reason)
    session.commit()
    here = f"{ROOM}ecartes/"
    assert "lui seul y revient" in plain(press(editor, here, here, adresse=ADDRESS))
    press(editor, f"{here}reprendre/", here, adresse=ADDRESS)
    assert len(lines(fingerprint(ADDRESS))) == 1
    assert journal() == []


def test_the_list_of_those_kept_away_names_nobody_and_is_filtered_by_reason(editor: FlaskClient, session: Session):
    for number in range(51):
        who = fingerprint(f"{number}@example.org")
        suppress(who, scope=SuppressionScope.ALL, reason=SuppressionReason.IMPORTED)
    suppress(fingerprint(ADDRESS), scope=SuppressionScope.ALL, reason=SuppressionReason.COMPLAINT)
    session.commit()
    page = editor.get(f"{ROOM}ecartes/")
    assert "@" not in page.text.split("<table>")[1].split("</table>")[0]
    assert "avant=" in page.text
    one = editor.get(f"{ROOM}ecartes/?raison=complaint").text.split("<tbody>")[1]
    assert one.count("<tr>") == 1


def test_what_is_no_address_is_said(editor: FlaskClient):
    answer = press(editor, f"{ROOM}ecartes/", f"{ROOM}ecartes/", adresse="lectrice")
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text


def test_what_came_back_is_listed_with_its_mail(editor: FlaskClient, session: Session):
    session.add(mail(0, MessageState.SENT, subject="Bonjour", text="x", html="x"))
    session.commit()
    hard = {"kind": BounceKind.HARD, "status": "5.1.1", "diagnostic": "no such user", "message_id": only(session).id}
    session.add(Bounce(digest="y", received_at=clock.now(), **hard))
    session.add(Bounce(digest="x", kind=BounceKind.UNKNOWN, received_at=clock.now()))
    session.commit()
    page = plain(editor.get(f"{ROOM}retours/"))
    assert "Définitif" in page
    assert f"/office/courrier/messages/{only(session).id}/" in page
    assert "Définitif (5.1.1)" in plain(editor.get(ROOM))


def test_where_no_box_is_read_for_returns_that_is_said(editor: FlaskClient):
    page = plain(editor.get(f"{ROOM}retours/"))
    assert "Aucune boîte n’est réglée" in page
    assert "relève chaque minute" not in page


@pytest.mark.settings(BOUNCE_BOX="maildir:///retours")
def test_a_box_read_for_returns_is_said(editor: FlaskClient):
    assert "relève chaque minute" in plain(editor.get(f"{ROOM}retours/"))


def test_a_mail_due_for_long_is_told_unless_its_letter_is_paused(session: Session):
    long_ago = clock.now() - timedelta(minutes=30)
    campaign = launched(session, state=CampaignState.PAUSED)
    session.add(mail(campaign.id, MessageState.WAITING, due_at=long_ago))
    session.commit()
    assert mail_room.late() == ""
    session.add(mail(0, MessageState.WAITING, due_at=long_ago))
    session.commit()
    assert "30 minutes" in mail_room.late()


@pytest.mark.parametrize("role", [StaffRole.PRESS_OFFICER, StaffRole.DOOR])
@pytest.mark.parametrize("path", ["", "ecartes/", "retours/", "abonnes/", "liste/", "envois/0/sent/"])
def test_addresses_are_for_editors_only(office: Office, role: StaffRole, path: str):
    assert office(role).get(ROOM + path).status_code == 403
