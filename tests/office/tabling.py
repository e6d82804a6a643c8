"""Tables as the tests send them: from text or from a file to the lines that an import would make of them."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.people import token
from markup import parse, words
from operation118.content.spreadsheets import Dialect, convert, rows
from operation118.database import db
from operation118.office import table_export, table_files
from operation118.office.rooms import BY_KEY
from operation118.office.table_files import Sent
from operation118.office.table_lines import Line, Outcome
from operation118.office.tables import Survey, apply


def exported(key: str, dialect: Dialect = Dialect.FRENCH) -> bytes:
    with table_export.written(BY_KEY[key], dialect) as file:
        return file.read()


def table(lines: Iterable[Sequence[str]], delimiter: str = ";") -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode()


def cells(content: bytes, dialect: Dialect = Dialect.FRENCH) -> list[list[str]]:
    text = content.decode(dialect.encoding)
    return list(csv.reader(text.splitlines(keepends=True), delimiter=dialect.delimiter))


def surveyed(key: str, folder: Path, content: bytes | Path, **more: Any) -> Survey:
    """A reading of a table that was sent."""
    source = content if isinstance(content, Path) else folder / "sent"
    if isinstance(content, bytes):
        source.write_bytes(content)
    target = folder / "cells"
    convert(source, target)
    return Survey(BY_KEY[key], lambda: rows(target), **more)


def lines(key: str, folder: Path, content: bytes | Path, **more: Any) -> list[Line]:
    """What becomes of each line, without anything being written."""
    return [line for some in surveyed(key, folder, content, **more).lines() for line in some]


def outcomes(found: Iterable[Line]) -> list[Outcome]:
    return [line.outcome for line in found]


def line_of(key: str, folder: Path, said: dict[str, str]) -> Line:
    """What becomes of one line with these cells under these titles."""
    [line] = lines(key, folder, table([list(said), list(said.values())]))
    return line


def done(key: str, folder: Path, content: bytes | Path, **more: Any) -> None:
    """Rehearse, and do it, within the session."""
    rehearsal = surveyed(key, folder, content, **more)
    for _ in rehearsal.lines():
        pass
    for _ in apply(surveyed(key, folder, content, **more), rehearsal.totals.digest, None):
        pass
    db.session.flush()


# --- The pages -----------------------------------------------------------------------------------------------------

HOME = "/office/tableaux/"
HOME_TOKEN = f"{HOME}tag/importer/"
TITLES = ["slug", "label_fr", "label_en"]


def send(client: FlaskClient, key: str, content: bytes, name: str = "table.csv", **said: str) -> TestResponse:
    """Send a file, and follow to its rehearsal if it is one."""
    path = f"{HOME}{key}/importer/"
    data = {"csrf_token": token(client, HOME_TOKEN), "table": (BytesIO(content), name), **said}
    return client.post(path, data=data, content_type="multipart/form-data")


def sent(client: FlaskClient, key: str, content: bytes, **said: str) -> str:
    """The address of the rehearsal of a file."""
    answer = send(client, key, content, **said)
    assert answer.status_code == 303, answer.text
    return answer.location


def press(client: FlaskClient, address: str, verb: str, **said: str) -> TestResponse:
    """Press a button of a rehearsal."""
    data = {"csrf_token": token(client, HOME_TOKEN)} | said
    return client.post(f"{address}{verb}/", data=data, follow_redirects=True)


def digest(page: str) -> str:
    document, _ = parse(page)
    [field] = [field for field in document.iter("input") if field.get("name") == "digest"]
    return field.get("value", "")


def text(answer: TestResponse) -> str:
    return words(next(parse(answer.text)[0].iter("main"))).replace("\u202f", " ").replace("\u00a0", " ")


def here(app: Flask, address: str) -> Sent:
    with app.app_context():
        found = table_files.find(address.rstrip("/").rpartition("/")[2])
    assert found
    return found
