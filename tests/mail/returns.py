"""What comes back, for tests: the reports of `reports/`, as if they were about a mail of the test's."""

from pathlib import Path

from operation118.mail import bounces

REPORTS = Path(__file__).parent / "reports"
RECIPIENT = "lectrice@reader.example"
PATH = b"lettre+1-00000000000000000000000000000000@film.example"
MARK = b"1-00000000000000000000000000000000@film.example"


def report(name: str) -> bytes:
    return (REPORTS / f"{name}.eml").read_bytes()


def about(message_id: int, name: str = "unknown-user") -> bytes:
    """The report `name` on a mail of ours; needs the application's context, which signs."""
    path = bounces.return_path(message_id).encode()
    return report(name).replace(PATH, path).replace(MARK, bounces.mark(message_id).encode() + b"@film.example")
