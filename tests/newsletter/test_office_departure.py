"""How a letter is asked to leave: now or later, read again, and never at another instant than the one that was typed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter.campaigning import subscriber
from newsletter.desking import DESK, draft, of, plain, press, write
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.newsletter import hold
from operation118.newsletter.models import CampaignState
from operation118.newsletter.refused import Refused

pytestmark = pytest.mark.usefixtures("session")
CHRISTMAS = f"{clock.today().year + 1}-12-24T08:00"


@pytest.fixture
def editor(office: Callable[[StaffRole], FlaskClient]) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def slug(editor: FlaskClient, session: Session) -> str:
    subscriber(session, "lectrice@example.org")
    return write(editor)


def launch(client: FlaskClient, slug: str, **fields: str) -> TestResponse:
    sent = {"version": str(of(slug).version)} | fields
    return press(client, f"{DESK}{slug}/lancer/", f"{DESK}{slug}/repetition/", **sent)


def ticked(answer: TestResponse) -> str:
    """The choice that the form comes back with."""
    return answer.text.split('" checked')[0].rpartition('value="')[2]


def test_a_date_beside_now_is_refused_and_kept(editor: FlaskClient, slug: str):
    answer = launch(editor, slug, quand="maintenant", le=CHRISTMAS, relu="1")
    assert answer.status_code == 422
    assert of(slug).state is CampaignState.DRAFT
    assert f'value="{CHRISTMAS}" aria-invalid="true"' in answer.text
    assert "elle vaut pour « Plus tard »" in plain(answer)


@pytest.mark.parametrize("typed", ["", "  "])
def test_later_without_a_date_asks_for_one_and_stays_later(editor: FlaskClient, slug: str, typed: str):
    answer = launch(editor, slug, quand="plus-tard", le=typed, relu="1")
    assert answer.status_code == 422
    assert of(slug).state is CampaignState.DRAFT
    assert ticked(answer) == "plus-tard"
    assert "Donnez le jour et l’heure du départ." in plain(answer)
    assert "n’est pas une date" not in plain(answer)


def test_all_that_is_wrong_is_told_at_the_head_and_leads_to_its_field(editor: FlaskClient, slug: str):
    answer = launch(editor, slug, quand="plus-tard", le="2001-01-01T10:00")
    alert = plain(answer).split('role="alert"')[1].split("</div>")[0]
    assert '<a href="#le">' in alert
    assert "« Maintenant », qui les laisse aussi" in alert
    assert '<a href="#relu">' in alert
    assert ticked(answer) == "plus-tard"
    assert 'value="2001-01-01T10:00"' in answer.text


def test_the_choice_is_kept_where_the_letter_was_changed_meanwhile(editor: FlaskClient, slug: str):
    answer = launch(editor, slug, quand="plus-tard", le=CHRISTMAS, relu="1", version="99")
    assert answer.status_code == 409
    assert ticked(answer) == "plus-tard"
    assert CHRISTMAS in answer.text


def test_a_letter_for_another_day_is_kept_from_the_list_too(editor: FlaskClient, session: Session):
    slug = draft(session, state=CampaignState.SCHEDULED, scheduled_at=clock.now() + timedelta(days=1)).slug
    assert f'action="{DESK}{slug}/retenir/"' in editor.get(DESK).text
    press(editor, f"{DESK}{slug}/retenir/")
    assert of(slug).state is CampaignState.DRAFT


@pytest.mark.parametrize(("state", "view"), [(CampaignState.DRAFT, "modifier/"), (CampaignState.SENT, "")])
def test_the_name_of_a_letter_opens_it(editor: FlaskClient, session: Session, state: CampaignState, view: str):
    slug = draft(session, state=state).slug
    assert f'<a href="{DESK}{slug}/{view}">Le DVD</a>' in editor.get(DESK).text


def test_apostrophes_are_set_wherever_the_letter_is_named(editor: FlaskClient, session: Session):
    slug = draft(session, subject_fr="Ce qu'on n'entend pas").slug
    for path in ("", f"{slug}/", f"{slug}/repetition/"):
        assert "Ce qu'on" not in editor.get(DESK + path).text.replace("&#39;", "'"), path


def test_no_way_to_launch_leaves_less_than_the_hold(session: Session):
    letter = draft(session)
    with pytest.raises(Refused):
        hold.launch(letter, at=clock.now() + hold.HOLD - timedelta(seconds=1))
    assert letter.state is CampaignState.DRAFT
