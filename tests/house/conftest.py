"""The walk through the whole site, once a worker."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from applications import application
from house.walking import Walk, walked
from operation118.config import Settings


@pytest.fixture(scope="session")
def walk(
    loaded_database: Path, tmp_path_factory: pytest.TempPathFactory, make_settings: Callable[..., Settings]
) -> Walk:
    path = tmp_path_factory.mktemp("walk") / "site.sqlite"
    shutil.copy(loaded_database, path)
    with application(make_settings(DATABASE_URL=f"sqlite:///{path}", CONTACT_EMAIL="somebody@film.test")) as app:
        return walked(app)
