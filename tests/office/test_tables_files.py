"""The files that people send: every format and encoding, and those that mean harm."""

import resource
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from office.workbooks import (
    o_day,
    o_flag,
    o_formula,
    o_number,
    o_text,
    ods,
    sheet_xml,
    x_day,
    x_error,
    x_flag,
    x_formula,
    x_instant,
    x_number,
    x_text,
    xlsx,
)
from operation118.content import spreadsheets
from operation118.content.spreadsheets import NotATable, Row, Unreadable, convert, rows

FRENCH = "slug;nom\nété;« l’œuvre »\n"
EXPECTED = [Row(1, ["slug", "nom"]), Row(2, ["été", "« l’œuvre »"])]
DAY = 40_499  # 2010-11-17, as Excel counts


def read(path: Path) -> list[Row]:
    convert(path, path.with_suffix(".cells"))
    return list(rows(path.with_suffix(".cells")))


def sent(folder: Path, content: bytes) -> Path:
    (path := folder / "sent.csv").write_bytes(content)
    return path


# --- CSV -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_is_read_in_every_encoding(encoding: str, delimiter: str, newline: str, tmp_path: Path):
    text = FRENCH.replace(";", delimiter).replace("\n", newline)
    assert read(sent(tmp_path, text.encode(encoding))) == EXPECTED


def test_excels_first_line_says_the_delimiter(tmp_path: Path):
    assert read(sent(tmp_path, b"sep=,\na,b;c\n")) == [Row(1, ["a", "b;c"])]


def test_a_cell_may_have_lines_and_rows_are_numbered_as_in_the_spreadsheet(tmp_path: Path):
    found = read(sent(tmp_path, b'slug;note\n\na;"un\r\ndeux"\nb;c\n'))
    assert found == [Row(1, ["slug", "note"]), Row(3, ["a", "un\ndeux"]), Row(4, ["b", "c"])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'slug;nom\na;"jamais ferm', "guillemets"),
        (b"slug;nom\na;" + b"x" * 140_000, "trop longue"),
        (b"x" * 140_000 + b";nom\na;b", "Ligne 1 .* trop longue"),
        (b"slug\x81\x8d\x8f", "ni en UTF-8 ni en Windows-1252"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ancien Excel"),
        (b"PK\x03\x04 et rien d'autre", "ne se lit pas"),
        (b";".join([b"a"] * 700), "600 colonnes"),
    ],
)
def test_what_is_no_table_is_told(content: bytes, message: str, tmp_path: Path):
    with pytest.raises(NotATable, match=message):
        read(sent(tmp_path, content))


def test_there_may_be_only_so_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 3)
    with pytest.raises(NotATable, match="3 lignes"):
        read(sent(tmp_path, b"a\n" * 4))


def test_a_byte_that_no_database_keeps_is_no_text(tmp_path: Path):
    [row] = read(sent(tmp_path, b"a\x00b;c\n"))
    assert row.cells == [Unreadable("un caractère invisible"), "c"]


# --- Workbooks -----------------------------------------------------------------------------------------------------


def test_xlsx_is_read_with_its_dates_numbers_and_flags(tmp_path: Path):
    titles = [x_text(name) for name in ("slug", "date", "heure", "n", "oui", "=2+2")]
    cells = [
        x_text("a\nb"),
        x_day(DAY),
        x_instant(DAY + 0.84375),
        x_number(12.5),
        x_flag(value=True),
        x_formula("2+2", "ok"),
    ]
    first, second = read(xlsx(tmp_path / "t.xlsx", [titles, cells]))
    assert first.cells[-1] == "=2+2"
    assert [str(cell) for cell in second.cells] == ["a\nb", "2010-11-17", "2010-11-17 20:15:00", "12.5", "True", "ok"]


def test_ods_is_read_with_its_dates_numbers_and_flags(tmp_path: Path):
    titles = [o_text(name) for name in ("slug", "date", "n", "oui", "f")]
    cells = [o_text("a\nb"), o_day("2010-11-17"), o_number(12.5), o_flag(value=True), o_formula("of:=1", "ok")]
    found = read(ods(tmp_path / "t.ods", [titles, [], cells]))
    assert [row.number for row in found] == [1, 3]
    assert [str(cell) for cell in found[1].cells] == ["a\nb", "2010-11-17", "12.5", "True", "ok"]


