"""How an entry of the content files is described: each room derives its own from `Entry`.

A field has the name of the attribute it fills in the model; `alias` gives the key in the file when it is another.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, cast, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    create_model,
    field_serializer,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from operation118.clock import PARIS
from operation118.database import Base
from operation118.dates import DatePrecision, PartialDate
from operation118.publication import Publication

Raw = Mapping[str, Any]  # a table, as tomllib reads it

_IMPLIED = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}  # by the length of 2010-11-17
_SHAPES = {DatePrecision.YEAR: "2010", DatePrecision.UNKNOWN: "2010", DatePrecision.MONTH: "2010-11"}
_WHOLE = "2010-11-17"
# Characters of a text; it is a line unless its field says otherwise. A row of an index of PostgreSQL holds 2,704 bytes,
# up to four for a character: there is room for a line.
LINE, SLUG, ADDRESS, TEXT = 300, 100, 2000, 20_000
LINES = 100  # of a list


def refusal(expected: str) -> PydanticCustomError:
    return PydanticCustomError("content", "expected {expected}", {"expected": expected})


def shaped(pattern: str, expected: str) -> AfterValidator:
    """A validator of texts that match `pattern` in full; `expected` says it in words."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise refusal(expected)
        return text

    return AfterValidator(check)


def _day(value: Any, *, partial: bool) -> Any:
    """The first day that `2010-11-17` or, if `partial`, `2010-11` or `2010` may be."""
    text = str(value)
    if partial and re.fullmatch(r"\d{4}(-\d\d)?", text):
        text += "-01" * ((len(_WHOLE) - len(text)) // 3)
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise refusal(f"a date such as {f'{_WHOLE}, 2010-11 or 2010' if partial else _WHOLE}") from None


def _partial_day(value: Any) -> Any:
    return _day(value, partial=True)


def _whole_day(value: Any) -> Any:
    return _day(value, partial=False)


def _utc(value: Any) -> Any:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise refusal("an instant with its offset such as 2010-11-17T20:30:00+01:00")
    return value.astimezone(UTC)


def _paris(instant: datetime) -> datetime:
    return instant.astimezone(PARIS)


@dataclass(frozen=True)
class Ref:
    """Marks a field that names entries of another kind by their slug."""

    kind: str


def at_most(characters: int) -> StringConstraints:
    return StringConstraints(max_length=characters)


def longest(field: FieldInfo) -> int:
    """How many characters a text of this field may have, or each of its texts."""
    marks = [*field.metadata, *_marks(field.annotation)]
    return next((mark.max_length for mark in marks if isinstance(mark, StringConstraints) and mark.max_length), LINE)


def _marks(annotation: Any) -> Iterator[Any]:
    for argument in get_args(annotation):
        yield argument
        yield from _marks(argument)


Slug = Annotated[str, at_most(SLUG), shaped(r"[a-z0-9]+(-[a-z0-9]+)*", "lower-case words joined by hyphens")]
Url = Annotated[
    str, at_most(ADDRESS), shaped(r"https?://[^\s/]+(/\S*)?", "an address that begins with http:// or https://")
]
Text = Annotated[str, at_most(TEXT)]  # what is written at length; no index holds it
Lines = Annotated[list[str], Field(max_length=LINES)]
Language = Annotated[str, shaped(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag such as fr or en-GB")]
Whole = Annotated[int, Strict(), Field(ge=0, le=9999)]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, BeforeValidator(_whole_day), PlainSerializer(date.isoformat)]
PartialDay = Annotated[date, BeforeValidator(_partial_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_utc), PlainSerializer(_paris)]
Sources = Annotated[list[Slug], Ref("source"), Field(min_length=1)]


class Entry(BaseModel):
    """One table of a content file."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_min_length=1, str_max_length=LINE)

    may_wait: ClassVar[bool] = False  # the texts of a draft, in one language or in both

    @classmethod
    def is_unfinished(cls, raw: Raw) -> bool:
        """Whether `raw` is a draft, whose texts may wait."""
        return cls.may_wait and raw.get("publication") == Publication.DRAFT

    @classmethod
    def complaints(cls, raw: Raw) -> Iterator[tuple[str, str]]:
        """What no field can tell alone, as (key, what is wrong): here, what is not in both languages."""
        if cls.is_unfinished(raw):
            return
        for french in (name for name in cls.model_fields if name.endswith("_fr")):
            english = f"{french.removesuffix('_fr')}_en"
            ours, theirs = _count(raw.get(french)), _count(raw.get(english))
            if ours and theirs and ours != theirs:
                yield english, f"expected as many lines as in {french} ({ours}, not {theirs})"
            elif bool(ours) != bool(theirs) and not cls.model_fields[french].is_required():
                missing, present = (english, french) if ours else (french, english)
                yield missing, f"required, because {present} is there"


def _count(value: Any) -> int:
    """The number of texts in a field: those of a list, one for a text, none if it is empty."""
    return len(cast(list[Any], value)) if isinstance(value, list) else int(bool(value))


@cache
def unfinished(schema: type[Entry]) -> type[Entry]:
    """The shape of a draft: each text in two languages may be missing, in the tables nested in it too."""
    waiting = {name: _may_wait(name, info) for name, info in schema.model_fields.items()}
    fields: dict[str, Any] = {name: field for name, field in waiting.items() if field}
    return create_model(schema.__name__, __base__=schema, **fields)


def _may_wait(name: str, info: FieldInfo) -> tuple[Any, Any] | None:
    """The annotation and the default of a field in a draft, where they are others."""
    if child := child_schema(info):
        return list[unfinished(child)], Field([], alias=info.alias)
    if waits(name, info):
        return Annotated[str, at_most(longest(info))], Field("", alias=info.alias)
    return None


def waits(name: str, info: FieldInfo) -> bool:
    """Whether a field is a text in two languages, which the public cannot do without."""
    return info.annotation is str and info.is_required() and name.endswith(("_fr", "_en"))


def child_schema(info: FieldInfo) -> type[Entry] | None:
    """The shape of the tables nested in a field, if there are any."""
    inner = next(iter(get_args(info.annotation)), None)
    return inner if isinstance(inner, type) and issubclass(inner, Entry) else None


class Named(Entry):
    slug: Slug


class DatedEntry(Named):
    """An entry that may have a date; `2010`, `2010-11` and `2010-11-17` say their own precision."""

    date_required: ClassVar[bool] = False

    on: PartialDay | None = Field(None, alias="date")
    precision: DatePrecision | None = Field(None, alias="date_precision")

    @model_validator(mode="before")
    @classmethod
    def _imply_precision(cls, raw: dict[str, Any]) -> dict[str, Any]:
        implied = _IMPLIED.get(len(str(raw.get("date", ""))))
        return raw | {"date_precision": implied} if implied and raw.get("date_precision") is None else raw

    @classmethod
    def complaints(cls, raw: Raw) -> Iterator[tuple[str, str]]:
        yield from super().complaints(raw)
        if cls.date_required and "date" not in raw:
            yield "date", "required, and absent"
        precision = raw.get("date_precision")
        if not isinstance(precision, str) or precision not in set(DatePrecision):
            return
        shape = _SHAPES.get(DatePrecision(precision), _WHOLE)
        if len(str(raw.get("date", ""))) != len(shape):
            yield "date_precision", f'"{precision}" goes with a date such as {shape}'

    @field_serializer("on")
    def _write_date(self, on: date | None) -> str | None:
        return PartialDate(on, self.precision or DatePrecision.DAY).iso if on else None

    @field_serializer("precision")
    def _write_precision(self, precision: DatePrecision | None) -> str | None:
        return precision.value if precision and precision not in _IMPLIED.values() else None


by_slug = attrgetter("slug")


@dataclass(frozen=True)
class Kind:
    """One kind of entry: its file, its key there, its shape, its table and its order in both."""

    file: str
    key: str
    schema: type[Entry]
    model: type[Base]
    single: bool = False  # `[film]`, one table, rather than `[[person]]`, a list of them
    cited: str | None = None  # first part of the subject of its citations
    identity: str = "slug"
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])  # column values that the key implies
    order: Callable[[Any], Any] = attrgetter("position")

    @property
    def identity_key(self) -> str:
        """The key of the identity in the file."""
        return self.schema.model_fields[self.identity].alias or self.identity

    def shape(self, raw: Raw) -> type[Entry]:
        """What an entry that says `raw` must be."""
        return unfinished(self.schema) if self.schema.is_unfinished(raw) else self.schema
