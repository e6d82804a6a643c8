"""Pages per second on one granian worker: with the page cache, without it, and against a bare WSGI application that
serves the same bytes on the same server. All in one run, so that the ratios hold on a busy machine too.

`make bench` writes the table of docs/performance.md.
"""

import http.client
import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

from benchmarks.load import ACCEPTED, GENERATOR, Result, measure
from operation118 import create_app
from operation118.config import PREFIX, ROOT, read
from operation118.database import db
from operation118.press import queries as press_queries
from operation118.site import start
from operation118.web import turns

DOCUMENT = ROOT / "docs/performance.md"
SECONDS, ROUNDS = 5, 3
GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--no-log"]
KINDS = ("cached", "bare", "uncached")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(target: str, environ: dict[str, str], threads: int = turns.THREADS) -> Generator[str]:
    """One granian worker on `target`, until the end of the block; its address."""
    port = free_port()
    command = [*GRANIAN, "--blocking-threads", str(threads), "--port", str(port), target]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ) | environ, stderr=subprocess.DEVNULL) as process:
        try:
            _await(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _await(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def site_settings(folder: str, **values: str) -> dict[str, str]:
    given = {"DATA_DIR": folder} | values
    return {PREFIX + name: value for name, value in given.items()}


def addresses(folder: str) -> dict[str, str]:
    """Prepare a site in `folder`, and name the pages to measure: home, its longest interview, the press index."""
    settings = read(site_settings(folder))
    app = create_app(settings)
    start.prepare(app, settings)
    with app.app_context():
        longest = max(
            press_queries.public_items(complete=True),
            key=lambda item: len(item.summary_fr) + 1000 * len(item.questions),
        )
        db.engine.dispose()
    return {"home": "/", "an interview": f"/presse/{longest.slug}/", "the press index": "/presse/"}


def fetch(url: str) -> tuple[list[tuple[str, str]], bytes]:
    """The headers and the body of a page, compressed as a browser would get it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", parts.path, headers={"Accept-Encoding": ACCEPTED})
    response = connection.getresponse()
    headers = [(name, value) for name, value in response.getheaders() if name.lower() not in ("date", "server")]
    return headers, response.read()


Runs = dict[tuple[str, str], list[Result]]  # by page and kind of server, one result a round


def measured(folder: str, pages: dict[str, str]) -> Runs:
    """Kinds of servers take turns within a round."""
    with ExitStack() as servers:
        cached = servers.enter_context(serving("app:app", site_settings(folder)))
        uncached = servers.enter_context(serving("app:app", site_settings(folder, PAGE_CACHE_MB="0")))
        file = Path(folder) / "bare.json"
        kept = {path: fetch(cached + path) for path in pages.values()}
        file.write_text(json.dumps({path: (headers, body.hex()) for path, (headers, body) in kept.items()}))
        bare = servers.enter_context(serving("benchmarks.bare:app", {"BARE_FILE": str(file)}, threads=1))
        roots = dict(zip(KINDS, (cached, bare, uncached), strict=True))
        runs: Runs = {}
        for _, page, kind in product(range(ROUNDS), pages, KINDS):
            result = measure(roots[kind] + pages[page], SECONDS)
            print(f"{page}, {kind}: {result.rate:,.0f} requests/s", file=sys.stderr)
            runs.setdefault((page, kind), []).append(result)
    return runs


def conditions(how: str) -> str:
    """When, where and how something was measured."""
    machine = f"Python {platform.python_version()} on {os.cpu_count()} cores"
    return f"Measured on {datetime.now(UTC):%Y-%m-%d} with {machine}, {how}."


def table(pages: dict[str, str], runs: Runs) -> str:
    lines = [
        conditions(f"load by {GENERATOR} on the same machine, {ROUNDS} rounds of {SECONDS} s a page; medians"),
        "",
        "| page | page cache: requests/s (p99) | bare WSGI, same bytes | cache ÷ bare | no page cache | cache ÷ none |",
        "|---|---|---|---|---|---|",
    ]
    for page in pages:
        cached, bare, uncached = (runs[page, kind] for kind in KINDS)
        cells = (page, _cell(cached), _cell(bare), f"{_ratio(cached, bare):.2f}", _cell(uncached))
        lines.append(f"| {' | '.join(cells)} | {_ratio(cached, uncached):.0f} |")
    return "\n".join(lines)


def _cell(results: list[Result]) -> str:
    rate = statistics.median(result.rate for result in results)
    p99 = statistics.median(result.p99 for result in results)
    return f"{rate:,.0f} ({p99:.1f} ms)".replace(",", "\u202f")


def _ratio(ones: list[Result], others: list[Result]) -> float:
    """The median of the ratios within each round: what slows the machine down meanwhile slows both."""
    return statistics.median(one.rate / other.rate for one, other in zip(ones, others, strict=True))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pages = addresses(folder)
        text = table(pages, measured(folder, pages))
    written = re.sub(
        r"(<!-- pages -->\n).*?(<!-- end of pages -->)",
        lambda match: f"{match[1]}{text}\n{match[2]}",
        DOCUMENT.read_text(),
        flags=re.DOTALL,
    )
    DOCUMENT.write_text(written)
    print(text)


if __name__ == "__main__":
    main()
