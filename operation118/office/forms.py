"""The form of a row: made from its kind, filled from what it says, and what is wrong with it put beside the fields."""

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, Form, FormField, SelectField

from operation118.accounts import meanwhile
from operation118.accounts.meanwhile import Apart
from operation118.content import Kind
from operation118.content.desks import Desk, Group
from operation118.content.editing import Mistake, Said
from operation118.office import queries
from operation118.office.fields import Maker, entries, inside, needed, raw, raw_of, shown
from operation118.office.rooms import BY_KEY, DESKS

IDENTITY = "slug"


class EditForm(FlaskForm):
    """The form of one row of any kind; its fields are those of the kind's schema."""


def _parts(own: Field) -> Iterable[Any]:
    if isinstance(own, FormField):
        return inside(own)
    return entries(own) if isinstance(own, FieldList) else ()


def form_class(kind: Kind, desk: Desk) -> type[EditForm]:
    """The form for a kind, with the rows there are to choose from."""
    known: dict[str, list[tuple[str, str]]] = {}

    def options(key: str) -> list[tuple[str, str]]:
        if key not in known:
            known[key] = queries.options(BY_KEY[key], DESKS[key])
        return known[key]

    maker = Maker(desk, options, may_wait=kind.schema.may_wait)
    fields = maker.fields(kind.schema, needed(kind.schema, desk) - {IDENTITY})
    return cast(type[EditForm], type(kind.key.title(), (EditForm,), fields))


def filled(made: type[EditForm], said: Said) -> EditForm:
    """The form as it shows what a row says."""
    empty = made(formdata=None)
    usual = {own.name: own.default for own in empty if own.default is not None}
    return made(formdata=None, data=usual | {name: _shown(empty[name], value) for name, value in said.items()})


def _shown(own: Field, value: Any) -> Any:
    if isinstance(own, FieldList) and isinstance(value, list) and value and isinstance(value[0], dict):
        return [dict(entry) for entry in cast(list[dict[str, Any]], value)]
    return shown(own, value)


def offer_blanks(form: EditForm) -> EditForm:
    """Leave one empty place at the end of each list of choices."""
    for own in form:
        _offer_blank(own)
    return form


def _offer_blank(own: Any) -> None:
    if not _is_list_of_choices(own):
        for part in _parts(own):
            _offer_blank(part)
    elif not entries(own) or raw(entries(own)[-1]):
        own.append_entry()


def _is_list_of_choices(own: Any) -> bool:
    return isinstance(own, FieldList) and issubclass(cast(Any, own).unbound_field.field_class, SelectField)


def acted(made: type[EditForm], form: EditForm, action: str) -> EditForm:
    """The form once a button of one of its lists was pressed: `more:question`, `up:question:2`, `remove:question:0`; that
    of a list in a line of another is called `sources-3-vouchers`. Any other action leaves what was typed as it is."""
    verb, _, rest = action.partition(":")
    name, _, place = rest.partition(":")
    typed = deepcopy(dict(form.data))
    values = _list_in(typed, name.split("-"))
    if values is None:
        return form
    _move(values, verb, _place(place) or 0)
    return made(formdata=None, data=typed)


def _place(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) < 5 else None


def _list_in(typed: Any, path: list[str]) -> list[Any] | None:
    """The list at `path` of what was typed."""
    for step in path:
        if isinstance(typed, dict):
            typed = cast(dict[str, Any], typed).get(step)
        elif isinstance(typed, list) and (place := _place(step)) is not None and place < len(cast(list[Any], typed)):
            typed = cast(list[Any], typed)[place]
        else:
            return None
    return cast(list[Any], typed) if isinstance(typed, list) else None


def _move(values: list[Any], verb: str, place: int) -> None:
    if verb == "more":
        values.append({} if not values or isinstance(values[0], dict) else None)
    elif place < len(values):
        value = values.pop(place)
        if verb in ("up", "down"):
            values.insert(max(0, place + (1 if verb == "down" else -1)), value)


def attach(form: EditForm, mistakes: Iterable[Mistake]) -> list[str]:
    """Put each mistake beside its field; what belongs to none."""
    astray: list[str] = []
    for mistake in mistakes:
        own = _field(form, mistake.path)
        if own is None:
            astray.append(mistake.message)
        else:
            own.errors = [*own.errors, mistake.message]
    return astray


def _field(form: Form, path: Sequence[str | int]) -> Field | None:
    """The field at `path`, or the nearest one around it."""
    own: Field | None = None
    holder: Any = form
    for step in path:
        found = _step(holder, step)
        if found is None:
            break
        own = holder = found
    return own


