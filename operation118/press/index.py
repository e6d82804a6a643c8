"""What the index shows: its filters with their counts, what is active, and the way out of an empty answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import Any

from flask import url_for

from operation118.press.filters import (
    CONTEXT,
    KIND_SLUGS,
    PAGE,
    UNDATED,
    Card,
    Facet,
    Selection,
    counted,
    counts,
    narrowed,
    year_of,
)
from operation118.press.labels import facet_name, facet_open, facet_unknown, value_label
from operation118.press.models import PressItem
from operation118.press.queries import Catalogue, about_film
from operation118.press.search import fold
from operation118.web.languages import gettext as _

PAGE_SIZE = 50


def address(selection: Selection, page: int = 1) -> str:
    """The address of the index so narrowed; the first page goes without a number."""
    arguments: dict[str, Any] = selection.arguments() | ({PAGE: str(page)} if page > 1 else {})
    return url_for("press.index", **arguments)


@dataclass(frozen=True)
class Option:
    """A value of a filter, and how many items choosing it beside the other filters would count."""

    value: str
    label: str
    count: int
    chosen: bool
    selection: Selection  # what the index is narrowed to then

    @property
    def url(self) -> str:
        return address(self.selection)


@dataclass(frozen=True)
class Filter:
    facet: Facet
    label: str
    open: Option  # the one that lets everything through
    options: list[Option]
    remarks: Sequence[str]

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.chosen), None)

    @property
    def useful(self) -> bool:
        """Whether choosing something in it could leave anything."""
        return self.open.count > 0 or any(option.count for option in self.options)


def known(catalogue: Catalogue, given: Mapping[Facet, str]) -> dict[Facet, str]:
    """What is `given` without the values that no item has."""
    return {
        facet: value for facet, value in given.items() if any(value in card.values[facet] for card in catalogue.cards)
    }


def filters(
    catalogue: Catalogue, selection: Selection, given: Mapping[Facet, str], remarks: Mapping[str, Sequence[str]]
) -> dict[str, Filter]:
    """Every filter by its argument; `given` still has the unknown values, which get their remark."""
    unknown = {facet: [facet_unknown(facet)] for facet in given if facet not in selection.chosen}
    return {
        facet.value: Filter(
            facet,
            facet_name(facet),
            _open(catalogue, selection, facet),
            _options(catalogue, selection, facet),
            [*remarks.get(facet.value, ()), *unknown.get(facet, ())],
        )
        for facet in Facet
    }


def _open(catalogue: Catalogue, selection: Selection, facet: Facet) -> Option:
    others = selection.choosing(facet, None)
    count = len(counted(catalogue.cards, others))
    return Option("", facet_open(facet), count, others == selection, others)


def _options(catalogue: Catalogue, selection: Selection, facet: Facet) -> list[Option]:
    """The values that would leave something, and the chosen one in any case. A subject that is also a kind or a person
    is chosen as such."""
    chosen = selection.chosen.get(facet)
    found = counts(catalogue.cards, selection, facet)
    said = {*KIND_SLUGS.values(), *catalogue.people} if facet is Facet.TAG else set[str]()
    values = {*(found.keys() - said), *([chosen] if chosen else [])}
    options = [
        Option(
            value, value_label(facet, value, catalogue), found[value], value == chosen, selection.choosing(facet, value)
        )
        for value in values
    ]
    return sorted(options, key=lambda option: _rank(facet, option))


def _rank(facet: Facet, option: Option) -> tuple[int, str]:
    match facet:
        case Facet.KIND:
            return [*KIND_SLUGS.values(), CONTEXT].index(option.value), ""
        case Facet.YEAR:
            return 0 if option.value == UNDATED else -int(option.value), ""
        case _:
            return 0, fold(option.label)


def frequent(catalogue: Catalogue, facet: Facet, n: int) -> list[Option]:
    """The `n` values of `facet` that most items have, each as the only filter."""
    options = _options(catalogue, Selection(), facet)
    return sorted(options, key=lambda option: -option.count)[:n]


@dataclass(frozen=True)
class Active:
    """One thing the index is narrowed by, and what letting go of it would leave."""

    label: str
    count: int
    url: str


def active(catalogue: Catalogue, selection: Selection) -> list[Active]:
    """What narrows the index now, the search first."""
    parts = [(_("« %(text)s »", text=selection.search), replace(selection, search=""))] if selection.search else []
    for facet, value in selection.chosen.items():
        parts.append((value_label(facet, value, catalogue), selection.choosing(facet, None)))
    return [Active(label, len(narrowed(catalogue.cards, rest)), address(rest)) for label, rest in parts]


@dataclass(frozen=True)
class Sheet:
    """One page of the cards left: pages count from 1, and there is always one."""

    number: int
    cards: list[Card]
    urls: list[str]  # of every page, in order


def sheet(cards: Sequence[Card], selection: Selection, number: int) -> Sheet:
    """Page `number`, or the nearest there is."""
    count = max(1, ceil(len(cards) / PAGE_SIZE))
    number = min(max(number, 1), count)
    start = (number - 1) * PAGE_SIZE
    return Sheet(number, list(cards[start : start + PAGE_SIZE]), [address(selection, n + 1) for n in range(count)])


def by_year(items: Iterable[PressItem]) -> list[tuple[str, list[PressItem]]]:
    """The items about the film under their years (or UNDATED), in their order."""
    return [(year, list(group)) for year, group in groupby(about_film(items), lambda item: year_of(item.dated))]
