"""A picture that comes out later, looked at before: through the team's mount it is there, files and all; elsewhere not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from film.pictures import add, newest, opened, prepare, shown
from operation118 import clock
from operation118.accounts.models import StaffRole
from operation118.film.models import Image
from operation118.web.time_machine import preview_prefix

Office = Callable[[StaffRole], FlaskClient]
RELEASE = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
THEN, BEFORE = preview_prefix(RELEASE), preview_prefix(RELEASE - timedelta(minutes=1))


@pytest.fixture(params=["published_at", "embargo_lifts_at"])
def image(request: pytest.FixtureRequest, app: Flask, office: Office, images_folder: object) -> Image:
    """A picture that comes out at RELEASE, and has its sizes."""
    said: dict[str, Any] = {request.param: f"{RELEASE.astimezone(clock.PARIS):%Y-%m-%dT%H:%M}"}
    add(office(StaffRole.PRESS_OFFICER), **said)
    prepare(app)
    return newest(app)


def files(image: Image) -> list[str]:
    stem = image.file.removesuffix(".jpg")
    return [f"/images/{image.file}", f"/images/{stem}-480.avif", f"/images/{stem}-960.webp", f"/images/{stem}-960.jpg"]


@pytest.mark.parametrize("role", StaffRole)
def test_the_team_sees_the_page_and_every_file_it_names(office: Office, image: Image, role: StaffRole):
    team = office(role)
    page = team.get(f"{THEN}/photos/")
    assert shown(team, f"{THEN}/photos/") >= set(files(image))
    assert page.text.count("/images/") == page.text.count(f"{THEN}/images/")
    for path in files(image):
        answer = team.get(THEN + path)
        assert answer.status_code == 200, path
        assert opened(answer.data).width in (480, 960, 1200)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Set-Cookie" not in answer.headers


def test_a_minute_before_the_team_does_not_see_it_either(office: Office, image: Image):
    team = office(StaffRole.EDITOR)
    assert shown(team, f"{BEFORE}/photos/") == set()
    assert {team.get(BEFORE + path).status_code for path in files(image)} == {404}


def test_strangers_are_led_to_the_door_for_what_is_there_as_for_what_is_not(client: FlaskClient, image: Image):
    nothing = f"/images/{'0' * 32}.jpg"
    for path in (*files(image), nothing):
        answer = client.get(THEN + path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/office/connexion/")
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_at_the_public_address_there_is_nothing_not_even_for_the_team(
    client: FlaskClient, office: Office, image: Image
):
    for visitor in (client, office(StaffRole.ADMIN)):
        for path in files(image):
            assert visitor.get(path).status_code == 404
            assert visitor.get(f"/le/2010-11-20{path}").status_code == 404
