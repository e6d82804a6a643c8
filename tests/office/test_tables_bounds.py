"""What a small file may cost: nothing while somebody waits, and no more than its own process may take."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from office.tabling import TITLES, cells, digest, exported, here, press, send, sent, table, text
from office.workbooks import letters, o_formula, o_text, ods, sheet_xml, x_formula, x_text, xlsx
from operation118 import publication, work
from operation118.accounts.models import StaffRole
from operation118.config import ROOT
from operation118.content import Kind, workbook
from operation118.content.spreadsheets import NotATable, convert, rows
from operation118.office import jobs
from operation118.office.table_files import Sent
from operation118.site.content import KINDS
from operation118.work import AT_ONCE, CROWDED, Stage

Office = Callable[[StaffRole], FlaskClient]
EMPTY_FORMULA = x_formula("1", None)
PROGRAM = """
import sys
from pathlib import Path
from operation118.content import Kind, workbook
workbook.MOST_WRITTEN = 1_000
sys.exit(workbook.main(Path(sys.argv[1])))
"""


@pytest.fixture
def editor(office: Office) -> FlaskClient:
    return office(StaffRole.EDITOR)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The processes that would have started; each stays in its place until the end of the test."""
    names: list[str] = []
    held: list[IO[bytes]] = []

    def start(sent: Sent, files: Sequence[IO[bytes]], *, applying: bool) -> None:
        names.append(f"{'apply' if applying else 'rehearse'} {sent.name}")
        held.append(os.fdopen(os.dup(files[-1].fileno()), "ab"))  # the same open file, as a process inherits it

    monkeypatch.setattr(jobs, "_start", start)
    yield names
    for file in held:
        file.close()


# --- What is done while somebody waits -----------------------------------------------------------------------------


def tags(count: int) -> bytes:
    return table([TITLES, *([f"sujet-{n}", "A", "A"] for n in range(count))])


def book(folder: Path, count: int = 1) -> bytes:
    lines = [[x_text(cell) for cell in row] for row in cells(tags(count))]
    return xlsx(folder / "t.xlsx", lines).read_bytes()


def test_only_a_small_csv_is_rehearsed_within_the_request(editor: FlaskClient, started: list[str], tmp_path: Path):
    send(editor, "tag", tags(AT_ONCE - 1), "petit.csv")
    assert started == []
    send(editor, "tag", book(tmp_path), "classeur.xlsx")
    send(editor, "tag", ods(tmp_path / "t.ods", [[o_text("slug")]]).read_bytes(), "feuille.csv")
    assert started == ["rehearse classeur.xlsx", "rehearse feuille.csv"]


def test_many_lines_are_rehearsed_apart_however_small_the_file(editor: FlaskClient, started: list[str]):
    send(editor, "tag", tags(AT_ONCE), "long.csv")
    assert started == ["rehearse long.csv"]


