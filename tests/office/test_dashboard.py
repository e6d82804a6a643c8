"""The dashboard says what waits for somebody, what comes next, how the site is read, and what was done."""

import re
from collections import Counter as Counts
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.people import signed_in
from applications import application
from operation118 import clock, tokens
from operation118.accounts import attempts, journal
from operation118.accounts.models import FailedSignIn, JournalAction, StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.film.models import Citation, Fact, Film, Image, ImageKind
from operation118.mail.models import Message, MessageState
from operation118.newsletter.models import Campaign, CampaignState
from operation118.office import needs
from operation118.press.models import PressItem
from operation118.publication import Publication
from operation118.screenings.models import Screening
from operation118.site import content, start
from operation118.web import visits
from operation118.web.models import VisitKind
from operation118.web.visits import Key

Office = Callable[[StaffRole], FlaskClient]
Counter = Callable[[], AbstractContextManager[list[str]]]
LEGAL = dict.fromkeys(("LEGAL_PUBLISHER", "LEGAL_ADDRESS", "LEGAL_PHONE", "LEGAL_DIRECTOR", "LEGAL_HOST"), "x")


def waiting(client: FlaskClient) -> dict[str, str]:
    """What waits: the sentence with its number, and the address it leads to."""
    page = client.get("/office/").text
    lines = re.findall(
        r'<li(?: class="urgent")?><a href="([^"]+)"><b class="waiting-count">(.*?)</li>', page, re.DOTALL
    )
    return {_words(text): unescape(address) for address, text in lines}


