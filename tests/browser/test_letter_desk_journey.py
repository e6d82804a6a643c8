"""A letter from the desk to its readers: written, looked at, rehearsed, tried, launched, kept by a colleague, launched
again, paused, resumed; with a real worker and a real SMTP server."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.looking import complaints, width
from browser.signing_in import office_cookie
from mail import sink as sinks
from mail.sink import Sink
from operation118 import config
from operation118.accounts.models import StaffRole
from operation118.config import ROOT
from serving import Server, running

READERS = 24
NARROWEST = 360
TEST_MAILS = 2


@dataclass
class House:
    """The site, its database, its SMTP server, and the browsers of the team."""

    server: Server
    database: Path
    sink: Sink
    settings: dict[str, str]
    browser: Browser
    open: ExitStack = field(default_factory=ExitStack)

    def colleague(self, role: StaffRole) -> Page:
        """A tab where somebody of this role is signed in."""
        context: BrowserContext = self.browser.new_context(base_url=self.server.url, locale="fr-FR")
        cookie = office_cookie(self.database, Path(self.settings["DATA_DIR"]), role)
        context.add_cookies([{"name": "office", "value": cookie, "url": f"{self.server.url}/office/"}])
        self.open.callback(context.close)
        return context.new_page()

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database, timeout=10)) as rows, rows:
            return rows.execute(statement, values).fetchall()

    def work(self) -> subprocess.Popen[bytes]:
        """A worker that does a minute's work and sends what is due."""
        environ = os.environ | {config.PREFIX + name: value for name, value in self.settings.items()}
        command = [sys.executable, "-m", "flask", "--app", "app", "mail", "work", "--once"]
        worker = self.open.enter_context(subprocess.Popen(command, cwd=ROOT, env=environ))
        self.open.callback(worker.kill)
        return worker


def subscribe(house: House) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    for number in range(READERS):
        row = (f"lecteur{number:02}@example.org", f"empreinte-{number}", "confirmed", "fr", now, 1)
        names = "address, fingerprint, state, lang, asked_at, version"
        house.sql(f"INSERT INTO subscriber ({names}) VALUES (?, ?, ?, ?, ?, ?)", *row)
    house.sql("INSERT INTO subscription (subscriber_id, topic) SELECT id, 'dvd' FROM subscriber")


@pytest.fixture
def house(browser: Browser, loaded_database: Path, data_dir: Path, tmp_path: Path) -> Iterator[House]:
    database = Path(shutil.copy(loaded_database, tmp_path / "site.sqlite"))
    with sinks.sink() as sink:
        settings = {
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": f"sqlite:///{database}",
            "SMTP_URL": sink.url,
            "MAIL_RATE": "6",
            "MAIL_WORKER": "0",
            "LOG_LEVEL": "ERROR",
            "QUEUE_URL": f"sqlite:///{tmp_path}/queue.sqlite",
        }
        with running(**settings) as server:
            made = House(server, database, sink, settings, browser)
            subscribe(made)
            with made.open:
                yield made


def look(page: Page) -> None:
    """Axe has nothing to say, and nothing scrolls sideways on the narrowest telephone."""
    assert complaints(page) == [], page.url
    page.set_viewport_size({"width": NARROWEST, "height": 740})
    assert width(page) <= NARROWEST, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def compose(page: Page) -> None:
    """Write a letter with a block put in by its button, and watch it take shape."""
    page.goto("/office/lettre/")
    look(page)
    page.get_by_role("link", name="Écrire une lettre").click()
    look(page)
    page.get_by_label("Le DVD", exact=True).check()
    page.get_by_label("Objet français").fill("Le DVD arrive")
    page.get_by_label("Texte français").fill("Bonjour,\n\nune **nouvelle**.\n\nÀ bientôt.")
    page.get_by_label("Texte français").evaluate("text => text.setSelectionRange(26, 26)")
    press(page, "Ce que l’on sait du DVD")
    expect(page.get_by_label("Texte français")).to_have_value(
        "Bonjour,\n\nune **nouvelle**.\n\n{{ dvd }}\n\nÀ bientôt."
    )
    expect(page.locator(".letter-frame")).to_be_in_viewport()  # beside the text, where there is room
    mail = page.frame_locator("iframe:not(.letter-coming)")
    expect(mail.get_by_role("heading", level=1)).to_have_text("Le DVD arrive", timeout=15_000)
    expect(mail.get_by_text("nouvelle", exact=True)).to_have_css("font-weight", "700")
    page.get_by_text("Nuit", exact=True).click()
    expect(mail.locator("body")).to_have_css("background-color", "rgb(22, 24, 28)")
    page.get_by_text("Texte seul", exact=True).click()
    expect(mail.locator("body")).to_contain_text("/dvd/")
    page.get_by_text("Courriel", exact=True).click()


def hesitate(page: Page) -> None:
    """A date is for later; choosing "now" puts it aside, and "later" brings it back."""
    now, later = page.get_by_label(re.compile("^Maintenant")), page.get_by_label(re.compile("^Plus tard"))
    date = page.get_by_label("Le jour et l’heure du départ")
    date.fill("2090-12-24T08:00")
    expect(later).to_be_checked()
    now.check()
    expect(date).to_have_value("")
    later.check()
    expect(date).to_have_value("2090-12-24T08:00")
    now.check()


def launch(page: Page) -> None:
    page.get_by_label(re.compile("J’ai relu")).check()
    press(page, "Lancer")
    expect(page.get_by_text(re.compile("Départ dans"))).to_be_visible()


