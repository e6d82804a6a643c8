"""Load on one address: `wrk` where it is installed, else a small client of our own on threads."""

import http.client
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

CONNECTIONS = 16
ACCEPTED = "gzip, deflate, br, zstd"
WRK = shutil.which("wrk")
GENERATOR = f"`wrk`, 1 thread, {CONNECTIONS} connections" if WRK else f"our own client, {CONNECTIONS} threads"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Result:
    """Requests answered per second, and the time within which 99 % were answered, in milliseconds."""

    rate: float
    p99: float


def measure(url: str, seconds: int) -> Result:
    """Raises RuntimeError when an answer is not a success."""
    return _wrk(url, seconds) if WRK else _threads(url, seconds)


def _wrk(url: str, seconds: int) -> Result:
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--latency",
        "-H",
        f"Accept-Encoding: {ACCEPTED}",
        url,
    ]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", report)
    if rate is None or p99 is None or "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(report)
    return Result(float(rate[1]), float(p99[1]) * UNITS[p99[2]])


def _threads(url: str, seconds: int) -> Result:
    durations: list[float] = []
    deadline = perf_counter() + seconds
    threads = [threading.Thread(target=_ask, args=(url, deadline, durations)) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not durations:
        raise RuntimeError(f"{url} did not answer")
    durations.sort()
    return Result(len(durations) / seconds, durations[int(len(durations) * 0.99)] * 1000)


def _ask(url: str, deadline: float, durations: list[float]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    while (started := perf_counter()) < deadline:
        connection.request("GET", parts.path, headers={"Accept-Encoding": ACCEPTED})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{url}: {response.status}")
        durations.append(perf_counter() - started)
    connection.close()
