"""Bad input, answered well: a themed page, never a 5xx, never a trace."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.people import signed_in
from applications import application
from markup import parse, words
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.site import content

LONG = "x" * 10_240
VALUES = [
    "a" * 10_240,
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%",
    "%2",
    "' OR 1=1 --",
    "1; DROP TABLE film",
    "%27%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "{{7*7}}",
    "../../../etc/passwd",
    "%0d%0aSet-Cookie:%20a=b",
    "-1",
    "99999999999999999999999",
    "1e309",
    "🎬",
    "",
]
PATHS = ["/", "/en/", "/film/", "/presse/", "/en/press/", "/seances/", "/chronologie/"]
ARGUMENTS = [
    "q",
    "page",
    "genre",
    "media",
    "personne",
    "annee",
    "sujet",
    "langue",
    "v",
    "p",
    "limit",
    "after",
    "unknown",
]
SLUGS = [*(value for value in VALUES if value), "x/../y", "é", "UPPER", "a" * 300]


def answered_well(response: object) -> bool:
    status, mimetype = response.status_code, response.mimetype  # type: ignore[attr-defined]
    return status < 500 and (status < 400 or mimetype in ("text/html", "application/problem+json"))


@pytest.mark.parametrize("value", VALUES)
def test_every_argument_of_every_page_bears_it(client: FlaskClient, value: str):
    for path in PATHS:
        query = "&".join(f"{argument}={value}" for argument in (ARGUMENTS if len(value) < 99 else ["q", "annee"]))
        assert answered_well(client.get(f"{path}?{query}")), path


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_each_argument_alone_bears_it(client: FlaskClient, argument: str):
    for value in ("a" * 10_240, "%FF%00", "99999999999999999999999", "🎬", ""):
        assert answered_well(client.get(f"/presse/?{argument}={value}")), value


def test_repeated_arguments_are_borne(client: FlaskClient):
    for argument in ARGUMENTS:
        assert answered_well(client.get(f"/presse/?{argument}=a&{argument}=b&{argument}[]=c")), argument
    assert answered_well(client.get("/presse/?" + "&".join(["q=a"] * 2000)))


@pytest.mark.parametrize("room", ["/presse/", "/en/press/", "/seances/", "/en/screenings/", "/cartes/presse/"])
def test_unknown_slugs_are_a_themed_404(client: FlaskClient, room: str):
    for slug in SLUGS:
        response = client.get(f"{room}{slug}/")
        assert response.status_code in (308, 400 if slug == "%00" else 404, 414), slug
        if response.status_code == 404:
            assert words(next(parse(response.text)[0].iter("h1")))


def test_what_is_typed_is_never_markup(client: FlaskClient):
    response = client.get("/presse/?q=%3Cscript%3Ealert(1)%3C/script%3E%22onmouseover=%22x")
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "STRANGE"])
@pytest.mark.parametrize("path", ["/", "/en/", "/film/", "/presse/", "/seances.ics", "/healthz", "/nulle-part/"])
def test_wrong_methods_are_refused(client: FlaskClient, path: str, method: str):
    response = client.open(path, method=method)
    assert response.status_code in (404, 405, 501)
    assert response.mimetype == "text/html"


def test_options_and_trace_say_little(client: FlaskClient):
    assert client.options("/film/").status_code == 200
    assert client.open("/film/", method="TRACE").status_code == 405


def test_a_huge_header_is_refused_with_a_page(client: FlaskClient):
    response = client.get("/film/", headers={"X-Long": "x" * 70_000})
    assert response.status_code == 431
    assert words(next(parse(response.text)[0].iter("h1")))


def test_a_huge_address_is_refused_with_a_page(client: FlaskClient):
    for address in ("/presse/" + "a" * 20_000 + "/", "/presse/?q=" + "a" * 20_000):
        response = client.get(address)
        assert response.status_code in (404, 414)
        assert words(next(parse(response.text)[0].iter("h1")))


def test_a_huge_body_is_refused(client: FlaskClient):
    assert client.post("/contact/", data=b"x" * (2 * 2**20)).status_code in (405, 413)


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "//evil.example/",
        "/%2e%2e/",
        "/presse//",
        "/\\evil.example",
        "/film/..%2f",
        "/.git/config",
        "/.env",
        "/%00",
        "/%FF",
    ],
)
def test_strange_paths_are_borne(client: FlaskClient, path: str):
    response = client.get("/", environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1")})
    assert response.status_code in (301, 308, 400 if path == "/%00" else 404) or path == "//"
    assert "evil.example" not in (response.location or "").split("?")[0]


@pytest.mark.parametrize("path", ["/film", "/film?q=1", "/en", "//film//", "/le/2010-11-16/film", "/office/faits"])
@pytest.mark.parametrize("host", ["evil.example", "xn--vil-9la.example"])
def test_no_redirect_repeats_the_host_that_a_request_claims(client: FlaskClient, path: str, host: str):
    claimed = {"Host": host, "X-Forwarded-Host": host}
    plain, _, query = path.partition("?")
    response = client.get("/", headers=claimed, environ_overrides={"PATH_INFO": plain, "QUERY_STRING": query})
    assert response.status_code in (302, 308)
    assert re.fullmatch(r"/[^/\\].*", response.location or ""), response.location
    assert host not in (response.location or "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:99999"},
        {"Host": ""},
        {"Accept": "application/xml;q=abc"},
        {"Accept-Encoding": "zstd;q=zz, \u00e9, ,,"},
        {"If-None-Match": "W/"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "yesterday"},
        {"Range": "bytes=5-1,-0,a"},
        {"Cookie": "session=\u00ff; ;;=" + "x" * 3000},
        {"X-Forwarded-For": "," * 500},
        {"Content-Length": "-5"},
        {"Content-Type": "multipart/form-data; boundary="},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
)
def test_strange_headers_are_borne(client: FlaskClient, headers: dict[str, str]):
    assert client.get("/film/", headers=headers).status_code in (200, 304, 400, 416)


@pytest.fixture
def on_postgresql(postgres_url: str, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """The site on PostgreSQL, which takes less than SQLite does: no NUL, no number beyond its columns."""
    with application(make_settings(DATABASE_URL=postgres_url)) as app:
        with app.app_context():
            content.load(db.session, content.FOLDER)
            db.session.commit()
        yield app


def test_postgresql_bears_it_too(on_postgresql: Flask):
    client = on_postgresql.test_client()
    for path in (*PATHS, "/photos/", "/lettre/", "/api/press", "/api/screenings"):
        for value in VALUES:
            query = "&".join(f"{argument}={value}" for argument in (ARGUMENTS if len(value) < 99 else ["q", "annee"]))
            assert answered_well(client.get(f"{path}?{query}")), (path, value)
    for room in (
        "/",
        "/en/",
        "/presse/",
        "/seances/",
        "/images/",
        "/cartes/presse/",
        "/api/press/",
        "/le/2010-11-17/presse/",
    ):
        for slug in SLUGS:
            assert answered_well(client.get(f"{room}{slug}/")), (room, slug)
    for room in ("journal", "film/personnes", "presse/articles", "courrier/messages", "courrier/abonnes", "recherche"):
        for query in ("%00", "99999999999999999999999", "-1"):
            office = signed_in(on_postgresql, StaffRole.ADMIN)
            assert answered_well(office.get(f"/office/{room}/{query}/")), (room, query)
            arguments = "&".join(f"{name}={query}" for name in ("q", "qui", "fiche", "genre", "apres", "avant", "tri"))
            assert answered_well(office.get(f"/office/{room}/?{arguments}")), (room, query)


@pytest.mark.parametrize("path", ["/film%00", "/presse/?q=a%00b", "/presse/?q%00=a"])
def test_a_nul_is_refused_in_an_address(client: FlaskClient, path: str):
    assert client.get(path).status_code == 400


def test_a_nul_is_refused_in_a_form(client: FlaskClient):
    assert client.post("/lettre/", data={"adresse": "a\0@example.org", "sujets": "dvd"}).status_code == 400