def test_a_formula_without_a_result_and_an_error_are_no_empty_cells(tmp_path: Path):
    book = xlsx(tmp_path / "t.xlsx", [[x_text("a"), x_formula("1+1", None), x_error("#N/A"), x_formula("A1", "a")]])
    sheet = ods(tmp_path / "t.ods", [[o_text("a"), o_formula("of:=1+1", None), "", o_formula("of:=A1", "a")]])
    [of_excel], [of_libre] = read(book), read(sheet)
    assert [type(cell) for cell in of_excel.cells] == [str, Unreadable, Unreadable, str]
    assert [type(cell) for cell in of_libre.cells] == [str, Unreadable, str, str]


def test_a_workbook_that_begins_further_down_keeps_its_numbers(tmp_path: Path):
    found = read(xlsx(tmp_path / "t.xlsx", [[], [], ["", x_text("slug")], ["", x_formula("1", None)]]))
    assert found == [Row(3, ["", "slug"]), Row(4, ["", Unreadable(spreadsheets.workbook.HOLLOW)])]


def test_a_merged_title_is_no_row(tmp_path: Path):
    cells = [[x_text("slug"), x_text("nom")], [x_text("Nos villes")], [x_text("a"), x_text("A")]]
    found = read(xlsx(tmp_path / "t.xlsx", cells, merged=["A2:B2"]))
    assert [row.number for row in found] == [1, 3]


# --- Harm ----------------------------------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(NotATable) as refused:
        read(path)
    return str(refused.value)


def test_a_workbook_that_inflates_beyond_measure_is_refused(tmp_path: Path):
    path = xlsx(tmp_path / "bomb.xlsx", [[x_text("slug")]])
    with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("xl/media/zeros", "w", force_zip64=True) as file:
        for _ in range(300):
            file.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    assert "256 Mo" in refusal(path)


def test_what_a_workbook_says_of_its_own_size_is_not_believed(tmp_path: Path):
    path = tmp_path / "liar.xlsx"
    xlsx(path, [], sheet=sheet_xml([[x_text("slug")]]) + " " * (300 * 2**20))
    raw = path.read_bytes()
    true_size = struct.pack("<L", len(sheet_xml([[x_text("slug")]])) + 300 * 2**20)
    assert raw.count(true_size) == 2
    path.write_bytes(raw.replace(true_size, struct.pack("<L", 1000)))
    assert "256 Mo" in refusal(path)


def test_one_cell_in_the_last_corner_does_not_take_all_the_memory(tmp_path: Path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    corner = sheet_xml([[x_text("slug")]]).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    assert "trop de mémoire, de place ou de temps" in refusal(xlsx(tmp_path / "corner.xlsx", [], sheet=corner))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 2**10  # KB


@pytest.mark.parametrize(
    "entity",
    ['<!ENTITY xxe SYSTEM "file:///etc/passwd">', '<!ENTITY xxe SYSTEM "http://127.0.0.1:9/">', '<!ENTITY xxe "fixe">'],
)
def test_entities_are_not_followed(entity: str, tmp_path: Path):
    inside = sheet_xml([[x_text("slug")], [x_formula("1", "ENTITE")]]).replace("ENTITE", "&xxe;")
    path = xlsx(tmp_path / "xxe.xlsx", [], sheet=f"<!DOCTYPE worksheet [{entity}]>{inside}")
    try:
        found = read(path)
    except NotATable:
        return
    assert all("root:" not in str(cell) and "fixe" not in str(cell) for row in found for cell in row.cells)


def test_entities_that_multiply_come_to_nothing(tmp_path: Path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    inside = sheet_xml([[x_text("slug")], [x_formula("1", "ENTITE")]]).replace("ENTITE", "&l11;")
    path = xlsx(tmp_path / "laughs.xlsx", [], sheet=f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]>{inside}')
    assert "ne se lit pas" in refusal(path)


def test_a_file_of_the_archive_that_is_cut_short_is_told(tmp_path: Path):
    path = xlsx(tmp_path / "cut.xlsx", [[x_text("slug")]] * 5000)
    raw = bytearray(path.read_bytes())
    place = raw.index(b"xl/worksheets/sheet1.xml") + 200
    raw[place : place + 300] = zlib.compress(b"autre chose")[:10] * 30
    path.write_bytes(raw)
    assert "abîmé" in refusal(path)


def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "MOST_BYTES", 100)
    source = sent(tmp_path, b"a" * 200)
    with source.open("rb") as stream, pytest.raises(NotATable, match="dépasse"):
        spreadsheets.keep(stream, tmp_path / "kept")


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path):
    with sent(tmp_path, b"a").open("rb") as stream:
        spreadsheets.keep(stream, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600
