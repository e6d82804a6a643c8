"""From the schema of a kind to the fields of a form, and from what was typed to a raw entry as a content file has it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, cast, get_args, get_origin

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo
from wtforms import BooleanField, Field, FieldList, Form, FormField, SelectField, StringField, TextAreaField
from wtforms.fields import choices as wtforms_choices

from operation118 import dates
from operation118.clock import PARIS
from operation118.content import DatedEntry, Entry, Ref
from operation118.content.desks import Desk, plain
from operation118.content.schema import TEXT, child_schema, longest, waits

Options = Callable[[str], list[tuple[str, str]]]  # of the kind named: identity and title of each row
SelectChoice: Any = cast(Any, wtforms_choices).SelectChoice  # newer than the library's published types
NOTHING = SelectChoice("", "—")
BLANKS = 1  # empty lines that a list offers
MOMENT = "%d/%m/%Y %H:%M"
_HOST_FIRST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?")
_SHORT_DATE = re.compile(r"(?:(\d{1,2})/)?(?:(\d{1,2})/)?(\d{4})")


def needed(schema: type[Entry], desk: Desk | None = None) -> set[str]:
    """The keys that an entry cannot do without, once its desk has filled in what it presumes."""
    required = {info.alias or name for name, info in schema.model_fields.items() if info.is_required()}
    dated = {"date"} if issubclass(schema, DatedEntry) and schema.date_required else set[str]()
    presumed: dict[str, Any] = {"slug": "…"}
    if desk:
        desk.presumed(presumed)
    return (required | dated) - (presumed.keys() - {"slug"})


class DateField(StringField):
    """A date of which only the year or the month may be known: 17/11/2010, 11/2010, 2010."""


class DayField(StringField):
    """A whole day."""


class InstantField(StringField):
    """A day and an hour in Paris. It is a text: of a field of the browser's own that is half filled in, nothing is sent."""


class AddressField(StringField):
    """The address of a page, as people say it too: without its scheme."""


class LinesField(TextAreaField):
    """A list, one text a line."""


class NumberField(StringField):
    """A number, whole or not."""


class RefField(SelectField):
    """The name of another row."""


@dataclass(frozen=True)
class Maker:
    """What every field of a form is made from."""

    desk: Desk
    options: Options
    may_wait: bool = False  # texts that a draft can do without

    def label(self, name: str) -> str:
        return self.desk.labels.get(plain(name), plain(name))

    def common(self, key: str, name: str, info: FieldInfo, *, is_needed: bool) -> dict[str, Any]:
        label = self.label(key if plain(key) in self.desk.labels else name)
        demand = "wanted" if self.may_wait and waits(name, info) else "required"
        return {"label": label, "name": key, "render_kw": {demand: True} if is_needed else None}

    def fields(self, schema: type[Entry], needed: Collection[str]) -> dict[str, Field]:
        """The form's fields for those of a schema, by name; those that are needed say so before anything is sent."""
        pairs = ((info.alias or name, name, info) for name, info in schema.model_fields.items())
        return {key: self.field(name, info, is_needed=key in needed) for key, name, info in pairs}

    def field(self, name: str, info: FieldInfo, *, is_needed: bool) -> Field:
        """The form's field for a field of the schema."""
        key = info.alias or name
        words = self.common(key, name, info, is_needed=is_needed)
        mark = next((mark for mark in info.metadata if isinstance(mark, Ref)), None)
        inner = _inner(info.annotation)
        if get_origin(inner) is dict:
            return FieldList(FormField(self.parts(mark)), min_entries=1, **words)
        if child := child_schema(info):
            return FieldList(FormField(self.nested(child)), **words)
        if get_origin(inner) is list:
            return self.many(words, inner, mark, name)
        if mark:
            return RefField(choices=self.rows(mark.kind), validate_choice=False, **words)
        return self.one(words, inner, name, info)

    def many(self, words: dict[str, Any], inner: Any, mark: Ref | None, name: str) -> Field:
        kind = get_args(inner)[0]
        if mark:
            choices = self.rows(mark.kind)
            return FieldList(RefField(choices=choices, validate_choice=False), **words)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return FieldList(SelectField(choices=[NOTHING, *self.enum(kind, name)], validate_choice=False), **words)
        return LinesField(**words)

    def one(self, words: dict[str, Any], inner: Any, name: str, info: FieldInfo) -> Field:
        if inner is bool:
            return BooleanField(**words)
        if isinstance(inner, type) and issubclass(inner, StrEnum):
            usual = info.default if isinstance(info.default, StrEnum) else None
            choices = [*([] if usual else [NOTHING]), *self.enum(inner, name)]
            return SelectField(choices=choices, default=usual, validate_choice=False, **words)
        if inner in (int, float):
            return NumberField(**words)
        if inner is date:
            return (DateField if name == "on" else DayField)(**words)
        if inner is AwareDatetime:
            return InstantField(**words)
        if name == "url":
            return AddressField(**words)
        if name in self.desk.choices:
            choices = [SelectChoice(*choice) for choice in self.desk.choices[name].items()]
            return SelectField(choices=[NOTHING, *choices], validate_choice=False, **words)
        return (TextAreaField if longest(info) == TEXT else StringField)(**words)

    def rows(self, key: str) -> list[Any]:
        return [NOTHING, *(SelectChoice(value, label) for value, label in self.options(key))]

    def enum(self, kind: type[StrEnum], name: str) -> list[Any]:
        labels = self.desk.choices.get(_ALIASES.get(name, name), {})
        return [SelectChoice(member.value, labels.get(member.value, member.value)) for member in kind]

    def parts(self, mark: Ref | None) -> type[Form]:
        """The sources of each part of a row: which part, then the sources, the best first."""
        named = [SelectChoice(*choice) for choice in self.desk.choices.get("part", {}).items()]
        source = RefField(choices=self.rows(mark.kind) if mark else [], validate_choice=False)
        fields: dict[str, Any] = {
            "part": SelectField(self.label("part"), choices=[NOTHING, *named], validate_choice=False),
            "vouchers": FieldList(source, self.label("vouchers")),
        }
        return cast(type[Form], type("PartSources", (PartSources,), fields))

    def nested(self, schema: type[Entry]) -> type[Form]:
        return cast(type[Form], type(schema.__name__, (Form,), self.fields(schema, needed(schema))))


