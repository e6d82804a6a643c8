"""A POP3 server on loopback without TLS, for what a real one would not let pass."""

import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, mails: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails = mails
        self.deleted: set[int] = set()


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def handle(self) -> None:
        self.wfile.write(b"+OK\r\n")
        for line in self.rfile:
            self.wfile.write(self.answer(*line.decode().split()))

    def answer(self, verb: str, argument: str = "") -> bytes:
        match verb:
            case "STAT":
                return b"+OK %d 0\r\n" % len(self.server.mails)
            case "RETR":
                return b"+OK\r\n" + self.server.mails[int(argument) - 1] + b"\r\n.\r\n"
            case "DELE":
                self.server.deleted.add(int(argument))
            case _:
                pass
        return b"+OK\r\n"


@contextmanager
def pop(*mails: bytes) -> Generator[tuple[str, set[int]]]:
    """The address of a mailbox that holds `mails`, and the numbers of those that were deleted."""
    with _Server(list(mails)) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield f"pop3://retours:x@127.0.0.1:{server.server_address[1]}", server.deleted
        finally:
            server.shutdown()
