"""`flask content` at the terminal."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from operation118.database import db
from operation118.film.models import Person
from operation118.site import content


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_load_commits_and_tells_what_it_did(empty_app: Flask):
    result = empty_app.test_cli_runner().invoke(args=["content", "load"])
    assert result.exit_code == 0
    assert "item              23        0      0" in result.output.splitlines()
    assert people(empty_app) == 17


def test_load_refuses_the_whole_when_a_part_is_wrong(empty_app: Flask, folder: Path):
    (folder / "redirects.toml").write_text("[[redirect]\n")
    result = empty_app.test_cli_runner().invoke(args=["content", "load", str(folder)])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Nothing was loaded."
    assert result.stdout == ""
    assert people(empty_app) == 0


def test_load_names_the_rows_it_keeps_and_those_it_deletes(app: Flask):
    with app.app_context():
        db.session.add(Person(slug="inconnue", name="Inconnue", also_written=[]))
        db.session.commit()
    kept = app.test_cli_runner().invoke(args=["content", "load"])
    assert 'kept, only in the database: person "inconnue"' in kept.output.splitlines()
    pruned = app.test_cli_runner().invoke(args=["content", "load", "--prune"])
    assert 'deleted: person "inconnue"' in pruned.output.splitlines()
    assert people(app) == 17


def test_check_needs_no_row(empty_app: Flask, folder: Path):
    good = empty_app.test_cli_runner().invoke(args=["content", "check", str(folder)])
    assert (good.exit_code, good.output) == (0, f"230 entries in {folder}: all good.\n")
    (folder / "redirects.toml").unlink()
    assert empty_app.test_cli_runner().invoke(args=["content", "check", str(folder)]).exit_code == 1


def test_dump_names_the_files_it_writes(app: Flask, tmp_path: Path):
    result = app.test_cli_runner().invoke(args=["content", "dump", str(tmp_path / "new")])
    assert result.output.splitlines() == [str(tmp_path / "new" / file) for file in written_files()]


def written_files() -> list[str]:
    return list(dict.fromkeys(kind.file for kind in content.KINDS))


def test_a_dump_that_cannot_be_written_says_why(app: Flask, tmp_path: Path):
    (tmp_path / "taken").write_text("")
    result = app.test_cli_runner().invoke(args=["content", "dump", str(tmp_path / "taken" / "content")])
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path / 'taken' / 'content'}: Not a directory\n"


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_folder_that_is_not_there_is_refused(empty_app: Flask, command: str):
    result = empty_app.test_cli_runner().invoke(args=["content", command, "/nowhere"])
    assert result.exit_code == 2
