"""Pictures in the office: added, described, corrected, put in order, deleted, and what the journal says of it."""

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from film.pictures import NEW, SAID, add, edit, encoded, jpeg, newest, opened, prepare, rows, send, shown, token
from film.pictures import drawn as drawn_picture
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.database import db

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("images_folder")


@pytest.fixture(params=[StaffRole.EDITOR, StaffRole.PRESS_OFFICER])
def anyone(request: pytest.FixtureRequest, office: Office) -> FlaskClient:
    return office(request.param)


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def journal(app: Flask) -> list[JournalEntry]:
    with app.app_context():
        lines = db.session.scalars(select(JournalEntry).where(JournalEntry.subject.startswith("image")))
        return list(lines.all())


def test_a_picture_goes_from_the_office_to_the_public_page(app: Flask, anyone: FlaskClient, client: FlaskClient):
    image = add(anyone)
    assert shown(client) == set()
    assert "Tailles en préparation" in anyone.get("/office/images/").text
    assert prepare(app) == 1
    page = client.get("/photos/").text
    assert "Photo : Ève Dupont" in unescape(page).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Libre pour la presse" in page
    files = shown(client)
    stem = image.file.removesuffix(".jpg")
    assert files == {
        f"/images/{image.file}",
        *(f"/images/{stem}-{width}.{form}" for width in (480, 960) for form in ("avif", "webp", "jpg")),
    }
    assert {client.get(path).status_code for path in files} == {200}
    assert "Two agents talk over a partition" in client.get("/en/photos/").text
    assert "Photo: Ève Dupont" in client.get("/en/photos/").text


def test_an_empty_office_and_an_empty_page_say_so(editor: FlaskClient, client: FlaskClient):
    assert "Aucune image pour l’instant" in editor.get("/office/images/").text
    page = client.get("/photos/").text
    assert "Aucune image n’est disponible" in page
    assert "<img" not in page
    assert "Aucune photo du film n’est disponible" in client.get("/presse/").text


@pytest.mark.parametrize("role", [StaffRole.DOOR])
def test_the_door_is_no_place_for_pictures(office: Office, role: StaffRole):
    for path in ("/office/images/", NEW, "/office/images/fichiers/x.jpg"):
        assert office(role).get(path).status_code == 403


@pytest.mark.parametrize("name", ["alt_fr", "alt_en", "credit", "terms_fr", "terms_en"])
def test_description_credit_and_terms_are_required(app: Flask, editor: FlaskClient, name: str):
    answer = send(editor, NEW, jpeg(), **SAID | {name: " "})
    assert answer.status_code == 422
    assert f'aria-describedby="{name}' in answer.text or f"{name}-erreur" in answer.text
    assert rows(app) == []


def test_a_caption_stands_in_both_languages_or_in_none(app: Flask, editor: FlaskClient):
    answer = send(editor, NEW, jpeg(), **SAID, caption_fr="Octobre 2009")
    assert answer.status_code == 422
    assert 'id="caption_en-erreur"' in answer.text
    add(editor, caption_fr="Octobre 2009", caption_en="October 2009")
    prepare(app)
    assert "October 2009" in app.test_client().get("/en/photos/").text


def test_nothing_typed_is_lost_and_the_file_need_not_be_sent_twice(app: Flask, editor: FlaskClient):
    answer = send(editor, NEW, jpeg(), **SAID | {"credit": "", "alt_fr": "Un <b>casque</b>"})
    assert answer.status_code == 422
    assert "Un &lt;b&gt;casque" in answer.text
    file = answer.text.split('name="file" value="')[1].split('"')[0]
    assert editor.get(f"/office/images/fichiers/{file}").mimetype == "image/jpeg"
    assert app.test_client().get(f"/images/{file}").status_code == 404
    again = send(editor, NEW, **SAID, file=file)
    assert again.status_code == 303
    assert newest(app).file == file


def test_without_a_file_there_is_no_picture(app: Flask, editor: FlaskClient):
    answer = send(editor, NEW, **SAID)
    assert answer.status_code == 422
    assert "Choisissez une image" in answer.text
    assert rows(app) == []


