"""The pages of tables: taking out, sending, the rehearsal, applying."""

import shutil
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.people import token
from markup import parse
from office.tabling import HOME, HOME_TOKEN, TITLES, cells, digest, exported, here, press, send, sent, table, text
from operation118 import publication, work
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.database import db
from operation118.office.jobs import CHANGED
from operation118.office.table_files import Sent
from operation118.press.models import PressItem, Tag
from operation118.site.content import KINDS

Office = Callable[[StaffRole], FlaskClient]


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


# --- Taking out ----------------------------------------------------------------------------------------------------


def test_every_table_stands_on_the_page_with_its_rows(editor: FlaskClient, session: Session):
    page = editor.get(HOME)
    links = {link.get("href", "") for link in parse(page.text)[0].iter("a")}
    assert {f"{HOME}{kind.key}.csv" for kind in KINDS} <= links
    assert f"Articles {session.scalar(select(func.count()).select_from(PressItem))} " in text(page)


@pytest.mark.parametrize(("query", "head"), [("", "\ufeffslug;label_fr"), ("?separateur=virgule", "slug,label_fr")])
def test_a_table_is_taken_out_as_csv(query: str, head: str, editor: FlaskClient):
    answer = editor.get(f"{HOME}tag.csv{query}")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=sujets-")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.data.decode().startswith(head)


def test_what_the_public_does_not_see_is_taken_out_too(editor: FlaskClient, app: Flask):
    with app.app_context(), publication.everything():
        item = db.session.scalars(select(PressItem)).first()
        assert item
        item.publication, slug = publication.Publication.DRAFT, item.slug
        db.session.commit()
    assert slug in editor.get(f"{HOME}item.csv").text


def test_no_other_table_is_taken_out(editor: FlaskClient):
    for name in ("staff", "subscriber", "../tag", "journal_entry"):
        assert editor.get(f"{HOME}{name}.csv").status_code == 404


# --- Sending, rehearsing, applying ---------------------------------------------------------------------------------


def test_an_import_is_rehearsed_then_done_then_public(editor: FlaskClient, client: FlaskClient, session: Session):
    item = session.scalars(select(PressItem).where(PressItem.tags.any())).first()
    assert item
    slug, name = item.tags[0].slug, item.tags[0].label_fr
    address = sent(editor, "tag", table([TITLES, [slug, "Un sujet renommé", "A renamed tag"], ["neuf", "Neuf", "New"]]))
    page = editor.get(address)
    assert "1 ajoutée" in text(page)
    assert f"Ligne 2 {name} {slug} changée" in text(page)
    assert "Ligne 3 Neuf neuf ajoutée" in text(page)
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == 0
    done = press(editor, address, "appliquer", digest=digest(page.text))
    assert "C’est fait, et public." in text(done)
    session.expire_all()
    assert session.scalar(select(Tag.label_fr).where(Tag.slug == "neuf")) == "Neuf"
    subjects = session.scalars(select(JournalEntry.subject)).all()
    assert sorted(subjects)[1:] == ["tag.neuf", f"tag.{slug}"] or sorted(subjects)[1:] == [f"tag.{slug}", "tag.neuf"]
    assert session.scalars(select(JournalEntry.staff_name).distinct()).all() == ["Édith Editor"]
    assert "Un sujet renommé" in client.get(f"/presse/?sujet={slug}").text


def test_one_refused_line_refuses_all(editor: FlaskClient, session: Session):
    address = sent(editor, "tag", table([TITLES, ["bon", "Bon", "Good"], ["Mauvais", "Mauvais", ""]]))
    page = editor.get(address)
    assert "1 ligne est refusée : rien ne peut être appliqué." in text(page)
    assert 'name="digest"' not in page.text
    state = here(editor.application, address).state
    press(editor, address, "appliquer", digest=state.digest)
    assert session.scalar(select(Tag).where(Tag.slug == "bon")) is None


def test_the_refused_lines_are_given_back_with_their_reasons_and_can_be_sent_again(editor: FlaskClient):
    rows = [TITLES, ["bon", "Bon", "Good"], ["Mauvais", "=1+1", "Bad"]]
    address = sent(editor, "tag", table(rows))
    back = editor.get(f"{address}refus.csv")
    titles, row = cells(back.data)
    assert titles == [*TITLES, "# refus"]
    assert row[:3] == ["Mauvais", "'=1+1", "Bad"]
    assert row[3].startswith("slug : Des minuscules")
    again = sent(editor, "tag", back.data.replace(b"Mauvais;", b"mauvais;"))
    assert "1 ajoutée" in text(editor.get(again))


