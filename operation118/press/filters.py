"""What the index is narrowed by: facets, the values chosen in the address, and how many items each would leave."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from operation118.dates import DatePrecision, PartialDate
from operation118.press.models import About, PressKind


class Facet(StrEnum):
    """The value is the argument of the address, the same in both languages."""

    KIND = "genre"
    OUTLET = "media"
    PERSON = "personne"
    YEAR = "annee"
    TAG = "sujet"
    LANGUAGE = "langue"


SEARCH = "q"
PAGE = "page"
UNDATED = "sans-date"
KIND_SLUGS = {
    PressKind.INTERVIEW: "entretien",
    PressKind.REPORT: "reportage",
    PressKind.REVIEW: "critique",
    PressKind.ARTICLE: "article",
    PressKind.NEWS: "actualite",
}
CONTEXT = "contexte"


def kind_of(kind: PressKind, about: About) -> str:
    """The kind an item is filed under: the one it is labelled with."""
    return CONTEXT if about is About.CONTEXT else KIND_SLUGS[kind]


def year_of(dated: PartialDate) -> str:
    """The year an item is filed under; an undated one has none."""
    return UNDATED if dated.precision is DatePrecision.UNKNOWN else str(dated.day.year)


@dataclass(frozen=True)
class Card:
    """What the filters know of one item."""

    id: int
    values: Mapping[Facet, tuple[str, ...]]
    found: bool = True  # whether it holds every word searched for

    @property
    def is_context(self) -> bool:
        return CONTEXT in self.values[Facet.KIND]


@dataclass(frozen=True)
class Selection:
    """What is asked for: at most one known value a facet, and the words typed."""

    chosen: Mapping[Facet, str] = field(default_factory=dict[Facet, str])
    search: str = ""

    def choosing(self, facet: Facet, value: str | None) -> "Selection":
        """The same with `value` for `facet`, or none."""
        chosen = {known: kept for known, kept in self.chosen.items() if known is not facet}
        return replace(self, chosen=chosen | {facet: value} if value else chosen)

    def arguments(self) -> dict[str, str]:
        """The arguments of its address, always in the same order."""
        given = {facet.value: self.chosen[facet] for facet in Facet if facet in self.chosen}
        return given | {SEARCH: self.search} if self.search else given

    def __bool__(self) -> bool:
        return bool(self.chosen or self.search)


def narrowed(cards: Iterable[Card], selection: Selection) -> list[Card]:
    """The cards that `selection` leaves, in their order."""
    wanted = selection.chosen.items()
    return [
        card
        for card in cards
        if (card.found or not selection.search) and all(value in card.values[facet] for facet, value in wanted)
    ]


def counted(cards: Iterable[Card], selection: Selection) -> list[Card]:
    """Of the cards that `selection` leaves, those that the figures count: what is about the film, or the context once it
    is asked for by name."""
    asked = selection.chosen.get(Facet.KIND) == CONTEXT
    return [card for card in narrowed(cards, selection) if card.is_context is asked]


def counts(cards: Iterable[Card], selection: Selection, facet: Facet) -> Counter[str]:
    """For each value of `facet`, how many items choosing it beside the other filters would count."""
    others = selection.choosing(facet, None)
    left = narrowed(cards, others) if facet is Facet.KIND else counted(cards, others)
    return Counter(value for card in left for value in card.values[facet])
