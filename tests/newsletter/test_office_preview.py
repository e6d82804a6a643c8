"""A letter looked at in the office: as a mail, by night, as text; the one place whose policy lets mails keep their style."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.people import token
from newsletter.desking import DESK, WRITTEN, draft, write
from operation118.accounts.models import StaffRole
from operation118.newsletter.models import Campaign, CampaignState
from operation118.press.models import PressItem, PressKind
from operation118.publication import Publication
from operation118.web.headers import CONTENT_SECURITY_POLICY

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("session")
NEW = f"{DESK}nouvelle/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def seen(client: FlaskClient, path: str) -> TestResponse:
    """A mail is no page of the site: it is not held to what these must be."""
    return FlaskClient.open(client, path, buffered=True)


def look(client: FlaskClient, view: str = "courriel", lang: str = "fr", **fields: object) -> TestResponse:
    typed = WRITTEN | {"csrf_token": token(client, NEW), "apercu": view, "langue_apercu": lang} | fields
    return FlaskClient.open(client, f"{DESK}apercu/", method="POST", data=typed, buffered=True)


def test_what_stands_on_the_desk_is_shown_and_not_kept(editor: FlaskClient, session: Session):
    shown = look(editor)
    assert shown.status_code == 200
    assert "<h1" in shown.text
    assert "Le DVD arrive" in shown.text
    assert "{{" not in shown.text
    assert session.scalars(select(Campaign)).all() == []


def test_the_english_is_shown_on_demand(editor: FlaskClient):
    assert "The DVD is coming" in look(editor, lang="en").text


@pytest.mark.parametrize("view", ["courriel", "texte"])
def test_where_there_is_no_english_the_french_is_shown_and_that_is_said(editor: FlaskClient, view: str):
    french_only = {"objet_en": "", "texte_en": ""}
    told = "Pas de texte anglais"
    shown = look(editor, view, "en", **french_only).text
    assert told in shown
    assert "Le DVD arrive" in shown
    assert told not in look(editor, view, "fr", **french_only).text + look(editor, view, "en").text


def test_the_text_is_the_mails_own(editor: FlaskClient):
    shown = look(editor, "texte").text
    assert "[1] https://film.test/dvd/" in shown
    assert "<h1" not in shown


def test_by_night_the_mail_is_what_a_dark_mailbox_shows(editor: FlaskClient):
    by_day, by_night = look(editor).text, look(editor, "nuit").text
    assert "prefers-color-scheme" not in by_day + by_night
    assert "@media all" in by_night
    assert "@media not all" in by_day
    assert 'content="dark"' in by_night


def test_what_cannot_be_shown_yet_says_why(editor: FlaskClient):
    shown = look(editor, texte_fr="Bonjour\r\n\r\n{{ inconnu }}\r\n")
    assert shown.status_code == 200
    assert "Ligne 3" in shown.text
    assert "inconnu" in shown.text


def test_a_script_in_a_letter_is_words(editor: FlaskClient):
    shown = look(editor, texte_fr="<script>alert(1)</script> <img src=x onerror=alert(1)>")
    assert "<script" not in shown.text
    assert "<img" not in shown.text


def test_only_the_mail_itself_may_carry_style_and_it_may_do_nothing_else(editor: FlaskClient):
    slug = write(editor)
    for answer in (look(editor), seen(editor, f"{DESK}{slug}/apercu/fr/courriel/")):
        policy = answer.headers["Content-Security-Policy"]
        assert "style-src 'unsafe-inline'" in policy
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "form-action 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_page_that_frames_it_allows_that_and_no_more(editor: FlaskClient):
    assert editor.get(NEW).headers["Content-Security-Policy"] == f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    assert editor.get(DESK).headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_no_other_address_of_the_application_speaks_of_unsafe_styles(app: Flask, editor: FlaskClient):
    slug = write(editor)
    loose: list[str] = []
    for rule in app.url_map.iter_rules():
        arguments = {name: {"slug": slug, "tongue": "fr", "view": "courriel"}.get(name, "1") for name in rule.arguments}
        if "GET" not in (rule.methods or ()) or rule.defaults or not {*rule.arguments} <= {"slug", "tongue", "view"}:
            continue
        path = app.url_map.bind("film.test").build(rule.endpoint, arguments)
        if "unsafe" in seen(editor, path).headers.get("Content-Security-Policy", ""):
            loose.append(rule.endpoint)
    assert loose == ["newsletter_office.preview"]


def test_an_editor_sees_what_readers_will_not_more(editor: FlaskClient, session: Session):
    """What is not out yet is known in the office, and in no letter."""
    item = session.scalars(select(PressItem).where(PressItem.kind == PressKind.INTERVIEW)).first()
    assert item
    typed = f"{{{{ entretien: {item.slug} }}}}"
    assert "Lire l" in look(editor, texte_fr=typed).text
    item.publication = Publication.DRAFT
    session.commit()
    assert f"« {item.slug} »" in look(editor, texte_fr=typed).text.replace("\u00a0", " ")
    assert item.slug not in editor.get(NEW).text


def test_a_letter_that_left_is_shown_as_it_left(editor: FlaskClient, session: Session):
    mark = "MARKx7qUnsubscribeAddressq7x"
    said = {
        "subject": "Parti",
        "text": f"Au revoir : {mark}",
        "html": f"<head></head><a href='{mark}'>x</a>",
        "page": "",
    }
    campaign = draft(session, state=CampaignState.SENT, frozen={"fr": said})
    shown = seen(editor, f"{DESK}{campaign.slug}/apercu/fr/courriel/").text
    assert "MARK" not in shown
    assert "/lettre/desinscription/0.…" in shown


@pytest.mark.parametrize("path", ["apercu/de/courriel/", "apercu/fr/fax/"])
def test_there_are_no_other_ways_to_look(editor: FlaskClient, path: str):
    assert editor.get(f"{DESK}{write(editor)}/{path}").status_code == 404


def test_the_press_officer_looks_and_does_not_write(office: Office, editor: FlaskClient):
    slug = write(editor)
    officer = office(StaffRole.PRESS_OFFICER)
    assert seen(officer, f"{DESK}{slug}/apercu/fr/courriel/").status_code == 200
    assert officer.get(f"{DESK}{slug}/").status_code == 200
    assert officer.get(NEW).status_code == 403
    assert "Répéter" not in officer.get(f"{DESK}{slug}/").text
