"""What every test stands on: an application on real content, its clients, its servers, a browser.

No test talks to another machine, and every page that a client fetches is checked (see markup.py).
"""

import gc
import os
import shutil
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session

from accounts.people import signed_in
from applications import Shared, application, counted, own, sharing
from databases import new_database
from markup import PUBLIC_URL
from operation118 import config, publication
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from operation118.database import db
from operation118.site import start
from serving import running

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Chromium as root, without a screen, and silent: it must not call anybody of its own accord.
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED = ("static", "templates")  # folders in the data folder: static files prepared, templates compiled
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def unavailable(reason: str) -> None:
    """Skip a test for what this machine lacks; where everything must be there, that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded here stays to the end: no garbage is looked for among it, a tenth of the tests' time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse sockets to other machines."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test called {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the applications of this worker prepare their static files, once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def furnish(data_dir: Path) -> Callable[[Path], Path]:
    """`furnish(tmp_path)` is a data folder with what all share: compressing and compiling take longer than most tests."""
    for name in SHARED:
        (data_dir / name).mkdir()

    def furnished(folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in SHARED:
            if not (folder / name).exists():
                (folder / name).symlink_to(data_dir / name)
        return folder

    return furnished


@pytest.fixture(scope="session")
def make_settings(data_dir: Path, furnish: Callable[[Path], Path]) -> Callable[..., Settings]:
    """Settings as an environment would give them, without the prefix: `make_settings(PROXIES="1")`."""

    def make(**values: str) -> Settings:
        given = {"DATA_DIR": str(data_dir), "PUBLIC_URL": PUBLIC_URL, "PAGE_CACHE_MB": "0", "LOG_LEVEL": "ERROR"}
        settings = config.read({config.PREFIX + name: value for name, value in (given | values).items()})
        furnish(settings.data_dir)
        return settings

    return make


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, make_settings: Callable[..., Settings]) -> Path:
    """A SQLite file with the tables and no row but the revision's, made by the migrations."""
    path = tmp_path_factory.mktemp("empty") / "site.sqlite"
    with application(make_settings(DATABASE_URL=f"sqlite:///{path}")) as app, app.app_context():
        start.upgrade()
    return path


@pytest.fixture(scope="session")
def loaded_database(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, make_settings: Callable[..., Settings]
) -> Path:
    """A SQLite file with the real content."""
    folder = tmp_path_factory.mktemp("loaded")
    path = folder / "site.sqlite"
    shutil.copy(empty_database, path)
    settings = make_settings(DATABASE_URL=f"sqlite:///{path}", DATA_DIR=str(folder / "data"))
    with application(settings) as app:
        start.prepare(app, settings)
    return path


@pytest.fixture
def chosen_settings(request: pytest.FixtureRequest) -> dict[str, str] | None:
    """What the test's `@pytest.mark.settings(PROXIES="1")` asks for; with an empty one, an application of its own."""
    marker = request.node.get_closest_marker("settings")
    return dict(marker.kwargs) if marker else None


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, make_settings: Callable[..., Settings]) -> Iterator[Shared]:
    """The application of all tests that ask for no settings of their own."""
    path = tmp_path_factory.mktemp("shared") / "site.sqlite"
    with sharing(path, make_settings(DATABASE_URL=f"sqlite:///{path}")) as fresh:
        yield fresh


@pytest.fixture
def app(
    loaded_database: Path,
    shared: Shared,
    tmp_path: Path,
    make_settings: Callable[..., Settings],
    chosen_settings: dict[str, str] | None,
) -> Iterator[Flask]:
    """The application on its own copy of the real content; the page cache is off unless the test asks for it."""
    if chosen_settings is None:
        made = shared(loaded_database)
    else:
        made = own(loaded_database, tmp_path, make_settings, chosen_settings)
    with made as app:
        yield app


@pytest.fixture
def empty_app(
    empty_database: Path,
    shared: Shared,
    tmp_path: Path,
    make_settings: Callable[..., Settings],
    chosen_settings: dict[str, str] | None,
) -> Iterator[Flask]:
    """The application on tables without rows."""
    if chosen_settings is None:
        made = shared(empty_database)
    else:
        made = own(empty_database, tmp_path, make_settings, chosen_settings)
    with made as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def office(app: Flask) -> Callable[[StaffRole], FlaskClient]:
    """`office(StaffRole.EDITOR)` is a client where somebody of that role is signed in; the same person each time."""
    return partial(signed_in, app)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of an application context that lasts as long as the test; it sees what the public does not."""
    with app.app_context(), publication.everything():
        yield db.session


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as statements:` lists the SQL that the application runs meanwhile."""
    return lambda: counted(app)


@contextmanager
def on_postgresql(name: str, like: str = "template1") -> Generator[str]:
    """A new database of this worker; without a server, the test is skipped."""
    try:
        with new_database(name, like) as url:
            yield url
    except psycopg.OperationalError as error:
        unavailable(f"no PostgreSQL at TEST_POSTGRESQL_URL: {error}")


@pytest.fixture(scope="session")
def postgres_name(worker_id: str) -> str:
    return f"operation118_{worker_id}_{os.getpid()}"


@pytest.fixture(scope="session")
def postgres_tables(postgres_name: str, make_settings: Callable[..., Settings]) -> Iterator[str]:
    """The name of a PostgreSQL database with the tables, which the tests' own are copies of."""
    with on_postgresql(f"{postgres_name}_tables") as url:
        with application(make_settings(DATABASE_URL=url)) as app, app.app_context():
            start.upgrade()
        yield f"{postgres_name}_tables"


@pytest.fixture
def postgres_url(postgres_name: str, postgres_tables: str) -> Iterator[str]:
    """The address of a new PostgreSQL database with the tables and no row but the revision's, dropped after the test."""
    with on_postgresql(postgres_name, postgres_tables) as url:
        yield url


@pytest.fixture
def bare_postgres_url(postgres_name: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, dropped after the test."""
    with on_postgresql(postgres_name) as url:
        yield url


@pytest.fixture(scope="session")
def served(loaded_database: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site on a real server, with its page cache; for reading only."""
    path = shutil.copy(loaded_database, tmp_path_factory.mktemp("served") / "site.sqlite")
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{path}") as server:
        yield server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        unavailable(f"no browser at {CHROMIUM}; name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Generator[Page]:
    """A new tab of a new visitor, at home on the served site (`page.goto("/film/")`)."""
    context = browser.new_context(base_url=served)
    yield context.new_page()
    context.close()
