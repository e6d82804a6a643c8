"""Write entries as content files, the way a person would have typed them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from tomli_w import dumps

from operation118.content.reading import Content
from operation118.content.schema import Kind

_LINE = 120  # a list that fits is written on one line
_LAST = ("certainty_fr", "certainty_en", "sources")  # remarks follow what they are about


def write(folder: Path, kinds: Sequence[Kind], content: Content, headers: Path) -> list[Path]:
    """Write the files of `content` in `folder`, each under the comment it has there or, failing that, in `headers`.

    Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for file in dict.fromkeys(kind.file for kind in kinds):
        path = folder / file
        header = _header(path if path.exists() else headers / file)
        tables = [table for kind in kinds if kind.file == file for table in _tables(kind, content)]
        path.write_text("\n".join([header, *tables]).lstrip("\n"), "utf-8", newline="\n")
        written.append(path)
    return written


def _header(path: Path) -> str:
    """The comment that opens the file at `path`."""
    lines = path.read_text("utf-8-sig").splitlines() if path.exists() else []
    end = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(f"{line}\n" for line in lines[:end])


def _tables(kind: Kind, content: Content) -> Iterator[str]:
    for entry in content[kind.key]:
        values = entry.model_dump(by_alias=True, exclude_defaults=True, warnings=False)
        last = {key: values.pop(key) for key in _LAST if key in values}
        yield _table(kind.key, values | last, many=not kind.single)


def _table(name: str, values: Mapping[str, Any], *, many: bool) -> str:
    """One table, its own values first, then the tables nested in it."""
    lines = [f"[[{name}]]\n" if many else f"[{name}]\n"]
    nested: list[str] = []
    for key, value in values.items():
        if isinstance(value, dict):
            nested.append(_table(f"{name}.{key}", cast(dict[str, Any], value), many=False))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            nested += (_table(f"{name}.{key}", item, many=True) for item in cast(list[dict[str, Any]], value))
        elif value is not None:
            lines.append(_line(key, value))
    return "\n".join(["".join(lines), *nested])


def _line(key: str, value: Any) -> str:
    if isinstance(value, list):
        items = (dumps({"": item}).partition(" = ")[2].rstrip("\n") for item in cast(list[Any], value))
        line = f"{key} = [{', '.join(items)}]\n"
        return line if len(line) <= _LINE else dumps({key: value})
    if isinstance(value, datetime):
        return f"{key} = {value.isoformat()}\n"
    return dumps({key: value}, multiline_strings=True)
