"""Coming into the office, in a real browser: an invitation, a password, codes, a passkey, and out again."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from applications import application
from browser.looking import CONTRAST, complaints, width
from operation118 import clock
from operation118.accounts import links, team
from operation118.accounts.models import Staff, StaffRole
from operation118.config import Settings
from operation118.database import db
from serving import running

PASSWORD = "agrafe lundi parapluie"
SMALL: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def database(loaded_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(loaded_database, tmp_path / "site.sqlite"))


@pytest.fixture
def beside(database: Path, make_settings: Callable[..., Settings], data_dir: Path) -> Iterator[Flask]:
    """An application on the same database and secret as the site's, as a terminal beside it has."""
    with application(make_settings(DATABASE_URL=f"sqlite:///{database}", DATA_DIR=str(data_dir))) as app:
        yield app


@pytest.fixture
def desk(browser: Browser, database: Path, data_dir: Path) -> Iterator[Page]:
    """A tab of a telephone on the site, called by a name: passkeys want one."""
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{database}", MAIL_WORKER="0") as server:
        url = server.url.replace("127.0.0.1", "localhost")
        context = browser.new_context(base_url=url, viewport=SMALL, reduced_motion="reduce")
        yield context.new_page()
        context.close()


def here(url: str | None) -> str:
    """The path of a link: the terminal's site has another host."""
    found = re.fullmatch(r"https?://[^/]+(/.+)", url or "")
    assert found
    return found[1]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, heading: str) -> None:
    """The page is the one expected, axe has nothing to say of it by day or night, and nothing scrolls sideways."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.emulate_media(color_scheme="light")
    assert complaints(page) == []
    page.emulate_media(color_scheme="dark")
    assert complaints(page, CONTRAST) == []
    assert width(page) <= SMALL["width"]


def shown_code(key: str, *, later: int = 0) -> str:
    totp: Any = TOTP(key=key.replace("-", "").replace(" ", ""), format="base32")
    return totp.generate(time=clock.real_now().timestamp() + later).token


def sign_in(page: Page, email: str) -> None:
    page.goto("/office/connexion/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    press(page, "Se connecter")


def accept_invitation(desk: Page, beside: Flask) -> None:
    with beside.app_context():
        staff = team.invite(email="nadia@example.org", name="Nadia", role=StaffRole.EDITOR)
        db.session.commit()
        desk.goto(here(links.to_choose_a_password(staff)))
    look(desk, "Bienvenue")
    desk.get_by_label("Mot de passe").fill("court")
    press(desk, "Entrer")
    expect(desk.locator(".field-error")).to_contain_text("Au moins 12 caractères")
    look(desk, "Bienvenue")
    desk.get_by_label("Mot de passe").fill(PASSWORD)
    press(desk, "Entrer")
    look(desk, "Votre page")


def test_from_the_invitation_to_signing_in_with_a_code(desk: Page, beside: Flask):
    accept_invitation(desk, beside)
    desk.get_by_role("link", name="Mettre les codes en place").click()
    look(desk, "Les codes du téléphone")
    key = desk.locator(".door-secret").inner_text()
    desk.get_by_label("Code", exact=True).fill(shown_code(key))
    press(desk, "Mettre en place")
    look(desk, "Vos codes de secours")
    saved = desk.locator(".door-recovery code").first.inner_text()
    desk.get_by_role("link", name="C’est noté").click()
    expect(desk.get_by_text("Il vous reste 10 codes de secours")).to_be_visible()

    press(desk, "Raccrocher (se déconnecter)")
    look(desk, "Le bureau")
    expect(desk.get_by_role("status")).to_contain_text("Vous avez raccroché")
    sign_in(desk, "nadia@example.org")
    look(desk, "Votre code")
    desk.get_by_label("Code", exact=True).fill("000000")
    press(desk, "Entrer")
    look(desk, "Votre code")
    desk.get_by_label("Code", exact=True).fill(shown_code(key, later=30))
    press(desk, "Entrer")
    desk.goto("/office/moi/")
    look(desk, "Votre page")

    press(desk, "Se déconnecter partout")
    sign_in(desk, "nadia@example.org")
    desk.get_by_label("Code", exact=True).fill(saved.upper())
    press(desk, "Entrer")
    desk.goto("/office/moi/")
    expect(desk.get_by_text("Il vous reste 9 codes de secours")).to_be_visible()


@pytest.fixture
def telephone(desk: Page) -> Iterator[None]:
    """An authenticator in the browser's machine, whose owner is there and says so."""
    session = desk.context.new_cdp_session(desk)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


