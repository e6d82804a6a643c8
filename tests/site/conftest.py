"""Most tests here only read: they share one application a module."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from operation118 import create_app
from operation118.config import Settings
from operation118.database import db


@pytest.fixture(scope="module")
def client(loaded_database: Path, make_settings: Callable[..., Settings]) -> Iterator[FlaskClient]:
    """A client of the real content, for reading only; a test that writes makes one of its own `app`."""
    app = create_app(make_settings(DATABASE_URL=f"sqlite:///{loaded_database}"))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()
