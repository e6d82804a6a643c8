"""What can be found: the kinds of rows, what each is called, and all the words it is found by.

The words of a row are its own, the names of the rows it names, and those of the rows that are part of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from sqlalchemy import JSON, String, Table, inspect, select
from sqlalchemy.orm import Mapper, RelationshipProperty, selectinload
from sqlalchemy.orm.interfaces import RelationshipDirection

from operation118.accounts.models import JournalEntry
from operation118.clock import PARIS
from operation118.dates import day_label, time_label
from operation118.film.models import Image
from operation118.newsletter.models import Campaign
from operation118.office.rooms import BY_KEY, DESKS
from operation118.press.search import fold

NAMES = ("name", "name_fr", "name_en", "label_fr", "label_en", "title", "also_written")
UNSEARCHED = frozenset({"search_text", "file", "frozen", "left_out"})
OTHERS = {"image": "Images", "letter": "Lettres", "journal": "Journal"}  # what no desk names
_MOVING = "État"  # a column that changes with the clock alone
Made = dict[str, str]


@dataclass(frozen=True)
class Subject:
    """One kind of what can be found: the rows of a table, those with the `fixed` values."""

    key: str
    model: type[Any]
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    identity: str = "slug"

    @property
    def called(self) -> str:
        """What the team calls such rows: « séance », and a town, find a screening too."""
        return DESKS[self.key].many if self.key in DESKS else OTHERS[self.key]

    def title(self, row: Any) -> str:
        return DESKS[self.key].title(row)

    def detail(self, row: Any) -> str:
        shown = (str(column.shown(row)) for column in DESKS[self.key].columns if column.label != _MOVING)
        title = self.title(row)
        return ", ".join(value for value in shown if value != "—" and value not in title)

    def is_of(self, row: Any) -> bool:
        return all(getattr(row, name) == value for name, value in self.fixed.items())

    def made(self, row: Any) -> Made:
        """The row of the index that stands for `row`."""
        title, detail = self.title(row), self.detail(row)
        words = dict.fromkeys(fold(" ; ".join((self.called, detail, *_texts(row)))).split())
        text = f"{fold(title)}\n{' '.join(words)}"
        slug = str(getattr(row, self.identity))
        return {"kind": self.key, "slug": slug, "title": title[:300], "detail": detail[:300], "text": text}


class _Images(Subject):
    def title(self, row: Image) -> str:
        return row.caption_fr or row.alt_fr

    def detail(self, row: Image) -> str:
        return row.credit


class _Letters(Subject):
    def title(self, row: Campaign) -> str:
        return row.subject_fr

    def detail(self, row: Campaign) -> str:
        return row.slug


class _Journal(Subject):
    def title(self, row: JournalEntry) -> str:
        return row.summary

    def detail(self, row: JournalEntry) -> str:
        day = day_label(row.at.astimezone(PARIS).date(), "fr")
        return f"{row.staff_name}, {day} à {time_label(row.at, 'fr')}"


SUBJECTS: tuple[Subject, ...] = (
    *(Subject(key, BY_KEY[key].model, BY_KEY[key].fixed) for key in DESKS if key != "image"),
    _Images("image", Image),
    _Letters("letter", Campaign),
    _Journal("journal", JournalEntry, identity="id"),
)
BY_MODEL: Mapping[Any, Sequence[Subject]] = {
    model: [subject for subject in SUBJECTS if subject.model is model]
    for model in {subject.model for subject in SUBJECTS}
}


# --- What a row says ----------------------------------------------------------------------------------------------


def _mapper(model: Any) -> Mapper[Any]:
    return cast(Mapper[Any], inspect(model))


@cache
def _named(model: Any) -> list[RelationshipProperty[Any]]:
    """The relationships to rows that this one names."""
    towards = (RelationshipDirection.MANYTOONE, RelationshipDirection.MANYTOMANY)
    return [relation for relation in _mapper(model).relationships if relation.direction in towards]


@cache
def _owned(model: Any) -> list[RelationshipProperty[Any]]:
    """The relationships to rows that are part of this one."""
    return [relation for relation in _mapper(model).relationships if relation.cascade.delete_orphan]


@cache
def _columns(model: Any) -> tuple[list[str], list[str]]:
    """The columns of a table that are searched, and those of them that name its rows."""
    table = cast(Table, _mapper(model).local_table)
    kept = [
        column.name
        for column in table.columns
        if isinstance(column.type, String | JSON) and column.name not in UNSEARCHED
    ]
    return kept, [name for name in kept if name in NAMES]


def _strings(row: Any, *, names: bool = False) -> Iterator[str]:
    for name in _columns(row.__class__)[int(names)]:
        value = getattr(row, name)
        if type(value) is str:
            yield value
        elif isinstance(value, list):
            yield from (text for text in cast(list[Any], value) if isinstance(text, str))


def _rows(row: Any, relation: RelationshipProperty[Any]) -> list[Any]:
    value = getattr(row, relation.key)
    return cast(list[Any], value) if isinstance(value, list) else [value] if value is not None else []


def _texts(row: Any) -> Iterator[str]:
    """All the words of a row: its own, the names of the rows it names, and those of the rows it owns."""
    model = row.__class__
    yield from _strings(row)
    for relation in _named(model):
        for named in _rows(row, relation):
            yield from _strings(named, names=True)
    for relation in _owned(model):
        for part in _rows(row, relation):
            yield from _texts(part)


def loads(model: type[Any]) -> Iterator[Any]:
    """Loader options for all that `_texts` reads."""
    for relation in _named(model):
        yield selectinload(getattr(model, relation.key))
    for relation in _owned(model):
        part = relation.mapper.class_
        whole = selectinload(getattr(model, relation.key))
        yield whole.options(*(selectinload(getattr(part, named.key)) for named in _named(part)))


# --- What a change touches ----------------------------------------------------------------------------------------


def naming(model: type[Any], ids: Collection[int]) -> Iterator[tuple[type[Any], Any]]:
    """For each table whose rows show names of `model`, the query of those that show one of these rows."""
    these = model.id.in_(ids)
    for other in BY_MODEL:
        direct = [(relation, these) for relation in _named(other) if relation.mapper.class_ is model]
        yield from (
            (other, _holding(other, relation, condition))
            for relation, condition in direct + _inside(other, model, these)
        )


def _inside(other: Any, model: type[Any], these: Any) -> list[tuple[RelationshipProperty[Any], Any]]:
    """The parts of `other` that name rows of `model`, each with the condition that it names one of these."""
    return [
        (part, _holds(part.mapper.class_, relation, these))
        for part in _owned(other)
        for relation in _named(part.mapper.class_)
        if relation.mapper.class_ is model
    ]


def _holds(model: type[Any], relation: RelationshipProperty[Any], condition: Any) -> Any:
    attribute = getattr(model, relation.key)
    return attribute.any(condition) if relation.uselist else attribute.has(condition)


def _holding(model: type[Any], relation: RelationshipProperty[Any], condition: Any) -> Any:
    return select(model.id).where(_holds(model, relation, condition))
