"""A long import as an editor lives it: in a browser, on a real server, in a process of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.people import signed_in
from applications import application
from browser.looking import complaints, width
from operation118.accounts.models import StaffRole
from operation118.config import Settings
from serving import Server, running

ROWS = 1_500
PATIENCE = 90_000  # milliseconds


@pytest.fixture
def server(loaded_database: Path, tmp_path: Path, data_dir: Path) -> Iterator[Server]:
    database = f"sqlite:///{copy(loaded_database, tmp_path / 'site.sqlite')}"
    with running(DATA_DIR=str(data_dir), DATABASE_URL=database) as server:
        yield server


@pytest.fixture
def editor(server: Server, browser: Browser, tmp_path: Path, make_settings: Callable[..., Settings]) -> Iterator[Page]:
    settings = make_settings(DATABASE_URL=f"sqlite:///{tmp_path / 'site.sqlite'}", PUBLIC_URL=server.url)
    with application(settings) as app:
        cookie = signed_in(app, StaffRole.EDITOR).get_cookie("office", path="/office/")
    assert cookie
    context = browser.new_context(base_url=server.url, viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "office", "value": cookie.value, "url": f"{server.url}/office/"}])
    yield context.new_page()
    context.close()


def towns() -> bytes:
    lines = (f"ville-{n};Ville {n};Loire;45,{n};4,{n}\n" for n in range(ROWS))
    return f"slug;name;department;latitude;longitude\n{''.join(lines)}".encode("cp1252")


def test_a_long_import_says_how_far_it_is_and_shows_its_end_without_a_reload(editor: Page, tmp_path: Path):
    editor.goto("/office/tableaux/town/importer/")
    (path := tmp_path / "villes.csv").write_bytes(towns())
    editor.get_by_label("Le fichier").set_input_files(path)
    editor.get_by_role("button", name="Essayer").click()
    apply = editor.get_by_role("button", name="Appliquer")
    expect(apply).to_be_visible(timeout=PATIENCE)
    expect(editor.get_by_role("link", name=f"{ROWS} ajoutées")).to_be_visible()
    assert complaints(editor) == []
    apply.click()
    expect(editor.get_by_role("progressbar")).to_be_visible()
    assert complaints(editor) == []
    expect(editor.get_by_text("C’est fait, et public.")).to_be_visible(timeout=PATIENCE)
    editor.goto("/office/tableaux/")
    assert width(editor) == 360
    assert complaints(editor) == []
    expect(editor.get_by_role("row", name="Villes")).to_contain_text(str(ROWS + 8))
