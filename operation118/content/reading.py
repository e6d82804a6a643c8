"""Read the content files: parse, validate as a whole, and say every problem in one line."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from operation118.content.schema import Entry, Kind, Raw, Ref

Content = Mapping[str, Sequence[Entry]]  # the entries by the key of their kind, in the order of the file
Check = Callable[[Content], Iterable[str]]  # a room's own check: problems as complete lines

_SHOWN = 60  # characters of a wrong value that its message repeats
_WORDING = {
    "missing": "required, and absent",
    "enum": "expected {expected}",
    "string_type": "expected text",
    "string_too_short": "expected some text",
    "string_too_long": "expected at most {max_length} characters",
    "bool_type": "expected true or false",
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "list_type": "expected a list",
    "dict_type": "expected a table",
    "model_type": "expected a table",
    "greater_than_equal": "expected {ge:g} or more",
    "less_than_equal": "expected {le:g} or less",
    "too_short": "expected at least {min_length}",
    "too_long": "expected at most {max_length}",
}


class ContentError(Exception):
    """The files cannot be loaded; `problems` has one line for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"problems in the content: {len(problems)}")
        self.problems = problems


@dataclass(frozen=True)
class _Found:
    """A table found in a file, before it is known to be good."""

    kind: Kind
    place: str  # « press.toml: item[3] », counted from 1
    raw: Raw

    @property
    def name(self) -> Any:
        return self.raw.get(self.kind.identity_key)

    def problem(self, path: str, message: str) -> str:
        where = f', in "{self.name}"' if self.name and not self.kind.single else ""
        return f"{self.place}{'.' if path else ''}{path}: {message}{where}"


def read(folder: Path, kinds: Sequence[Kind], checks: Iterable[Check] = ()) -> Content:
    """The entries of the files in `folder`.

    Raises ContentError with every problem found: first the files that cannot be parsed, then all the others."""
    documents = _parse_all(folder, list(dict.fromkeys(kind.file for kind in kinds)))
    problems = [*_stray_keys(documents, kinds)]
    found = [table for kind in kinds for table in _tables(documents[kind.file], kind, problems)]
    problems += _repeated(found)
    problems += _unresolved(found)
    content: dict[str, list[Entry]] = {kind.key: [] for kind in kinds}
    for table in found:
        content[table.kind.key] += _validated(table, problems)
    problems += (problem for check in checks for problem in check(content))
    if problems:
        raise ContentError(problems)
    return content


def _parse_all(folder: Path, files: Sequence[str]) -> dict[str, dict[str, Any]]:
    documents: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for file in files:
        try:
            documents[file] = tomllib.loads((folder / file).read_text("utf-8-sig"))
        except OSError as error:
            problems.append(f"{file}: cannot be read in {folder}: {error.strerror}")
        except UnicodeDecodeError as error:
            problems.append(f"{file}: expected UTF-8 text (byte {error.start} is not)")
        except tomllib.TOMLDecodeError as error:
            problems.append(f"{file}: {_located(error, folder / file)}")
    if problems:
        raise ContentError(problems)
    return documents


def _located(error: tomllib.TOMLDecodeError, path: Path) -> str:
    """Python's message, with a line and a column even where it says « at end of document »."""
    lines = path.read_text("utf-8-sig").split("\n")
    return str(error).replace("at end of document", f"at line {len(lines)}, column {len(lines[-1]) + 1}")


def _stray_keys(documents: Mapping[str, Raw], kinds: Sequence[Kind]) -> Iterator[str]:
    for file, document in documents.items():
        known = [kind.key for kind in kinds if kind.file == file]
        yield from (f"{file}: {key}: unknown key{_hint(key, known)}" for key in document if key not in known)


