"""A text that is too long for where it goes is refused in the files, with its place."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from operation118.content.schema import LINE

Edit = Callable[[str, str, str], None]


def test_a_text_too_long_is_told_with_its_file_and_its_key(empty_app: Flask, folder: Path, edit: Edit):
    edit("press.toml", '[[outlet]]\nslug = "ambush"\nname = "', f'[[outlet]]\nslug = "ambush"\nname = "{"é" * LINE}')
    result = empty_app.test_cli_runner().invoke(args=["content", "check", str(folder)])
    assert result.exit_code == 1
    (told,) = [line for line in result.stderr.splitlines() if line.startswith("press.toml: outlet[")]
    assert ".name: " in told
    assert "at most 300 characters" in told
    assert told.endswith('in "ambush"')


def test_what_is_written_at_length_may_be(empty_app: Flask, folder: Path, edit: Edit):
    edit("press.toml", 'summary_fr = "', f'summary_fr = "{"é " * 9000}')
    assert empty_app.test_cli_runner().invoke(args=["content", "check", str(folder)]).exit_code == 0
