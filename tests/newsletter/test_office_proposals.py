"""Letters that the facts propose: nothing is written by itself, and a proposal taken up is gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerting import NANTES, screening
from newsletter.desking import DESK, WRITTEN, plain, press
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.dates import DatePrecision
from operation118.film.models import Release, ReleaseKind
from operation118.newsletter import blocks
from operation118.newsletter.models import Campaign
from operation118.publication import Publication

Office = Callable[[StaffRole], FlaskClient]
NEW = f"{DESK}nouvelle/"


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


def video(session: Session, days: int) -> Release:
    """The video edition has a date, so many days from now."""
    release = session.scalars(select(Release).where(Release.kind == ReleaseKind.VIDEO)).first()
    assert release
    release.on, release.precision = clock.today() + timedelta(days=days), DatePrecision.DAY
    session.commit()
    return release


def test_as_long_as_nothing_happens_nothing_is_proposed(editor: FlaskClient, session: Session):
    assert "Ce que les faits proposent" not in editor.get(DESK).text


def test_a_date_for_the_video_edition_proposes_its_letter(editor: FlaskClient, session: Session):
    release = video(session, 40)
    page = plain(editor.get(DESK))
    assert "Le DVD a une date" in page
    address = f"{NEW}?proposition=dvd-{release.slug}"
    assert address in page
    form = editor.get(address).text
    assert form.count("{{ dvd }}") == 2
    assert 'id="sujet-dvd" name="sujets" value="dvd" checked' in form
    assert session.scalars(select(Campaign)).all() == []


def test_a_letter_begun_since_takes_the_proposal_up(editor: FlaskClient, session: Session):
    video(session, 40)
    assert press(editor, NEW, NEW, **WRITTEN | {"sujets": ["presse"]}).status_code == 303
    assert "Le DVD a une date" in plain(editor.get(DESK))
    assert press(editor, NEW, NEW, **WRITTEN).status_code == 303
    assert "Le DVD a une date" not in plain(editor.get(DESK))


def test_a_date_that_changed_since_proposes_again(editor: FlaskClient, session: Session):
    release = video(session, 40)
    press(editor, NEW, NEW, **WRITTEN)
    release.on = clock.today() + timedelta(days=50)
    session.commit()
    assert "Le DVD a une date" in plain(editor.get(DESK))


def test_a_date_long_past_is_no_news(editor: FlaskClient, session: Session):
    video(session, -31)
    assert "Le DVD a une date" not in plain(editor.get(DESK))


def test_a_screening_withdrawn_before_its_day_proposes_to_say_so(editor: FlaskClient, session: Session):
    row = screening(session, NANTES)
    row.publication = Publication.WITHDRAWN
    session.commit()
    page = plain(editor.get(DESK))
    assert "Séance retirée : Nantes" in page
    form = plain(editor.get(f"{NEW}?proposition=seance-{row.slug}"))
    assert "n’aura pas lieu" in form
    assert "will not take place" in form
    assert "Nantes" not in blocks.expand("{{ seances }}", lang="fr")


def test_a_screening_withdrawn_after_its_day_proposes_nothing(editor: FlaskClient, session: Session):
    row = screening(session, NANTES, days=-2)
    row.publication = Publication.WITHDRAWN
    session.commit()
    assert "Séance retirée" not in plain(editor.get(DESK))


def test_a_proposal_that_is_none_is_an_empty_desk(editor: FlaskClient):
    assert 'name="objet_fr" value=""' in editor.get(f"{NEW}?proposition=x").text
