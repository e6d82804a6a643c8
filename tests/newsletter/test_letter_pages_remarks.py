"""What a form of the letter says when it is sent back, and where it says it."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter.subscribers import find, send
from operation118.newsletter import stamps
from operation118.newsletter.models import SubscriberState

Maker = Callable[..., dict[str, str]]


def test_the_remark_on_topics_stands_above_the_boxes_and_the_first_is_in_hand(client: FlaskClient):
    page = send(client, sujets=[], adresse="").text
    assert page.count(" autofocus") == 1
    assert re.search(r'</legend>\s*<p class="field-remark"', page)
    assert re.search(r'name="sujets"[^>]* autofocus', page)
    assert 'class="road' not in page.partition("<form")[0]


def test_ones_own_page_says_in_its_title_that_something_is_to_be_corrected(client: FlaskClient, links_of: Maker):
    page = client.post(links_of(SubscriberState.CONFIRMED)["own"], data={"langue": "fr"}).text
    assert re.search(r"<title>À\scorriger · ", page)


def test_a_correction_may_be_taken_at_once(client: FlaskClient, session: Session):
    with client.application.app_context():
        fresh = stamps.exact()
    assert send(client, adresse="a@gmial.com", correction="a@gmail.com", jeton=fresh).status_code == 303
    assert find("a@gmail.com") is not None


def test_a_correction_taken_is_in_the_field_whatever_else_is_wrong(client: FlaskClient):
    answer = send(client, adresse="a@gmial.com", correction="a@gmail.com", sujets=[])
    assert answer.status_code == 422
    assert 'value="a@gmail.com"' in answer.text
    assert "gmial" not in answer.text


def test_a_correction_taken_outlives_the_limit(client: FlaskClient, session: Session):
    for _ in range(3):
        send(client, adresse="a@gmail.com")
    refused = send(client, adresse="a@gmial.com", correction="a@gmail.com")
    assert refused.status_code == 429
    assert 'name="adresse" value="a@gmail.com"' in refused.text
