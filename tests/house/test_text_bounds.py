"""What a text may be fits where it is kept: in a row of an index, in a column that counts its characters."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from sqlalchemy import Column, String, Table, UniqueConstraint, inspect

from operation118.accounts.models import JournalEntry
from operation118.content import Entry, Kind
from operation118.content.cells import bare_type
from operation118.content.rows import child_schema
from operation118.content.schema import SLUG, longest
from operation118.database import Base
from operation118.film.models import Citation
from operation118.office.models import Findable
from operation118.office.rooms import BY_KEY, DESKS
from operation118.site.content import KINDS

ROW = 2704  # bytes that a row of a B-tree index of PostgreSQL may take
HEAD = 8  # bytes of each row, and at most of what is no text
LETTER = 4  # bytes of a character in UTF-8, at most


def fields(model: Any, schema: type[Entry]) -> Iterator[tuple[Any, str, FieldInfo]]:
    """The fields of a schema, and of what is nested in it, each with the table that it fills."""
    for name, info in schema.model_fields.items():
        child = child_schema(info)
        if child:
            yield from fields(inspect(model).relationships[name].mapper.class_, child)
        else:
            yield model, name, info


@cache
def bounds() -> dict[Any, int]:
    """How many characters the columns may have that are filled through a schema."""
    found: dict[Any, int] = {columns(Citation).subject: max(len(kind.cited or "") for kind in KINDS) + 1 + SLUG}
    for kind in KINDS:
        for model, name, info in fields(kind.model, kind.schema):
            column = columns(model).get(name)
            if column is not None:
                found[column] = max(found.get(column, 0), longest(info))
    return found


def size(column: Column[Any]) -> float:
    """The most bytes of a column in an index."""
    if not isinstance(column.type, String):
        return HEAD
    characters = column.type.length or bounds().get(column)
    return float("inf") if characters is None else HEAD + LETTER * characters


def indexed(table: Table) -> Iterator[tuple[str, list[Column[Any]]]]:
    yield table.name, list(table.primary_key.columns)
    yield from ((str(index.name), list(index.columns)) for index in table.indexes)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield ", ".join(column.name for column in constraint.columns), list(constraint.columns)


def test_every_text_in_an_index_has_a_bound_that_a_row_of_the_index_can_hold():
    sizes = {
        f"{table.name}: {name}": HEAD + sum(size(column) for column in columns)
        for table in Base.metadata.sorted_tables
        for name, columns in indexed(table)
    }
    assert len(sizes) > 60
    assert {name: bytes_ for name, bytes_ in sizes.items() if bytes_ > ROW} == {}


def test_the_journal_and_the_search_hold_the_name_of_every_row():
    journal, found = columns(JournalEntry), columns(Findable)
    for key in DESKS:
        name = longest(BY_KEY[key].schema.model_fields["slug"])
        assert len(f"{key}.") + name <= journal.subject.type.length
        assert name <= found.slug.type.length
        assert len(key) <= found.kind.type.length


def columns(model: Any) -> Any:
    return model.__table__.c


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_no_text_is_taken_that_is_longer_than_its_field_says(kind: Kind):
    expected = dict(told(kind.schema))
    with pytest.raises(ValidationError) as refusal:
        kind.schema.model_validate(too_long(kind.schema))
    found = {
        tuple(step for step in error["loc"] if isinstance(step, str)): error.get("ctx", {})["max_length"]
        for error in refusal.value.errors()
        if error["type"] == "string_too_long"
    }
    assert found == expected


def is_text(info: FieldInfo) -> bool:
    inner = bare_type(info.annotation)
    return str in (inner, *(bare_type(argument) for argument in getattr(inner, "__args__", ())[:1]))


def told(schema: type[Entry], *path: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """How long each text may be, by the path of its field."""
    for name, info in schema.model_fields.items():
        key = (*path, info.alias or name)
        if child := child_schema(info):
            yield from told(child, *key)
        elif is_text(info) and name != "sources":
            yield key, longest(info)


def too_long(schema: type[Entry]) -> dict[str, Any]:
    """An entry whose texts are all longer than any may be."""
    raw: dict[str, Any] = {}
    for name, info in schema.model_fields.items():
        child, text = child_schema(info), "é" * 20_001
        is_list = "list" in str(bare_type(info.annotation))
        raw[info.alias or name] = [too_long(child)] if child else [text] if is_list else text
    return raw | ({"sources": ["a"]} if "sources" in raw else {})
