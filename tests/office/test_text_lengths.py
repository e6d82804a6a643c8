"""A text that is too long is refused beside its field, on either database; one that just fits is kept, and put back."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from secrets import SystemRandom, token_hex
from typing import Any, get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import AfterValidator
from pydantic.fields import FieldInfo
from sqlalchemy import select

from accounts.people import enter, send, signed_in
from applications import application
from office.forms import fields
from office.tabling import line_of
from operation118.accounts.models import JournalEntry, Staff, StaffRole
from operation118.config import Settings
from operation118.content import Ref
from operation118.content.cells import bare_type
from operation118.content.schema import LINE, LINES, SLUG, TEXT, longest
from operation118.database import db
from operation118.newsletter.models import Campaign
from operation118.office.rooms import BY_KEY, DESKS
from operation118.office.table_lines import Outcome
from operation118.press.models import PressItem
from operation118.site import content

EVERY_DESK = [key for key in DESKS if key != "image"]
PERSON = "/office/film/personnes/david-azencot/"
UNSAID = ("version", "csrf_token")
NEW_PERSON = "/office/film/personnes/nouveau/"


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """The real content on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    with application(make_settings(DATABASE_URL=request.getfixturevalue("postgres_url"))) as app:
        with app.app_context():
            content.load(db.session, content.FOLDER)
            db.session.commit()
        yield app


@pytest.fixture
def editor(site: Flask) -> FlaskClient:
    return signed_in(site, StaffRole.EDITOR)


def letters(count: int) -> str:
    """Letters of four bytes each, which compress badly."""
    return "".join(chr(SystemRandom().randrange(0x20000, 0x2A6DF)) for _ in range(count))


def texts(key: str, *, shaped: bool) -> dict[str, int]:
    """How long each text of a form may be; those of a shape of their own, such as addresses, only if wanted."""
    fields = BY_KEY[key].schema.model_fields
    return {
        info.alias or name: longest(info)
        for name, info in fields.items()
        if bare_type(info.annotation) is str
        and name != "slug"
        and not any(isinstance(mark, Ref) for mark in info.metadata)
        if shaped or not any(isinstance(mark, AfterValidator) for mark in _all_marks(info))
    }


def _all_marks(info: FieldInfo) -> list[Any]:
    nested = (getattr(part, "__metadata__", ()) for part in get_args(info.annotation))
    return [*info.metadata, *chain.from_iterable(nested)]


def address(site: Flask, key: str) -> str:
    """The form of a row of this kind."""
    model: Any = BY_KEY[key].model
    with site.app_context():
        slug = db.session.scalars(select(model.slug).filter_by(**BY_KEY[key].fixed).order_by(model.slug)).first()
    return f"/office/{DESKS[key].path}/{slug}/"


def errors(html: str) -> dict[str, str]:
    found = re.findall(r'<span class="field-error" id="([^"]+)-erreur">([^<]+)', html)
    return {name: said.replace("\u202f", " ").replace("\u00a0", " ") for name, said in found}


def said(editor: FlaskClient, path: str) -> dict[str, str]:
    """What the form of a row shows of it."""
    return {name: text for name, text in fields(editor.get(path).text).items() if name not in UNSAID}


def put_back(editor: FlaskClient, line: JournalEntry, typed: dict[str, str]) -> None:
    """Undo a line of the journal, with the token of a form."""
    token = {"csrf_token": typed["csrf_token"]}
    assert editor.post(f"/office/journal/{line.id}/annuler/", data=token).status_code == 302


def journal(site: Flask) -> list[JournalEntry]:
    with site.app_context():
        return list(db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)))


# --- The office's forms -------------------------------------------------------------------------------------------


