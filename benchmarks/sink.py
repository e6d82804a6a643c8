"""A real SMTP server for load and chaos: it notes each mail it takes in a file, and may misbehave at random.

`python -m benchmarks.sink NOTES SEED --chaos` prints its port, then serves until it is told to stop.
"""

import argparse
import asyncio
import contextlib
import random
import signal
from pathlib import Path
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session

# What becomes of a mail, in a thousand: at its recipient's address, and once it was given whole.
AT_ADDRESS = {"450 4.2.1 busy": 30, "550 5.2.0 refused": 20, "421 4.3.2 closing": 3, "hang": 1, "drop": 5}
ONCE_GIVEN = {"451 4.3.0 later": 20, "554 5.6.0 refused": 10, "drop": 2, "take and drop": 2, "take and hang": 1}
HANG = 5  # seconds, longer than the workers' patience


class Notes:
    """The mails taken and the ones nobody was told about, one line each, on disk before the answer."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def add(self, what: str, recipient: str) -> None:
        self._file.write(f"{what} {recipient}\n")
        self._file.flush()


class Handler:
    """Takes everything; with `chaos`, does to some mails what relays do."""

    def __init__(self, notes: Notes, fate: random.Random | None, pause: float) -> None:
        self.notes, self.fate, self.pause = notes, fate, pause

    def _draw(self, fates: dict[str, int]) -> str:
        if self.fate is None:
            return ""
        names, weights = [*fates, ""], [*fates.values(), 1000 - sum(fates.values())]
        return self.fate.choices(names, weights)[0]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [
            responses[0],
            "250-PIPELINING",
            *responses[1:],
        ]  # as every relay in use does; aiosmtpd takes it, and does not say so

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fate = self._draw(AT_ADDRESS)
        await self._misbehave(server, fate)
        if fate and fate[0].isdigit():
            return fate
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fate = self._draw(ONCE_GIVEN)
        if self.pause:
            await asyncio.sleep(self.pause)
        recipient = envelope.rcpt_tos[0]
        if fate.startswith("take") or not fate:
            self.notes.add("taken", recipient)
        if fate and not fate[0].isdigit():
            self.notes.add("unheard", recipient)
        await self._misbehave(server, fate)
        return fate if fate and fate[0].isdigit() else "250 taken"

    async def _misbehave(self, server: SMTP, fate: str) -> None:
        if fate.endswith("hang"):
            await asyncio.sleep(HANG)
        if fate.endswith("drop"):
            server.transport.abort()  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]


async def serve(notes: Path, seed: int, *, chaos: bool, pause: float) -> None:
    """Serve on a free loopback port until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    with notes.open("a") as file:
        handler = Handler(Notes(file), random.Random(seed) if chaos else None, pause)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await stopped.wait()
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("--chaos", action="store_true")
    parser.add_argument("--pause", type=float, default=0, help="seconds before each mail is taken")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.notes, given.seed, chaos=given.chaos, pause=given.pause))


if __name__ == "__main__":
    main()
