"""Every page, through the Nu HTML checker of the W3C: no error."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import unavailable
from house.walking import Walk
from operation118.config import ROOT

pytestmark = pytest.mark.xdist_group("walk")


@pytest.fixture
def checker() -> list[str]:
    """The command that runs the checker; `make vnu` fetches it."""
    jars = sorted((ROOT / ".venv").glob("vnu-jar@*/node_modules/vnu-jar/build/dist/vnu.jar"))
    if not shutil.which("java") or not jars:
        pytest.skip("Java or the checker (`make vnu`) is missing") if not shutil.which("java") else unavailable(
            "no vnu.jar"
        )
    return ["java", "-Xss1024k", "-jar", str(jars[-1]), "--exit-zero-always", "--format", "json", "--errors-only"]


def test_the_html_checker_finds_no_error(walk: Walk, checker: list[str], tmp_path: Path):
    pages = [visit for visit in walk.visits.values() if visit.mimetype == "text/html" and visit.status < 300]
    assert len(pages) > 50
    names = {f"{number:04}.html": visit for number, visit in enumerate(pages)}
    for name, visit in names.items():
        (tmp_path / name).write_bytes(visit.body)
    run = subprocess.run([*checker, str(tmp_path)], capture_output=True, text=True, check=True)
    errors: dict[str, str] = {}
    for message in json.loads(run.stderr)["messages"]:
        page = names[re.findall(r"\d+\.html", message["url"])[0]].path
        errors.setdefault(message["message"], f"{page}: {message.get('extract', '')}")
    assert errors == {}
