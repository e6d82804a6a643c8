"""A folder of pictures that is empty before each test and after."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def images_folder(data_dir: Path) -> Iterator[Path]:
    """Where the application of the test keeps its pictures."""
    folder = data_dir / "images"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
