"""A real server of the site, as a visitor's machine would run it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from operation118 import config
from operation118.config import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Server:
    """`python app.py` as a visitor's machine would run it."""

    url: str
    process: subprocess.Popen[str]

    def wait(self, seconds: float = 60) -> None:
        """Return once it answers. Raises AssertionError if it ends or stays silent."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"{self.url} did not answer within {seconds} s")


@contextmanager
def running(**settings: str) -> Generator[Server]:
    """A real server with these settings (without the prefix), stopped and awaited at the end."""
    port = free_port()
    given = {"PORT": str(port), "LOG_LEVEL": "ERROR", "MAIL_WORKER": "0"} | settings
    kept = {name: value for name, value in os.environ.items() if not name.startswith(config.PREFIX)}
    environ = kept | {config.PREFIX + name: value for name, value in given.items()}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, text=True) as process:
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            server.wait()
            yield server
        finally:
            process.terminate()