def test_long_cells_are_read_apart_however_few_the_lines(
    editor: FlaskClient, started: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(work, "SMALL", 1_000)
    send(editor, "tag", table([TITLES, ["a", "A", "A" * 1_000]]), "large.csv")
    assert started == ["rehearse large.csv"]


def test_a_small_workbook_once_read_is_imported_within_the_request(
    editor: FlaskClient, started: list[str], app: Flask, tmp_path: Path
):
    address = send(editor, "tag", book(tmp_path), "classeur.xlsx").location
    found = here(app, address)
    with app.app_context(), publication.everything():
        jobs.rehearse(found)
    press(editor, address, "appliquer", digest=digest(editor.get(address).text))
    assert "C’est fait" in text(editor.get(address))
    assert started == ["rehearse classeur.xlsx"]


# --- Two processes at once -----------------------------------------------------------------------------------------


def test_a_third_long_import_is_told_to_come_back_and_keeps_its_file(
    editor: FlaskClient, started: list[str], app: Flask
):
    for name in ("un.csv", "deux.csv"):
        send(editor, "tag", tags(AT_ONCE), name)
    address = send(editor, "tag", tags(AT_ONCE), "trois.csv").location
    assert started == ["rehearse un.csv", "rehearse deux.csv"]
    page = editor.get(address)
    assert CROWDED in text(page)
    assert "Refaire l’essai" in text(page)
    with app.app_context():
        assert here(app, address).source.read_bytes() == tags(AT_ONCE)
    assert CROWDED in text(press(editor, address, "refaire"))
    assert "1 ajoutée" in text(editor.get(sent(editor, "tag", tags(1))))  # what is short needs no place


def test_a_rehearsed_import_that_finds_no_place_stays_rehearsed(
    editor: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    address = sent(editor, "tag", tags(1))
    shown = digest(editor.get(address).text)
    monkeypatch.setattr(work, "SMALL", 0)
    monkeypatch.setattr(work, "PLACES", 0)
    page = press(editor, address, "appliquer", digest=shown)
    assert CROWDED in text(page)
    assert digest(page.text) == shown
    with app.app_context():
        assert here(app, address).state.is_applicable


def test_a_place_is_free_again_when_its_process_is_killed(app: Flask, editor: FlaskClient):
    sent(editor, "tag", tags(1))  # makes the folder
    with app.app_context():
        places = [work.place() for _ in range(work.PLACES)]
        assert work.place() is None
        first, *others = (place for place in places if place)
        with subprocess.Popen(["/bin/sleep", "60"], pass_fds=[first.fileno()]) as process:
            first.close()
            assert work.place() is None
            process.kill()
        again = work.place()
        assert again
        for place in (again, *others):
            place.close()


# --- How far a sheet goes ------------------------------------------------------------------------------------------


def cell_at(reference: str, cell: str = EMPTY_FORMULA) -> str:
    """A sheet of a title and one cell further on."""
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    end = f'<row r="{row}"><c r="{reference}"{cell}</c></row></sheetData>'
    return sheet_xml([[x_text("slug")]]).replace("</sheetData>", end)


def refusal(path: Path) -> str:
    with pytest.raises(NotATable) as refused:
        convert(path, path.with_suffix(".cells"))
    assert path.with_suffix(".cells").stat().st_size < 2**16
    return str(refused.value)


BEYOND = [
    (f"{letters(workbook.MOST_COLUMNS)}2", "600 colonnes"),
    (f"A{workbook.MOST_ROWS + 1}", "100\u202f000 lignes"),
    ("XFD2", "600 colonnes"),
    ("XFD1048576", "100\u202f000 lignes"),
]


@pytest.mark.parametrize(("reference", "told"), BEYOND)
def test_an_empty_formula_beyond_our_tables_is_refused(reference: str, told: str, tmp_path: Path):
    assert told in refusal(xlsx(tmp_path / "t.xlsx", [], sheet=cell_at(reference)))


@pytest.mark.parametrize(("reference", "told"), BEYOND[:3])
def test_a_cell_beyond_our_tables_is_refused(reference: str, told: str, tmp_path: Path):
    assert told in refusal(xlsx(tmp_path / "t.xlsx", [], sheet=cell_at(reference, x_text("a"))))


def test_the_last_cell_of_our_tables_is_read(tmp_path: Path):
    last = f"{letters(workbook.MOST_COLUMNS - 1)}{workbook.MOST_ROWS}"
    path = xlsx(tmp_path / "t.xlsx", [], sheet=cell_at(last))
    convert(path, tmp_path / "cells")
    *_, row = rows(tmp_path / "cells")
    assert (row.number, len(row.cells)) == (workbook.MOST_ROWS, workbook.MOST_COLUMNS)


def test_thousands_of_empty_formulas_at_the_far_right_are_refused(tmp_path: Path):
    lines = "".join(f'<row r="{n}"><c r="XFD{n}"{EMPTY_FORMULA}</c></row>' for n in range(2, 4_002))
    sheet = sheet_xml([[x_text("slug")]]).replace("</sheetData>", f"{lines}</sheetData>")
    path = xlsx(tmp_path / "t.xlsx", [], sheet=sheet)
    assert path.stat().st_size < 2**16
    assert "600 colonnes" in refusal(path)


def test_more_tiny_rows_than_our_tables_have_are_refused(tmp_path: Path):
    tiny = "<row><c><v>1</v></c></row>" * (workbook.MOST_ROWS + 1)
    path = xlsx(tmp_path / "t.xlsx", [], sheet=sheet_xml([]).replace("</sheetData>", f"{tiny}</sheetData>"))
    assert path.stat().st_size < 2**16
    assert "100\u202f000 lignes" in refusal(path)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (['<table:table-cell table:number-columns-repeated="700"/>', o_formula("of:=1", None)], "600 colonnes"),
        (['<table:table-cell table:number-columns-repeated="-9"/>', o_formula("of:=1", None)], "abîmé"),
    ],
)
def test_what_libreoffice_repeats_counts(row: list[str], told: str, tmp_path: Path):
    assert told in refusal(ods(tmp_path / "t.ods", [[o_text("slug")], row]))


# --- What is written -----------------------------------------------------------------------------------------------


def test_the_process_that_reads_a_workbook_ends_before_it_fills_the_disk(tmp_path: Path):
    path = xlsx(tmp_path / "t.xlsx", [[x_text("a" * 100)]] * 500)
    with (tmp_path / "cells").open("wb") as output:
        done = subprocess.run([sys.executable, "-c", PROGRAM, path], cwd=ROOT, stdout=output, check=False)
    assert done.returncode == -signal.SIGXFSZ
    assert (tmp_path / "cells").stat().st_size <= 1_000


def test_what_could_not_be_read_leaves_no_cells(app: Flask, editor: FlaskClient, started: list[str], tmp_path: Path):
    content = xlsx(tmp_path / "t.xlsx", [], sheet=cell_at("XFD2")).read_bytes()
    found = here(app, send(editor, "tag", content).location)
    with app.app_context():
        jobs.rehearse(found)
        assert found.state.stage is Stage.BROKEN
    assert sorted(path.name for path in found.folder.glob("cells*")) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_table_of_ours_fits_in_a_workbook(kind: Kind, app: Flask, tmp_path: Path):
    with app.app_context(), publication.everything():
        table = cells(exported(kind.key))
    path = xlsx(tmp_path / "t.xlsx", [[x_text(cell) for cell in row] for row in table])
    convert(path, tmp_path / "cells")
    assert len(list(rows(tmp_path / "cells"))) == len(table)
    assert len(table[0]) <= workbook.MOST_COLUMNS // 2
