"""What is saved in one process is public from every other within a second."""

import http.cookies
import shutil
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from browser.signing_in import office_cookie
from office.forms import fields
from operation118.accounts.models import StaffRole
from serving import Server, running

PROCESSES = 8  # how often one asks, so that every worker answers


class Editor:
    """Somebody of the team at one server, with the cookie that goes on changing."""

    def __init__(self, server: Server, cookie: str) -> None:
        self.server, self.cookie = server, cookie

    def ask(self, path: str, typed: dict[str, str] | None = None) -> str:
        data = urllib.parse.urlencode(typed).encode() if typed else None
        headers = {"Cookie": f"office={self.cookie}", "Origin": self.server.url}
        with urllib.request.urlopen(
            urllib.request.Request(self.server.url + path, data, headers), timeout=10
        ) as answer:
            given = http.cookies.SimpleCookie(answer.headers["Set-Cookie"] or "")
            self.cookie = given["office"].value if "office" in given else self.cookie
            return answer.read().decode()

    def correct(self, hour: str) -> None:
        address = "/office/seances/seances/laon-2010-11-10/"
        self.ask(address, fields(self.ask(address)) | {"starts_at": f"2010-11-10T{hour}"})


def get(server: Server, path: str) -> str:
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:
        return answer.read().decode()


def check(writer: Server, readers: list[Server], cookie: str) -> None:
    page = "/seances/laon-2010-11-10/"
    for hour, told in (("20:30", "20\u202fh\u202f30"), ("21:15", "21\u202fh\u202f15")):
        for reader in readers:
            for _ in range(PROCESSES):
                get(reader, page)  # every process holds the page as it was
        Editor(writer, cookie).correct(hour)
        time.sleep(1)
        assert all(told in get(reader, page) for reader in readers for _ in range(PROCESSES))


@pytest.fixture
def folder(furnish: Callable[[Path], Path], tmp_path: Path) -> Path:
    return furnish(tmp_path)


def test_from_one_worker_to_the_other(folder: Path, loaded_database: Path):
    database = Path(shutil.copy(loaded_database, folder / "site.sqlite"))
    with running(DATA_DIR=str(folder), DATABASE_URL=f"sqlite:///{database}", WORKERS="2") as server:
        cookie = office_cookie(database, folder, StaffRole.EDITOR)
        check(server, [server], cookie)


def test_from_one_machine_to_the_other(folder: Path, postgres_url: str):
    settings = {"DATA_DIR": str(folder), "DATABASE_URL": postgres_url}
    with ExitStack() as stack:
        servers = [stack.enter_context(running(**settings)) for _ in range(2)]
        cookie = office_cookie(postgres_url, folder, StaffRole.EDITOR)
        check(servers[0], servers, cookie)
        check(servers[1], servers, cookie)