def test_the_same_picture_is_not_added_twice(app: Flask, editor: FlaskClient):
    add(editor)
    answer = send(editor, NEW, jpeg(), **SAID)
    assert answer.status_code == 422
    assert "est déjà là" in answer.text
    assert len(rows(app)) == 1


def test_names_are_made_of_the_description_and_never_taken(app: Flask, editor: FlaskClient):
    for tint, alt in enumerate(["L’équipe, à l’aube", "L’équipe, à l’aube", "Nouvelle", "!?", "mot " * 60]):
        add(editor, jpeg(tint=tint), alt_fr=alt)
    assert [image.slug for image in rows(app)] == [
        "l-equipe-a-l-aube", "l-equipe-a-l-aube-2", "nouvelle-2", "image", "mot-" * 14 + "mot",
    ]  # fmt: skip


def test_a_new_file_replaces_the_former_under_another_address(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    prepare(app)
    former = shown(client)
    assert edit(editor, image, encoded(drawn_picture(700, 900), "PNG"), name="b.png").status_code == 303
    assert shown(client) == set()  # nothing broken while the sizes are made
    assert prepare(app) == 1
    assert shown(client) & former == set()
    assert {client.get(path).status_code for path in former} == {404}
    replaced = newest(app)
    assert (replaced.slug, replaced.width, replaced.height, replaced.sizes) == (image.slug, 700, 900, [480])
    assert [line.action for line in journal(app)] == [JournalAction.CREATED, JournalAction.CHANGED]
    assert journal(app)[-1].summary.startswith("une image (nouveau fichier)")


def test_the_journal_says_what_was_before_and_after(app: Flask, editor: FlaskClient):
    image = add(editor)
    edit(editor, image, credit="Jeanne Martin")
    created, changed = journal(app)
    assert created.subject == changed.subject == f"image.{image.slug}"
    assert created.before is None
    assert (created.after or {})["credit"] == (changed.before or {})["credit"] == "Ève Dupont"
    assert (changed.after or {})["credit"] == "Jeanne Martin"
    assert "@" not in changed.staff_name
    assert changed.staff_id


def test_saving_what_was_there_is_no_change(app: Flask, editor: FlaskClient):
    image = add(editor)
    assert edit(editor, image).status_code == 303
    assert len(journal(app)) == 1
    assert newest(app).version == image.version


def test_two_editors_overwrite_nothing_silently(app: Flask, office: Office):
    image = add(office(StaffRole.EDITOR))
    assert edit(office(StaffRole.EDITOR), image, credit="La première").status_code == 303
    late = edit(office(StaffRole.PRESS_OFFICER), image, credit="La seconde")
    assert late.status_code == 409
    assert "La première" in late.text
    assert "La seconde" in late.text
    assert newest(app).credit == "La première"
    version = late.text.split('name="version" value="')[1].split('"')[0]
    again = edit(office(StaffRole.PRESS_OFFICER), image, credit="La seconde", version=version)
    assert again.status_code == 303
    assert newest(app).credit == "La seconde"


def test_making_sizes_does_not_put_an_open_form_out_of_date(app: Flask, editor: FlaskClient):
    image = add(editor)
    prepare(app)
    assert newest(app).sizes
    assert edit(editor, image, credit="Corrigé").status_code == 303


def order(client: FlaskClient, **said: object) -> int:
    data = {"csrf_token": token(client, "/office/images/"), **said}
    return client.post("/office/images/ordre/", data=data).status_code


def test_pictures_are_put_in_order_by_buttons_and_by_dragging(app: Flask, editor: FlaskClient, client: FlaskClient):
    a, b, c = (add(editor, jpeg(tint=tint), alt_fr=f"Vue {tint}") for tint in range(3))
    prepare(app)

    def slugs() -> list[str]:
        return [image.slug for image in rows(app)]

    assert order(editor, haut=c.slug) == 303
    assert slugs() == [a.slug, c.slug, b.slug]
    assert order(editor, bas=a.slug) == 303
    assert slugs() == [c.slug, a.slug, b.slug]
    assert order(editor, image=[b.slug, a.slug, "inconnue", b.slug]) == 303
    assert slugs() == [b.slug, a.slug, c.slug]
    assert order(editor, haut=b.slug) == 303
    assert slugs() == [b.slug, a.slug, c.slug]
    page = client.get("/photos/").text
    assert page.index(f'id="{b.slug}"') < page.index(f'id="{a.slug}"') < page.index(f'id="{c.slug}"')
    assert [line.action for line in journal(app)][3:] == [JournalAction.DID] * 3
    assert edit(editor, a, alt_fr="Vue 0", credit="X").status_code == 303  # its form was open meanwhile


def test_deleting_asks_once_then_takes_everything_away(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    prepare(app)
    files = shown(client)
    path = f"/office/images/{image.slug}/supprimer/"
    question = editor.get(path).text
    assert "30 jours" in question
    assert "page des photos" in question
    assert len(rows(app)) == 1
    assert send(editor, path, version=str(image.version)).status_code == 303
    assert rows(app) == []
    assert {client.get(file).status_code for file in files} == {404}
    deleted = journal(app)[-1]
    assert (deleted.action, deleted.after) == (JournalAction.DELETED, None)
    assert (deleted.before or {})["file"] == image.file


def undo(app: Flask, client: FlaskClient) -> None:
    """Put back what the last line of the journal took away or changed, from the journal's page."""
    number = journal(app)[-1].id
    data = {"csrf_token": token(client, "/office/journal/")}
    assert client.post(f"/office/journal/{number}/annuler/", data=data).status_code == 302


def test_a_deletion_is_undone_from_the_journal(app: Flask, anyone: FlaskClient, client: FlaskClient):
    image = add(anyone, caption_fr="Légende", caption_en="Caption", publication="published")
    prepare(app)
    files = shown(client)
    send(anyone, f"/office/images/{image.slug}/supprimer/", version=str(image.version))
    undo(app, anyone)
    assert prepare(app) == 1
    assert shown(client) == files
    back = newest(app)
    assert (back.slug, back.caption_en, back.credit) == (image.slug, "Caption", image.credit)


def test_a_file_replaced_by_mistake_comes_back_from_the_journal(app: Flask, editor: FlaskClient, client: FlaskClient):
    image = add(editor)
    prepare(app)
    files = shown(client)
    edit(editor, newest(app), jpeg(tint=7))
    prepare(app)
    undo(app, editor)
    prepare(app)
    assert newest(app).file == image.file
    assert shown(client) == files


def test_what_changed_meanwhile_is_not_deleted(app: Flask, editor: FlaskClient):
    image = add(editor)
    edit(editor, image, credit="Corrigé")
    answer = send(editor, f"/office/images/{image.slug}/supprimer/", version=str(image.version))
    assert answer.status_code == 409
    assert len(rows(app)) == 1


def test_the_office_shows_small_files_and_keeps_them_private(app: Flask, editor: FlaskClient, images_folder: Path):
    image = add(editor, publication="draft")
    prepare(app)
    name = f"{image.file.removesuffix('.jpg')}-480.webp"
    assert f"/office/images/fichiers/{name}" in editor.get("/office/images/").text
    answer = editor.get(f"/office/images/fichiers/{name}")
    assert (answer.mimetype, opened(answer.data).width) == ("image/webp", 480)
    assert answer.headers["Cache-Control"] == "private, no-store"
    (images_folder / image.file).unlink()
    for size in (images_folder / "sizes").iterdir():
        size.unlink()
    app.test_cli_runner().invoke(args=["mail", "work", "--once"])
    assert "Fichier introuvable" in editor.get("/office/images/").text


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    app: Flask, editor: FlaskClient, client: FlaskClient, count_queries: Callable[..., object]
):
    costs: list[tuple[int, ...]] = []
    for tint in range(3):
        add(editor, jpeg(tint=tint), alt_fr=f"Vue {tint}")
        prepare(app)
        costs.append(
            tuple(
                cost(at, path, count_queries)
                for at, path in ((editor, "/office/images/"), (client, "/photos/"), (client, "/film/"))
            )
        )
    assert len(set(costs)) == 1
    assert max(costs[0][1:]) <= 6


def cost(client: FlaskClient, path: str, count_queries: Callable[..., object]) -> int:
    with count_queries() as statements:  # type: ignore[attr-defined]
        assert client.get(path).status_code == 200
    return len(statements)