_ALIASES = {"precision": "date_precision"}


class PartSources(Form):
    """The sources of one field of the film, or of those that begin so."""


def _inner(annotation: Any) -> Any:
    """The type of a field that may be empty, without what is wrapped around it."""
    if isinstance(annotation, type):
        return date if annotation is date else annotation
    arguments = [argument for argument in get_args(annotation) if argument is not NoneType]
    if get_origin(annotation) in (list, dict):
        return annotation
    first: Any = arguments[0] if arguments else annotation
    return _inner(first) if first is not annotation else first


# --- From what a row says to what a field shows -------------------------------------------------------------------


def shown(field: Any, value: Any) -> Any:
    """What `field` shows of a value as JSON keeps it."""
    match field:
        case LinesField():
            return "\n".join(value or [])
        case InstantField():
            return datetime.fromisoformat(value).astimezone(PARIS).strftime(MOMENT) if value else ""
        case DateField() | DayField():
            return "/".join(reversed(str(value).split("-"))) if value else ""
        case NumberField():
            return "" if value is None else str(value).replace(".", ",")
        case FieldList() if isinstance(value, Mapping):
            return [
                {"part": part, "vouchers": list(names)} for part, names in cast(Mapping[str, list[str]], value).items()
            ]
        case _:
            return value


# --- From what was typed to a raw entry ---------------------------------------------------------------------------


def raw_of(form: Form) -> dict[str, Any]:
    """What was typed, as a content file would say it; what was left empty is not there."""
    typed = ((name, raw(field)) for name, field in form._fields.items())  # pyright: ignore[reportPrivateUsage]
    return {name: value for name, value in typed if value not in (None, "", [], {})}


def entries(field: Any) -> list[Any]:
    """The fields of a list of fields, whose types WTForms does not tell."""
    return list(field.entries)


def inside(field: Any) -> Form:
    """The form that a field holds."""
    return field.form


def raw(field: Any) -> Any:
    match field:
        case FieldList():
            return _raw_list(entries(field))
        case FormField():
            return raw_of(inside(field))
        case BooleanField():
            return bool(field.data)
        case LinesField():
            return [line.strip() for line in (field.data or "").splitlines() if line.strip()]
        case AddressField() | NumberField() | DateField() | DayField() | InstantField():
            return _READ[type(field)]((field.data or "").strip())
        case _:
            return (field.data or "").replace("\r\n", "\n").strip()


def _raw_list(fields: list[Any]) -> Any:
    values = [value for value in map(raw, fields) if value]
    if not any(is_of_a_part(field) for field in fields):
        return values
    said: dict[str, list[str]] = {}
    for value in values:
        said.setdefault(value.get("part", ""), []).extend(value.get("vouchers", []))
    return said


def is_of_a_part(field: Any) -> bool:
    """Whether a field holds the sources of one part of a row."""
    return isinstance(field, FormField) and isinstance(inside(field), PartSources)


def _address(typed: str) -> str:
    """What begins with a host is a page of the web; the rest stays as it is, to be refused beside the field."""
    return f"https://{typed}" if _HOST_FIRST.fullmatch(typed) else typed


def _number(typed: str) -> Any:
    plain_number = typed.replace(",", ".").replace("\u202f", "").replace("\u00a0", "")
    try:
        if plain_number.lstrip("-").isdecimal():
            return int(plain_number)
        return float(plain_number) if typed else None
    except ValueError:
        return typed


def _date(typed: str) -> str:
    """ISO 8601, as far as the date is known; what cannot be read stays as it is, to be refused beside the field."""
    if short := _SHORT_DATE.fullmatch(typed):
        day, month, year = (short[1], short[2], short[3]) if short[2] else (None, short[1], short[3])
        return "-".join(part.zfill(2) for part in (year, month, day) if part)
    if re.fullmatch(r"\d{4}-\d\d", typed):
        return typed
    read = dates.read_day(typed) if typed else None
    return read.isoformat() if read else typed


def _instant(typed: str) -> Any:
    """An instant in Paris; what is none stays as it is, to be refused beside the field."""
    return dates.read_moment(typed) or typed


_READ: dict[type[StringField], Callable[[str], Any]] = {
    AddressField: _address,
    NumberField: _number,
    DateField: _date,
    DayField: _date,
    InstantField: _instant,
}
