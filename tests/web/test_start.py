"""The start: it checks the ground, says in one line what is wrong, and stops cleanly."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from applications import application
from operation118 import config
from operation118.config import ROOT, Settings
from operation118.content import ContentError
from operation118.database import Revision, db
from operation118.film.models import Film
from operation118.site import content, serving, start
from operation118.site.start import StartError
from serving import free_port, running


def launch(**settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python app.py` until it ends by itself."""
    given = {"PORT": str(free_port())} | settings
    kept = {name: value for name, value in os.environ.items() if not name.startswith(config.PREFIX)}
    environ = kept | {config.PREFIX + name: value for name, value in given.items()}
    command = [sys.executable, "app.py"]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a site that was started and looked at, once."""
    data = tmp_path_factory.mktemp("first") / "new/data"
    with running(DATA_DIR=str(data)) as server:
        page = urllib.request.urlopen(f"{server.url}/film/")
        assert page.status == 200
    return data


def test_a_first_start_prepares_everything(started: Path):
    assert {"site.sqlite", "static", "secret_key", "content.loaded"} <= {path.name for path in started.iterdir()}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_warned_of_nothing(
    data_dir: Path, loaded_database: Path, how: signal.Signals, capfd: pytest.CaptureFixture[str]
):
    with running(DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{loaded_database}") as server:
        server.process.send_signal(how)
        assert server.process.wait(timeout=15) == 0
    assert capfd.readouterr().err == ""


def test_ctrl_c_reaches_the_server_alone_which_tells_the_others_once(data_dir: Path, loaded_database: Path):
    settings = {"DATA_DIR": str(data_dir), "DATABASE_URL": f"sqlite:///{loaded_database}", "MAIL_WORKER": "1"}
    with running(**settings) as server:
        urllib.request.urlopen(f"{server.url}/").close()
        processes = subprocess.check_output(["ps", "-A", "-o", "ppid=,pid=,pgid="], text=True).splitlines()
        groups = {pid: group for parent, pid, group in map(str.split, processes) if parent == str(server.process.pid)}
        assert len(groups) >= 2  # what answers, and the mail worker
        assert all(group == pid for pid, group in groups.items())


def test_a_second_start_takes_less_than_three_seconds(started: Path):
    begun = time.monotonic()
    with running(DATA_DIR=str(started)) as server:
        urllib.request.urlopen(f"{server.url}/").close()
        assert time.monotonic() - begun < 3 * crowd()


def crowd() -> float:
    """How many runnable processes share each core, at least one: other tests run meanwhile."""
    return max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PORT": "eighty"}, "OPERATION118_PORT"),
        ({"WORKER": "2"}, "OPERATION118_WORKER"),
        ({"ENV": "production"}, "OPERATION118_SECRET_KEY"),
        ({"DATA_DIR": "/proc/nowhere"}, "OPERATION118_DATA_DIR"),
        ({"DATA_DIR": "/dev/null"}, "OPERATION118_DATA_DIR"),
        ({"HOST": "203.0.113.1"}, "OPERATION118_PORT"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "OPERATION118_DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////proc/none/site.sqlite"}, "OPERATION118_DATABASE_URL"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    settings: dict[str, str],
    named: str,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    for name in [name for name in os.environ if name.startswith(config.PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in ({"PORT": str(free_port()), "DATA_DIR": str(data_dir)} | settings).items():
        monkeypatch.setenv(config.PREFIX + name, value)
    monkeypatch.delattr(serving, "serve")
    with ExitStack() as applications:
        assert serving.main(lambda given: applications.enter_context(application(given))) == 2
    said = capfd.readouterr().err
    assert named in said
    assert len(said.splitlines()) <= 2


def test_the_process_says_what_is_wrong_and_nothing_else(data_dir: Path):
    ended = launch(DATA_DIR=str(data_dir), DATABASE_URL="sqlite:////proc/none/site.sqlite")
    assert ended.returncode == 2
    assert ended.stderr.startswith("OPERATION118_DATABASE_URL: ")
    assert len(ended.stderr.splitlines()) == 1


def test_a_taken_port_is_said_in_a_line(data_dir: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = launch(PORT=str(taken.getsockname()[1]), DATA_DIR=str(data_dir))
    assert ended.returncode == 2
    assert ended.stderr.startswith("OPERATION118_PORT: cannot listen")


def test_a_second_site_does_not_share_the_port_of_the_first(served: str, tmp_path: Path):
    ended = launch(PORT=served.rpartition(":")[2], DATA_DIR=str(tmp_path))
    assert ended.returncode == 2


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return Path(shutil.copytree(content.FOLDER, tmp_path / "content"))


def revision(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Revision.number)).one()


def load(app: Flask, files: Path, data: Path) -> None:
    data.mkdir(exist_ok=True)
    with app.app_context():
        start.load_content(files, data)


def test_content_is_loaded_once_and_again_when_it_changes(empty_app: Flask, files: Path, tmp_path: Path):
    load(empty_app, files, tmp_path / "data")
    loaded = revision(empty_app)
    load(empty_app, files, tmp_path / "data")
    assert revision(empty_app) == loaded
    film = (files / "film.toml").read_text()
    (files / "film.toml").write_text(film.replace('working_title = "', 'working_title = "Changed '))
    load(empty_app, files, tmp_path / "data")
    assert revision(empty_app) > loaded


def test_an_emptied_database_is_filled_again(empty_app: Flask, app: Flask, tmp_path: Path):
    load(app, content.FOLDER, tmp_path / "data")
    load(empty_app, content.FOLDER, tmp_path / "data")
    with empty_app.app_context():
        assert db.session.scalars(select(Film)).one()


def test_broken_content_stops_the_start_of_an_empty_site(empty_app: Flask, files: Path, tmp_path: Path):
    (files / "film.toml").write_text("[film")
    with pytest.raises(StartError, match=r"film\.toml"):
        load(empty_app, files, tmp_path / "data")


def test_broken_content_leaves_a_running_site_what_it_had(
    app: Flask, files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (files / "film.toml").write_text("[film")
    before = revision(app)
    load(app, files, tmp_path / "data")
    assert "film.toml" in capsys.readouterr().err
    assert revision(app) == before
    with pytest.raises(ContentError):
        content.check(files)


def test_a_database_of_a_later_version_is_left_alone(app: Flask):
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with app.app_context(), pytest.raises(StartError, match="later version"):
        start.upgrade()


def test_hosts_that_start_together_on_postgresql_prepare_in_turn(
    bare_postgres_url: str, make_settings: Callable[..., Settings], tmp_path: Path
):
    settings = [make_settings(DATABASE_URL=bare_postgres_url, DATA_DIR=str(tmp_path / name)) for name in "ab"]
    code = "from operation118 import create_app, config; from operation118.site import start; "
    code += "settings = config.read(); start.prepare(create_app(settings), settings)"
    environs = [
        dict(os.environ) | {"OPERATION118_DATABASE_URL": bare_postgres_url, "OPERATION118_DATA_DIR": one["DATA_DIR"]}
        for one in settings
    ]
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environ) for environ in environs]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    with application(settings[0]) as app, app.app_context():
        assert db.session.scalars(select(Film)).one()


def test_the_application_can_be_imported_by_any_server(data_dir: Path):
    environ = dict(os.environ) | {"OPERATION118_DATA_DIR": str(data_dir)}
    code = "import app; assert callable(app.app)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, check=True)


def test_a_broken_setting_is_said_in_a_line_to_any_server():
    environ = dict(os.environ) | {"OPERATION118_PORT": "x"}
    ended = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("OPERATION118_PORT: ")
