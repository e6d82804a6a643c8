"""A list costs the same number of queries for one row and for three."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from applications import application, counted
from house.walking import is_public
from operation118.config import Settings
from operation118.database import Base, db
from operation118.film.models import Credit, Fact, Release
from operation118.press.models import PressItem
from operation118.screenings.models import Event, Screening

LISTED: list[type[Base]] = [PressItem, Screening, Event, Credit, Fact, Release]


def richness(row: Any) -> int:
    """How many rows of other tables stand behind a row: the richest are kept."""
    many = sum(len(getattr(row, name, ())) for name in ("questions", "people", "tags", "guests"))
    return many + sum(getattr(row, name, None) is not None for name in ("venue", "town", "character", "on"))


def keep(app: Flask, count: int) -> tuple[str, str]:
    """Leave `count` rows of each list; the slugs of the first item and of the first screening."""
    with app.app_context():
        for model in LISTED:
            rows = sorted(db.session.scalars(select(model)).all(), key=richness, reverse=True)
            assert len(rows) >= 1
            for row in rows[count:]:
                db.session.delete(row)
        db.session.commit()
        item, screening = db.session.scalars(select(PressItem)).all(), db.session.scalars(select(Screening)).all()
        return item[0].slug, screening[0].slug


def addresses(app: Flask, item: str, screening: str) -> list[str]:
    whole = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if is_public(rule) and "GET" in (rule.methods or ()) and not rule.arguments - (rule.defaults or {}).keys()
    ]
    return [
        *whole,
        f"/presse/{item}/",
        f"/seances/{screening}/",
        f"/api/press/{item}",
        "/presse/?q=film",
        "/le/2010-11-20/",
    ]


def costs(path: Path, settings: Settings, count: int) -> dict[str, int]:
    with application(settings) as app:
        item, screening = keep(app, count)
        client = app.test_client()
        found: dict[str, int] = {}
        for address in addresses(app, item, screening):
            with counted(app) as statements:
                assert client.get(address).status_code < 500, address
            found[address] = len(statements)
    return found


def test_three_rows_cost_as_many_queries_as_one(
    loaded_database: Path, tmp_path: Path, make_settings: Callable[..., Settings]
):
    found: list[dict[str, int]] = []
    for count in (1, 3):
        path = tmp_path / f"{count}.sqlite"
        shutil.copy(loaded_database, path)
        found.append(costs(path, make_settings(DATABASE_URL=f"sqlite:///{path}"), count))
    one, three = found
    dearer = {address: (one.get(address), cost) for address, cost in three.items() if cost != one.get(address, cost)}
    assert dearer == {}
    assert len(one) > 20
