"""What is found before a letter leaves."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError

import pytest
from sqlalchemy.orm import Session

from newsletter.campaigning import letter
from operation118.newsletter import checks, foreign_pages
from operation118.newsletter.checks import Finding
from operation118.web.languages import speaking

pytestmark = pytest.mark.usefixtures("session")


def found(body: str = "Bonjour.", *, network: bool = False, **values: object) -> list[Finding]:
    campaign = letter(body_en="Hello.")
    campaign.body_fr = body
    for name, value in values.items():
        setattr(campaign, name, value)
    with speaking("en"):
        return checks.run(campaign, network=network)


def errors(body: str) -> list[str]:
    return [finding.message for finding in found(body) if finding.is_error]


def test_a_good_letter_raises_nothing(session: Session):
    assert checks.run(letter()) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "empty in French"),
        ("![](https://example.org/i.png)", "without a text in its place"),
        ("![Une route](http://example.org/i.png)", "nor https"),
        ("![Une route](/static/absente.png)", "answers 404"),
        ("[rien](/presse/personne/)", "answers 404"),
        ("[rien](https://film.test/presse/personne/)", "answers 404"),
        ("[rien](dvd)", "leads nowhere"),
        ("[rien](#plus-bas)", "leads nowhere"),
        ("[rien](//example.org/)", "leads nowhere"),
        ("![Une route](//example.org/i.png)", "nor https"),
        ("{{ meteo }}", "fr: Line 1"),
        ("mot " * 30_000, "weighs"),
        ("MARKx7qManageAddressq7x", "reserved"),
    ],
)
def test_an_error_is_found(body: str, told: str):
    assert any(told in error for error in errors(body)), errors(body)


@pytest.mark.parametrize(
    "body",
    [
        "[le DVD](/dvd/#ancre)",
        "[en anglais](https://film.test/en/dvd/)",
        "[écrivez](mailto:bonjour@film.test) ou [appelez](tel:+33100000000)",
        "![Une route](https://example.org/i.png)",
        "[ailleurs](https://example.org/)",
        "[une séance](/seances.ics)",
    ],
)
def test_what_is_well_is_left_alone(body: str):
    assert errors(body) == []


def test_a_missing_language_is_a_warning():
    assert [finding.is_error for finding in found(body_en=None, subject_en=None)] == [False]
    assert [finding.is_error for finding in found(body_en=" ")] == [True]


def test_a_long_subject_is_a_warning():
    assert [(f.is_error, "71 characters" in f.message) for f in found(subject_fr="x" * 71)] == [(False, True)]


@pytest.mark.settings(MAIL_SENDER="Le film <lettre@ailleurs.test>")
def test_a_sender_of_another_domain_is_an_error():
    assert any("ailleurs.test, but the site of film.test" in error for error in errors("Bonjour."))


@pytest.mark.settings(BOUNCE_ADDRESS="retours@ailleurs.test")
def test_bounces_to_another_domain_are_an_error():
    assert errors("Bonjour.") == ["The sender is of film.test, but bounces go to ailleurs.test."]


@pytest.mark.settings(PUBLIC_URL="https://www.film.test", BOUNCE_ADDRESS="retours@mail.film.test")
def test_neighbours_of_one_domain_are_aligned():
    assert errors("Bonjour.") == []


@pytest.mark.settings(PUBLIC_URL="http://127.0.0.1:8118")
def test_a_site_that_only_this_machine_knows_is_a_warning():
    told = [(finding.is_error, finding.message.partition(",")[0]) for finding in found()]
    assert told == [(False, "The site’s address"), (False, "The site is at 127.0.0.1")]


@pytest.mark.settings(PUBLIC_URL="https://9.9.9.9")
def test_an_ip_address_is_said_to_hide_whether_the_sender_is_aligned():
    assert [finding.is_error for finding in found()] == [False]
    assert "cannot be checked" in found()[0].message


@pytest.mark.settings(PUBLIC_URL="https://9.9.9.9", BOUNCE_ADDRESS="retours@ailleurs.test", MAIL_SENDER="a@film.test")
def test_bounces_are_looked_at_whatever_the_site_is_called():
    assert errors("Bonjour.") == ["The sender is of film.test, but bounces go to ailleurs.test."]


@pytest.mark.settings(SMTP_URL="")
def test_a_letter_without_a_relay_is_an_error():
    assert errors("Bonjour.") == ["No relay is set (OPERATION118_SMTP_URL): nobody would receive it."]


class Pages(BaseHTTPRequestHandler):
    """A foreign site: `/gone` is, `/no-head` answers pages only."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()

    def do_HEAD(self) -> None:
        if self.path == "/no-head":
            self.send_error(405)
        else:
            self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the class above
        pass


@pytest.fixture
def foreign() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_foreign_page_that_is_gone_is_a_warning(foreign: str):
    body = f"[a]({foreign}/here) [b]({foreign}/gone) [c]({foreign}/no-head) [b]({foreign}/gone)"
    assert found(body) == []
    warnings = found(body, network=True)
    assert [finding.is_error for finding in warnings] == [False]
    assert f"(404): {foreign}/gone" in warnings[0].message


def test_a_foreign_site_that_is_silent_is_a_warning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(foreign_pages, "PATIENCE", 0.1)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        warnings = found(f"[a](http://127.0.0.1:{silent.getsockname()[1]}/)", network=True)
    assert [finding.is_error for finding in warnings] == [False]
    assert "(no answer in time)" in warnings[0].message


def test_a_foreign_site_that_is_down_is_a_warning():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    assert "(the server refuses the connection)" in found(f"[a](http://127.0.0.1:{port}/)", network=True)[0].message
    assert list(foreign_pages.problems([f"http://127.0.0.1:{port}/"]).values()) == ["le serveur refuse la connexion"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (URLError(socket.gaierror(-2, "Name or service not known")), "ce nom ne mène à aucun serveur"),
        (URLError(ssl.SSLCertVerificationError("expired")), "son certificat n’est pas valable"),
        (URLError("unknown url type"), "la connexion n’aboutit pas"),
        (RemoteDisconnected("closed"), "la connexion n’aboutit pas"),
    ],
)
def test_why_a_foreign_page_was_not_reached_is_said_in_words(error: Exception, told: str):
    assert foreign_pages._said(error).replace("\u00a0", " ") == told
