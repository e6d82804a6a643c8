"""Alerts as a subscriber meets them: the part of their page, the choice among namesakes, the errors."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerting import NANTES, commune, reader
from operation118 import clock, tokens
from operation118.newsletter import alerts
from operation118.newsletter.models import Alert, Subscriber, SubscriberState
from operation118.tokens import Purpose


@pytest.fixture
def subscriber(session: Session) -> Subscriber:
    return reader(session)


@pytest.fixture
def own(subscriber: Subscriber) -> str:
    """The address of their page."""
    return f"/lettre/moi/{tokens.sign(Purpose.MANAGE, subscriber.id)}/"


def kept(session: Session) -> list[tuple[str, int]]:
    session.expire_all()
    return [(alert.label, alert.radius_km) for alert in session.scalars(select(Alert).order_by(Alert.id))]


def test_a_commune_and_a_distance_make_an_alert(client: FlaskClient, session: Session, own: str):
    answer = client.post(f"{own}alertes/", data={"commune": "Nantes", "rayon": "60"})
    assert answer.status_code == 303
    assert kept(session) == [("Nantes (Loire-Atlantique)", 60)]
    page = client.get(answer.location).text
    assert 'role="status"' in page
    assert "Nantes (Loire-Atlantique), 60 km à la ronde" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_a_postcode_of_one_commune_is_enough(client: FlaskClient, session: Session, own: str):
    client.post(f"{own}alertes/", data={"commune": "44400", "rayon": "10"})
    assert kept(session) == [("Rezé (Loire-Atlantique)", 10)]


def test_namesakes_are_offered_and_the_one_chosen_is_kept(client: FlaskClient, session: Session, own: str):
    page = client.post(f"{own}alertes/", data={"commune": "saint denis", "rayon": "10"})
    assert page.status_code == 200
    assert kept(session) == []
    codes = re.findall(r'name="code" value="(\w+)"', page.text)
    assert {"93066", "97411"} <= set(codes)
    assert re.search(r'value="10" checked', page.text)
    client.post(f"{own}alertes/", data={"commune": "saint denis", "code": "93066", "rayon": "10"})
    assert kept(session) == [("Saint-Denis (Seine-Saint-Denis)", 10)]


@pytest.mark.parametrize("short", ["Évry", "le puy"])
def test_a_name_that_may_be_short_for_a_larger_town_is_asked_about(
    client: FlaskClient, session: Session, own: str, short: str
):
    page = client.post(f"{own}alertes/", data={"commune": short, "rayon": "10"})
    assert page.status_code == 200
    assert re.search(r"Évry-Courcouronnes|Le Puy-en-Velay", page.text)
    assert kept(session) == []


@pytest.mark.parametrize(
    ("data", "remark"),
    [
        ({"commune": "", "rayon": "30"}, "Donnez le nom"),
        ({"commune": "Zzyzx <b>", "rayon": "30"}, "Aucune commune"),
        ({"commune": "00000", "rayon": "30"}, "Aucune commune"),
        ({"commune": "Nantes", "rayon": "31"}, "distances"),
        ({"commune": "Nantes", "rayon": "loin"}, "distances"),
        ({"commune": "Nantes", "rayon": "9" * 500}, "distances"),
        ({"commune": "x" * 10_000, "rayon": "30"}, "Aucune commune"),
        ({"code": "99999"}, "Donnez le nom"),
    ],
)
def test_an_error_stands_beside_its_field_and_what_was_typed_is_kept(
    client: FlaskClient, session: Session, own: str, data: dict[str, str], remark: str
):
    page = client.post(f"{own}alertes/", data=data)
    assert page.status_code == 422
    assert remark in page.text
    assert re.search(r'aria-describedby="commune-help" aria-invalid="true"', page.text)
    if data.get("commune") == "Nantes":
        assert 'value="Nantes"' in page.text
    assert kept(session) == []


def test_a_sixth_alert_is_refused_beside_the_field(
    client: FlaskClient, session: Session, subscriber: Subscriber, own: str
):
    for insee in (NANTES, "44143", "44043", "29019", "75056"):
        alerts.add(subscriber, commune=commune(insee), radius_km=30)
    session.commit()
    page = client.post(f"{own}alertes/", data={"commune": "Lyon", "rayon": "30"})
    assert page.status_code == 422
    assert "retirez-en une" in page.text
    assert 'name="commune"' not in client.get(own).text


def test_alerts_are_renewed_and_removed_by_a_button(
    client: FlaskClient, session: Session, subscriber: Subscriber, own: str
):
    alert = alerts.add(subscriber, commune=commune(NANTES), radius_km=30)
    alert.expires_on = clock.today()
    session.commit()
    assert f"alertes/{alert.id}/prolonger/" in client.get(own).text
    assert client.get(f"{own}alertes/{alert.id}/prolonger/").status_code == 405
    assert client.post(f"{own}alertes/{alert.id}/prolonger/").status_code == 303
    session.expire_all()
    assert alert.expires_on > clock.today()
    assert client.post(f"{own}alertes/{alert.id}/retirer/").status_code == 303
    assert kept(session) == []
    assert client.post(f"{own}alertes/{alert.id}/retirer/").status_code == 409


def test_nobody_removes_the_alert_of_another(client: FlaskClient, session: Session, own: str):
    alert = alerts.add(reader(session, "other"), commune=commune(NANTES), radius_km=30)
    session.commit()
    assert client.post(f"{own}alertes/{alert.id}/retirer/").status_code == 409
    assert len(kept(session)) == 1


def test_who_did_not_confirm_is_told_so(client: FlaskClient, session: Session, subscriber: Subscriber, own: str):
    subscriber.state = SubscriberState.PENDING
    session.commit()
    page = client.post(f"{own}alertes/", data={"commune": "Nantes", "rayon": "30"})
    assert page.status_code == 422
    assert "confirmé" in page.text


def test_the_page_stands_in_both_languages_and_belongs_to_its_owner(client: FlaskClient, own: str):
    french = client.get(f"{own}alertes/")
    english = client.get(own.replace("/lettre/moi/", "/en/newsletter/me/") + "alerts/")
    assert french.status_code == english.status_code == 200
    assert "Your town or village" in english.text
    for answer in (french, english):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in answer.headers


def test_a_cut_link_and_an_erased_reader_are_told_apart(client: FlaskClient, app: Flask, session: Session, own: str):
    assert client.get(f"{own[:-3]}/alertes/").status_code == 404
    nobody = tokens.sign(Purpose.MANAGE, 999_999)
    assert client.get(f"/lettre/moi/{nobody}/alertes/").status_code == 409


def test_the_past_has_no_alerts(client: FlaskClient, own: str):
    assert client.get(f"/le/2010-11-16{own}alertes/").status_code == 404


def test_a_foreign_page_cannot_add_an_alert(client: FlaskClient, session: Session, own: str):
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
    data = {"commune": "Nantes", "rayon": "30"}
    assert client.post(f"{own}alertes/", data=data, headers=foreign).status_code == 403
    assert kept(session) == []


def test_how_many_namesakes_are_not_shown_is_said(client: FlaskClient, own: str):
    page = client.post(f"{own}alertes/", data={"commune": "saint", "rayon": "10"}).text
    offered = re.findall(r'name="code" value="(\w+)"', page)
    assert len(offered) == 12
    assert int(re.findall(r"En voici\s12\ssur\s(\d+)", page)[0]) > 1000
    assert "En voici" not in client.post(f"{own}alertes/", data={"commune": "Évry", "rayon": "10"}).text


def test_what_was_done_to_an_alert_is_said_where_one_lands(client: FlaskClient, own: str):
    page = client.get(client.post(f"{own}alertes/", data={"commune": "Nantes", "rayon": "60"}).location).text
    assert re.search(r'id="alertes"><h2>[^<]*</h2>\s*<p class="notice" role="status">L’alerte est', page)