def _hint(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), 1)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _tables(document: Raw, kind: Kind, problems: list[str]) -> Iterator[_Found]:
    """The tables of one kind; a key of the wrong type is added to `problems`."""
    value = document.get(kind.key, None if kind.single else [])
    place = f"{kind.file}: {kind.key}"
    if value is None:
        problems.append(f"{place}: required, and absent")
    elif kind.single and isinstance(value, dict):
        yield _Found(kind, place, cast(Raw, value))
    elif not kind.single and isinstance(value, list) and all(isinstance(raw, dict) for raw in cast(list[Any], value)):
        yield from (_Found(kind, f"{place}[{n}]", raw) for n, raw in enumerate(cast(list[Raw], value), 1))
    else:
        problems.append(f"{place}: expected {f'one [{kind.key}]' if kind.single else f'tables [[{kind.key}]]'}")


def _repeated(found: Iterable[_Found]) -> Iterator[str]:
    seen: dict[tuple[type, str], str] = {}
    for table in found:
        if not isinstance(table.name, str):
            continue
        first = seen.setdefault((table.kind.model, table.name), table.place)
        if first != table.place:
            yield f'{table.place}.{table.kind.identity_key}: "{table.name}" is taken by {first}'


def _unresolved(found: Sequence[_Found]) -> Iterator[str]:
    """References to entries that are in no file, and entries named twice in one list."""
    known = {table.kind.key: set[str]() for table in found}
    for table in found:
        known[table.kind.key].add(str(table.name))
    for table in found:
        for key, ref in refs(table.kind.schema):
            for path, names in _names(key, table.raw.get(key)):
                yield from (
                    table.problem(path, problem) for problem in _bad_names(names, ref, known.get(ref.kind, set()))
                )


def refs(schema: type[Entry]) -> Iterator[tuple[str, Ref]]:
    """The keys of `schema` that name other entries."""
    for name, info in schema.model_fields.items():
        yield from ((info.alias or name, mark) for mark in info.metadata if isinstance(mark, Ref))


def _names(path: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    """The names written in a reference, whatever its shape; other types are refused with the fields."""
    match value:
        case str():
            yield path, [value]
        case list():
            yield path, [name for name in cast(list[Any], value) if isinstance(name, str)]
        case dict():
            for key, names in cast(dict[str, Any], value).items():
                yield from _names(f"{path}.{key}", names)
        case _:
            return


def _bad_names(names: Sequence[str], ref: Ref, known: Iterable[str]) -> Iterator[str]:
    for name in dict.fromkeys(names):
        if name not in known:
            yield f'no {ref.kind} is called "{name}"{_hint(name, known)}'
        if names.count(name) > 1:
            yield f'"{name}" is there twice'


def _validated(table: _Found, problems: list[str]) -> Iterator[Entry]:
    """The entry in `table`, if it is good; its problems are added to `problems`."""
    known = len(problems)
    problems += (table.problem(path, complaint) for path, complaint in table.kind.schema.complaints(table.raw))
    try:
        entry = table.kind.shape(table.raw).model_validate(table.raw)
    except ValidationError as invalid:
        problems += (table.problem(_path(error), _worded(error, table.kind.schema)) for error in invalid.errors())
        return
    if len(problems) == known:
        yield entry


def _path(error: ErrorDetails) -> str:
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    return "".join(steps).removeprefix(".")


def _worded(error: ErrorDetails, schema: type[Entry]) -> str:
    if error["type"] == "extra_forbidden":
        known = [info.alias or name for name, info in schema.model_fields.items()]
        return f"unknown key{_hint(str(error['loc'][-1]), known)}"
    wording = _WORDING.get(error["type"])
    message = wording.format(**error.get("ctx", {})).replace("'", '"') if wording else error["msg"]
    given = error["input"]
    shown = isinstance(given, (str, int, float, date)) and error["type"] != "missing"
    return f"{message} (got {_shown(given)})" if shown else message


def _shown(given: Any) -> str:
    text = json.dumps(given, ensure_ascii=False) if isinstance(given, (str, bool)) else str(given)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
