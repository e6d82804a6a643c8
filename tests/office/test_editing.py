"""Every row the public sees can be corrected by its form, and says then what was typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.forms import csrf, fields
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.film.models import Person, Source
from operation118.office.rooms import BY_KEY, DESKS
from operation118.press.models import PressItem
from operation118.screenings.models import Screening

Office = Callable[[StaffRole], FlaskClient]
EVERY_DESK = [key for key in DESKS if key != "image"]


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def addresses(session: Session, key: str) -> list[str]:
    kind = BY_KEY[key]
    model: Any = kind.model
    slugs = session.scalars(select(model.slug).filter_by(**kind.fixed)).all()
    return [f"/office/{DESKS[key].path}/{slug}/" for slug in slugs]


@pytest.mark.parametrize("key", EVERY_DESK)
def test_saving_a_row_untouched_changes_nothing(editor: FlaskClient, session: Session, key: str):
    for address in addresses(session, key):
        typed = fields(editor.get(address).text)
        answer = editor.post(address, data=typed)
        assert answer.status_code == 302, f"{address}: {errors(answer.text)}"
    assert session.scalars(select(JournalEntry)).all() == []


def errors(html: str) -> list[str]:
    return re.findall(r'<span class="field-error"[^>]*>([^<]+)', html)


def test_an_hour_is_corrected_and_public_at_once(editor: FlaskClient, app: Flask, session: Session):
    screening = session.scalars(
        select(Screening).where(Screening.precision.is_(None) | (Screening.precision == "day"))
    ).first()
    assert screening is not None
    address = f"/office/seances/seances/{screening.slug}/"
    typed = fields(editor.get(address).text)
    assert editor.post(address, data=typed | {"starts_at": f"{screening.on}T21:15"}).status_code == 302
    assert "21\u202fh\u202f15" in app.test_client().get(f"/seances/{screening.slug}/").text
    line = session.scalars(select(JournalEntry)).one()
    assert line.action is JournalAction.CHANGED
    assert line.subject == f"screening.{screening.slug}"
    assert line.before is not None
    assert line.after is not None
    assert {key for key in line.after if line.after[key] != line.before.get(key)} == {"starts_at"}


def test_what_was_typed_is_kept_when_something_is_wrong(editor: FlaskClient, session: Session):
    address = addresses(session, "item")[0]
    typed = fields(editor.get(address).text) | {"url": "pas une adresse", "title": "Un titre neuf"}
    answer = editor.post(address, data=typed)
    assert answer.status_code == 422
    assert fields(answer.text)["title"] == "Un titre neuf"
    assert fields(answer.text)["url"] == "pas une adresse"
    assert len(errors(answer.text)) == 1
    assert 'id="url-erreur"' in answer.text
    assert session.scalars(select(JournalEntry)).all() == []


def test_two_editors_never_overwrite_each_other(office: Office, editor: FlaskClient, session: Session):
    address = addresses(session, "person")[0]
    first = fields(editor.get(address).text)
    second = fields(editor.get(address).text)
    assert editor.post(address, data=first | {"name": "Le premier"}).status_code == 302
    answer = editor.post(address, data=second | {"name": "Le second"})
    assert answer.status_code == 409
    assert "pendant que vous l’aviez ouverte" in answer.text
    assert "Le premier" in answer.text
    again = fields(answer.text)
    assert again["name"] == "Le second"
    assert editor.post(address, data=again).status_code == 302
    names = session.scalars(select(Person.name)).all()
    assert "Le second" in names
    assert "Le premier" not in names


def test_the_identity_of_a_row_cannot_be_posted(editor: FlaskClient, session: Session):
    address = addresses(session, "outlet")[0]
    typed = fields(editor.get(address).text)
    assert "slug" not in typed
    slugs = set(addresses(session, "outlet"))
    assert editor.post(address, data=typed | {"slug": "un-autre", "id": "999", "version_": "1"}).status_code == 302
    assert set(addresses(session, "outlet")) == slugs


def test_a_row_of_another_list_is_not_reached_by_this_one(editor: FlaskClient, session: Session):
    crew = addresses(session, "crew")[0].rsplit("/", 2)[1]
    assert editor.get(f"/office/film/distribution/{crew}/").status_code == 404


@pytest.fixture
def article() -> dict[str, str]:
    return {
        "kind": "interview",
        "about": "film",
        "title": "Un entretien d’essai",
        "url": "https://exemple.fr/entretien",
        "language": "fr",
        "date": "24/11/2010",
        "summary_fr": "Un *essai*.",
        "summary_en": "A *trial*.",
        "seen": "whole",
        "publication": "published",
    }


def questions(count: int) -> dict[str, str]:
    names = ("topic_fr", "topic_en", "answer_fr", "answer_en")
    return {f"question-{n}-{name}": f"{name} {n}" for n in range(count) for name in names}


def test_an_article_with_three_questions_is_added(
    editor: FlaskClient, app: Flask, session: Session, article: dict[str, str]
):
    outlet = session.scalars(select(PressItem)).first()
    assert outlet is not None
    blank = fields(editor.get("/office/presse/articles/nouveau/").text)
    typed = blank | article | {"outlet": outlet.outlet.slug} | questions(3)
    answer = editor.post("/office/presse/articles/nouveau/", data=typed)
    assert answer.status_code == 302, errors(answer.text)
    item = session.scalars(select(PressItem).where(PressItem.title == article["title"])).one()
    assert [question.topic_fr for question in item.questions] == ["topic_fr 0", "topic_fr 1", "topic_fr 2"]
    page = app.test_client().get(f"/presse/{item.slug}/").text
    assert "answer_fr 2" in page
    assert "<em>essai</em>" in page
    assert app.test_client().get("/presse/?q=essai").text.count(item.slug)


@pytest.mark.parametrize(
    ("action", "order"), [("up:question:2", [0, 2, 1]), ("down:question:0", [1, 0, 2]), ("remove:question:1", [0, 2])]
)
def test_questions_are_moved_and_removed_without_losing_a_word(
    editor: FlaskClient, article: dict[str, str], action: str, order: list[int]
):
    answer = editor.post(
        "/office/presse/articles/nouveau/", data=article | questions(3) | {"action": action} | csrf(editor)
    )
    typed = fields(answer.text)
    assert [typed[f"question-{n}-topic_fr"] for n in range(len(order))] == [f"topic_fr {n}" for n in order]
    assert typed["title"] == article["title"]


def test_a_line_is_added_to_a_list(editor: FlaskClient, article: dict[str, str]):
    answer = editor.post("/office/presse/articles/nouveau/", data=article | csrf(editor) | {"action": "more:question"})
    assert 'name="question-0-topic_fr"' in answer.text


def test_a_row_that_others_name_is_not_deleted(editor: FlaskClient, session: Session):
    item = session.scalars(select(PressItem)).first()
    assert item is not None
    address = f"/office/presse/medias/{item.outlet.slug}/supprimer/"
    page = editor.get(address).text
    assert "articles" in page
    assert "Oui, supprimer" not in page
    typed = {"csrf_token": csrf(editor)["csrf_token"], "version": str(item.outlet.version)}
    assert editor.post(address, data=typed).status_code == 409


def test_a_deleted_article_comes_back_whole(editor: FlaskClient, app: Flask, session: Session):
    item = max(session.scalars(select(PressItem)), key=lambda one: len(one.questions))
    before = app.test_client().get(f"/api/press/{item.slug}").json
    address = f"/office/presse/articles/{item.slug}/supprimer/"
    typed = fields(editor.get(address).text)
    assert editor.post(address, data=typed).status_code == 302
    assert app.test_client().get(f"/presse/{item.slug}/").status_code in (404, 410)
    session.expire_all()
    line = session.scalars(select(JournalEntry).where(JournalEntry.action == JournalAction.DELETED)).one()
    undone = editor.post(f"/office/journal/{line.id}/annuler/", data={"csrf_token": typed["csrf_token"]})
    assert undone.status_code == 302
    told = " ".join(editor.get("/office/journal/").text.split())
    assert "</b> a rétabli" in told
    assert "(annule une suppression)" in told
    after = app.test_client().get(f"/api/press/{item.slug}").json
    assert strip(after) == strip(before)


def test_the_journal_says_in_words_what_no_key_of_the_entry_said(editor: FlaskClient, session: Session):
    address = addresses(session, "item")[0]
    editor.post(address, data=fields(editor.get(address).text) | {"publication": "draft"})
    told = editor.get("/office/journal/").text
    assert "État&nbsp;: publié → brouillon" in told


def strip(answer: Any) -> Any:
    return {key: value for key, value in answer.items() if "updated" not in key}


def test_undoing_puts_back_what_was_and_refuses_what_changed_since(editor: FlaskClient, session: Session):
    address = addresses(session, "person")[0]
    slug = address.rsplit("/", 2)[1]
    name = session.scalars(select(Person.name).where(Person.slug == slug)).one()
    for new in ("Premier", "Second"):
        editor.post(address, data=fields(editor.get(address).text) | {"name": new})
    first, second = session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    token = csrf(editor)
    page = editor.post(f"/office/journal/{first.id}/annuler/", data=token, follow_redirects=True).text
    assert "modifié depuis" in page
    for line in (second, first):
        editor.post(f"/office/journal/{line.id}/annuler/", data=token)
    session.expire_all()
    assert session.scalars(select(Person.name).where(Person.slug == slug)).one() == name


def test_the_press_officer_changes_the_press_and_nothing_else(office: Office, session: Session):
    officer = office(StaffRole.PRESS_OFFICER)
    item, town = addresses(session, "item")[0], addresses(session, "town")[0]
    assert officer.post(item, data=fields(officer.get(item).text)).status_code == 302
    assert officer.post(town, data=fields(officer.get(town).text)).status_code == 403


def test_ticked_rows_are_withdrawn_and_published_together(editor: FlaskClient, app: Flask, session: Session):
    slugs = session.scalars(select(PressItem.slug).limit(2)).all()
    data = csrf(editor) | {"choix": list(slugs), "etat": "withdrawn"}
    assert editor.post("/office/presse/articles/", data=data).status_code == 302
    visitor = app.test_client()
    assert {visitor.get(f"/presse/{slug}/").status_code for slug in slugs} <= {404, 410}
    editor.post("/office/presse/articles/", data=data | {"etat": "published"})
    assert {visitor.get(f"/presse/{slug}/").status_code for slug in slugs} == {200}
    assert len(session.scalars(select(JournalEntry)).all()) == 4


def test_a_source_that_is_an_article_is_corrected_on_the_article(editor: FlaskClient, session: Session):
    source = session.scalars(select(Source).where(Source.press_slug.is_not(None))).first()
    assert source is not None
    address, item = f"/office/film/sources/{source.slug}/", f"/office/presse/articles/{source.press_slug}/"
    answer = editor.post(address, data=fields(editor.get(address).text) | {"url": "https://exemple.fr/autre"})
    assert answer.status_code == 422
    assert "corrigez-la sur l’article" in answer.text
    assert (
        editor.post(item, data=fields(editor.get(item).text) | {"url": "https://exemple.fr/autre"}).status_code == 302
    )
    assert fields(editor.get(address).text)["url"] == "https://exemple.fr/autre"


@pytest.mark.parametrize("typed", ["ENTRETIEN", "progrès", "118 318", "100%", "_"])
def test_a_list_is_filtered_whatever_the_case(editor: FlaskClient, typed: str):
    answer = editor.get("/office/presse/articles/", query_string={"q": typed})
    assert answer.status_code == 200
    found = "Aucune ligne ne correspond" not in answer.text
    assert found == (typed not in ("100%", "_"))


def test_a_list_goes_on_where_its_page_ends(editor: FlaskClient, session: Session):
    session.add_all(Person(slug=f"essai-{n:03}", name=f"Essai {n % 7}", also_written=[]) for n in range(120))
    session.commit()
    seen: list[str] = []
    address = "/office/film/personnes/?q=essai&tri=-name"
    while address:
        page = editor.get(address).text
        seen += re.findall(r'href="/office/film/personnes/(essai-\d+)/"', page)
        following = re.findall(r'href="([^"]+apres=[^"]+)"', page)
        address = following[0].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 120