def _step(holder: Any, step: str | int) -> Field | None:
    if isinstance(holder, FieldList):
        typed_in = [entry for entry in entries(holder) if raw(entry)]
        if isinstance(step, int):
            return typed_in[step] if step < len(typed_in) else None
        part = next((inside(entry) for entry in typed_in if raw(entry).get("part", "") == step), None)
        return part["vouchers" if step else "part"] if part else None
    form: Any = inside(holder) if isinstance(holder, FormField) else holder
    return cast(Field | None, getattr(form, "_fields", {}).get(step))


@dataclass(frozen=True)
class Block:
    """Fields that stand together; each line has one field, or the French one and the English one."""

    legend: str
    help: str
    lines: list[list[Field]] = field(default_factory=list[list[Field]])


def blocks(form: EditForm, desk: Desk, *, without: frozenset[str] = frozenset()) -> list[Block]:
    """The fields in the groups of the desk; those that no group names come last, so that none is forgotten."""
    named = {name for group in desk.groups for name in _keys(form, group)}
    stray = tuple(name for name in form._fields if name not in named and name != "csrf_token")  # pyright: ignore[reportPrivateUsage]
    groups = [*desk.groups, *([Group("Autres", stray)] if stray else [])]
    made = [Block(group.legend, group.help, _lines(form, group, without)) for group in groups]
    return [block for block in made if block.lines]


def wrong_in(blocks: Iterable[Block], astray: Iterable[str]) -> list[tuple[str, str, str]]:
    """Everything that is wrong, in the order of the page: label, anchor, sentence."""
    fields = (own for block in blocks for line in block.lines for own in line)
    return [*(entry for own in fields for entry in _wrong(own, ())), *(("", "", message) for message in astray)]


def _wrong(own: Any, within: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """The mistakes of a field and of those inside it, which say the line they are in: « Question 2, Réponse (anglais) »."""
    label = str(own.label.text)
    said: Any = () if isinstance(own.errors, dict) else own.errors
    language = {"_fr": " (français)", "_en": " (anglais)"}.get(str(own.short_name)[-3:], "")
    named = ", ".join((*within, f"{label}{language}"))
    yield from ((named, str(own.id), error) for error in said if isinstance(error, str))
    if isinstance(own, FormField):
        for part in inside(own):
            yield from _wrong(part, within)
    elif isinstance(own, FieldList):
        for number, entry in enumerate(entries(own), start=1):
            yield from _wrong_line(entry, (*within, f"{label} {number}"))


def _wrong_line(entry: Any, within: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Of a line that is a field itself, the list and its number are all there is to say."""
    if isinstance(entry, FormField):
        yield from _wrong(entry, within)
    else:
        yield from ((", ".join(within), anchor, error) for _, anchor, error in _wrong(entry, ()))


def _keys(form: Form, group: Group) -> list[str]:
    return [key for name in group.names for key in (name, f"{name}_fr", f"{name}_en") if key in form]


def _lines(form: Form, group: Group, without: frozenset[str]) -> list[list[Field]]:
    """One line a name: the field, or its two languages."""
    lines = [[form[key] for key in _keys(form, Group("", (name,))) if key not in without] for name in group.names]
    return [line for line in lines if line]


def pair(block: Form, names: Iterable[str]) -> list[list[Field]]:
    """The fields of a nested form, its languages side by side."""
    lines: dict[str, list[Field]] = {}
    for name in names:
        lines.setdefault(name[:-3] if name.endswith(("_fr", "_en")) else name, []).append(block[name])
    return list(lines.values())


def typed(form: EditForm) -> dict[str, Any]:
    """What was typed, as a content file would say it."""
    return {name: value for name, value in raw_of(form).items() if name != "csrf_token"}


def apart(mine: EditForm, theirs: EditForm, opened: EditForm | None) -> Apart:
    """Which fields two who edited one row changed since both opened its form."""
    names = [name for name in theirs._fields if name not in (IDENTITY, "csrf_token")]  # pyright: ignore[reportPrivateUsage]
    return meanwhile.apart(names, typed(mine), typed(theirs), typed(opened) if opened is not None else None)


def taking(made: type[EditForm], mine: EditForm, theirs: EditForm, names: Iterable[str]) -> EditForm:
    """What was typed, but for these fields, which say what the other wrote."""
    return made(formdata=None, data=deepcopy(dict(mine.data)) | {name: theirs[name].data for name in names})


def told(own: Any) -> str:
    """What a field says, in the words that the form shows."""
    return _words(own) or "(rien)"


def _words(own: Any) -> str:
    match own:
        case FieldList():
            return "\n".join(filter(None, map(_words, entries(own))))
        case FormField():
            return " ; ".join(filter(None, map(_words, inside(own))))
        case BooleanField():
            return "oui" if own.data else "non"
        case SelectField():
            return next(
                (choice.label for choice in cast(Any, own).choices if choice.value == own.data and own.data), ""
            )
        case _:
            return str(own.data or "")
