"""What every answer says about itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from operation118.web.headers import SHARED_SECONDS, cache_control

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_nothing_inline_and_nothing_foreign_may_run(client: FlaskClient):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
    ],
)
def test_security_headers(client: FlaskClient, name: str, value: str):
    assert client.get("/").headers[name] == value


def test_hsts_only_behind_tls(client: FlaskClient):
    assert "Strict-Transport-Security" not in client.get("/").headers
    secure = client.get("/", base_url="https://film.test").headers["Strict-Transport-Security"]
    assert int(re.findall(r"max-age=(\d+)", secure)[0]) >= 31_536_000


def test_a_forged_forwarded_protocol_is_ignored(client: FlaskClient):
    assert "Strict-Transport-Security" not in client.get("/", headers={"X-Forwarded-Proto": "https"}).headers


@pytest.mark.settings(PROXIES="1")
def test_behind_a_proxy_its_word_on_tls_counts(client: FlaskClient):
    assert "Strict-Transport-Security" in client.get("/", headers={"X-Forwarded-Proto": "https"}).headers


@pytest.mark.parametrize(
    "cached",
    [
        pytest.param("0", marks=pytest.mark.settings(PAGE_CACHE_MB="0")),
        pytest.param("8", marks=pytest.mark.settings(PAGE_CACHE_MB="8")),
    ],
)
def test_what_a_visitor_holds_is_not_sent_again(client: FlaskClient, cached: str):
    first = client.get("/film/")
    again = client.get("/film/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    other = client.get("/film/", headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_a_page_has_one_tag_for_each_encoding(client: FlaskClient):
    tags = {
        client.get("/film/", headers={"Accept-Encoding": name}).headers["ETag"] for name in ("zstd", "br", "gzip", "")
    }
    assert len(tags) == 4


def test_shared_caches_never_keep_a_page_past_its_change():
    assert f"s-maxage={SHARED_SECONDS}" in cache_control(NOW, None)
    assert f"s-maxage={SHARED_SECONDS}" in cache_control(NOW, NOW + timedelta(days=1))
    assert "s-maxage=5" in cache_control(NOW, NOW + timedelta(seconds=4.2))
    assert "s-maxage=0" in cache_control(NOW, NOW - timedelta(seconds=1))


def test_a_forged_host_goes_nowhere(client: FlaskClient):
    for path in ("/", "/presse/", "/feed.atom", "/sitemap.xml", "/nulle-part/"):
        assert "evil.example" not in client.get(path, base_url="http://evil.example").text
