"""What is wrong in the files is said in one line each, all at once, and nothing is loaded."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.broken import BROKEN
from operation118.content import ContentError
from operation118.film.models import Source
from operation118.site import content

Edit = Callable[[str, str, str], None]


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as refusal:
        content.check(folder)
    return list(refusal.value.problems)


def numberless(problem: str) -> str:
    """Without the places that move as the content grows: « item[n] », « line n »."""
    return re.sub(r"(?<=: )(\w+)\[\d+\]", r"\1[n]", re.sub(r"line \d+", "line n", problem))


@pytest.mark.parametrize("case", BROKEN)
def test_a_problem_is_told_where_it_is_and_what_was_expected(case: str, folder: Path, edit: Edit):
    file, old, new, told = BROKEN[case]
    edit(file, old, new)
    assert told in [numberless(problem) for problem in problems(folder)]


def test_lines_and_entries_are_counted_from_1(folder: Path, edit: Edit):
    (folder / "redirects.toml").write_text('[[redirect]]\nfrom = "/a"\nto = "/"\n[[redirect]]\nfrom = "/b"\nto = 5\n')
    assert problems(folder) == ['redirects.toml: redirect[2].to: expected text (got 5), in "/b"']
    (folder / "redirects.toml").write_text('[[redirect]]\nfrom = "/a" "/b"\n')
    (told,) = problems(folder)
    assert told.endswith("(at line 2, column 13)")


def test_every_problem_is_told_at_once(folder: Path, edit: Edit):
    for file, old, new, _ in (BROKEN[case] for case in ("a number in quotes", "a kind that is none", "an unknown key")):
        edit(file, old, new)
    assert len(problems(folder)) == 3


def test_files_that_cannot_be_parsed_come_before_all_else(folder: Path, edit: Edit):
    edit("press.toml", "[[item]]", "[[item]")
    edit("film.toml", "year = 2010", 'year = "2010"')
    assert len(problems(folder)) == 1


def test_the_end_of_a_file_has_a_line_too(folder: Path):
    (folder / "redirects.toml").write_text('[[redirect]]\nfrom = "')
    assert problems(folder) == ["redirects.toml: Unterminated string (at line 2, column 9)"]


def test_a_file_that_is_missing_is_named(folder: Path):
    (folder / "sources.toml").unlink()
    assert problems(folder) == [f"sources.toml: cannot be read in {folder}: No such file or directory"]


def test_a_file_in_another_encoding_is_refused(folder: Path):
    text = (folder / "redirects.toml").read_text()
    (folder / "redirects.toml").write_bytes(text.encode("cp1252"))
    assert problems(folder)[0].startswith("redirects.toml: expected UTF-8 text (byte ")


def test_a_file_saved_by_a_windows_editor_is_read(folder: Path):
    for path in folder.glob("*.toml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(content.check(folder)["item"]) == 23


def test_a_problem_is_one_line_whatever_was_typed(folder: Path, edit: Edit):
    edit("film.toml", 'language = "fr"', f'language = "fr\\n{"x" * 5000}"')
    (told,) = problems(folder)
    assert "\n" not in told
    assert len(told) < 200


def test_the_precision_of_a_date_may_be_written_out(folder: Path, edit: Edit):
    edit("screenings.toml", 'date = "2010-11-05"', 'date = "2010-11-05"\ndate_precision = "day"')
    edit("screenings.toml", 'date = "2010-11-06"', "date = 2010-11-06")
    assert content.check(folder) == content.check(content.FOLDER)


ODDITIES = ("true", "-1", "1e400", "nan", "[]", "[[1]]", "{}", "{ a = [1] }", "[{}]", "1979-05-27", '"\\u0000"', "''")


def spoiled(text: str, oddity: str, turn: int) -> str:
    """`text` with an odd value for every other key, beginning with the first (turn 0) or the second (turn 1)."""
    lines = text.splitlines()
    keyed = [number for number, line in enumerate(lines) if re.match(r"\w+ = .*[^\[]$", line)]
    for number in keyed[turn::2]:
        lines[number] = f"{lines[number].partition(' = ')[0]} = {oddity}"
    return "\n".join(lines)


@pytest.mark.parametrize("oddity", ODDITIES)
def test_no_oddity_is_more_than_a_problem(oddity: str, folder: Path):
    for path in sorted(small_content(folder).glob("*.toml")):
        text = path.read_text()
        for turn in (0, 1):
            path.write_text(spoiled(text, oddity, turn))
            assert problems(folder)
        path.write_text(text)


def small_content(folder: Path) -> Path:
    """The files with the first entry of each list, so that reading them takes no time."""
    for path in folder.glob("*.toml"):
        seen: set[str] = set()
        tables = path.read_text().split("\n\n")
        kept = [table for table in tables if (head := table.split("\n")[0]) not in seen and not seen.add(head)]
        path.write_text("\n\n".join(kept))
    return folder


def test_nothing_is_loaded_with_a_problem(empty_session: Session, folder: Path, edit: Edit):
    edit("press.toml", 'kind = "interview"', 'kind = "chat"')
    with pytest.raises(ContentError):
        content.load(empty_session, folder)
    empty_session.commit()
    assert empty_session.scalars(select(Source)).all() == []
