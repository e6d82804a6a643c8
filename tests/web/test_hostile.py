"""Bad input, answered well: a themed page, never a 5xx, never a trace."""

from urllib.parse import unquote_to_bytes

import pytest
from flask.testing import FlaskClient

from markup import parse, words

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
        assert response.status_code in (308, 404, 414), slug
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
    assert response.status_code in (301, 308, 404) or path == "//"
    assert "evil.example" not in response.headers.get("Location", "").split("?")[0].removeprefix("http://localhost")


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
