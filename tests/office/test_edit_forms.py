"""What a form of the office says: where a row is seen, what is wrong and where, what a new row starts as, what hangs on it."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from office.forms import fields
from operation118 import clock
from operation118.accounts.models import JournalEntry, StaffRole
from operation118.film.models import Citation, Person
from operation118.press.models import PressItem
from operation118.publication import Publication
from operation118.screenings.models import Screening

Office = Callable[[StaffRole], FlaskClient]
NEW = "/office/presse/articles/nouveau/"
FILM = "/office/film/fiche/operation-118-318/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def item(session: Session) -> PressItem:
    return session.scalars(select(PressItem).order_by(PressItem.slug)).all()[0]


@pytest.fixture
def screening(session: Session) -> Screening:
    query = select(Screening).where(Screening.on.is_not(None)).order_by(Screening.slug)
    return next(one for one in session.scalars(query) if (one.precision or "day") == "day")


def wrong(html: str) -> list[str]:
    """The names of the fields to mend, as the head of the page gives them."""
    alert = html.partition('role="alert"')[2].partition("</div>")[0]
    return re.findall(r'<a href="#[^"]+">([^<]+)</a>', alert)


# --- Where it is seen ---------------------------------------------------------------------------------------------


def seen_at(editor: FlaskClient, item: PressItem) -> list[str]:
    page = editor.get(f"/office/presse/articles/{item.slug}/").text
    return re.findall(rf'<a href="([^"]*/presse/{item.slug}/)"', page.replace("/office/presse/", "/bureau/"))


def test_a_public_article_is_seen_on_the_site(editor: FlaskClient, item: PressItem):
    assert seen_at(editor, item) == [f"/presse/{item.slug}/"]


@pytest.mark.parametrize("held", ["published_at", "embargo_lifts_at"])
def test_an_article_to_come_is_seen_as_it_will_be(editor: FlaskClient, session: Session, item: PressItem, held: str):
    setattr(item, held, clock.now() + timedelta(days=3))
    session.commit()
    (address,) = seen_at(editor, item)
    assert address.startswith("/office/apercu/")
    assert editor.get(unquote(address)).status_code == 200


@pytest.mark.parametrize("state", [Publication.DRAFT, Publication.WITHDRAWN])
def test_what_the_public_never_sees_is_seen_apart(
    editor: FlaskClient, session: Session, item: PressItem, state: Publication
):
    item.publication = state
    session.commit()
    assert seen_at(editor, item) == [f"/office/apercu/avec/item-{item.id}/presse/{item.slug}/"]


# --- What is wrong, and where -------------------------------------------------------------------------------------


def test_mistakes_are_told_in_the_order_of_the_form_and_of_the_questions(editor: FlaskClient):
    typed = fields(editor.get(NEW).text) | {f"question-{n}-topic_fr": f"Question {n}" for n in range(2)}
    answer = editor.post(NEW, data=typed | {"publication": "published"})
    assert answer.status_code == 422
    told = wrong(answer.text)
    assert told[:3] == ["Genre", "Titre d’origine", "Média"]
    assert "Question 1, Question, au style indirect (anglais)" in told
    assert "Question 2, Réponse, au style indirect (français)" in told
    assert len(told) == len(set(told))


@pytest.mark.parametrize("typed", ["30/11/2031", "8:00", "demain"])
def test_an_instant_that_is_half_there_is_refused_and_kept(editor: FlaskClient, item: PressItem, typed: str):
    address = f"/office/presse/articles/{item.slug}/"
    sent = fields(editor.get(address).text) | {"embargo_lifts_at": typed}
    answer = editor.post(address, data=sent)
    assert answer.status_code == 422
    assert wrong(answer.text) == ["Embargo jusqu’à"]
    assert fields(answer.text)["embargo_lifts_at"] == typed
    assert editor.post(address, data=sent | {"embargo_lifts_at": "30 novembre 2031 à 8 h"}).status_code == 302
    assert fields(editor.get(address).text)["embargo_lifts_at"] == "30/11/2031 08:00"


def test_a_screening_does_not_begin_on_another_day(editor: FlaskClient, session: Session, screening: Screening):
    address = f"/office/seances/seances/{screening.slug}/"
    assert screening.on
    typed = fields(editor.get(address).text) | {"starts_at": f"{screening.on + timedelta(days=1)}T20:30"}
    answer = editor.post(address, data=typed)
    assert answer.status_code == 422
    assert wrong(answer.text) == ["Début"]
    assert "Ce n’est pas le jour de la séance" in answer.text
    assert editor.post(address, data=typed | {"date_precision": "from"}).status_code == 302


def test_a_line_added_or_a_mistake_does_not_hide_what_somebody_else_saved(editor: FlaskClient, item: PressItem):
    address = f"/office/presse/articles/{item.slug}/"
    mine = fields(editor.get(address).text)
    assert editor.post(address, data=mine | {"title": "Le leur"}).status_code == 302
    for typed, status in (({"action": "more:question"}, 200), ({"url": "pas une adresse"}, 422)):
        answer = editor.post(address, data=mine | typed)
        assert answer.status_code == status
        assert fields(answer.text)["version"] == mine["version"]
    assert editor.post(address, data=mine | {"title": "Le mien"}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.example.org/page", "https://www.example.org/page"),
        (" exemple.fr ", "https://exemple.fr"),
        ("example.org:8080/?q=1", "https://example.org:8080/?q=1"),
        ("http://example.org/", "http://example.org/"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(
    editor: FlaskClient, session: Session, item: PressItem, typed: str, kept: str
):
    address = f"/office/presse/articles/{item.slug}/"
    assert editor.post(address, data=fields(editor.get(address).text) | {"url": typed}).status_code == 302
    session.refresh(item)
    assert item.url == kept


@pytest.mark.parametrize("typed", ["example", "une page.fr", "moi@example.org", "/page", "ftp://example.org", "12.50"])
def test_what_is_no_address_is_still_refused(editor: FlaskClient, item: PressItem, typed: str):
    address = f"/office/presse/articles/{item.slug}/"
    answer = editor.post(address, data=fields(editor.get(address).text) | {"url": typed})
    assert (answer.status_code, wrong(answer.text)) == (422, ["Adresse"])
    assert fields(answer.text)["url"] == typed


# --- The sources of the film --------------------------------------------------------------------------------------


def film_sources(session: Session, part: str) -> list[str]:
    session.expire_all()
    cited = select(Citation).where(Citation.subject == f"film.{part}").order_by(Citation.position)
    return [citation.source.slug for citation in session.scalars(cited)]


def test_the_sources_of_the_film_are_chosen_in_lists_with_french_names(editor: FlaskClient, session: Session):
    page = editor.get(FILM).text
    assert ">Premier long métrage</option>" in page
    assert "Vouchers" not in page
    typed = fields(page)
    (line,) = (name for name, value in typed.items() if re.fullmatch(r"sources-\d+-part", name) and value == "genres")
    before, prefix = film_sources(session, "genres"), line.removesuffix("part")
    other = next(value for name, value in typed.items() if "vouchers" in name and value and value not in before)
    blank = f"{prefix}vouchers-{len(before)}"
    assert typed[blank] == ""
    assert editor.post(FILM, data=typed | {blank: other}).status_code == 302
    assert film_sources(session, "genres") == [*before, other]


def test_a_source_of_the_film_that_is_added_or_moved_keeps_the_rest(editor: FlaskClient):
    typed = fields(editor.get(FILM).text)
    more = fields(editor.post(FILM, data=typed | {"action": "more:sources-0-vouchers"}).text)
    assert len(more) == len(typed) + 1
    moved = fields(editor.post(FILM, data=typed | {"action": "up:sources-0-vouchers:1"}).text)
    first, second = "sources-0-vouchers-0", "sources-0-vouchers-1"
    assert (moved[first], moved[second]) == (typed[second], typed[first])


def test_two_lines_about_one_field_of_the_film_are_one(editor: FlaskClient, session: Session):
    typed = fields(editor.get(FILM).text)
    lines = [name for name in typed if re.fullmatch(r"sources-\d+-part", name)]
    new = f"sources-{len(lines)}-"
    before = film_sources(session, typed[lines[0]])
    other = next(value for name, value in typed.items() if "vouchers" in name and value and value not in before)
    answer = editor.post(FILM, data=typed | {f"{new}part": typed[lines[0]], f"{new}vouchers-0": other})
    assert answer.status_code == 302
    assert film_sources(session, typed[lines[0]]) == [*before, other]


def test_sources_of_no_field_of_the_film_are_told_beside_the_line(editor: FlaskClient):
    answer = editor.post(FILM, data=fields(editor.get(FILM).text) | {"sources-0-part": ""})
    assert answer.status_code == 422
    assert 'id="sources-0-part-erreur">Choisissez un champ du film.' in answer.text


# --- A new row, and one that others hang on -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["presse/articles", "seances/seances", "seances/rencontres"])
def test_what_can_be_published_starts_as_a_draft_and_says_what_a_draft_needs(editor: FlaskClient, path: str):
    page = editor.get(f"/office/{path}/nouveau/").text
    assert fields(page)["publication"] == "draft"
    assert "Il demande déjà les champs marqués" in page


def test_a_language_that_is_not_in_the_list_is_kept(editor: FlaskClient, session: Session, item: PressItem):
    item.language = "en-GB"
    session.commit()
    address = f"/office/presse/articles/{item.slug}/"
    assert editor.post(address, data=fields(editor.get(address).text)).status_code == 302
    assert session.scalars(select(JournalEntry)).all() == []


def test_what_hangs_on_a_row_is_named_with_where_it_is_corrected(editor: FlaskClient, session: Session):
    person = next(one for one in session.scalars(select(Person)) if one.credits)
    page = editor.get(f"/office/film/personnes/{person.slug}/supprimer/").text
    desk = "equipe" if person.credits[0].department == "crew" else "distribution"
    assert f'href="/office/film/{desk}/{person.credits[0].slug}/"' in page


def test_a_source_says_what_it_vouches_for(editor: FlaskClient, session: Session):
    vouched = select(Citation.source_id, func.count()).group_by(Citation.source_id)
    few = {source for source, count in session.execute(vouched) if count < 10}
    citations = session.scalars(select(Citation).where(Citation.subject.startswith("film.")))
    slug = next(citation.source.slug for citation in citations if citation.source_id in few)
    page = editor.get(f"/office/film/sources/{slug}/supprimer/").text
    assert f'href="{FILM}"' in page


def test_titles_are_typeset_wherever_they_are_shown(editor: FlaskClient, session: Session, item: PressItem):
    address = f"/office/presse/articles/{item.slug}/"
    answer = editor.post(address, data=fields(editor.get(address).text) | {"title": "Ceux qu'on n'entend"})
    assert answer.status_code == 302
    shown = editor.get(address).text
    assert "Enregistré\u00a0: Ceux qu’on n’entend." in shown
    assert "<h1>Ceux qu’on n’entend</h1>" in shown
    assert "Ceux qu’on n’entend" in editor.get("/office/presse/articles/").text
    assert fields(shown)["title"] == "Ceux qu'on n'entend"
