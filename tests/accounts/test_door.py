"""The door: who passes, where strangers are sent, what every answer behind it says of itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.people import cookie, enter, send, somebody, token
from operation118 import clock
from operation118.accounts import door
from operation118.accounts.door import open_to
from operation118.accounts.models import StaffRole
from operation118.web import headers

Office = Callable[[StaffRole], FlaskClient]


@pytest.fixture
def tried(app: Flask) -> Iterator[FlaskClient]:
    """A client of the application with a room of three views: for editors, for nobody, and one that breaks a limit."""
    bp = door.room("essay", __name__, "/office/essai")

    @bp.route("/", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @open_to(StaffRole.EDITOR)
    def for_editors() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(door.staff().name, mimetype="text/plain")

    @bp.get("/muet/")
    def silent() -> str:  # pyright: ignore[reportUnusedFunction]
        return "nobody should read this"

    app.register_blueprint(bp)
    with app.app_context():
        yield app.test_client()


own = pytest.mark.settings()  # these tests add a room to the application


@own
def test_an_office_view_that_says_nothing_is_open_to_nobody(app: Flask, tried: FlaskClient):
    for role in StaffRole:
        client = app.test_client()
        enter(client, somebody(role).email)
        assert client.get("/office/essai/muet/").status_code == 403


@own
@pytest.mark.parametrize(
    ("role", "status"),
    [(StaffRole.ADMIN, 200), (StaffRole.EDITOR, 200), (StaffRole.PRESS_OFFICER, 403), (StaffRole.DOOR, 403)],
)
def test_a_view_is_open_to_whom_it_says_and_to_administrators(tried: FlaskClient, role: StaffRole, status: int):
    enter(tried, somebody(role).email)
    answer = tried.get("/office/essai/")
    assert answer.status_code == status
    if status == 403:
        assert "Ce n’est pas votre ligne" in answer.text


@own
def test_a_stranger_is_sent_to_sign_in_and_back(tried: FlaskClient):
    answer = tried.get("/office/essai/?a=1&b=//evil")
    assert answer.status_code == 302
    assert answer.location == "/office/connexion/?next=/office/essai/?a%3D1%26b%3D//evil"


@own
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_stranger_who_sends_something_is_told_that_nothing_was_kept(tried: FlaskClient, method: str):
    answer = tried.open("/office/essai/", method=method)
    assert answer.status_code == 401
    assert "Rien n’a été enregistré" in answer.text


@own
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_is_sent_without_the_token_of_the_session_is_refused(app: Flask, tried: FlaskClient, method: str):
    enter(tried, somebody(StaffRole.EDITOR).email)
    other = token(app.test_client())
    for key in ("", "abc", other):
        answer = tried.open("/office/essai/", method=method, headers={"X-CSRFToken": key})
        assert answer.status_code == 400
        assert "Cette page n’est plus" in answer.text
    mine = token(tried, "/office/moi/")
    assert tried.open("/office/essai/", method=method, headers={"X-CSRFToken": mine}).status_code == 200


@own
def test_what_another_site_sends_is_refused_even_with_the_token(tried: FlaskClient):
    enter(tried, somebody(StaffRole.EDITOR).email)
    mine = {"X-CSRFToken": token(tried, "/office/moi/")}
    answer = tried.post("/office/essai/", headers=mine | {"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Cette demande vient d’ailleurs" in answer.text


def test_a_room_of_the_office_is_in_the_office():
    with pytest.raises(ValueError, match="not in the office"):
        door.room("astray", __name__, "/presse")


@pytest.mark.parametrize("role", StaffRole)
def test_everybody_of_the_team_has_a_page_of_their_own(office: Office, role: StaffRole):
    assert office(role).get("/office/moi/").status_code == 200


# --- What answers say of themselves -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/office/connexion/", "/office/moi/", "/office/equipe/"])
def test_nobody_keeps_indexes_or_frames_an_office_page(office: Office, client: FlaskClient, path: str):
    for reader in (client, office(StaffRole.ADMIN), office(StaffRole.DOOR)):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"] == headers.CONTENT_SECURITY_POLICY


def test_the_cookie_is_for_the_office_over_https_and_out_of_reach_of_scripts(client: FlaskClient):
    given = client.get("/office/connexion/").headers.getlist("Set-Cookie")
    assert [header.partition("=")[0] for header in given] == ["office"]
    assert {"Secure", "HttpOnly", "Path=/office/", "SameSite=Lax"} <= set(given[0].split("; "))


@pytest.mark.settings(PUBLIC_URL="http://127.0.0.1:8118")
def test_on_ones_own_machine_the_cookie_needs_no_https(client: FlaskClient):
    assert "Secure" not in client.get("/office/connexion/").headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/film/", "/lettre/", "/api/film", "/office", "/officeX/", "/le/2010-11-16/"]
)
def test_the_public_site_knows_nothing_of_whoever_is_signed_in(
    app: Flask, session: Session, client: FlaskClient, path: str
):
    """Its pages neither read the cookie nor set one, even when it is sent to them."""
    enter(client, somebody().email)
    stray = app.test_client()
    stray.set_cookie("office", cookie(client) or "", path="/")
    answer, other = stray.get(path), app.test_client().get(path)
    assert answer.status_code == other.status_code
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.data == other.data


def test_flask_security_brings_no_page_no_command_and_no_token(app: Flask, session: Session):
    assert [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security")] == []
    assert not {"users", "roles"} & set(app.cli.commands)
    staff = somebody(StaffRole.ADMIN)
    key = app.extensions["security"].remember_token_serializer.dumps(
        {"ver": "5", "uid": staff.fs_uniquifier, "fs_paa": clock.real_now().timestamp(), "exp": 0}
    )
    for asked in ({"headers": {"Authentication-Token": key}}, {"query_string": {"auth_token": key}}):
        assert app.test_client().get("/office/moi/", **asked).status_code == 302  # type: ignore[arg-type]


def test_flask_security_does_nothing_around_a_public_request(app: Flask):
    hooks = [*app.before_request_funcs[None], *app.after_request_funcs[None], *app.template_context_processors[None]]
    assert [
        hook for hook in hooks if getattr(hook, "__module__", "").startswith(("flask_login", "flask_principal"))
    ] == []


# --- Proving again ------------------------------------------------------------------------------------------------


def test_the_keys_are_changed_by_somebody_who_has_just_shown_theirs(client: FlaskClient, session: Session):
    enter(client, somebody().email)
    later = clock.real_now() + timedelta(minutes=31)
    with time_machine.travel(later, tick=False):
        answer = client.get("/office/moi/codes/")
        assert (answer.status_code, answer.location) == (303, "/office/connexion/preuve/?next=/office/moi/codes/")
        assert send(client, answer.location, password="pas celui-ci").status_code == 422
        assert client.get("/office/moi/codes/").status_code == 303
        assert send(client, answer.location, password="agrafe lundi parapluie").location == "/office/moi/codes/"
        assert client.get("/office/moi/codes/").status_code == 200


def test_a_form_opened_in_time_can_still_be_sent(client: FlaskClient, session: Session):
    enter(client, somebody(StaffRole.ADMIN).email)
    page, fields = "/office/equipe/inviter/", {"name": "Nadia", "email": "nadia@example.org", "role": "editor"}
    start = clock.real_now()
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        key = token(client, page)
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert client.post(page, data=fields | {"csrf_token": key}).status_code == 303
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        answer = client.post(
            page, data=fields | {"csrf_token": key}, headers={"Referer": "https://localhost/office/equipe/"}
        )
        assert answer.location == "/office/connexion/preuve/?next=/office/equipe/"
