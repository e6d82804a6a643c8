"""The read API says what the rows say."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from operation118.film.models import Citation
from operation118.press.models import About, Outlet, PressItem, PressKind
from operation118.screenings.models import Screening

JsonObject = dict[str, Any]


def read(client: FlaskClient, path: str) -> JsonObject:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/json"), response.get_data(as_text=True)
    return response.get_json()


def walk(client: FlaskClient, path: str) -> list[str]:
    """The slugs of a whole list, page after page."""
    slugs: list[str] = []
    while path:
        page = read(client, path)
        slugs += [item["slug"] for item in page["items"]]
        path = (page["next"] or "").removeprefix("https://film.test")
        assert len(slugs) <= page["total"]
    return slugs


def test_every_public_item_and_screening_is_there(client: FlaskClient, session: Session) -> None:
    press = session.scalars(select(PressItem.slug)).all()
    screenings = session.scalars(select(Screening.slug)).all()
    assert sorted(walk(client, "/api/press?limit=100")) == sorted(press)
    assert sorted(walk(client, "/api/screenings?limit=100")) == sorted(screenings)


@pytest.mark.parametrize("limit", [1, 4, 7])
@pytest.mark.parametrize("room", ["press", "screenings"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(client: FlaskClient, room: str, limit: int) -> None:
    assert walk(client, f"/api/{room}?limit={limit}") == walk(client, f"/api/{room}?limit=100")


def test_a_page_can_be_followed_after_its_last_item_is_gone(app: Flask, session: Session) -> None:
    client = app.test_client()
    first = read(client, "/api/press?limit=3")
    rest = walk(client, first["next"].removeprefix("https://film.test"))
    session.delete(session.scalars(select(PressItem).where(PressItem.slug == first["items"][-1]["slug"])).one())
    session.commit()
    assert walk(client, first["next"].removeprefix("https://film.test")) == rest


def test_press_comes_newest_first_and_screenings_along_the_road(client: FlaskClient) -> None:
    press = [item["date"]["iso"] for item in read(client, "/api/press")["items"] if item["date"]["precision"] == "day"]
    road = [row["date"]["iso"] for row in read(client, "/api/screenings")["items"] if row["date"]["precision"] == "day"]
    assert press == sorted(press, reverse=True)
    assert road == sorted(road)


def borne(item: PressItem) -> dict[str, list[str]]:
    """The values that the filters look at."""
    return {
        "kind": [item.kind.value],
        "about": [item.about.value],
        "outlet": [item.outlet.slug],
        "person": [person.slug for person in item.people],
    }


@pytest.mark.parametrize("argument", ["kind", "about", "outlet", "person"])
def test_each_filter_leaves_exactly_what_bears_its_value(client: FlaskClient, session: Session, argument: str) -> None:
    items = {item.slug: borne(item)[argument] for item in session.scalars(select(PressItem))}
    values = {value for found in items.values() for value in found}
    assert values
    for value in values:
        wanted = {slug for slug, found in items.items() if value in found}
        assert set(walk(client, f"/api/press?{argument}={value}")) == wanted, value


def test_the_year_is_that_of_a_known_date(client: FlaskClient) -> None:
    items = read(client, "/api/press?limit=100")["items"]
    known = [item for item in items if item["date"]["precision"] != "unknown"]
    assert 0 < len(known) < len(items)
    for year in {item["date"]["iso"][:4] for item in known}:
        wanted = [item["slug"] for item in known if item["date"]["iso"].startswith(year)]
        assert walk(client, f"/api/press?year={year}") == wanted


def test_filters_add_up_and_stay_in_the_next_address(client: FlaskClient, session: Session) -> None:
    outlet = session.scalars(
        select(Outlet.slug).join(PressItem).group_by(Outlet.slug).order_by(func.count().desc())
    ).first()
    both = walk(client, f"/api/press?outlet={outlet}&kind={PressKind.REPORT}&limit=1")
    alone = set(walk(client, f"/api/press?outlet={outlet}")) & set(walk(client, f"/api/press?kind={PressKind.REPORT}"))
    assert set(both) == alone
    assert len(both) > 1


@pytest.mark.parametrize("words", ["118-318", "118 318", "HASLER", "télèconseillers", "Lionel"])
def test_the_search_forgives_as_the_press_room_does(client: FlaskClient, words: str) -> None:
    found = read(client, f"/api/press?q={words}")
    page = client.get(f"/presse/?q={words}").get_data(as_text=True)
    assert found["total"] > 0
    assert all(f"/presse/{item['slug']}/" in page for item in found["items"])


def test_a_word_that_is_nowhere_finds_nothing(client: FlaskClient) -> None:
    assert read(client, "/api/press?q=zzyzx") == {"total": 0, "items": [], "next": None}


def test_past_and_coming_screenings_part_on_their_day(client: FlaskClient) -> None:
    eve = "/le/2010-11-09"
    past = walk(client, f"{eve}/api/screenings?past=true")
    coming = walk(client, f"{eve}/api/screenings?past=false")
    assert past
    assert coming
    assert sorted(past + coming) == sorted(walk(client, f"{eve}/api/screenings"))
    assert not walk(client, "/api/screenings?past=false")


def test_texts_come_in_both_languages_and_typeset(client: FlaskClient) -> None:
    film = read(client, "/api/film")
    assert "\u202f;" in film["synopsis_short"]["fr"]
    assert "\u202f;" not in film["synopsis_short"]["en"]
    assert "'" not in json.dumps(read(client, "/api/press")["items"][0]["summary"])


def test_every_fact_names_its_sources(client: FlaskClient) -> None:
    film = read(client, "/api/film")
    for rows in ("credits", "characters", "facts", "releases"):
        assert film[rows]
        assert all(row["sources"] for row in film[rows]), rows
    assert film["sources"]["title"]
    items = [*read(client, "/api/press")["items"], *read(client, "/api/screenings")["items"]]
    assert all(item["sources"] for item in items)


def test_no_source_is_lost_on_the_way(client: FlaskClient, session: Session) -> None:
    cited = session.scalar(select(func.count()).where(Citation.subject.startswith("press.")))
    assert sum(len(item["sources"]) for item in read(client, "/api/press?limit=100")["items"]) == cited


def test_dates_say_no_more_than_is_known(client: FlaskClient, session: Session) -> None:
    for item in session.scalars(select(PressItem)):
        said = read(client, f"/api/press/{item.slug}")["date"]
        assert said == {"iso": item.dated.iso, "precision": item.dated.precision.value}


def test_a_list_and_a_page_of_its_own_say_the_same(client: FlaskClient) -> None:
    for room in ("press", "screenings"):
        for item in read(client, f"/api/{room}?limit=100")["items"]:
            assert read(client, f"/api/{room}/{item['slug']}") == item


def test_the_context_piece_is_never_about_the_film(client: FlaskClient, session: Session) -> None:
    context = session.scalars(select(PressItem.slug).where(PressItem.about == About.CONTEXT)).all()
    assert context
    assert all(read(client, f"/api/press/{slug}")["about"] == "context" for slug in context)


def test_the_past_knows_only_what_was_out(client: FlaskClient) -> None:
    then = read(client, "/le/2010-11-16/api/press?limit=2")
    assert 0 < then["total"] < read(client, "/api/press")["total"]
    assert then["next"].startswith("https://film.test/le/2010-11-16/api/press?")
    later = read(client, "/api/press?limit=1")["items"][0]["slug"]
    assert client.get(f"/le/2010-11-16/api/press/{later}").status_code == 404
    releases = read(client, "/le/2010-11-16/api/film")["releases"]
    assert {release["kind"] for release in releases} == {"theatrical"}


def test_before_it_was_told_the_release_date_is_null(client: FlaskClient) -> None:
    assert read(client, "/le/2009-10-01/api/film")["released_on"] is None
    assert read(client, "/le/2009-10-01/api/screenings")["total"] == 0
    assert read(client, "/le/2010-11-16/api/film")["released_on"] == "2010-11-17"