def first_administrator(page: Page, beside: Flask) -> None:
    with beside.app_context():
        page.goto(here(links.to_found()))
    look(page, "Vous êtes le premier dans la file")
    page.get_by_label("Votre nom").fill("Alix Admin")
    page.get_by_label("Adresse électronique").fill("alix@example.org")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    press(page, "Ouvrir le bureau")
    look(page, "Votre page")


def sent_again(browser: Browser, request: Request) -> int:
    """The answer to what was sent, cookie and all, sent a second time by somebody who listened."""
    context = browser.new_context()
    again = context.request.post(request.url, headers=request.all_headers(), data=request.post_data or "")
    context.close()
    return again.status


@pytest.mark.usefixtures("telephone")
def test_a_passkey_is_made_and_opens_the_door(browser: Browser, desk: Page, beside: Flask):
    refused: list[str] = []
    desk.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    first_administrator(desk, beside)
    desk.get_by_role("link", name="Ajouter une clé d’accès").click()
    look(desk, "Une clé d’accès")
    desk.get_by_label("Comment l’appeler").fill("mon téléphone")
    press(desk, "Faire la clé")
    expect(desk.get_by_role("status")).to_contain_text("Votre clé d’accès est enregistrée")
    look(desk, "Votre page")
    expect(desk.get_by_text("mon téléphone").first).to_be_visible()

    desk.get_by_role("link", name="Ajouter une clé d’accès").click()
    desk.get_by_label("Comment l’appeler").fill("encore")
    press(desk, "Faire la clé")
    expect(desk.get_by_role("alert")).to_contain_text("déjà une clé d’accès")

    desk.goto("/office/moi/")
    press(desk, "Raccrocher (se déconnecter)")
    desk.goto("/office/connexion/?next=/office/equipe/")
    with desk.expect_request("**/office/connexion/cle/?next=**") as sent:
        press(desk, "Entrer avec une clé d’accès")
    look(desk, "L’équipe")
    assert sent_again(browser, sent.value) == 422

    desk.goto("/office/moi/")
    press(desk, "Retirer mon téléphone")
    expect(desk.get_by_role("status")).to_contain_text("est retirée")
    press(desk, "Raccrocher (se déconnecter)")
    press(desk, "Entrer avec une clé d’accès")
    expect(desk.get_by_role("alert")).to_contain_text("n’a pas été reconnue")
    assert refused == []


def test_an_administrator_invites_changes_a_role_and_closes_an_account(desk: Page, beside: Flask):
    first_administrator(desk, beside)
    desk.goto("/office/equipe/")
    look(desk, "L’équipe")
    desk.get_by_role("link", name="Inviter quelqu’un").click()
    look(desk, "Inviter quelqu’un")
    desk.get_by_label("Nom", exact=True).fill("Nadia")
    desk.get_by_label("Adresse électronique").fill("nadia@example.org")
    press(desk, "Envoyer l’invitation")
    look(desk, "Inviter quelqu’un")
    expect(desk.get_by_text("Choisissez un rôle.")).to_be_visible()
    desk.get_by_label("Presse").check()
    press(desk, "Envoyer l’invitation")
    look(desk, "Nadia")
    secret = desk.locator(".door-secret")
    expect(secret).to_contain_text("/office/invitation/")
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(desk, "Copier le lien")
    expect(desk.get_by_text("Lien copié")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == secret.inner_text()
    desk.get_by_label("Rédaction").check()
    press(desk, "Changer le rôle")
    expect(desk.get_by_role("status").first).to_contain_text("Le rôle est changé.")
    press(desk, "Fermer le compte")
    look(desk, "Nadia")
    with beside.app_context():
        nadia = db.session.get(Staff, 2)
        assert nadia is not None
        assert (nadia.role, nadia.active) == (StaffRole.EDITOR, False)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/office/mot-de-passe/", "Mot de passe oublié"),
        ("/office/mot-de-passe/envoye/", "Regardez votre courrier"),
        ("/office/mot-de-passe/x/", "Ce lien n’ouvre plus rien"),
        ("/office/moi/", "Le bureau"),
    ],
)
def test_the_pages_before_the_door_can_be_used_by_everybody(tab: Page, path: str, heading: str):
    tab.set_viewport_size(SMALL)
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(path)
    look(tab, heading)
