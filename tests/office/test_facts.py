"""What the dossier owes its readers is listed, and one click says that somebody read the sources again."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.people import signed_in
from applications import application
from operation118 import clock
from operation118.accounts.models import JournalAction, JournalEntry, StaffRole
from operation118.config import Settings
from operation118.database import Revision, db
from operation118.film.models import Citation, Fact, Film, Source
from operation118.office import conflicts, facts
from operation118.office.kept import kept
from operation118.site import content, start

Office = Callable[[StaffRole], FlaskClient]
Counter = Callable[[], AbstractContextManager[list[str]]]
PAGE = "/office/faits/"
IN_TWO_YEARS = datetime(2028, 11, 25, 12, tzinfo=UTC)


def film(session: Session) -> Film:
    return session.scalars(select(Film)).one()


def uncite(session: Session, subject: str) -> None:
    for citation in session.scalars(select(Citation).where(Citation.subject == subject)):
        session.delete(citation)
    session.flush()


# --- Without a source ---------------------------------------------------------------------------------------------


def test_the_real_content_owes_nothing(session: Session):
    assert facts.without_source(kept(), film(session)).total == 0
    assert conflicts.found(kept()).total == 0


@pytest.mark.parametrize("kind", [kind.key for kind in facts.CITED])
def test_a_row_of_any_kind_without_a_source_is_listed(session: Session, kind: str):
    found = next(one for one in facts.CITED if one.key == kind)
    row = session.scalars(select(found.model).filter_by(**found.fixed)).first()
    assert row is not None
    slug: str = row.slug  # type: ignore[attr-defined]
    uncite(session, f"{found.cited}.{slug}")
    lines = facts.without_source(kept(), film(session))
    assert [(line.key, line.slug) for line in lines.shown] == [(kind, slug)]
    assert lines.total == 1


def test_a_field_of_the_film_without_a_source_is_listed_by_its_name(session: Session):
    uncite(session, "film.genres")
    lines = facts.without_source(kept(), film(session))
    assert [(line.key, line.title) for line in lines.shown] == [("film", "Genres")]


def test_a_field_that_says_nothing_needs_no_source(session: Session):
    uncite(session, "film.working_title")
    film(session).working_title = None
    session.flush()
    assert facts.without_source(kept(), film(session)).total == 0


# --- Read again ---------------------------------------------------------------------------------------------------


def test_nothing_is_stale_within_a_year_and_everything_after(session: Session):
    subjects = session.scalar(select(func.count(Citation.subject.distinct()))) or 0
    closed_on = film(session).dossier_closed_on
    with time_machine.travel(clock.noon(closed_on + timedelta(days=365)), tick=False):
        assert facts.count_stale(film(session)) == 0
    with time_machine.travel(clock.noon(closed_on + timedelta(days=366)), tick=False):
        assert facts.count_stale(film(session)) == facts.stale(film(session)).total == subjects


def press(client: FlaskClient, address: str, **sent: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(PAGE).text)
    assert token
    return client.post(address, data={"csrf_token": unescape(token[1])} | sent)


def confirm(client: FlaskClient, subject: str, **sent: str) -> TestResponse:
    return press(client, f"{PAGE}verifie/", sujet=subject, **sent)


def one_stale(session: Session, subject: str) -> None:
    for citation in session.scalars(select(Citation).where(Citation.subject == subject)):
        citation.checked_on = date(2020, 1, 1)
    session.commit()


def test_one_click_confirms_a_fact_and_writes_the_journal(session: Session, office: Office):
    fact = session.scalars(select(Fact)).first()
    assert fact
    one_stale(session, f"fact.{fact.slug}")
    client = office(StaffRole.EDITOR)
    assert "lu le 1er" in client.get(PAGE).text.replace("\u00a0", " ")
    assert confirm(client, f"fact.{fact.slug}").status_code == 302
    session.expire_all()
    checked = session.scalars(select(Citation.checked_on).where(Citation.subject == f"fact.{fact.slug}")).all()
    assert set(checked) == {clock.today()}
    line = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert line
    assert (line.action, line.subject) == (JournalAction.DID, f"fact.{fact.slug}")
    assert fact.label_fr in line.summary
    assert facts.count_stale(film(session)) == 0


def test_confirming_changes_nothing_that_the_public_sees(session: Session, office: Office):
    one_stale(session, "film.genres")

    def seen() -> tuple[object, ...]:
        session.expire_all()
        citations = select(Citation.id, Citation.updated_at).order_by(Citation.id)
        return session.scalar(select(Revision.number)), [tuple(row) for row in session.execute(citations)]

    before = seen()
    confirm(office(StaffRole.EDITOR), "film.genres")
    assert facts.count_stale(film(session)) == 0
    assert seen() == before


def test_only_who_may_change_a_row_confirms_it(session: Session, office: Office):
    one_stale(session, "film.genres")
    client = office(StaffRole.PRESS_OFFICER)
    assert "Vérifié aujourd" not in client.get(PAGE).text
    assert confirm(client, "film.genres").status_code == 403
    assert facts.count_stale(film(session)) == 1


@pytest.mark.parametrize("subject", ["", "film", "film.nothing", "fact.nowhere", "x" * 400, "fact.%"])
def test_a_fact_that_is_not_there_is_refused_kindly(office: Office, subject: str):
    client = office(StaffRole.EDITOR)
    assert confirm(client, subject).status_code == 302
    assert "n’est plus là" in client.get(PAGE).text


def test_the_sources_of_an_old_fact_stand_beside_its_button(session: Session, office: Office):
    one_stale(session, "film.genres")
    sources = select(Source.url).join(Citation).where(Citation.subject == "film.genres")
    links = re.findall(r'href="([^"]+)"', office(StaffRole.EDITOR).get(PAGE).text)
    assert set(session.scalars(sources)) <= set(map(unescape, links))


def test_a_fact_just_read_keeps_its_place_and_is_given_back(session: Session, office: Office):
    for subject in ("film.genres", "film.year"):
        one_stale(session, subject)
    client = office(StaffRole.EDITOR)
    answer = confirm(client, "film.genres", rang="0")
    page = client.get(answer.location).text
    assert answer.location.endswith("#relu")
    assert page.index('id="relu"') < page.index("Vérifié aujourd")
    undo = re.search(r'action="(/office/faits/verifie/\d+/annuler/)"', page)
    assert undo
    assert press(client, undo[1]).status_code == 302
    session.expire_all()
    checked = session.scalars(select(Citation.checked_on).where(Citation.subject == "film.genres")).all()
    assert set(checked) == {date(2020, 1, 1)}
    assert facts.count_stale(film(session)) == 2


def test_the_journal_gives_back_a_reading_once(session: Session, office: Office):
    one_stale(session, "film.genres")
    client = office(StaffRole.EDITOR)
    confirm(client, "film.genres")
    line = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert line
    undo = f"/office/journal/{line.id}/annuler/"
    assert undo in client.get("/office/journal/").text
    told = [client.get(press(client, undo).location).text for _ in range(2)]
    assert ["rien n’a changé" in page for page in told] == [False, True]
    assert facts.count_stale(film(session)) == 1


def test_only_who_may_change_a_row_gives_a_reading_back(session: Session, office: Office):
    one_stale(session, "film.genres")
    confirm(office(StaffRole.EDITOR), "film.genres")
    line = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert line
    assert press(office(StaffRole.PRESS_OFFICER), f"{PAGE}verifie/{line.id}/annuler/").status_code == 403
    assert press(office(StaffRole.EDITOR), f"{PAGE}verifie/{line.id + 1}/annuler/").status_code == 404


def test_a_load_of_the_content_forgets_no_confirmation(session: Session):
    one_stale(session, "film.genres")
    film(session).year = 1999  # so that the load writes the film anew
    session.commit()
    content.load(session, content.FOLDER)
    session.commit()
    session.expire_all()
    assert film(session).year != 1999
    checked = session.scalars(select(Citation.checked_on).where(Citation.subject == "film.genres")).all()
    assert checked
    assert set(checked) == {date(2020, 1, 1)}


# --- The page -----------------------------------------------------------------------------------------------------


def test_what_is_told_with_a_reservation_is_listed_apart(session: Session, office: Office):
    reserved = facts.reserved(kept())
    note = session.scalars(select(Fact.certainty_fr).where(Fact.certainty_fr.is_not(None))).first()
    assert note
    assert note in [line.note for line in reserved.shown]
    assert f'Sous réserve <span class="count">{reserved.total}</span>' in office(StaffRole.EDITOR).get(PAGE).text


def test_an_office_without_content_says_what_will_come(empty_app: Flask):
    page = signed_in(empty_app, StaffRole.EDITOR).get(PAGE)
    assert page.status_code == 200
    assert page.text.count("desk-empty") == 4


def test_many_old_facts_cost_as_many_queries_as_one_of_each_kind(
    session: Session, office: Office, count_queries: Counter
):
    client = office(StaffRole.EDITOR)
    counts: list[int] = []
    rows = session.scalars(select(Fact.slug).order_by(Fact.slug)).all()
    for some in (rows[:1], rows[1:6]):
        for slug in some:
            one_stale(session, f"fact.{slug}")
        with count_queries() as statements:
            assert client.get(PAGE).text.count("facts-sources") == facts.count_stale(film(session))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_page_costs_as_much_for_many_lines_as_for_one(session: Session, office: Office, count_queries: Counter):
    client = office(StaffRole.EDITOR)
    counts: list[int] = []
    rows = session.scalars(select(Fact.slug).order_by(Fact.slug)).all()
    for some in (rows[:1], rows[1:6]):
        for slug in some:
            uncite(session, f"fact.{slug}")
        session.commit()
        with count_queries() as statements:
            assert client.get(PAGE).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 30


def test_every_row_is_looked_at_again_only_once_one_changed(session: Session, office: Office, count_queries: Counter):
    client = office(StaffRole.EDITOR)

    def looks() -> int:
        with count_queries() as statements:
            client.get(PAGE)
        return sum("NOT (EXISTS" in statement for statement in statements)

    assert [looks(), looks()] == [1, 0]
    fact = session.scalars(select(Fact)).first()
    assert fact
    uncite(session, f"fact.{fact.slug}")
    session.commit()
    assert 'Sans source <span class="count">1</span>' in client.get(PAGE).text
    assert looks() == 0
    with time_machine.travel(clock.real_now() + timedelta(days=1)):
        assert looks() == 1


def test_what_is_bare_is_counted_as_far_as_a_thousand(session: Session, office: Office):
    words, section = {"label_fr": "x", "label_en": "x"}, session.scalars(select(Fact.section)).first()
    session.add_all(Fact(slug=f"essai-{number}", position=number, section=section, **words) for number in range(1100))
    session.commit()
    lines = facts.without_source(kept(), film(session))
    assert (lines.total, len(lines.shown)) == (1001, facts.MOST)
    assert 'Sans source <span class="count">plus de 1 000</span>' in office(StaffRole.EDITOR).get(PAGE).text.replace(
        "\u00a0", " "
    )


def test_on_postgresql_the_lists_are_read_too(postgres_url: str, make_settings: Callable[..., Settings]):
    with application(make_settings(DATABASE_URL=postgres_url)) as app, app.app_context():
        start.upgrade()
        content.load(db.session, content.FOLDER)
        uncite(db.session, "film.genres")
        assert facts.without_source(kept(), film(db.session)).total == 1
        with time_machine.travel(IN_TWO_YEARS, tick=False):
            stale = facts.stale(film(db.session))
            assert len(stale.shown) == facts.MOST
        assert facts.reserved(kept()).total > 0
        assert conflicts.found(kept()).total == 0
        db.session.rollback()
