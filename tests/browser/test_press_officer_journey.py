"""A press officer's release day, on a telephone: what is theirs is found and done, what is not is neither offered nor open."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect

from accounts.people import NAMES, PASSWORD, somebody
from applications import application
from browser.looking import CONTRAST, complaints, width
from browser.signing_in import office_cookie
from film.pictures import jpeg
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from serving import running

PHONE: ViewportSize = {"width": 360, "height": 740}
TITLE, SIGHT = "Un article sous embargo", "Deux agents se parlent par-dessus une cloison"
RELEASE = "2131-05-04T08:00"
THEN = "/office/apercu/2131-05-04T08.00"
MENU = {
    StaffRole.PRESS_OFFICER: "le film, les séances, la presse, les images, la lettre, le journal, demain, les tableaux, "
    "les faits à vérifier",
    StaffRole.DOOR: "la lettre, demain",
}
CLOSED = {
    StaffRole.PRESS_OFFICER: ("equipe/", "courrier/", "courrier/abonnes/", "lettre/nouvelle/", "film/faits/nouveau/"),
    StaffRole.DOOR: ("equipe/", "courrier/", "presse/", "presse/articles/", "images/", "journal/", "tableaux/"),
}


@dataclass(frozen=True)
class House:
    """A served site with a worker beside it, its database, and an application on the same as a terminal beside has."""

    browser: Browser
    url: str
    database: Path
    data_dir: Path
    beside: Flask
    pages: list[Page] = field(default_factory=list[Page])

    def telephone(self, role: StaffRole | None = None) -> Page:
        """A tab of a telephone; somebody of this role is signed in, if there is one."""
        context = self.browser.new_context(
            base_url=self.url, viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce"
        )
        if role:
            cookie = office_cookie(self.database, self.data_dir, role)
            context.add_cookies([{"name": "office", "value": cookie, "url": f"{self.url}/office/"}])
        self.pages.append(context.new_page())
        return self.pages[-1]


@pytest.fixture(scope="module")
def site(
    browser: Browser,
    loaded_database: Path,
    make_settings: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("press")
    database = Path(shutil.copy(loaded_database, folder / "site.sqlite"))
    given = {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{database}"}
    with running(**given, MAIL_WORKER="1") as server, application(make_settings(**given)) as beside:
        yield House(browser, server.url, database, folder, beside)


@pytest.fixture
def house(site: House) -> Iterator[House]:
    yield site
    while site.pages:
        site.pages.pop().context.close()


def look(page: Page) -> None:
    """Nothing scrolls sideways and axe has nothing to say, by day and by night."""
    assert width(page) <= PHONE["width"], page.url
    page.emulate_media(color_scheme="light")
    assert complaints(page) == [], page.url
    page.emulate_media(color_scheme="dark")
    assert complaints(page, CONTRAST) == [], page.url
    page.emulate_media(color_scheme="light")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def choose(page: Page, name: str) -> None:
    """Go where a key of the menu leads."""
    press(page, "Menu")
    page.get_by_role("navigation", name="Bureau").get_by_role("link", name=name).click()
    expect(page.get_by_role("navigation", name="Bureau")).to_be_hidden()


def offered(page: Page) -> str:
    """The keys of the menu, once it is open."""
    press(page, "Menu")
    keys = page.get_by_role("navigation", name="Bureau").get_by_role("link").all_inner_texts()
    page.keyboard.press("Escape")
    return ", ".join(key.partition("\n")[2].strip().replace("\u2019", "'").lower() for key in keys)


def fill(page: Page, said: dict[str, str]) -> None:
    """Type in the fields of these names."""
    for name, words in said.items():
        page.get_by_role("textbox", name=re.compile(f"^{re.escape(name)}( pour publier)?$")).fill(words)


def wrote(page: Page) -> None:
    """An article under embargo, from the menu to its row."""
    choose(page, "La presse")
    look(page)
    follow(page, re.compile("^Articles"))
    follow(page, "Ajouter un article")
    page.get_by_role("combobox", name="Genre").select_option(label="Article")
    page.get_by_role("combobox", name="De quoi il parle").select_option(label="du film")
    page.get_by_role("combobox", name="Média", exact=True).select_option(index=1)
    page.get_by_role("combobox", name="Langue").select_option(label="français")
    page.get_by_role("combobox", name="Ce que nous en avons lu", exact=True).select_option(label="l’article entier")
    fill(page, {"Titre d’origine": TITLE, "Adresse": "https://exemple.fr/embargo", "Date": "24/11/2010"})
    fill(page, {"Résumé en français": "Un essai.", "Résumé en anglais": "A trial."})
    page.get_by_label("État").select_option(label="Publié")
    page.get_by_label("Embargo jusqu’à").fill(RELEASE)
    press(page, "Enregistrer")
    expect(page.get_by_role("status")).to_contain_text("Enregistré")
    expect(page.get_by_text("Sous embargo", exact=True)).to_be_visible()
    look(page)


def sent_a_picture(page: Page) -> None:
    """A picture under the same embargo: refused without a credit, kept meanwhile, then taken."""
    choose(page, "Les images")
    follow(page, "Ajouter une image")
    page.locator("[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(tint=7)})
    fill(page, {"Description, en français": SIGHT, "Description, en anglais": "Two agents talk over a partition"})
    fill(page, {f"Conditions d’emploi, en {name}": "Libre pour la presse" for name in ("français", "anglais")})
    page.get_by_label("État").select_option(label="Publié")
    page.get_by_label("Embargo jusqu’à").fill(RELEASE)
    press(page, "Enregistrer")
    page.get_by_role("alert").get_by_role("link", name="Crédit").click()
    expect(page.get_by_role("textbox", name="Crédit")).to_be_focused()
    expect(page.get_by_text("Inutile de la renvoyer")).to_be_visible()
    look(page)
    fill(page, {"Crédit": "Ève Dupont"})
    press(page, "Enregistrer")
    expect(page.get_by_role("status")).to_contain_text("Image ajoutée")
    for _ in range(60):
        page.reload()
        if not page.get_by_text("Tailles en préparation").count():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("Sous embargo", exact=True)).to_be_visible()
    look(page)


def looked_ahead(page: Page) -> None:
    """Release day before it comes: the article, the picture, and the way back, where neither is."""
    choose(page, "Demain")
    expect(page.get_by_role("main")).to_contain_text(TITLE)
    look(page)
    page.get_by_label("Quel jour").fill(RELEASE[:10])
    page.get_by_label("À quelle heure").fill(RELEASE[11:])
    press(page, "Voir le site à cet instant")
    bar = page.get_by_role("complementary", name=re.compile("^Aperçu"))
    expect(bar).to_contain_text("4 mai 2131")
    look(page)
    follow(page, re.compile("La presse"))
    follow(page, re.compile("photos"))
    shown = page.get_by_role("img", name=SIGHT)
    expect(shown).to_be_visible()
    page.locator("main img").first.evaluate("image => image.decode()")
    assert f"{THEN}/images/" in shown.evaluate("image => image.currentSrc")
    look(page)
    page.go_back()
    follow(page, TITLE)
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    look(page)
    bar.get_by_role("link", name="Revenir au présent").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text(TITLE)


def test_from_the_sign_in_page_to_release_day(house: House):
    page, visitor = house.telephone(), house.telephone()
    with house.beside.app_context():
        email = somebody(StaffRole.PRESS_OFFICER).email
    page.goto("/office/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    press(page, "Se connecter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAMES[StaffRole.PRESS_OFFICER])
    assert offered(page) == MENU[StaffRole.PRESS_OFFICER]
    look(page)
    wrote(page)
    slug = page.url.rstrip("/").rpartition("/")[2]
    sent_a_picture(page)
    looked_ahead(page)
    for path in (f"/presse/{slug}/", f"{THEN}/presse/{slug}/", "/presse/", "/photos/", "/feed.atom"):
        assert TITLE not in visitor.request.get(path).text(), path
    assert visitor.request.get(f"/presse/{slug}/").status == 404


def changed_by_an_editor(house: House) -> None:
    page = house.telephone(StaffRole.EDITOR)
    page.goto("/office/seances/seances/laon-2010-11-10/")
    page.get_by_label("Début").fill("2010-11-10T20:30")
    press(page, "Enregistrer")
    expect(page.get_by_role("status")).to_contain_text("Enregistré")


def test_what_others_change_is_read_and_no_button_would_change_it(house: House):
    changed_by_an_editor(house)
    page = house.telephone(StaffRole.PRESS_OFFICER)
    page.goto("/office/")
    choose(page, "Les séances")
    follow(page, re.compile("^Séances"))
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Ajouter")).to_have_count(0)
    expect(main.get_by_role("checkbox")).to_have_count(0)
    main.get_by_role("rowheader").get_by_role("link", name="Laon").click()
    expect(main).to_contain_text("Votre rôle permet de lire cette fiche")
    expect(main.get_by_label("Début")).to_have_value("10/11/2010 20:30")
    expect(main.get_by_label("Début")).to_be_disabled()
    expect(main.get_by_role("button")).to_have_count(0)
    expect(main.get_by_role("link", name="Supprimer")).to_have_count(0)
    look(page)
    follow(page, "Son histoire")
    expect(main.get_by_text("a modifié")).to_be_visible()
    expect(main.get_by_role("button", name="Annuler")).to_have_count(0)
    choose(page, "La lettre")
    expect(main.get_by_role("link", name="Écrire")).to_have_count(0)
    choose(page, "Les tableaux")
    expect(main.get_by_role("link", name="Importer : Villes")).to_have_count(0)
    expect(main.get_by_role("link", name="Importer : Articles")).to_have_count(1)


def test_a_form_sent_all_the_same_changes_nothing(house: House):
    page = house.telephone(StaffRole.PRESS_OFFICER)
    row = "/office/seances/seances/yssingeaux-2010-11-25/"
    page.goto("/office/presse/medias/nouveau/")
    token = page.locator("[name=csrf_token]").first.input_value()
    for path in (row, f"{row}supprimer/", "/office/seances/seances/nouveau/", "/office/equipe/inviter/"):
        form: dict[str, str | float | bool] = {"csrf_token": token, "version": "1"}
        answer = page.request.post(path, form=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status == 403, path
        assert "Ce n’est pas votre ligne" in answer.text(), path


@pytest.mark.parametrize("role", CLOSED)
def test_an_address_that_is_not_theirs_says_so_and_leads_on(house: House, role: StaffRole):
    page = house.telephone(role)
    page.goto("/office/")
    assert offered(page) == MENU[role]
    for path in CLOSED[role]:
        answer = page.goto(f"/office/{path}")
        assert answer
        assert answer.status == 403, path
        expect(page.get_by_role("heading", level=1)).to_have_text("Ce n’est pas votre ligne")
    look(page)
    follow(page, "Voir mon rôle")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre page")


def test_whoever_keeps_the_door_sees_what_comes_and_reads_the_letter(house: House):
    page = house.telephone(StaffRole.DOOR)
    page.goto("/office/")
    expect(page.get_by_role("main")).to_contain_text("votre rôle ouvre les pages du menu")
    expect(page.get_by_role("searchbox")).to_have_count(0)
    look(page)
    choose(page, "Demain")
    press(page, "Voir le site à cet instant")
    expect(page.get_by_role("complementary", name=re.compile("^Aperçu"))).to_be_visible()
    page.goto("/office/")
    choose(page, "La lettre")
    expect(page.get_by_role("main").get_by_role("link", name="Écrire")).to_have_count(0)
    look(page)
