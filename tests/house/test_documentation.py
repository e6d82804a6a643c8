"""What exists is documented, and what is documented exists."""

import re
import subprocess

from click import Group
from flask import Flask

from operation118 import config
from operation118.config import ROOT, SETTINGS

DOCUMENTS = {path: path.read_text() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}
EVERYTHING = "\n".join(DOCUMENTS.values())
FLASKS_OWN = frozenset({"run", "shell", "routes", "db"})


def test_the_table_of_settings_is_the_one_of_the_code():
    table = DOCUMENTS[ROOT / "docs/settings.md"].split("<!-- settings -->\n")[1].split("\n<!-- end of settings -->")[0]
    assert table == config.table()


def test_every_setting_says_what_it_is_for():
    assert [setting.name for setting in SETTINGS if len(setting.help) < 20] == []


def test_no_document_names_a_setting_that_does_not_exist():
    known = {setting.variable for setting in SETTINGS}
    named = set(re.findall(rf"{config.PREFIX}[A-Z_]*[A-Z]", EVERYTHING))
    assert named - known == set()


def test_every_command_is_documented(app: Flask):
    commands = [name for name in app.cli.commands if name not in FLASKS_OWN]
    for name in list(commands):
        command = app.cli.commands[name]
        if isinstance(command, Group):
            commands.remove(name)
            commands += [f"{name} {child}" for child in command.commands]
    assert [name for name in commands if f"flask {name}" not in EVERYTHING] == []


def test_every_target_of_make_is_documented():
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    targets = re.findall(r"^make (\w+)", listed.stdout, re.MULTILINE)
    assert len(targets) > 5
    assert [target for target in targets if f"make {target}" not in EVERYTHING] == []


def test_documents_link_to_files_that_exist():
    broken = [
        f"{path.name}: {target}"
        for path, text in DOCUMENTS.items()
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
        if not (path.parent / target).exists()
    ]
    assert broken == []
