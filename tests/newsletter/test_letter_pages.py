"""Asking for the letter, as a browser does: the form, its remarks, its limits, the same answer for everybody."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.subscribers import ADDRESS, find, mails, send, stamp
from operation118 import clock, tokens
from operation118.mail import suppression
from operation118.mail.models import SuppressionReason, SuppressionScope
from operation118.newsletter import stamps
from operation118.newsletter.models import Consent, Subscriber, SubscriberState
from operation118.web import limits
from web.shared_caches import kept_before

Maker = Callable[..., dict[str, str]]


@pytest.mark.parametrize("path", ["/", "/dvd/", "/lettre/", "/en/", "/en/dvd/", "/en/newsletter/"])
def test_no_box_is_ticked_beforehand(client: FlaskClient, path: str):
    page = client.get(path).text
    assert 'name="adresse"' in page
    assert 'type="checkbox"' in page or 'name="sujets" value="dvd"' in page
    assert "checkbox" not in page.partition(" checked")[0].rpartition("<input")[2]


def test_asking_leads_to_a_page_that_says_what_comes(client: FlaskClient, session: Session):
    response = send(client, sujets=["dvd", "presse"])
    assert (response.status_code, response.location) == (303, "/lettre/merci/")
    subscriber = find()
    assert subscriber is not None
    assert {topic.value for topic in subscriber.topics} == {"dvd", "presse"}
    assert mails() == ["confirm"]
    assert client.get("/lettre/merci/").status_code == 200


def test_an_english_page_leads_to_english_ones(client: FlaskClient, session: Session):
    response = send(client, path="/en/newsletter/", langue="en")
    assert response.location == "/en/newsletter/thanks/"
    subscriber = find()
    assert subscriber is not None
    assert subscriber.lang == "en"


def test_the_button_of_the_dvd_page_asks_for_the_dvd_alone(client: FlaskClient, session: Session):
    page = client.get("/dvd/").text
    assert 'name="sujets" value="dvd"' in page
    send(client, formulaire="dvd", jeton=stamp(client, "/dvd/"))
    line = session.scalars(select(Consent)).one()
    assert (line.form, line.topics, line.network) == ("dvd", ["dvd"], None)


@pytest.mark.settings(CONSENT_NETWORK="1")
def test_the_network_is_kept_only_if_the_settings_say_so(client: FlaskClient, session: Session):
    send(client)
    assert session.scalars(select(Consent.network)).one() == "127.0.0.0/24"


@pytest.mark.parametrize(
    ("typed", "remark"),
    [
        ("", "Donnez l’adresse"),
        ("prenom.nom", "Il manque l’arobase"),
        ("prenom nom@example.org", "n’a pas la forme"),
        ("prénom@example.org", "n’a pas la forme"),
        ("prenom@example", "n’a pas la forme"),
        ("prenom@yopmail.com", "semble jetable"),
        ("a@b.mailinator.com", "semble jetable"),
        ("x" * 9000, "Il manque l’arobase"),
        ("\x01@\x01", "n’a pas la forme"),
    ],
)
def test_an_odd_address_is_answered_beside_its_field(client: FlaskClient, session: Session, typed: str, remark: str):
    response = send(client, adresse=typed, sujets=["presse"])
    assert response.status_code == 422
    assert remark in response.text
    assert 'aria-describedby="lettre-adresse-remarque"' in response.text
    assert 'value="presse" checked' in response.text
    assert mails() == []


def test_no_topic_is_said_beside_the_topics_and_the_address_is_kept(client: FlaskClient):
    response = send(client, sujets=[])
    assert response.status_code == 422
    assert "Cochez au moins un sujet" in response.text
    assert f'value="{ADDRESS}"' in response.text


def test_unknown_topics_forms_and_languages_are_no_trouble(client: FlaskClient, session: Session):
    assert send(client, sujets=["dvd", "météo"], formulaire="<script>", langue="xx").status_code == 303
    line = session.scalars(select(Consent)).one()
    assert (line.form, line.topics, line.lang) == ("lettre", ["dvd"], "fr")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@gmial.com", "a@gmail.com"),
        ("a@gmail.con", "a@gmail.com"),
        ("a@gmail.fr", "a@gmail.com"),
        ("a@hotmial.fr", "a@hotmail.fr"),
        ("a@orage.fr", "a@orange.fr"),
        ("a@laposte.fr", "a@laposte.net"),
        ("A@YAHO.FR", "A@yahoo.fr"),
    ],
)
def test_a_mistyped_name_is_put_right_in_one_click(client: FlaskClient, session: Session, typed: str, meant: str):
    asked = send(client, adresse=typed)
    assert asked.status_code == 422
    assert f'name="correction" value="{meant}"' in asked.text
    assert mails() == []
    assert send(client, adresse=typed, correction=meant).status_code == 303
    assert find(meant) is not None
    assert find(typed) is None


def test_an_unusual_name_is_kept_in_one_click(client: FlaskClient, session: Session):
    assert send(client, adresse="a@gmial.com", garder="a@gmial.com").status_code == 303
    assert find("a@gmial.com") is not None


def test_a_correction_is_good_for_the_address_it_was_made_for(client: FlaskClient, session: Session):
    assert send(client, adresse="b@example.org", correction="a@gmail.com").status_code == 303
    assert find("b@example.org") is not None
    assert find("a@gmail.com") is None


@pytest.mark.parametrize(
    "typed", ["a@mail.com", "a@yahoo.it", "a@free.fr", "a@hotmail.be", "a@example.org", "a@gmx.net"]
)
def test_real_names_are_left_in_peace(client: FlaskClient, typed: str):
    assert send(client, adresse=typed).status_code == 303


def test_what_only_robots_see_must_stay_empty(client: FlaskClient, session: Session):
    response = send(client, site_web="https://spam.example/")
    assert response.status_code == 422
    assert "ne voit pas" in response.text
    assert "spam.example" not in response.text
    assert mails() == []


def test_a_form_kept_for_more_than_a_week_is_shown_again(client: FlaskClient):
    with clock.at(clock.real_now() - timedelta(days=9)), client.application.app_context():
        old = stamps.hourly()
    response = send(client, jeton=old)
    assert response.status_code == 422
    assert "trop longtemps" in response.text
    assert f'value="{ADDRESS}"' in response.text
    assert send(client, jeton="forged").status_code == 422
    assert send(client, jeton="").status_code == 422


def test_a_form_sent_back_at_once_is_a_robots(client: FlaskClient):
    with client.application.app_context():
        fresh = stamps.exact()
        with clock.at(clock.real_now() - timedelta(seconds=30)):
            read = stamps.exact()
    assert "trop rapide" in send(client, jeton=fresh).text
    assert send(client, jeton=read).status_code == 303


def test_kept_pages_carry_the_hour_and_say_until_when(client: FlaskClient):
    pages = [client.get(path) for path in ("/lettre/", "/lettre/", "/", "/dvd/")]
    assert pages[0].headers["ETag"] == pages[1].headers["ETag"]
    hour = clock.real_now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert all(page.headers["Cache-Control"].startswith("public") for page in pages)
    assert {kept_before(hour, client, path) for path in ("/lettre/", "/", "/dvd/")} == {10}


def test_everybody_gets_the_same_answer(client: FlaskClient, links_of: Maker, app: Flask):
    """New, pending, confirmed, unsubscribed, erased or not written to: nobody learns which."""
    with app.app_context():
        dead = tokens.fingerprint("mort@example.org")
        suppression.suppress(dead, scope=SuppressionScope.ALL, reason=SuppressionReason.HARD_BOUNCE)
        from_database = {state: f"{state.value}@example.org" for state in SubscriberState}
    for state, address in from_database.items():
        links_of(state, address)
    addresses = ["neuf@example.org", "mort@example.org", *from_database.values()]
    answers = [send(client, adresse=address) for address in addresses]
    seen = {
        (answer.status_code, answer.location, answer.data, str(sorted(set(answer.headers.keys()))))
        for answer in answers
    }
    assert len(seen) == 1


def test_an_address_is_written_to_three_times_an_hour_at_most(client: FlaskClient, session: Session):
    for topic in ("sortie", "dvd", "seances"):
        assert send(client, sujets=[topic]).status_code == 303
    refused = send(client, sujets=["presse"])
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert f'value="{ADDRESS}"' in refused.text
    assert 'value="presse" checked' in refused.text
    assert mails() == ["confirm"] * 3
    assert send(client, adresse="autre@example.org").status_code == 303


def test_one_mailbox_under_several_names_has_one_limit(client: FlaskClient):
    names = ("lea.martin+1@gmail.com", "LeaMartin@gmail.com", "lea.martin@googlemail.com", "leamartin+x@gmail.com")
    assert [send(client, adresse=name).status_code for name in names] == [303, 303, 303, 429]
    assert send(client, adresse="lea.martin@example.org").status_code == 303


def test_mistakes_do_not_use_up_the_limit_of_an_address(client: FlaskClient):
    for _ in range(5):
        assert send(client, sujets=[]).status_code == 422
    assert send(client).status_code == 303


def test_a_network_asks_thirty_times_an_hour_at_most(client: FlaskClient):
    statuses = [send(client, adresse=f"a{number}@example.org").status_code for number in range(31)]
    assert statuses == [303] * 30 + [429]
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    fields = {"adresse": "b@example.org", "sujets": "dvd", "jeton": stamp(client)}
    assert client.post("/lettre/", data=fields, environ_base=elsewhere).status_code == 303


def test_many_networks_of_one_hand_have_a_limit_together(client: FlaskClient):
    token = stamp(client)

    def ask(number: int, visitor: str) -> int:
        fields = {"adresse": f"a{number}@example.org", "sujets": "dvd", "jeton": token}
        return client.post("/lettre/", data=fields, environ_base={"REMOTE_ADDR": visitor}).status_code

    assert [ask(number, f"2001:db8:1:{number:x}::1") for number in range(121)] == [303] * 120 + [429]
    assert ask(200, "2001:db8:2::1") == 303


@pytest.mark.parametrize(
    ("visitor", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_visitors_are_counted_by_network(app: Flask, visitor: str, network: str):
    with app.test_request_context(environ_base={"REMOTE_ADDR": visitor}):
        assert limits.network() == network


@pytest.mark.settings(QUEUE_URL="redis://127.0.0.1:1/0")
def test_limits_hold_while_redis_is_away(client: FlaskClient):
    assert [send(client).status_code for _ in range(4)] == [303, 303, 303, 429]


def test_the_same_new_address_twice_at_once_is_one_subscriber(app: Flask, session: Session):
    token, ready, statuses = stamp(app.test_client()), threading.Barrier(4), []

    def visit() -> None:
        client = app.test_client()
        ready.wait()
        fields = {"adresse": ADDRESS, "sujets": "dvd", "jeton": token}
        statuses.append(client.post("/lettre/", data=fields).status_code)

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 303, 303, 429]
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


@pytest.mark.parametrize("path", ["/le/2010-11-16/lettre/", "/le/2010-11-16/", "/le/2013-01-01/dvd/"])
def test_the_past_has_no_form(client: FlaskClient, path: str):
    page = client.get(path)
    assert page.status_code == 200
    assert "s’écrit au présent" in page.text
    assert 'name="adresse"' not in page.text


def test_the_past_takes_no_post_and_shows_no_one(client: FlaskClient, links_of: Maker):
    links = links_of(SubscriberState.CONFIRMED)
    assert client.post("/le/2010-11-16/lettre/", data={"adresse": ADDRESS}).status_code == 405
    assert client.get(f"/le/2010-11-16{links['own']}").status_code == 404
    assert client.post(f"/le/2010-11-16{links['leave']}").status_code == 405
