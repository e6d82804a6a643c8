"""The pages behind the links of mails: confirming, one's own page, leaving."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from newsletter.subscribers import ADDRESS, find, ledger_kinds, mails, send
from operation118 import clock, tokens
from operation118.newsletter.models import Subscriber, SubscriberState
from operation118.tokens import Purpose

Maker = Callable[..., dict[str, str]]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}


def state(session: Session) -> SubscriberState | None:
    session.expire_all()
    found = find()
    return found.state if found else None


def subscriber(session: Session) -> Subscriber:
    session.expire_all()
    found = find()
    assert found is not None
    return found


def test_the_link_confirms_only_with_its_button(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.PENDING)["confirm"]
    page = client.get(path)
    assert (page.status_code, client.head(path).status_code) == (200, 200)
    assert "Le DVD" in page.text
    assert ADDRESS in page.text
    assert state(session) is SubscriberState.PENDING
    response = client.post(path)
    assert (response.status_code, response.location) == (303, "/lettre/confirmee/")
    assert state(session) is SubscriberState.CONFIRMED
    assert mails() == ["confirm", "welcome"]


def test_a_second_press_of_the_button_is_no_error(client: FlaskClient, links_of: Maker):
    path = links_of(SubscriberState.PENDING)["confirm"]
    client.post(path)
    assert client.post(path).status_code == 303
    assert client.get(path).location == "/lettre/confirmee/"


def test_an_older_link_says_that_there_is_a_newer_one(client: FlaskClient, links_of: Maker):
    path = links_of(SubscriberState.PENDING)["confirm"]
    with clock.at(clock.now() + timedelta(minutes=1)):
        links_of(SubscriberState.PENDING)
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 409
        assert "le plus récent" in response.text


def test_a_link_of_somebody_forgotten_says_what_to_do(client: FlaskClient, app: Flask):
    with app.app_context():
        path = f"/lettre/confirmer/{tokens.sign(Purpose.CONFIRM, '999-1')}/"
    response = client.get(path)
    assert response.status_code == 409
    assert "Demandez la lettre de nouveau" in response.text


@pytest.mark.parametrize("name", ["confirm", "own", "leave"])
def test_a_cut_or_forged_link_is_said_to_be_one(client: FlaskClient, links_of: Maker, name: str):
    path = links_of(SubscriberState.PENDING)[name]
    for broken in (path[:-4] + "/", path.replace("/1", "/2")):
        response = client.get(broken)
        assert response.status_code == 404
        assert "La ligne est coupée" in response.text
        assert "no-store" in response.headers["Cache-Control"]


def test_a_link_is_good_for_its_own_purpose(client: FlaskClient, links_of: Maker):
    links = links_of(SubscriberState.CONFIRMED)
    confirm = links["confirm"].split("/")[-2]
    assert client.get(f"/lettre/moi/{confirm}/").status_code == 404


@pytest.mark.parametrize("state", SubscriberState)
def test_ones_own_page_is_nobody_elses(client: FlaskClient, links_of: Maker, state: SubscriberState):
    page = client.get(links_of(state)["own"])
    assert page.status_code == 200
    assert ADDRESS in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert 'rel="canonical"' not in page.text


def test_ones_own_page_costs_six_queries_at_most(
    client: FlaskClient, links_of: Maker, count_queries: Callable[[], AbstractContextManager[list[str]]]
):
    path = links_of(SubscriberState.CONFIRMED)["own"]
    with count_queries() as statements:
        client.get(path)
    assert len(statements) <= 6


def test_choices_are_changed_with_a_button(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.CONFIRMED)["own"]
    response = client.post(path, data={"sujets": ["presse"], "langue": "en"})
    assert response.location == f"{path}?fait=choix"
    assert "Vos choix sont enregistrés" in client.get(response.location).text
    found = subscriber(session)
    assert ({topic.value for topic in found.topics}, found.lang) == ({"presse"}, "en")


def test_choosing_nothing_is_said_beside_the_boxes(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.CONFIRMED)["own"]
    response = client.post(path, data={"langue": "fr"})
    assert response.status_code == 422
    assert "Gardez au moins un sujet" in response.text
    assert len(subscriber(session).topics) == 2


def test_a_pause_and_its_end(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.CONFIRMED)["own"]
    assert "La pause commence" in client.get(client.post(f"{path}pause/").location).text
    assert subscriber(session).paused_until is not None
    assert "La lettre reprend" in client.get(client.post(f"{path}reprise/").location).text
    assert subscriber(session).paused_until is None


def test_what_is_not_possible_says_why(client: FlaskClient, links_of: Maker):
    path = links_of(SubscriberState.PENDING)["own"]
    response = client.post(f"{path}pause/")
    assert response.status_code == 409
    assert "Confirmez d’abord" in response.text


def test_a_copy_of_everything(client: FlaskClient, links_of: Maker):
    path = links_of(SubscriberState.CONFIRMED)["own"]
    held = client.get(f"{path}donnees.json").json
    assert held is not None
    assert held["subscriber"]["address"] == ADDRESS
    assert held["topics"] == ["dvd", "seances"]
    assert [line["kind"] for line in held["consent"]] == ["asked", "confirmed"]
    assert [message["recipient"] for message in held["messages"]] == [ADDRESS, ADDRESS]
    proof = client.get(f"{path}preuve.txt")
    assert proof.mimetype == "text/plain"
    assert "[Oui, écrivez-moi]" in proof.text


def test_erasing_asks_first_and_says_what_stays(client: FlaskClient, links_of: Maker, session: Session):
    links = links_of(SubscriberState.CONFIRMED)
    page = client.get(f"{links['own']}effacer/")
    assert "Une empreinte" in page.text
    assert state(session) is SubscriberState.CONFIRMED
    for _ in range(2):
        assert client.post(f"{links['own']}effacer/").location == "/lettre/effacee/"
    assert state(session) is None
    assert client.get(links["own"]).status_code == 409
    assert client.get(links["leave"]).status_code == 200
    assert client.post(links["leave"], data=ONE_CLICK).status_code == 200


def test_leaving_takes_one_button(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.CONFIRMED)["leave"]
    assert "Ne m’écrivez plus" in client.get(path).text
    assert state(session) is SubscriberState.CONFIRMED
    response = client.post(path)
    assert (response.status_code, response.location) == (303, path)
    assert "Nous ne vous écrirons plus" in client.get(path).text
    assert state(session) is SubscriberState.UNSUBSCRIBED


@pytest.mark.parametrize("state_before", SubscriberState)
def test_one_click_always_answers_200_and_leads_nowhere(
    client: FlaskClient, links_of: Maker, session: Session, state_before: SubscriberState
):
    """RFC 8058: no cookie, no redirect, the same however often; it comes from elsewhere."""
    path = links_of(state_before)["leave"]
    for _ in range(2):
        response = client.post(path, data=ONE_CLICK, headers=CROSS_SITE)
        assert (response.status_code, response.data, response.location) == (200, b"", None)
        assert "Set-Cookie" not in response.headers
    assert state(session) is SubscriberState.UNSUBSCRIBED
    assert ledger_kinds().count("withdrawn") == 1


ALTERED: list[Callable[[str], str]] = [
    lambda path: path[:-1],
    lambda path: path.replace("/1.", "/2."),
    lambda path: path[:-4],
]


@pytest.mark.parametrize("alter", ALTERED)
def test_one_click_answers_200_however_the_address_was_altered_on_its_way(
    client: FlaskClient, links_of: Maker, alter: Callable[[str], str]
):
    path = alter(links_of(SubscriberState.CONFIRMED)["leave"])
    response = client.post(path, data=ONE_CLICK, headers=CROSS_SITE)
    assert (response.status_code, response.data, response.location) == (200, b"", None)


def test_one_click_without_the_last_slash_ends_the_letter(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.CONFIRMED)["leave"]
    client.post(path.rstrip("/"), data=ONE_CLICK, headers=CROSS_SITE)
    assert state(session) is SubscriberState.UNSUBSCRIBED
    assert client.get(path.rstrip("/")).status_code == 308


def test_another_site_can_end_a_subscription_and_nothing_else(client: FlaskClient, links_of: Maker, session: Session):
    links = links_of(SubscriberState.CONFIRMED)
    for path in (links["own"], f"{links['own']}effacer/", f"{links['own']}pause/", f"{links['leave']}raison/"):
        assert client.post(path, headers=CROSS_SITE).status_code == 403
    assert state(session) is SubscriberState.CONFIRMED
    assert client.post(links["leave"], headers=CROSS_SITE).status_code == 303
    assert state(session) is SubscriberState.UNSUBSCRIBED


def test_a_reason_is_asked_after_and_need_not_be_given(client: FlaskClient, links_of: Maker, session: Session):
    path = links_of(SubscriberState.UNSUBSCRIBED)["leave"]
    assert "rien n’y oblige" in client.get(path).text
    for given, kept in ((None, None), ("n'importe quoi", None), ("fini", "fini")):
        assert client.post(f"{path}raison/", data={"raison": given} if given else {}).status_code == 303
        assert subscriber(session).unsubscribe_reason == kept
    assert "Merci" in client.get(path).text


def test_who_left_can_ask_again(client: FlaskClient, links_of: Maker, session: Session):
    links_of(SubscriberState.UNSUBSCRIBED)
    send(client)
    assert state(session) is SubscriberState.PENDING