def test_what_changed_meanwhile_is_rehearsed_anew(editor: FlaskClient, session: Session):
    tag = session.scalars(select(Tag)).first()
    assert tag
    address = sent(editor, "tag", table([TITLES, [tag.slug, "De nous", tag.label_en]]))
    shown = digest(editor.get(address).text)
    tag.label_fr = "Des autres"
    session.commit()
    page = press(editor, address, "appliquer", digest=shown)
    assert CHANGED.replace("’", "’") in text(page)
    assert "Des autres De nous" in text(page)
    session.expire_all()
    assert tag.label_fr == "Des autres"
    press(editor, address, "appliquer", digest=shown)  # the page that was left open
    session.expire_all()
    assert tag.label_fr == "Des autres"
    press(editor, address, "appliquer", digest=digest(page.text))
    session.expire_all()
    assert tag.label_fr == "De nous"


def test_what_was_sent_and_not_applied_is_found_again_by_whoever_sent_it(
    editor: FlaskClient, office: Office, app: Flask
):
    with app.app_context():
        shutil.rmtree(work.home(Sent.kept_in), ignore_errors=True)
    assert "Déjà envoyés" not in text(editor.get(HOME))
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    page = editor.get(HOME)
    assert "table.csv (Sujets), essayé : le revoir" in text(page)
    assert f'href="{address}"' in page.text
    assert "Déjà envoyés" not in text(office(StaffRole.ADMIN).get(HOME))
    press(editor, address, "appliquer", digest=digest(editor.get(address).text))
    assert "Déjà envoyés" not in text(editor.get(HOME))


def test_what_is_done_is_not_done_twice(editor: FlaskClient, session: Session):
    address = sent(editor, "tag", table([TITLES, ["neuf", "Neuf", "New"]]))
    shown = digest(editor.get(address).text)
    press(editor, address, "appliquer", digest=shown)
    count = session.scalar(select(func.count()).select_from(JournalEntry))
    assert "C’est fait" in text(press(editor, address, "appliquer", digest=shown))
    assert "C’est fait" in text(press(editor, address, "refaire"))
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == count


def test_a_table_that_changes_nothing_has_nothing_to_apply(editor: FlaskClient, app: Flask):
    with app.app_context(), publication.everything():
        same = exported("tag")
    page = editor.get(sent(editor, "tag", same))
    assert "Ce fichier ne change rien" in text(page)
    assert "Appliquer" not in text(page)


def test_what_is_absent_goes_only_if_it_is_asked(editor: FlaskClient, session: Session):
    spare = Tag(slug="sans-article", label_fr="a", label_en="a")
    session.add(spare)
    session.commit()
    without = table([row for row in cells(exported("tag")) if row[0] != "sans-article"])
    assert "supprim" not in text(editor.get(sent(editor, "tag", without)))
    page = editor.get(sent(editor, "tag", without, prune="1"))
    assert "Absente du fichier a sans-article supprimée" in text(page)


def test_lines_come_by_the_hundred_and_by_outcome(editor: FlaskClient):
    rows = [[f"sujet-{n}", "A", "A"] for n in range(250)] + [["Refus", "A", "A"]]
    address = sent(editor, "tag", table([TITLES, *rows]))
    first, third = editor.get(address), editor.get(f"{address}?page=3")
    assert "Ligne 101 " in text(first)
    assert "Ligne 102 " not in text(first)
    assert "Page 3 sur 3" in text(third)
    refused = text(editor.get(f"{address}?lignes=refusee"))
    assert "Ligne 252 Refus" in refused
    assert "Ligne 2 " not in refused
    assert editor.get(f"{address}?page=4").status_code == 404
    assert editor.get(f"{address}?lignes=n-importe-quoi").status_code == 200


def test_html_in_a_cell_is_text(editor: FlaskClient):
    page = editor.get(sent(editor, "tag", table([TITLES, ["neuf", "<script>alert(1)</script>", "<b>x</b>"]])))
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Aucune ligne de titres"),
        (b"un;deux\n1;2", "Aucune ligne de titres"),
        (b"slug;slug\na;b", "deux fois"),
        (b"slug;label_fr\n", "aucune ligne"),
        (b"\xd0\xcf\x11\xe0", "ancien Excel"),
    ],
)
def test_a_file_that_is_no_table_is_told_beside_its_field(content: bytes, message: str, editor: FlaskClient):
    answer = send(editor, "tag", content)
    assert answer.status_code == 422
    assert message in text(answer)
    assert 'aria-invalid="true"' in answer.text


def test_a_form_without_a_file_says_so(editor: FlaskClient):
    data = {"csrf_token": token(editor, HOME_TOKEN)}
    answer = editor.post(f"{HOME}tag/importer/", data=data)
    assert (answer.status_code, "Choisissez un fichier." in text(answer)) == (422, True)
