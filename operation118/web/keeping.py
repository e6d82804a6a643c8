"""Files that the site makes: written whole or not at all."""

import os
import tempfile
from pathlib import Path


def keep(path: Path, content: bytes) -> None:
    """Write `content` at `path`, on disk when this returns. Raises OSError, and then leaves nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink()
        raise
