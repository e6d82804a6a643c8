"""What each column of a table holds, in words for whoever fills it in."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args

from pydantic.fields import FieldInfo

from operation118.content import DatedEntry, Entry, Kind, Ref
from operation118.content.cells import Shape, bare_type, field_of
from operation118.content.schema import child_schema
from operation118.content.sheets import POSITION, Layout
from operation118.office.fields import needed
from operation118.office.labels import field_label
from operation118.office.table_lines import desk_of, name_of

WRITTEN = {
    Shape.TEXT: "un texte",
    Shape.WHOLE: "un nombre entier",
    Shape.NUMBER: "un nombre, comme 45,1147",
    Shape.FLAG: "oui ou non",
    Shape.DAY: "une date, comme 17/11/2010",
    Shape.INSTANT: "un jour et une heure de Paris, comme 17/11/2010 20:30",
}
VAGUE = "une date, ou ce qu’on en sait : 17/11/2010, 11/2010, 2010"
LIST = "plusieurs, séparés par « | »"


@dataclass(frozen=True)
class Column:
    title: str
    label: str
    written: str
    needed: bool


def columns(kind: Kind) -> Iterator[Column]:
    """The columns that a table may have; `…` stands for what its title goes on with."""
    layout, required = Layout(kind), needed(kind.schema, desk_of(kind.key))
    if layout.is_ordered:
        yield Column(POSITION, "Place", "un nombre entier, à partir de 1 ; vide : à la fin", needed=False)
    for name, info in kind.schema.model_fields.items():
        key = info.alias or name
        if child := child_schema(info):
            yield from _children(kind, key, child)
        elif key in layout.parts:
            yield Column(f"{key} …", field_label(kind.key, key), f"pour chaque champ : {_list_of(info)}", needed=True)
        else:
            yield Column(key, field_label(kind.key, key), _written(kind.schema, name, info), key in required)


def _children(kind: Kind, key: str, child: type[Entry]) -> Iterator[Column]:
    for name, info in child.model_fields.items():
        label = f"{field_label(kind.key, key)} 1, puis 2, 3… : {field_label(kind.key, name)}"
        yield Column(f"{key} 1 {name}", label, _written(child, name, info), needed=False)


def _written(schema: type[Entry], name: str, info: FieldInfo) -> str:
    field = field_of(info.annotation)
    inner = bare_type(info.annotation)
    inner = bare_type(get_args(inner)[0]) if field.many else inner
    if field.many:
        return _list_of(info)
    if named := _named(info):
        return f"le « slug » d’une fiche de « {named} »"
    if _is_enum(inner):
        return f"l’un de ces mots : {_words(inner)}"
    return VAGUE if issubclass(schema, DatedEntry) and name == "on" else WRITTEN[field.shape]


def _list_of(info: FieldInfo) -> str:
    inner = bare_type(next(iter(get_args(bare_type(info.annotation)))))
    if named := _named(info):
        return f"des « slugs » de « {named} », {LIST}"
    return f"un ou {LIST} : {_words(inner)}" if _is_enum(inner) else f"un texte ou {LIST}"


def _named(info: FieldInfo) -> str:
    """What the rows that a field names are called."""
    return next((name_of(mark.kind) for mark in info.metadata if isinstance(mark, Ref)), "")


def _is_enum(inner: Any) -> bool:
    return isinstance(inner, type) and issubclass(inner, StrEnum)


def _words(inner: Any) -> str:
    return ", ".join(member.value for member in inner)
