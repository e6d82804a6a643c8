"""For machines that watch: health, counters, request ids, logs."""

import json
import logging
import re
from collections.abc import Callable
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pythonjsonlogger.json import JsonFormatter

from applications import application
from operation118 import tokens
from operation118.config import Settings
from operation118.tokens import Purpose
from operation118.web import logs


def test_a_healthy_site_says_so(client: FlaskClient):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_without_tables_the_site_is_alive_but_not_ready(make_settings: Callable[..., Settings]):
    with application(make_settings(DATABASE_URL="sqlite://")) as app:
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_without_rows_the_site_is_not_broken(empty_app: Flask):
    assert empty_app.test_client().get("/readyz").status_code == 200


def test_this_machine_may_measure(client: FlaskClient):
    client.get("/film/")
    counters = client.get("/metrics").text
    assert re.search(r'operation118_requests_total\{method="GET",status="200"\} \d', counters)
    assert "operation118_request_seconds_bucket" in counters


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9"])
def test_other_machines_may_not_measure(client: FlaskClient, address: str):
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_visitor_behind_a_local_proxy_may_not_measure(client: FlaskClient, header: str):
    assert client.get("/metrics", headers={header: "203.0.113.9"}).status_code == 404


@pytest.mark.settings(PROXIES="1")
def test_a_visitor_who_claims_to_be_local_may_not_measure(client: FlaskClient):
    forged = {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}
    assert client.get("/metrics", headers=forged).status_code == 404


@pytest.mark.settings(METRICS_TOKEN="a-long-token")
def test_who_holds_the_token_may_measure(client: FlaskClient):
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    for token, status in (("a-long-token", 200), ("another", 404), ("", 404), ("a-long-tokén", 404)):
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/metrics", headers=headers, environ_base=elsewhere).status_code == status


def test_strange_methods_do_not_multiply_the_counters(client: FlaskClient):
    for number in range(3):
        client.open("/film/", method=f"STRANGE{number}")
    assert "STRANGE" not in client.get("/metrics").text


def test_every_answer_has_its_own_id(client: FlaskClient):
    ids = {client.get(path).headers["X-Request-Id"] for path in ("/", "/", "/nulle-part/", "/healthz")}
    assert len(ids) == 4


def test_a_decent_id_given_by_a_proxy_is_kept(client: FlaskClient):
    assert client.get("/", headers={"X-Request-Id": "proxy-0123"}).headers["X-Request-Id"] == "proxy-0123"


@pytest.mark.parametrize("given", ["short", "x" * 65, "a b c d e f g h", "évènement-1234", '"},{"a":"b'])
def test_any_other_id_is_replaced(client: FlaskClient, given: str):
    assert client.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given


@pytest.fixture
def lines(app: Flask) -> Callable[[], list[dict[str, object]]]:
    """The JSON lines logged since the fixture was made."""
    logger, written = logging.getLogger("operation118"), StringIO()
    logger.setLevel(logging.INFO)
    for handler in logger.handlers:
        if isinstance(handler.formatter, JsonFormatter):  # the others are pytest's
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(written)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_is_one_json_line_under_its_id(client: FlaskClient, lines: Callable[[], list[dict[str, object]]]):
    answer = client.get("/film/?q=secret")
    (line,) = lines()
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/film/", 200)


def test_no_visitor_is_logged(client: FlaskClient, lines: Callable[[], list[dict[str, object]]]):
    client.get("/film/?q=secret", environ_base={"REMOTE_ADDR": "203.0.113.9"}, headers={"User-Agent": "Agent/1"})
    text = json.dumps(lines())
    assert not any(trace in text for trace in ("203.0.113.9", "Agent/1", "secret"))


def test_a_forged_line_stays_one_line(client: FlaskClient, lines: Callable[[], list[dict[str, object]]]):
    client.get('/nulle-part/%0A{"status":200}')
    assert len(lines()) == 1


@pytest.mark.settings
def test_a_bug_is_logged_with_its_trace_and_its_id(app: Flask, lines: Callable[[], list[dict[str, object]]]):
    app.add_url_rule("/essai/", "break", lambda: str(1 // 0))
    answer = app.test_client().get("/essai/")
    trace = next(line for line in lines() if "exc_info" in line)
    assert "ZeroDivisionError" in str(trace["exc_info"])
    assert trace["request_id"] == answer.headers["X-Request-Id"]


def test_the_log_holds_no_link_that_opens_anything(app: Flask):
    with app.app_context():
        token = tokens.sign(Purpose.MANAGE, 7)
    assert logs.unsigned(f"/lettre/moi/{token}/pause/") == "/lettre/moi/7.…/pause/"
    assert (
        logs.unsigned("/presse/un-slug-de-plus-de-vingt-deux-signes/")
        == "/presse/un-slug-de-plus-de-vingt-deux-signes/"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/lettre/moi/7.{}",
        "/lettre/moi/7.{}/donnees.json",
        "/lettre/confirmer/12-3.{}/",
        "/en/newsletter/refuse/0f3a9c.{}/",
        "/office/mot-de-passe/4-1790000000-0a1b2c3d4e5f.{}",
        "/office/premier/founding-1790000000.{}/",
    ],
)
@pytest.mark.parametrize(
    "signature", ["T3qFrCILyqsbz4B6iOmiG", "T3qFrC", "T3qFrCILyqs bz4B6iOmiGA", "T3qFrCILyqs.bz4B6iOmiGA"]
)
def test_the_log_holds_no_piece_of_a_link_that_was_cut(
    client: FlaskClient, lines: Callable[[], list[dict[str, object]]], path: str, signature: str
):
    client.get(path.format(signature))
    assert [line["path"] for line in lines()] == [path.format("…")]


@pytest.mark.parametrize(
    "path", ["/static/css/site.css", "/seances.ics", "/images/0f3a9c.webp", "/le/2012-01-01/film/"]
)
def test_the_log_says_which_file_was_asked_for(path: str):
    assert logs.unsigned_path(path) == path
