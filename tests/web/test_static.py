"""Static files and compression."""

import gzip
import re
import sys
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from operation118.web import assets

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def static_addresses(html: str) -> set[str]:
    return set(re.findall(r'"(/static/[^"]+)"', html))


def test_static_files_have_hashed_names_and_are_kept_for_ever(client: FlaskClient):
    addresses = static_addresses(client.get("/").text)
    assert len(addresses) >= 4
    for address in addresses:
        assert re.search(r"\.[0-9a-f]{8,}\.", address)
        headers = client.get(address).headers
        assert "immutable" in headers["Cache-Control"]
        assert "max-age=31" in headers["Cache-Control"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_texts_are_compressed_beforehand(client: FlaskClient, encoding: str):
    address = next(address for address in static_addresses(client.get("/").text) if "/css/" in address)
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": encoding})
    unpack = brotli.decompress if encoding == "br" else gzip.decompress
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert unpack(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2


def test_the_stylesheet_is_all_its_parts(client: FlaskClient):
    address = next(address for address in static_addresses(client.get("/").text) if "/css/" in address)
    sheet = client.get(address).text
    for part in assets.stylesheets(assets.SOURCE)[assets.STYLESHEET]:
        assert part.read_text().strip().splitlines()[-1] in sheet


def test_what_the_stylesheet_points_at_is_there(client: FlaskClient):
    address = next(address for address in static_addresses(client.get("/").text) if "/css/" in address)
    targets = [target for target in re.findall(r"url\(([^)]+)\)", client.get(address).text) if "data:" not in target]
    assert targets
    assert [target for target in targets if client.get(target.strip("\"'")).status_code != 200] == []


def test_the_preloaded_font_is_the_one_the_stylesheet_uses(client: FlaskClient):
    home = client.get("/").text
    sheet = client.get(next(address for address in static_addresses(home) if "/css/" in address)).text
    assert re.findall(r'"(/static/fonts/[^"]+\.woff2)"', home)[0] in sheet


@pytest.mark.parametrize(
    "path", ["/static/", "/static/manifest.json", "/static/../app.py", "/static/%2e%2e/app.py", "/static/nope.css"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str):
    response = client.get(path)
    assert response.status_code == 404 or path.endswith("manifest.json")
    assert b"create_app" not in response.data


def test_nothing_is_done_when_nothing_changed(tmp_path: Path):
    built = assets.prepare(assets.SOURCE, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    assert assets.prepare(assets.SOURCE, tmp_path) == built
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before
    assert list(built.parent.iterdir()) == [built]


def test_a_changed_file_gives_another_name(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.js").write_text("1")
    before = assets.fingerprint(tmp_path / "a")
    (tmp_path / "a/x.js").write_text("2")
    assert assets.fingerprint(tmp_path / "a") != before


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
@pytest.mark.parametrize(
    "megabytes",
    [
        pytest.param(0, marks=pytest.mark.settings(PAGE_CACHE_MB="0")),
        pytest.param(8, marks=pytest.mark.settings(PAGE_CACHE_MB="8")),
    ],
)
def test_pages_are_compressed(app: Flask, client: FlaskClient, encoding: str, megabytes: int):
    response = client.get("/film/", headers={"Accept-Encoding": encoding})
    plain = client.get("/film/").data
    assert response.headers.get("Content-Encoding", "identity") == encoding
    assert "Accept-Encoding" in response.headers["Vary"]
    assert unpacked(response.data, encoding) == plain


def unpacked(data: bytes, encoding: str) -> bytes:
    match encoding:
        case "br":
            return brotli.decompress(data)
        case "gzip":
            return gzip.decompress(data)
        case "zstd":
            return zstd.decompress(data)
        case _:
            return data
