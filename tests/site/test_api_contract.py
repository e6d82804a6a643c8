"""The read API keeps to its description, and refuses what it should with a reason."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode


def refusal(client: FlaskClient, path: str, status: int) -> str:
    """What the API says when it refuses."""
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.get_json()["status"] == status
    return response.get_json()["detail"]


# --- The description is kept ----------------------------------------------------------------------------------------


SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
PATHS = ("/api/film", "/api/press", "/api/press/{slug}", "/api/screenings", "/api/screenings/{slug}")
REQUESTS = [
    (path, mode) for path in PATHS for mode in GenerationMode if (path, mode) != (PATHS[0], GenerationMode.NEGATIVE)
]


@pytest.mark.parametrize(("path", "mode"), REQUESTS)
def test_no_request_makes_the_api_break_its_description(client: FlaskClient, path: str, mode: GenerationMode) -> None:
    """Some well-formed requests and some malformed ones; the first address takes nothing."""
    operation = schemathesis.openapi.from_wsgi("/openapi.json", client.application)[path]["GET"]

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
    def hold(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    hold()


def test_the_description_is_valid_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


def test_every_api_address_is_described(client: FlaskClient) -> None:
    rules = client.application.url_map.iter_rules()
    served = {rule.rule.replace("<", "{").replace(">", "}") for rule in rules if "/api/" in rule.rule}
    assert served == set(client.get("/openapi.json").get_json()["paths"])


# --- How it answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=", "limit"),
        ("limit=١", "limit"),
        ("after=nonsense", "after"),
        ("after=1.2.x", "after"),
        ("kind=gossip", "kind"),
        ("year=10", "year"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
        (f"q={'x' * 101}", "q"),
        ("outlet=%01", "outlet"),
        ("outlet=%FF", "outlet"),
    ],
)
def test_a_malformed_argument_is_named(client: FlaskClient, query: str, named: str) -> None:
    assert refusal(client, f"/api/press?{query}", 400).startswith(f"{named}: ")


@pytest.mark.parametrize("path", ["/api/film", "/api/press/nobody", "/api/screenings/nowhere"])
def test_an_address_without_arguments_refuses_them(client: FlaskClient, path: str) -> None:
    assert refusal(client, f"{path}?verbose=1", 400).startswith("verbose: ")


@pytest.mark.parametrize("path", ["/api/press/nobody", "/api/screenings/nowhere", "/api/nothing", "/api/press/a/b"])
def test_what_is_not_there_is_a_problem_not_a_page(client: FlaskClient, path: str) -> None:
    assert refusal(client, path, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_api_is_only_read(client: FlaskClient, method: str) -> None:
    response = client.open("/api/film", method=method)
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/api/film", "/api/press?q=tence", "/api/screenings", "/openapi.json", "/feed.json"])
def test_who_holds_the_answer_is_told_so(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_of_other_sites_may_read_what_is_for_machines_and_nothing_else(client: FlaskClient) -> None:
    for path in (
        "/api/film",
        "/api/nothing",
        "/api/press?limit=x",
        "/openapi.json",
        "/feed.atom",
        "/en/press/feed.json",
    ):
        assert client.get(path).headers.get("Access-Control-Allow-Origin") == "*", path
    for path in ("/", "/presse/", "/nowhere/", "/sitemap.xml", "/cartes/home.png"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers, path


@pytest.mark.parametrize(
    ("path", "most"), [("/api/film", 6), ("/api/press", 6), ("/api/screenings", 6), ("/api/press?q=tence", 9)]
)
def test_a_list_costs_the_same_however_long(app: Flask, count_queries: Any, path: str, most: int) -> None:
    client = app.test_client()
    with count_queries() as whole:
        client.get(path)
    assert len(whole) <= most
    if path != "/api/film":
        with count_queries() as short:
            client.get(f"{path}{'&' if '?' in path else '?'}limit=1")
        assert len(short) == len(whole)


def test_without_content_the_api_says_so(empty_app: Flask) -> None:
    assert refusal(empty_app.test_client(), "/api/film", 503)
    assert empty_app.test_client().get("/api/press").get_json() == {"total": 0, "items": [], "next": None}
