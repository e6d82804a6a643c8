"""The least a WSGI application can do: it serves the bytes and the headers in `BARE_FILE`, for the comparison."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

_kept: dict[str, Any] = json.loads(Path(os.environ["BARE_FILE"]).read_text())
PAGES: dict[str, tuple[list[tuple[str, str]], bytes]] = {
    path: ([(name, value) for name, value in headers], bytes.fromhex(body)) for path, (headers, body) in _kept.items()
}


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers, body = PAGES[environ["PATH_INFO"]]
    start_response("200 OK", headers)
    return [body]
