"""How the office presents a kind of content: its address, its names in French, what a list shows, how fields are called.

Each room describes its own kinds in `desks.py`; the office draws lists and forms from that and from the kind's schema."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from operation118.content.schema import Entry


@dataclass(frozen=True)
class Column:
    """A column of a list: what it shows of a row; sorted by the attribute `sort` of the model, if it can be."""

    label: str
    shown: Callable[[Any], object]
    sort: str | None = None


@dataclass(frozen=True)
class Group:
    """Fields that stand together in a form, named without their language: `note` is note_fr beside note_en."""

    legend: str
    names: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True)
class Desk:
    """One kind of content, as the team sees it."""

    key: str  # of the kind
    path: str  # /office/<path>/
    one: str  # « un article »
    many: str  # « Articles »
    title: Callable[[Any], str]  # how a row is called
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    labels: Mapping[str, str]  # of the fields, by name without language
    helps: Mapping[str, str] = field(default_factory=dict[str, str])
    long: frozenset[str] = frozenset()  # long texts, in Markdown where the site shows them so
    choices: Mapping[str, Mapping[Any, str]] = field(default_factory=dict[str, Mapping[Any, str]])  # enums in French
    found_in: tuple[str, ...] = ("slug",)  # columns that the list's filter looks in
    named_after: tuple[str, ...] = ()  # fields that the identity of a new row is made from
    order: str = "id"  # the column that the list is sorted by at first; a minus sign turns it round
    page: Callable[[Any], str | None] = lambda row: None  # its public address
    out_on: Callable[[Any], date | None] = lambda row: None  # the day before which that page does not show it
    beginning: Mapping[str, str] = field(default_factory=dict[str, str])  # what most new rows say: the form proposes it
    presumed: Callable[[dict[str, Any]], None] = lambda raw: None  # what is filled in where nothing was typed
    # What must be there before rows are saved, and what follows when they were, in the same transaction.
    before: Callable[[Sequence[Entry]], None] = lambda entries: None
    after: Callable[[Sequence[Any]], None] = lambda rows: None
    leaving: Callable[[Any], None] = lambda row: None  # what precedes its deletion
    objections: Callable[[Entry], Iterable[tuple[str, str]]] = (
        lambda entry: ()
    )  # what another room has against an entry: field, French sentence
    promises: Callable[[Entry], Iterable[tuple[str, str]]] = (
        lambda entry: ()
    )  # what `before` makes: keys of kinds, names
    loads: tuple[Any, ...] = ()  # loader options of the list


def plain(name: str) -> str:
    """The name of a field without its language."""
    return name[:-3] if name.endswith(("_fr", "_en")) else name


def title_of(name: str) -> Callable[[Any], str]:
    """The row is called by its column `name`."""
    return lambda row: str(getattr(row, name))
