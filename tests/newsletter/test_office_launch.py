"""From the rehearsal to the results: who reads it is known beforehand, ten minutes in which anybody may keep it, and each
decision in the journal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigning import subscriber
from newsletter.desking import DESK, draft, journal, launched, mail, of, plain, press, write
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.mail.models import Message, MessageState
from operation118.newsletter import campaigns
from operation118.newsletter.models import Campaign, CampaignState, SubscriberState, Topic

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
NOON = datetime(2027, 6, 1, 10, tzinfo=UTC)


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def slug(editor: FlaskClient, session: Session) -> str:
    """A letter that one person waits for."""
    subscriber(session, "lectrice@example.org")
    return write(editor)


def launch(client: FlaskClient, slug: str, **fields: str):
    page = f"{DESK}{slug}/repetition/"
    sent = {"relu": "1", "version": str(of(slug).version), "quand": "maintenant"} | fields
    return press(client, f"{DESK}{slug}/lancer/", page, **sent)


def test_the_rehearsal_counts_readers_names_some_and_says_who_is_left_out(
    editor: FlaskClient, session: Session, slug: str
):
    subscriber(session, "autre@example.org", Topic.PRESS)
    for name in ("partie", "parti"):
        subscriber(session, f"{name}@example.org", state=SubscriberState.UNSUBSCRIBED)
    page = plain(editor.get(f"{DESK}{slug}/repetition/"))
    assert "<strong>1</strong> la reçoit" in page
    assert "lectrice@example.org" in page
    assert "1 n’a demandé aucun de ces sujets" in page
    assert "2 se sont désabonnés" in page
    assert "autre@example.org" not in page


def test_the_rehearsal_says_what_keeps_the_letter_here(editor: FlaskClient, session: Session):
    subscriber(session, "lectrice@example.org")
    slug = write(editor, texte_fr="[Rien](/nulle-part/)")
    page = plain(editor.get(f"{DESK}{slug}/repetition/"))
    assert "Elle ne peut pas partir ainsi." in page
    assert "/nulle-part/" in page
    assert "Corrigez d’abord" in page
    answer = launch(editor, slug)
    assert answer.status_code == 422
    assert of(slug).state is CampaignState.DRAFT


def test_a_letter_for_nobody_cannot_be_launched(editor: FlaskClient, session: Session):
    slug = write(editor)
    page = plain(editor.get(f"{DESK}{slug}/repetition/"))
    for told in ("Personne ne l’attend", "Personne ne la recevrait. La liste n’a encore aucun abonné."):
        assert told in page
    assert "laissé de côté" not in page
    subscriber(session, "autre@example.org", Topic.PRESS)
    page = plain(editor.get(f"{DESK}{slug}/repetition/"))
    assert "Personne ne la recevrait.</p>" in page
    assert "1 n’a demandé aucun de ces sujets" in page


def test_the_test_goes_to_whoever_asks_for_it_and_to_nobody_else(editor: FlaskClient, session: Session, slug: str):
    press(editor, f"{DESK}{slug}/essai/", f"{DESK}{slug}/repetition/", to="autre@example.org")
    sent = session.scalars(select(Message)).all()
    assert {message.recipient for message in sent} == {"editor@example.test"}
    assert {message.subject for message in sent} == {"[essai] Le DVD arrive", "[essai] The DVD is coming"}
    line = journal()[-1]
    assert (line.subject, line.summary.rpartition(" : ")[2]) == (f"letter.{slug}", "essai envoyé à soi-même")
    page = plain(editor.get(f"{DESK}{slug}/repetition/"))
    assert "L’essai part pour editor@example.test." in page
    assert "/office/courrier/envois/0/kept/" not in page


@pytest.mark.settings(SMTP_URL="")
def test_without_a_relay_a_test_is_said_to_be_kept_and_where(editor: FlaskClient, slug: str):
    press(editor, f"{DESK}{slug}/essai/", f"{DESK}{slug}/repetition/")
    page = plain(editor.get(f"{DESK}{slug}/repetition/"))
    assert "L’essai n’est pas parti : aucun relais n’est réglé." in page
    assert "L’essai part pour" not in page
    assert journal()[-1].summary.endswith(" : essai gardé en fichier, sans relais pour partir")
    assert 'href="/office/courrier/envois/0/kept/"' in page
    assert editor.get("/office/courrier/envois/0/kept/").status_code == 200


def test_launching_is_waiting_ten_minutes(editor: FlaskClient, session: Session, slug: str):
    before = clock.now()
    assert launch(editor, slug).status_code == 303
    campaign = of(slug)
    assert campaign.state is CampaignState.SCHEDULED
    assert campaign.scheduled_at is not None
    assert timedelta(minutes=10) <= campaign.scheduled_at - before < timedelta(minutes=11)
    assert "Départ dans <span data-minutes>10</span> min" in plain(editor.get(f"{DESK}{slug}/"))
    assert campaigns.launch_due() == 0
    assert "lancée, départ le" in journal()[-1].summary


@pytest.mark.parametrize("role", list(StaffRole))
def test_anybody_of_the_team_may_keep_it_until_then(editor: FlaskClient, office: Office, slug: str, role: StaffRole):
    launch(editor, slug)
    colleague = office(role)
    assert "Retenir" in colleague.get(DESK).text
    assert press(colleague, f"{DESK}{slug}/retenir/").status_code == 303
    assert of(slug).state is CampaignState.DRAFT
    assert journal()[-1].summary.endswith("retenue avant le départ")


def test_after_the_hold_the_worker_launches_it(editor: FlaskClient, session: Session, slug: str):
    launch(editor, slug)
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert campaigns.launch_due() == 1
        session.commit()
    assert of(slug).state is CampaignState.SENDING
    assert "Retenir la lettre" not in editor.get(f"{DESK}{slug}/").text
    press(editor, f"{DESK}{slug}/retenir/")
    assert of(slug).state is CampaignState.SENDING


def test_nothing_is_launched_by_whoever_has_not_read_it_again(editor: FlaskClient, slug: str):
    answer = press(editor, f"{DESK}{slug}/lancer/", f"{DESK}{slug}/repetition/", quand="maintenant", version="1")
    assert answer.status_code == 422
    assert "Cochez d’abord" in plain(answer)
    assert of(slug).state is CampaignState.DRAFT


def test_nobody_launches_words_they_have_not_seen(editor: FlaskClient, session: Session, slug: str):
    page = f"{DESK}{slug}/repetition/"
    old = str(of(slug).version)
    of(slug).body_fr = "Autre chose"
    session.commit()
    answer = press(editor, f"{DESK}{slug}/lancer/", page, relu="1", version=old, quand="maintenant")
    assert answer.status_code == 409
    assert of(slug).state is CampaignState.DRAFT


def test_a_launch_is_chosen_in_the_time_of_paris(editor: FlaskClient, slug: str):
    year = clock.today().year + 1
    launch(editor, slug, quand="plus-tard", le=f"{year}-07-14T20:30")
    assert of(slug).scheduled_at == datetime(year, 7, 14, 18, 30, tzinfo=UTC)
    page = plain(editor.get(f"{DESK}{slug}/"))
    assert f"14 juillet {year} à 20 h 30" in page
    assert "Départ dans" not in page
    assert "Retenir la lettre" in page


@pytest.mark.parametrize("when", ["", "demain", "2001-01-01T10:00"])
def test_an_instant_that_is_none_or_past_is_refused_and_kept(editor: FlaskClient, slug: str, when: str):
    answer = launch(editor, slug, quand="plus-tard", le=when)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert of(slug).state is CampaignState.DRAFT


def test_a_letter_that_went_wrong_by_its_hour_says_so(editor: FlaskClient, session: Session, slug: str):
    launch(editor, slug)
    of(slug).body_fr = "[Rien](/nulle-part/)"
    session.commit()
    with clock.at(clock.now() + timedelta(minutes=11)):
        campaigns.launch_due()
        session.commit()
    assert of(slug).state is CampaignState.DRAFT
    for path in (DESK, f"{DESK}{slug}/", f"{DESK}{slug}/modifier/"):
        assert "/nulle-part/" in editor.get(path).text, path


def test_the_progress_is_told_in_numbers(editor: FlaskClient, session: Session):
    states = (MessageState.SENT, MessageState.SENT, MessageState.WAITING, MessageState.SENDING, MessageState.FAILED)
    campaign = launched(session, *states)
    told = editor.get(f"{DESK}{campaign.slug}/etat.json").get_json()
    assert (told["state"], told["total"], told["done"]) == ("sending", 5, 3)
    assert told["counts"]["failed"] == "1"
    page = plain(editor.get(f"{DESK}{campaign.slug}/"))
    assert '<progress max="5" value="3"' in page
    assert "À jour à" in page
    assert "data-refresh" in page


def test_pause_resume_and_stop_each_leave_a_line(editor: FlaskClient, session: Session):
    campaign = launched(session, MessageState.WAITING)
    here = f"{DESK}{campaign.slug}/"
    press(editor, f"{here}suspendre/", here)
    assert of(campaign.slug).state is CampaignState.PAUSED
    press(editor, f"{here}reprendre/", here)
    assert of(campaign.slug).state is CampaignState.SENDING
    assert "1 message ne partira pas, et ne pourra plus partir" in plain(editor.get(f"{here}arreter/"))
    press(editor, f"{here}arreter/", f"{here}arreter/")
    assert of(campaign.slug).state is CampaignState.CANCELLED
    assert session.scalars(select(Message.state)).all() == [MessageState.CANCELLED]
    assert [line.summary.split(" : ")[1].split(",")[0] for line in journal()] == ["suspendue", "reprise", "arrêtée"]


def test_what_cannot_be_done_is_said_on_the_letters_page(editor: FlaskClient, session: Session):
    campaign = launched(session, state=CampaignState.SENT)
    answer = press(editor, f"{DESK}{campaign.slug}/suspendre/")
    assert answer.status_code == 303
    assert "est envoyée" in plain(editor.get(answer.location))
    assert journal() == []


def test_what_was_refused_is_sent_again(editor: FlaskClient, session: Session):
    campaign = launched(session, MessageState.FAILED, MessageState.UNCERTAIN, MessageState.SENT)
    press(editor, f"{DESK}{campaign.slug}/renvoyer/", f"{DESK}{campaign.slug}/", quoi="refuses")
    session.expire_all()
    assert session.scalars(select(Message.state).order_by(Message.id)).all() == ["waiting", "uncertain", "sent"]
    assert journal()[-1].summary.endswith("1 message repart (refusés)")


def test_what_had_no_relay_to_go_to_is_sent_once_there_is_one(editor: FlaskClient, session: Session):
    campaign = launched(session, MessageState.KEPT, MessageState.SENT, state=CampaignState.SENT)
    assert "Envoyer ceux qui étaient gardés" in plain(editor.get(f"{DESK}{campaign.slug}/"))
    press(editor, f"{DESK}{campaign.slug}/renvoyer/", f"{DESK}{campaign.slug}/", quoi="gardes")
    session.expire_all()
    assert session.scalars(select(Message.state).order_by(Message.id)).all() == ["waiting", "sent"]


def test_each_uncertain_mail_is_decided_by_somebody(editor: FlaskClient, session: Session):
    states = (MessageState.UNCERTAIN, MessageState.UNCERTAIN, MessageState.UNCERTAIN)
    campaign = launched(session, *states, state=CampaignState.SENT)
    here = f"{DESK}{campaign.slug}/incertains/"
    page = editor.get(here).text
    first, second, third = session.scalars(select(Message.id).order_by(Message.id))
    assert page.count("lecteur0@example.org") == 3  # once to read, twice for those who hear the buttons
    press(editor, f"{here}{first}/", here, decision="renvoyer")
    press(editor, f"{here}{second}/", here, decision="laisser")
    session.expire_all()
    assert session.scalars(select(Message.state).order_by(Message.id)).all() == ["waiting", "sent", "uncertain"]
    assert of(campaign.slug).state is CampaignState.SENDING
    assert f"message {second} incertain : laissé" in journal()[-1].summary
    press(editor, f"{here}{second}/", here, decision="laisser")
    assert len(journal()) == 2
    assert third


def test_a_mail_is_decided_with_its_own_letter_only(editor: FlaskClient, session: Session):
    mine, other = launched(session), launched(session, MessageState.UNCERTAIN, slug="autre")
    number = session.scalars(select(Message.id)).one()
    press(editor, f"{DESK}{mine.slug}/incertains/{number}/", f"{DESK}{mine.slug}/", decision="laisser")
    press(editor, f"{DESK}{mine.slug}/incertains/{number}/", f"{DESK}{mine.slug}/", decision="renvoyer")
    session.expire_all()
    assert session.scalars(select(Message.state)).all() == ["uncertain"]
    assert other


EDITORS_ONLY = ("essai/", "lancer/", "suspendre/", "reprendre/", "arreter/", "renvoyer/", "archives/", "jeter/")


@pytest.mark.parametrize("path", EDITORS_ONLY)
@pytest.mark.parametrize("role", [StaffRole.PRESS_OFFICER, StaffRole.DOOR])
def test_only_editors_send(office: Office, session: Session, role: StaffRole, path: str):
    campaign = launched(session, MessageState.WAITING)
    assert office(role).post(f"{DESK}{campaign.slug}/{path}").status_code == 403
    assert of(campaign.slug).state is CampaignState.SENDING


@pytest.mark.parametrize("path", ["retenir/", *EDITORS_ONLY, "incertains/1/"])
def test_a_button_without_its_token_does_nothing(editor: FlaskClient, session: Session, path: str):
    campaign = launched(session, MessageState.WAITING)
    assert editor.post(f"{DESK}{campaign.slug}/{path}", data={"relu": "1"}).status_code == 400
    assert of(campaign.slug).state is CampaignState.SENDING


def test_a_letter_that_does_not_exist_is_not_found(editor: FlaskClient):
    for path in ("", "modifier/", "repetition/", "etat.json", "incertains/"):
        assert editor.get(f"{DESK}aucune/{path}").status_code == 404


def test_the_uncertain_mails_go_by_pages(editor: FlaskClient, session: Session):
    campaign = launched(session)
    session.add_all(mail(campaign.id, MessageState.UNCERTAIN, number) for number in range(51))
    session.commit()
    first = editor.get(f"{DESK}{campaign.slug}/incertains/").text
    after = first.split("?apres=")[1].split('"')[0]
    second = editor.get(f"{DESK}{campaign.slug}/incertains/?apres={after}").text
    assert "lecteur50@" not in first
    assert "lecteur50@" in second


def test_the_desk_of_a_letter_not_launched_says_its_readers(editor: FlaskClient, session: Session):
    campaign = draft(session)
    assert "Ses lecteurs" in editor.get(f"{DESK}{campaign.slug}/").text
    assert session.get(Campaign, campaign.id)
