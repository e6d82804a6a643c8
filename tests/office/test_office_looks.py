"""Every kind of page of the office, on a telephone and on a desk, by day and by night: axe finds nothing, nothing scrolls
sideways."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from accounts.people import hashed, person
from applications import application
from browser.looking import CONTRAST, complaints, width
from browser.signing_in import office_cookie
from house.test_office import office_rules
from newsletter.desking import launched
from operation118.accounts import links
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.mail.models import MessageState
from operation118.office import editing
from operation118.publication import Publication, everything
from operation118.screenings.models import Screening
from operation118.web.time_machine import preview_prefix
from serving import running
from web import publishing

RELEASE = datetime(2131, 5, 4, 6, 0, tzinfo=UTC)
THEN = preview_prefix(RELEASE)  # something changes before it, at it, and after it
PAGES = (
    "/office/",
    "/office/film/",
    "/office/presse/articles/",
    "/office/presse/articles/?q=qqqq",
    "/office/presse/articles/nouveau/",
    "/office/presse/articles/ambush-2010-entretien-manuel-jacquinet/",
    "/office/film/fiche/operation-118-318/",
    "/office/film/faits/jeu-de-mots/",
    "/office/seances/seances/laon-2010-11-10/supprimer/",
    "/office/film/personnes/manuel-jacquinet/supprimer/",  # articles cite him: refused
    "/office/faits/",
    "/office/recherche/",
    "/office/recherche/?q=le",
    "/office/recherche/?q=qqqq",
    "/office/journal/",
    "/office/tableaux/",
    "/office/tableaux/item/importer/",
    "/office/lettre/nouvelles/",
    "/office/lettre/nouvelles/arreter/",
    "/office/lettre/nouvelles/incertains/",
    "/office/courrier/",
    "/office/connexion/preuve/",
    "/office/apercu/",
    "/office/apercu/?jour=hier&heure=25",
    "/office/apercu/2010-11-16/",  # a past day
    f"{THEN}/",
    f"{THEN}/en/press/",
    f"{THEN}/photos/",
    f"{THEN}/nulle-part/",
)
# Pages that their own journeys look at.
ELSEWHERE = {
    "tests/browser/test_sign_in_journey.py": "accounts.accept accounts.code accounts.codes accounts.forgotten accounts.found "
    "accounts.invitation accounts.me accounts.new_passkey accounts.person accounts.reset_sent accounts.sign_in accounts.team",
    "tests/browser/test_letter_desk_journey.py": "newsletter_office.index newsletter_office.new newsletter_office.edit "
    "newsletter_office.rehearse mail_office.mails mail_office.mail mail_office.subscriber mail_office.subscribers "
    "mail_office.suppressed mail_office.returns mail_office.take_over mail_office.rehearsed mail_office.answers",
    "tests/film/test_images_browser.py": "image_office.index image_office.new image_office.edit image_office.delete",
    "tests/office/test_tables_journey.py": "tables.rehearsal",
}
MAILS = "newsletter_office.preview mail_office.look"  # what a mail looks like is in the golden files
FILES = (
    "image_office.file newsletter_office.state tables.progress tables.export tables.refusals mail_office.everything "
    "mail_office.evidence mail_office.evidence_data mail_office.rehearsed_lines mail_office.rehearsing"
)


@pytest.fixture(scope="module")
def beside(
    loaded_database: Path, make_settings: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application on a database where there is something to see: what comes out, what was done, a letter on its way."""
    folder = tmp_path_factory.mktemp("looks")
    database = shutil.copy(loaded_database, folder / "site.sqlite")
    with application(make_settings(DATA_DIR=str(folder), DATABASE_URL=f"sqlite:///{database}")) as app:
        publishing.article(app, published_at=RELEASE - timedelta(days=2))
        publishing.screening(app, published_at=RELEASE)
        publishing.event(app, published_at=RELEASE + timedelta(days=2))
        with app.app_context(), everything():
            withdrawn = db.session.scalars(select(Screening).limit(2)).all()
            editing.publish(editing.place("screening"), withdrawn, Publication.WITHDRAWN)
            launched(db.session, MessageState.UNCERTAIN, MessageState.SENT, MessageState.FAILED)
        yield app


@pytest.fixture(scope="module")
def editor(browser: Browser, beside: Flask) -> Iterator[Page]:
    """A tab where an editor is signed in."""
    settings = beside.extensions["settings"]
    given = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings["DATABASE_URL"]}
    with running(**given) as server:
        context = browser.new_context(base_url=server.url, reduced_motion="reduce")
        cookie = office_cookie(settings["DATABASE_URL"], settings.data_dir, StaffRole.EDITOR)
        context.add_cookies([{"name": "office", "value": cookie, "url": f"{server.url}/office/"}])
        yield context.new_page()
        context.close()


def look(page: Page) -> None:
    for size in ({"width": 360, "height": 740}, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        assert complaints(page) == [], size
        assert width(page) <= size["width"], size
        page.emulate_media(color_scheme="dark")
        assert complaints(page, CONTRAST) == [], size


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(editor: Page, address: str):
    editor.goto(address)
    look(editor)


def test_nor_where_a_password_is_chosen_anew(editor: Page, beside: Flask):
    with beside.app_context():
        door = person(StaffRole.DOOR)
        door.password = hashed()
        db.session.commit()
        link = links.to_choose_a_password(door)
    editor.goto(link.partition("/office/")[1] + link.partition("/office/")[2])
    expect(editor.get_by_role("heading", level=1)).to_have_text("Un nouveau mot de passe")
    look(editor)


def test_nor_where_a_text_is_shown_as_on_the_site(editor: Page):
    editor.goto("/office/presse/articles/ambush-2010-entretien-manuel-jacquinet/")
    with editor.expect_popup() as opened:
        editor.get_by_role("button", name="Voir comme sur le site").first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Comme sur le site")
    look(opened.value)
    opened.value.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("form => form.elements.csrf_token.value = ''", "Cette page n’est plus à jour"),
        ("form => form.querySelectorAll('[name=title]').forEach(field => field.value = '')", "1 champ à reprendre"),
    ],
)
def test_nor_on_a_form_that_is_refused(editor: Page, spoil: str, said: str):
    editor.goto("/office/presse/articles/ambush-2010-entretien-manuel-jacquinet/")
    editor.locator(".desk-form").evaluate(spoil)
    editor.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(editor.locator("body")).to_contain_text(said)
    look(editor)


def test_every_page_of_the_office_is_looked_at(app: Flask):
    adapter = app.url_map.bind("film.test")
    here = {adapter.match(page.partition("?")[0])[0] for page in PAGES if not page.startswith(THEN)}
    known = here | {name for names in (*ELSEWHERE.values(), MAILS, FILES) for name in names.split()}
    pages = {rule.endpoint for rule in office_rules(app) if "GET" in (rule.methods or ())}
    assert pages - known == {"accounts.reset"}  # looked at by a test of its own, above
    assert known - pages == set()