def test_what_is_too_long_is_told_beside_its_field_and_kept_in_it(site: Flask, editor: FlaskClient):
    for key in EVERY_DESK:
        path, bounds = address(site, key), texts(key, shaped=True)
        long = {name: token_hex(most // 2 + 1) for name, most in bounds.items()}
        answer = editor.post(path, data=fields(editor.get(path).text) | long)
        assert answer.status_code == 422
        told = {
            name: f"{most:,} caractères au plus ; il y en a {most + 2:,}.".replace(",", " ")
            for name, most in bounds.items()
        }
        assert errors(answer.text) == told
        assert {name: fields(answer.text)[name] for name in long} == long
    assert journal(site) == []


def test_what_just_fits_is_kept_whatever_its_letters_and_put_back(site: Flask, editor: FlaskClient):
    for key in EVERY_DESK:
        path, bounds = address(site, key), texts(key, shaped=False)
        before = fields(editor.get(path).text)
        most = {name: letters(most) if most == LINE else token_hex(most // 2) for name, most in bounds.items()}
        assert editor.post(path, data=before | most).status_code == 302
        after = fields(editor.get(path).text)
        assert {name: after[name] for name in most} == most
        put_back(editor, journal(site)[-1], before)
        assert said(editor, path) == {name: text for name, text in before.items() if name not in UNSAID}


@pytest.mark.parametrize("slug", ["a" * (SLUG + 1), token_hex(10_000)])
def test_a_name_in_addresses_has_a_bound(site: Flask, editor: FlaskClient, slug: str):
    typed = fields(editor.get(NEW_PERSON).text) | {"name": "Quelqu’un", "slug": slug}
    answer = editor.post(NEW_PERSON, data=typed)
    assert answer.status_code == 422
    assert list(errors(answer.text)) == ["slug"]
    assert fields(answer.text)["slug"] == slug
    assert editor.post(NEW_PERSON, data=typed | {"slug": slug[:SLUG]}).status_code == 302


def test_a_new_row_that_only_has_a_long_name_is_told_of_its_name_alone(site: Flask, editor: FlaskClient):
    answer = editor.post(NEW_PERSON, data=fields(editor.get(NEW_PERSON).text) | {"name": token_hex(10_000)})
    assert errors(answer.text) == {"name": "300 caractères au plus ; il y en a 20 000."}


def test_each_line_of_a_list_has_a_bound_and_so_has_their_number(site: Flask, editor: FlaskClient):
    before = fields(editor.get(PERSON).text)
    for lines, told in (
        ([token_hex(10_000), "D. Azencot"], "300 caractères au plus ; il y en a 20 000."),
        ([f"n° {number}" for number in range(LINES + 1)], "Il en faut au plus 100."),
    ):
        answer = editor.post(PERSON, data=before | {"also_written": "\n".join(lines)})
        assert answer.status_code == 422
        assert errors(answer.text) == {"also_written": told}
        assert fields(answer.text)["also_written"].split() == " ".join(lines).split()


def test_a_question_is_told_where_it_stands(site: Flask, editor: FlaskClient):
    with site.app_context():
        slug = db.session.scalars(select(PressItem.slug).where(PressItem.questions.any())).first()
    path = f"/office/presse/articles/{slug}/"
    long = {"question-1-topic_en": token_hex(10_000), "question-1-answer_fr": token_hex(TEXT // 2 + 1)}
    answer = editor.post(path, data=fields(editor.get(path).text) | long)
    assert answer.status_code == 422
    assert errors(answer.text) == {
        "question-1-topic_en": "300 caractères au plus ; il y en a 20 000.",
        "question-1-answer_fr": "20 000 caractères au plus ; il y en a 20 002.",
    }
    assert {name: fields(answer.text)[name] for name in long} == long


@pytest.mark.parametrize("key", EVERY_DESK)
def test_nothing_that_is_pasted_is_cut_on_the_way(site: Flask, editor: FlaskClient, key: str):
    page = editor.get(address(site, key)).text
    assert "maxlength" not in page.partition('class="desk-form"')[2]


# --- The other ways in --------------------------------------------------------------------------------------------


def test_a_table_is_refused_at_the_line_that_is_too_long(site: Flask, tmp_path: Path):
    with site.app_context():
        slug = db.session.scalars(select(PressItem.slug)).first() or ""
        line = line_of("item", tmp_path, {"slug": slug, "title": token_hex(10_000), "question 1 topic_fr": "é" * 301})
    assert line.outcome is Outcome.REFUSED
    told = dict(line.refusals)
    assert told["title"] == "300 caractères au plus ; il y en a 20 000."
    assert told["question 1 topic_fr"] == "300 caractères au plus ; il y en a 301."


def test_what_was_too_long_before_there_was_a_bound_is_shown_and_not_put_back(site: Flask, editor: FlaskClient):
    """It can be read, and made shorter; the journal says why it cannot put it back."""
    with site.app_context():
        model: Any = BY_KEY["event"].model
        row = db.session.scalars(select(model)).all()[0]
        row.place, path = "é" * 301, f"/office/seances/rencontres/{row.slug}/"
        db.session.commit()
    old = fields(editor.get(path).text)
    assert old["place"] == "é" * 301
    assert editor.post(path, data=old).status_code == 422
    assert editor.post(path, data=old | {"place": "Un lieu"}).status_code == 302
    (line,) = journal(site)
    put_back(editor, line, old)
    assert "300 caractères au plus" in editor.get("/office/journal/").text.replace("\u00a0", " ")
    assert fields(editor.get(path).text)["place"] == "Un lieu"


def test_a_letter_has_bounds_too(site: Flask, editor: FlaskClient):
    path = "/office/lettre/nouvelle/"
    typed = fields(editor.get(path).text) | {"sujets": "sortie", "objet_fr": letters(200), "texte_fr": "Bonjour."}
    long = {"objet_fr": token_hex(10_000), "texte_fr": token_hex(30_001), "commune": token_hex(10_000)}
    answer = editor.post(path, data=typed | long)
    assert answer.status_code == 422
    assert set(errors(answer.text)) == set(long)
    assert {name: fields(answer.text)[name] for name in long} == long
    assert editor.post(path, data=typed).status_code == 303
    with site.app_context():
        assert db.session.scalars(select(Campaign.subject_fr)).all() == [typed["objet_fr"]]


def test_a_stranger_who_sends_too_much_is_only_wrong(site: Flask):
    client, long = site.test_client(), f"{token_hex(10_000)}@exemple.fr"
    assert enter(client, long, token_hex(10_000)).status_code == 422
    assert send(client, "/office/mot-de-passe/", email=long).status_code == 422


def test_the_name_and_the_address_of_an_account_fit_in_their_columns(site: Flask):
    admin, path = signed_in(site, StaffRole.ADMIN), "/office/equipe/inviter/"
    good = {"name": letters(120), "email": f"{'a' * 60}@{'b' * 63}.{'c' * 63}.example", "role": "door"}
    for wrong in ({"name": letters(121)}, {"name": token_hex(10_000)}, {"email": f"{token_hex(10_000)}@x.example"}):
        answer = send(admin, path, **good | wrong)
        assert answer.status_code == 422
        assert list(errors(answer.text)) == list(wrong)
        assert fields(answer.text)[next(iter(wrong))] == next(iter(wrong.values()))
    assert send(admin, path, **good).status_code == 303
    own = send(admin, "/office/moi/nom/", "/office/moi/", name=letters(121))
    assert own.status_code == 422
    with site.app_context():
        assert good["name"] in db.session.scalars(select(Staff.name)).all()
