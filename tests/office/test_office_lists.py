"""No page of the office asks the database more often because there are more rows."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from accounts.people import signed_in
from applications import application, counted
from house.test_lists import keep
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.office.rooms import BY_KEY, DESKS

MOST_QUERIES = 25
BY_KIND = "/office/faits/"  # one query for each kind that it shows, however many rows


def addresses(app: Flask) -> Iterator[str]:
    """Every page of the office without a variable part, and each list."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.rule.startswith("/office/") and not rule.arguments:
            yield rule.rule
    yield from (f"/office/{room}/" for room in ("film", "seances", "presse"))
    yield from (f"/office/{desk.path}/" for desk in DESKS.values() if not BY_KEY[desk.key].single)
    yield from ("/office/recherche/?q=film", "/office/presse/articles/nouveau/", "/office/seances/seances/nouveau/")


def costs(path: Path, settings: Settings, rows: int) -> dict[str, int]:
    with application(settings) as app:
        keep(app, rows)
        client = signed_in(app, StaffRole.ADMIN)
        found: dict[str, int] = {}
        for address in addresses(app):
            client.get(address)  # what is made once is made
            with counted(app) as statements:
                assert client.get(address).status_code < 500, address
            found[address] = len(statements)
    return found


@pytest.fixture
def measured(
    loaded_database: Path, tmp_path: Path, make_settings: Callable[..., Settings]
) -> tuple[dict[str, int], dict[str, int]]:
    found: list[dict[str, int]] = []
    for rows in (2, 6):
        path = Path(shutil.copy(loaded_database, tmp_path / f"{rows}.sqlite"))
        found.append(costs(path, make_settings(DATABASE_URL=f"sqlite:///{path}"), rows))
    return found[0], found[1]


def test_six_rows_cost_as_many_queries_as_two(measured: tuple[dict[str, int], dict[str, int]]):
    few, many = measured
    assert {
        address: (few[address], cost) for address, cost in many.items() if address != BY_KIND and cost > few[address]
    } == {}
    assert {address: cost for address, cost in many.items() if cost > MOST_QUERIES} == {}
    assert len(many) > 40
