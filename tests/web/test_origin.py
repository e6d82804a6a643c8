"""An unsafe request from another site is refused, without a cookie or a token."""

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from operation118.web import origin

pytestmark = pytest.mark.settings()  # they add an address to the application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application with one more page, that takes what is sent."""
    app.add_url_rule(
        "/essai/",
        "essay",
        lambda: Response(request.method, mimetype="text/plain"),
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    )
    return app.test_client()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_what_another_site_sends_is_refused(client: FlaskClient, method: str, headers: dict[str, str]):
    response = client.open("/essai/", method=method, headers=headers)
    assert response.status_code == 403
    assert response.mimetype == "text/html"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {}],
)
def test_what_our_pages_and_programs_send_is_accepted(client: FlaskClient, headers: dict[str, str]):
    assert client.post("/essai/", headers=headers).status_code == 200


def test_reading_is_open_to_all(client: FlaskClient):
    assert client.get("/essai/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_forged_forwarded_host_does_not_help(client: FlaskClient):
    headers = {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.post("/essai/", headers=headers).status_code == 403


@pytest.mark.settings(PROXIES="1")
def test_behind_a_proxy_the_host_it_gives_counts(client: FlaskClient):
    headers = {"Origin": "https://film.test", "X-Forwarded-Host": "film.test", "X-Forwarded-Proto": "https"}
    assert client.post("/essai/", headers=headers).status_code == 200


def test_every_exemption_has_its_reason(app: Flask):
    assert origin.EXEMPT.keys() <= app.view_functions.keys()
    assert all(len(reason) > 20 for reason in origin.EXEMPT.values())