def test_from_the_desk_to_the_readers(house: House):
    editor = house.colleague(StaffRole.EDITOR)
    compose(editor)
    press(editor, "Enregistrer et répéter")
    expect(editor.get_by_role("heading", level=1)).to_have_text("Répétition")
    look(editor)
    expect(editor.get_by_text(f"{READERS} la reçoivent")).to_be_visible()

    press(editor, "M’envoyer un essai")
    assert house.work().wait(30) == 0
    assert [mail.recipients for mail in house.sink.mails] == [["editor@example.test"]]
    assert house.sink.mails[0].message["Subject"] == "[essai] Le DVD arrive"

    hesitate(editor)
    press(editor, "Lancer")
    expect(editor.get_by_label(re.compile("J’ai relu"))).to_be_focused()  # the browser keeps it until this is ticked
    launch(editor)
    look(editor)
    officer = house.colleague(StaffRole.PRESS_OFFICER)
    officer.goto("/office/lettre/")
    officer.get_by_role("button", name=re.compile("Retenir")).click()
    expect(officer.get_by_role("status")).to_contain_text("redevient un brouillon")
    expect(editor.get_by_role("link", name="Répéter et lancer")).to_be_visible()  # without a reload of hers
    assert house.work().wait(30) == 0
    assert len(house.sink.mails) == 1

    editor.get_by_role("link", name="Répéter et lancer").click()
    launch(editor)
    past = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    house.sql("UPDATE campaign SET scheduled_at = ?", past)
    follow(house, editor)


def follow(house: House, editor: Page) -> None:
    """The bar moves by itself; paused, nothing leaves; resumed, each reader has the letter once."""
    worker = house.work()
    expect(editor.get_by_role("button", name="Suspendre")).to_be_visible(timeout=20_000)
    bar = editor.get_by_role("progressbar")
    expect(editor.locator("[data-done]")).to_have_text(re.compile("^[1-9]"), timeout=20_000)
    assert 0 < int(bar.evaluate("bar => bar.value")) < READERS
    press(editor, "Suspendre")
    expect(editor.get_by_role("button", name="Reprendre l’envoi")).to_be_visible()
    look(editor)
    assert worker.wait(30) == 0
    left = len(house.sink.mails) - 1
    assert 0 < left < READERS

    press(editor, "Reprendre l’envoi")
    expect(editor.get_by_role("button", name="Suspendre")).to_be_visible()
    worker = house.work()
    assert worker.wait(60) == 0
    expect(editor.get_by_role("heading", name="Ce qui a été envoyé")).to_be_visible(timeout=10_000)
    expect(editor.get_by_text(f"Messages réglés : {READERS} sur {READERS}")).to_be_visible()
    look(editor)
    recipients = [mail.recipients[0] for mail in house.sink.mails[1:]]
    assert sorted(recipients) == [f"lecteur{number:02}@example.org" for number in range(READERS)]
    mail_room(editor)


def mail_room(editor: Page) -> None:
    """What was sent is in the mail room, and each reader's page knows it."""
    editor.goto("/office/courrier/")
    look(editor)
    editor.get_by_role("link", name=re.compile(f"^{READERS} Envoyés")).click()
    look(editor)
    editor.get_by_role("rowheader").get_by_role("link").first.click()
    look(editor)
    editor.set_viewport_size({"width": NARROWEST, "height": 740})
    assert editor.locator("dd").evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length") == 0
    editor.get_by_role("link", name="sa page").click()
    look(editor)
    expect(editor.get_by_role("rowheader", name="Le DVD arrive")).to_be_visible()
    for path in ("ecartes/", "retours/", "abonnes/", "liste/"):
        editor.goto(f"/office/courrier/{path}")
        look(editor)


def test_a_list_is_taken_over_after_its_rehearsal(house: House):
    editor = house.colleague(StaffRole.EDITOR)
    editor.goto("/office/courrier/liste/")
    head = "address,state,language,topics,asked_at,confirmed_at\n"
    line = "nouvelle@example.org,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00\n"
    file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": (head + line).encode()}
    editor.get_by_label("Tous ceux d’une même liste, ensemble").set_input_files(files=[file])  # pyright: ignore[reportArgumentType]
    press(editor, "Répéter, sans rien écrire")
    look(editor)
    assert house.sql("SELECT count(*) FROM subscriber") == [(READERS,)]
    editor.get_by_role("link", name="Changer les réponses").click()
    look(editor)
    press(editor, "Enregistrer et répéter")
    press(editor, "Inscrire 1 personne")
    expect(editor.get_by_role("rowheader", name="nouvelle@example.org")).to_be_visible()


def test_the_desk_works_without_scripts(house: House):
    context = house.browser.new_context(base_url=house.server.url, java_script_enabled=False)
    house.open.callback(context.close)
    cookie = office_cookie(house.database, Path(house.settings["DATA_DIR"]), StaffRole.EDITOR)
    context.add_cookies([{"name": "office", "value": cookie, "url": f"{house.server.url}/office/"}])
    page = context.new_page()
    page.goto("/office/lettre/nouvelle/")
    page.get_by_label("Le DVD", exact=True).check()
    page.get_by_label("Objet français").fill("Sans script")
    page.get_by_label("Texte français").fill("Bonjour.")
    press(page, "Voir")
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_text("Sans script")
    press(page, "Les prochaines séances")
    expect(page.get_by_label("Texte français")).to_have_value("Bonjour.\n\n{{ seances }}\n")
    press(page, "Enregistrer et répéter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Répétition")
