"""One field finds everything that whoever is signed in may see, as it is now, and leads to where it is edited."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from applications import application
from office.finding import add_person, ready, results, slugs
from operation118 import clock, publication
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.dates import day_label
from operation118.film.models import Image, ImageKind, Person
from operation118.mail.worker import Worker
from operation118.office import search_index, subjects
from operation118.office.models import Findable
from operation118.office.rooms import BY_KEY, DESKS
from operation118.press.models import Outlet, PressItem, Question
from operation118.publication import Publication
from operation118.screenings.models import Screening, Town
from operation118.site import content, start

Office = Callable[[StaffRole], FlaskClient]
Counter = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def filled(session: Session) -> Session:
    ready(session)
    return session


# --- What is found ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DESKS)
def test_a_row_of_every_kind_is_found_by_its_title(filled: Session, office: Office, kind: str):
    model = BY_KEY[kind].model
    row = filled.scalars(select(model).filter_by(**BY_KEY[kind].fixed)).first()
    found = results(office(StaffRole.EDITOR), DESKS[kind].title(row), genre=kind)
    slug = row.slug  # type: ignore[union-attr]
    assert f"/office/{DESKS[kind].path}/{slug}/" in found


def test_accents_case_and_ligatures_do_not_count(filled: Session):
    add_person(filled, "Éloïse Œstreich-Ångström")
    for typed in ("eloise", "ÉLOÏSE", "oestreich", "œstr", "angstrom eloise", "Éloïse ŒSTREICH"):
        assert "somebody" in slugs(typed, "person"), typed


def test_a_row_is_found_by_what_its_kind_is_called(filled: Session, office: Office):
    town = filled.scalars(select(Town).where(Town.slug == "laon")).one()
    there = filled.scalars(select(Screening.slug).where(Screening.town_id == town.id)).all()
    assert there
    assert set(there) <= slugs("seance laon", "screening")


def test_a_line_of_the_journal_is_found_with_its_day(filled: Session, office: Office):
    journal.record(action=JournalAction.DID, subject="film.x", summary="a fait quelque chose")
    filled.commit()
    (said,) = results(office(StaffRole.EDITOR), "quelque chose", genre="journal").values()
    assert day_label(clock.today(), "fr") in said


def test_every_word_must_be_there(filled: Session):
    add_person(filled, "Ada Lovelace")
    assert slugs("ada lovelace", "person") == {"somebody"}
    assert slugs("ada hopper", "person") == set()


def test_a_word_of_an_answer_finds_its_interview(filled: Session):
    question = filled.scalars(select(Question)).first()
    assert question
    question.answer_en += " Zanzibar."
    item = filled.get_one(PressItem, question.item_id)
    item.updated_at = clock.real_now()
    filled.flush()
    assert item.slug in slugs("zanzibar", "item")


def test_a_person_finds_the_articles_and_screenings_that_name_them(filled: Session):
    item = next(item for item in filled.scalars(select(PressItem)) if item.people)
    assert item.slug in slugs(item.people[0].name, "item")


def test_drafts_and_withdrawn_rows_are_found(filled: Session):
    item = filled.scalars(select(PressItem)).first()
    assert item
    item.publication = Publication.DRAFT
    filled.flush()
    assert item.slug in slugs(item.title, "item")


def test_a_picture_is_found_by_its_credit(filled: Session):
    texts = {"alt_fr": "Une rue", "alt_en": "A street", "terms_fr": "Presse", "terms_en": "Press"}
    filled.add(
        Image(
            slug="rue",
            position=1,
            kind=ImageKind.STILL,
            file="x.jpg",
            width=1,
            height=1,
            sizes=[],
            credit="Zoé Quark",
            **texts,
        )
    )
    filled.flush()
    assert slugs("quark", "image") == {"rue"}


# --- As it is now -------------------------------------------------------------------------------------------------


def test_a_renamed_row_is_found_by_its_new_name_only(filled: Session):
    person = add_person(filled, "Ada Lovelace")
    person.name = "Grace Hopper"
    filled.flush()
    assert slugs("hopper", "person") == {"somebody"}
    assert slugs("lovelace", "person") == set()


def test_a_deleted_row_is_not_found(filled: Session):
    person = add_person(filled, "Ada Lovelace")
    filled.delete(person)
    filled.flush()
    assert slugs("lovelace") == set()


def test_a_row_whose_address_changes_is_found_once(filled: Session):
    person = add_person(filled, "Ada Lovelace")
    person.slug = "ada"
    filled.flush()
    assert slugs("lovelace", "person") == {"ada"}


def test_rows_are_found_by_the_new_name_of_what_they_name(filled: Session):
    screening = filled.scalars(select(Screening).where(Screening.town_id.is_not(None))).first()
    item = filled.scalars(select(PressItem)).first()
    assert screening
    assert item
    filled.get_one(Town, screening.town_id).name = "Zanzibar"
    filled.get_one(Outlet, item.outlet_id).name = "Le Quark"
    filled.flush()
    assert screening.slug in slugs("zanzibar", "screening")
    assert item.slug in slugs("quark", "item")
    title = filled.scalar(select(Findable.title).filter_by(kind="screening", slug=screening.slug))
    assert title is not None
    assert title.startswith("Zanzibar")


def test_what_is_undone_before_it_is_committed_is_not_found(filled: Session):
    add_person(filled, "Ada Lovelace")
    filled.rollback()
    assert slugs("lovelace") == set()


def test_the_index_kept_with_each_change_is_the_one_made_anew(filled: Session, app: Flask):
    town, item = filled.scalars(select(Town)).first(), filled.scalars(select(PressItem)).first()
    assert town
    assert item
    town.name, item.title = "Zanzibar", "Un tout autre titre"
    filled.delete(add_person(filled, "Ada Lovelace"))
    add_person(filled, "Grace Hopper", "grace")
    filled.commit()

    def rows() -> set[tuple[str, ...]]:
        columns = (Findable.kind, Findable.slug, Findable.title, Findable.detail, Findable.text)
        return {tuple(row) for row in filled.execute(select(*columns))}

    kept = rows()
    filled.execute(delete(Findable))
    ready(filled)
    assert kept == rows()


def test_until_somebody_searches_nothing_is_kept_and_then_all_is_there(app: Flask, office: Office):
    with app.app_context():
        assert db.session.scalar(select(func.count(Findable.id))) == 0
    assert office(StaffRole.EDITOR).get("/office/recherche/?q=film").status_code == 200
    with app.app_context(), publication.everything():
        found = db.session.scalar(select(func.count(Findable.id)).where(Findable.kind == "item"))
        assert found == db.session.scalar(select(func.count(PressItem.id)))


def test_an_index_filled_step_by_step_keeps_what_changes_meanwhile(session: Session):
    search_index.step(session)
    session.commit()
    search_index.step(session, most=40)
    session.commit()
    assert search_index.state(session) is search_index.State.BEGUN
    person = session.scalars(select(Person)).first()
    assert person
    person.name = "Grace Hopper"
    session.commit()
    while search_index.step(session, most=40):
        session.commit()
    assert search_index.state(session) is search_index.State.WHOLE
    assert slugs("hopper", "person") == {person.slug}
    total = sum(session.scalar(select(func.count()).select_from(model)) or 0 for model in subjects.BY_MODEL)
    assert session.scalar(select(func.count(Findable.id))) == total + 1  # its mark


def test_the_mail_worker_fills_the_index_by_itself(app: Flask):
    worker = Worker(app)
    for _ in range(3):
        worker.minute()
    with app.app_context():
        assert search_index.state(db.session) is search_index.State.WHOLE


def test_an_index_of_an_older_form_is_made_anew(filled: Session, office: Office):
    filled.execute(Findable.__table__.update().where(Findable.kind == search_index.MARK).values(text="0"))  # type: ignore[attr-defined]
    filled.commit()
    office(StaffRole.EDITOR).get("/office/recherche/?q=film")
    filled.expire_all()
    assert search_index.state(filled) is search_index.State.WHOLE


def test_on_postgresql_the_index_follows_too(postgres_url: str, make_settings: Callable[..., Settings]):
    with application(make_settings(DATABASE_URL=postgres_url)) as app, app.app_context():
        start.upgrade()
        content.load(db.session, content.FOLDER)
        ready(db.session)
        person = add_person(db.session, "Éloïse Lovelace")
        assert slugs("eloise", "person") == {"somebody"}
        person.name = "Grace Hopper"
        db.session.flush()
        assert slugs("eloise", "person") == set()
        assert slugs("hopper grace", "person") == {"somebody"}
        db.session.rollback()
