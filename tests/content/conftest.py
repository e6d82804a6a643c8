"""Content files that a test may spoil, and a database that has none of them yet."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from operation118.database import Revision, db
from operation118.site import content

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real content."""
    return Path(shutil.copytree(content.FOLDER, tmp_path / "content"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """`edit("press.toml", old, new)` replaces the first `old` in a file of `folder`."""

    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    return replace


@pytest.fixture
def empty_session(empty_app: Flask) -> Iterator[Session]:
    """The session of a database without content."""
    with empty_app.app_context():
        yield db.session


@pytest.fixture
def revision(session: Session) -> Callable[[], int]:
    """The number of the site's revision, as the database has it."""
    return lambda: session.get_one(Revision, 1, populate_existing=True).number