def _words(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def mail(session: Session, state: MessageState, *, campaign: int = 0, late: int = 0, key: str = "") -> None:
    at = clock.now() - timedelta(minutes=late)
    values: dict[str, Any] = {"recipient": "a@example.test", "domain": "example.test", "lang": "fr", "name": "x"}
    values |= {"key": key or f"{state}-{campaign}", "campaign_id": campaign, "created_at": at, "due_at": at}
    session.add(Message(state=state, **values))
    session.commit()


def letter(session: Session, state: CampaignState, **values: Any) -> Campaign:
    given = {"slug": state.value, "topics": [], "subject_fr": "Sujet", "subject_en": "Subject", "body_fr": "…"}
    campaign = Campaign(state=state, created_at=clock.now(), **given | values)
    session.add(campaign)
    session.commit()
    return campaign


def upcoming(session: Session, **values: Any) -> Screening:
    screening = session.scalars(select(Screening).where(Screening.town_id.is_not(None))).first()
    assert screening
    screening.on, screening.precision, screening.starts_at = clock.today() + timedelta(days=9), None, None
    for name, value in values.items():
        setattr(screening, name, value)
    session.commit()
    return screening


# --- What waits ---------------------------------------------------------------------------------------------------


def test_when_nothing_waits_the_page_says_what_will_come(session: Session, office: Office):
    page = office(StaffRole.EDITOR).get("/office/").text
    assert waiting(office(StaffRole.EDITOR)) == {}
    assert "Personne n’attend" in page
    assert "Aucune lecture comptée encore" in page
    assert "Rien encore : chaque modification" in page.replace("\u00a0", " ")


def test_mails_that_only_a_human_can_settle_wait(session: Session, office: Office):
    mail(session, MessageState.UNCERTAIN)
    mail(session, MessageState.FAILED)
    mail(session, MessageState.WAITING, late=11)
    mail(session, MessageState.WAITING, key="just now")
    found = waiting(office(StaffRole.EDITOR))
    assert found == {
        "1 mail est peut-être parti, peut-être pas pressé": "/office/courrier/envois/0/uncertain/",
        "1 mail attend depuis plus de dix minutes pressé": "/office/courrier/envois/0/waiting/",
        "1 mail a été refusé par son destinataire": "/office/courrier/envois/0/failed/",
    }
    assert [office(StaffRole.EDITOR).get(address).status_code for address in found.values()] == [200, 200, 200]
    assert waiting(office(StaffRole.PRESS_OFFICER)) == {}


def test_letters_wait_for_what_their_state_wants(session: Session, office: Office):
    letter(session, CampaignState.SCHEDULED, scheduled_at=clock.now() + timedelta(minutes=5))
    letter(session, CampaignState.SCHEDULED, slug="later", scheduled_at=clock.now() + timedelta(days=5))
    paused = letter(session, CampaignState.PAUSED, launched_at=clock.now())
    letter(session, CampaignState.DRAFT, refusal="Un lien ne répond pas.")
    letter(session, CampaignState.DRAFT, slug="french", subject_en=None)
    letter(session, CampaignState.SENT, slug="gone", subject_en=None)
    mail(session, MessageState.UNCERTAIN, campaign=paused.id)
    assert waiting(office(StaffRole.EDITOR)) == {
        "1 envoi d’une lettre reste incertain pressé": "/office/lettre/",
        "1 lettre part dans moins de dix minutes : on peut encore la retenir pressé": "/office/lettre/scheduled/",
        "1 lettre programmée n’est pas partie pressé": "/office/lettre/draft/",
        "1 lettre est suspendue au milieu de son envoi pressé": "/office/lettre/paused/",
        "1 lettre n’a pas encore son anglais": "/office/lettre/french/",
    }


def test_a_screening_to_come_without_hour_or_venue_waits(session: Session, office: Office):
    screening = upcoming(session)
    (address,) = waiting(office(StaffRole.EDITOR)).values()
    assert address == f"/office/seances/seances/{screening.slug}/"
    upcoming(session, on=clock.today() - timedelta(days=9))
    assert waiting(office(StaffRole.EDITOR)) == {}


def test_a_picture_without_its_description_waits(session: Session, office: Office):
    texts = {"alt_fr": "Une rue", "alt_en": "", "terms_fr": "Presse", "terms_en": "Press", "credit": "x"}
    session.add(
        Image(slug="rue", position=1, kind=ImageKind.STILL, file="x.jpg", width=1, height=1, sizes=[480], **texts)
    )
    session.commit()
    assert waiting(office(StaffRole.EDITOR)) == {
        "1 image n’a pas de description dans les deux langues": "/office/images/rue/"
    }


def test_drafts_and_rows_in_one_language_wait_for_who_may_edit_them(session: Session, office: Office):
    items = session.scalars(select(PressItem)).all()
    items[0].publication = items[1].publication = Publication.DRAFT
    items[2].outlet_note_fr, items[2].outlet_note_en = "éditorial", None
    upcoming(session, publication=Publication.DRAFT, on=clock.today() - timedelta(days=9))
    found = waiting(office(StaffRole.PRESS_OFFICER))
    assert found == {
        "1 fiche n’est que dans une langue : articles": f"/office/presse/articles/{items[2].slug}/",
        "2 brouillons : articles": "/office/presse/articles/?etat=draft",
    }
    assert "1 brouillon : séances" in waiting(office(StaffRole.EDITOR))


def test_the_dossier_is_looked_at_again_once_it_changed(session: Session, office: Office):
    client = office(StaffRole.EDITOR)
    assert waiting(client) == {}
    session.execute(delete(Citation).where(Citation.subject == "film.genres"))
    session.scalars(select(Film)).one().updated_at = clock.real_now()
    session.commit()
    assert waiting(client) == {"1 fait est sans source": "/office/faits/#sans-source"}


def test_facts_are_counted_as_far_as_a_thousand(session: Session, office: Office):
    section = session.scalars(select(Fact.section)).first()
    words = {"label_fr": "x", "label_en": "x"}
    session.add_all(Fact(slug=f"essai-{number}", position=number, section=section, **words) for number in range(1100))
    session.commit()
    assert waiting(office(StaffRole.EDITOR)) == {"plus de 1 000 faits sont sans source": "/office/faits/#sans-source"}


def test_somebody_who_tries_passwords_is_told_to_administrators(session: Session, office: Office):
    mark = tokens.fingerprint("somebody@example.test")
    for _ in range(attempts.MANY):
        session.add(FailedSignIn(fingerprint=mark, at=clock.now(), network="192.0.2.0"))
    session.commit()
    assert "/office/equipe/" in waiting(office(StaffRole.ADMIN)).values()
    assert waiting(office(StaffRole.EDITOR)) == {}


def test_missing_legal_mentions_wait_for_an_administrator(office: Office):
    (sentence,) = waiting(office(StaffRole.ADMIN))
    assert sentence.startswith("7 mentions légales manquent : la loi les veut. À dire à qui tient le serveur")


@pytest.mark.settings(**LEGAL, LEGAL_HOST_ADDRESS="x", LEGAL_HOST_PHONE="x")
def test_once_the_legal_notice_is_whole_it_waits_no_more(office: Office):
    assert waiting(office(StaffRole.ADMIN)) == {}


def test_every_view_that_a_need_leads_to_exists(app: Flask):
    named = {said.all[0] for said in needs.SAID.values()} | {said.alone for said in needs.SAID.values() if said.alone}
    assert named | {needs.ROW, needs.ROWS} <= set(app.view_functions)


# --- What comes, what was read, what was done ---------------------------------------------------------------------


def departures(client: FlaskClient) -> list[str]:
    page = client.get("/office/").text
    board = page[page.index('id="suite"') : page.index("departures-all")]
    return [_words(line) for line in re.findall(r"<li>(.*?)</li>", board, re.DOTALL)]


def test_the_next_five_things_that_happen_are_announced_in_order(session: Session, office: Office):
    items = session.scalars(select(PressItem)).all()
    items[0].embargo_lifts_at = clock.now() + timedelta(days=3)
    items[1].published_at = clock.now() + timedelta(days=1)
    letter(session, CampaignState.SCHEDULED, scheduled_at=clock.now() + timedelta(days=2))
    upcoming(session)
    lines = departures(office(StaffRole.EDITOR))
    told = ["Un article sort", "La lettre « Sujet » part", "Un embargo est levé", "Une séance a lieu"]
    assert [next(words for words in told if words in line) for line in lines] == told
    assert " 0 h" not in lines[-1]  # no hour is known, and none is made up


def test_who_is_at_the_door_sees_what_comes_and_nothing_that_is_not_theirs(session: Session, office: Office):
    mail(session, MessageState.UNCERTAIN)
    journal.record(action=JournalAction.DID, subject="film.x", summary="a fait quelque chose")
    upcoming(session)
    client = office(StaffRole.DOOR)
    page = client.get("/office/").text
    assert waiting(client) == {}
    assert len(departures(client)) == 1
    assert "a fait quelque chose" not in page
    assert "Le site, ces 30" not in page


def test_the_last_lines_of_the_journal_are_shown(session: Session, office: Office):
    for number in range(9):
        journal.record(action=JournalAction.DID, subject="film.x", summary=f"a fait la chose {number}")
    session.commit()
    page = _words(office(StaffRole.EDITOR).get("/office/").text)
    assert re.findall(r"a fait la chose (\d)", page) == ["8", "7", "6", "5", "4", "3"]


def test_a_line_of_the_journal_leads_to_its_row_or_to_itself(session: Session, office: Office):
    said: dict[str, Any] = {"summary": "…", "after": {"slug": "x"}}
    journal.record(action=JournalAction.CREATED, subject="item.x", **said)
    journal.record(action=JournalAction.CHANGED, subject="image.x", **said)
    journal.record(action=JournalAction.CHANGED, subject="letter.x", **said)
    gone = journal.record(action=JournalAction.DELETED, subject="letter.x", summary="…")
    other = journal.record(action=JournalAction.DID, subject="staff.1", summary="…")
    session.commit()
    lines = office(StaffRole.EDITOR).get("/office/").text.partition("board-journal")[2].partition("</ol>")[0]
    alone = [f"/office/journal/#ligne-{line.id}" for line in (other, gone)]
    rows = ["/office/lettre/x/", "/office/images/x/", "/office/presse/articles/x/"]
    assert re.findall(r'<a href="([^"]+)"', lines) == [*alone, *rows]


@pytest.mark.parametrize(
    ("most", "top"), [(1, 1), (7, 8), (9, 10), (11, 12), (13, 14), (113, 120), (201, 240), (241, 300), (10_001, 12_000)]
)
def test_the_axis_of_a_chart_ends_just_above_its_highest_bar(app: Flask, most: int, top: int):
    charts: Any = app.jinja_env.get_template("macros/charts.html").module
    assert charts.ceiling(most) == str(top)


# --- What it costs ------------------------------------------------------------------------------------------------


def test_the_dashboard_asks_twenty_times_at_most_and_as_often_for_more_rows(
    session: Session, office: Office, count_queries: Counter
):
    client = office(StaffRole.ADMIN)
    items = session.scalars(select(PressItem)).all()
    counts: list[int] = []
    for some in (items[:1], items[1:4]):
        for number, item in enumerate(some):
            item.embargo_lifts_at = clock.now() + timedelta(days=number + 1)
            mail(session, MessageState.UNCERTAIN, key=item.slug)
            letter(session, CampaignState.PAUSED, slug=item.slug)
        with count_queries() as statements:
            assert client.get("/office/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20


def test_on_postgresql_the_dashboard_is_drawn_too(postgres_url: str, make_settings: Callable[..., Settings]):
    with application(make_settings(DATABASE_URL=postgres_url)) as app:
        with app.app_context():
            start.upgrade()
            content.load(db.session, content.FOLDER)
            db.session.commit()
            visits.write(db.session.connection(), Counts({Key(clock.today(), VisitKind.PAGE, "/film/"): 4}))
            db.session.commit()
            mail(db.session, MessageState.UNCERTAIN)
        assert len(waiting(signed_in(app, StaffRole.ADMIN))) == 2
