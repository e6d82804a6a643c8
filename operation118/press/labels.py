"""How the press room's values are said to a visitor."""

import re
from collections.abc import Iterable

from operation118.film.labels import language_label
from operation118.film.models import Credit, Department
from operation118.press.filters import CONTEXT, KIND_SLUGS, UNDATED, Facet
from operation118.press.models import PressItem, PressKind, Tag
from operation118.press.queries import Catalogue
from operation118.web.languages import gettext as _
from operation118.web.languages import t

_KINDS = {slug: kind for kind, slug in KIND_SLUGS.items()}
_FIRST_SENTENCE = re.compile(r"(.+?[.!?…](?:\s?[»”])?)[ \n]+(?=[A-ZÀ-Ý«“])", re.DOTALL)
_LITTLE = 60  # characters


def facet_name(facet: Facet) -> str:
    names = {
        Facet.KIND: _("Genre d'article"),
        Facet.OUTLET: _("Média"),
        Facet.PERSON: _("Personne"),
        Facet.YEAR: _("Année"),
        Facet.TAG: _("Sujet"),
        Facet.LANGUAGE: _("Langue"),
    }
    return names[facet]


def facet_open(facet: Facet) -> str:
    """What a filter says when it lets everything through."""
    names = {
        Facet.KIND: _("Tous les genres"),
        Facet.OUTLET: _("Tous les médias"),
        Facet.PERSON: _("Toutes les personnes"),
        Facet.YEAR: _("Toutes les années"),
        Facet.TAG: _("Tous les sujets"),
        Facet.LANGUAGE: _("Toutes les langues"),
    }
    return names[facet]


def facet_unknown(facet: Facet) -> str:
    """The remark beside a filter whose value nothing bears."""
    remarks = {
        Facet.KIND: _("Aucun genre de ce nom : ce filtre est resté ouvert."),
        Facet.OUTLET: _("Aucun média de ce nom : ce filtre est resté ouvert."),
        Facet.PERSON: _("Aucune personne de ce nom : ce filtre est resté ouvert."),
        Facet.YEAR: _("Rien de cette année : ce filtre est resté ouvert."),
        Facet.TAG: _("Aucun sujet de ce nom : ce filtre est resté ouvert."),
        Facet.LANGUAGE: _("Rien dans cette langue : ce filtre est resté ouvert."),
    }
    return remarks[facet]


def kinds_label(kind: PressKind) -> str:
    """Several of a kind."""
    labels = {
        PressKind.INTERVIEW: _("Entretiens"),
        PressKind.REPORT: _("Reportages"),
        PressKind.REVIEW: _("Critiques"),
        PressKind.ARTICLE: _("Articles"),
        PressKind.NEWS: _("Actualités"),
    }
    return labels[kind]


def value_label(facet: Facet, value: str, catalogue: Catalogue) -> str:
    """The name of a known value of `facet`."""
    match facet:
        case Facet.KIND:
            return _("Contexte") if value == CONTEXT else kinds_label(_KINDS[value])
        case Facet.OUTLET:
            return catalogue.outlets[value]
        case Facet.PERSON:
            return catalogue.people[value]
        case Facet.TAG:
            return t(catalogue.tags[value], "label")
        case Facet.YEAR:
            return _("Sans date") if value == UNDATED else value
        case Facet.LANGUAGE:
            return language_label(value)


def subjects(item: PressItem) -> list[Tag]:
    """The tags that say more than its kind and its people do."""
    said = {*_KINDS, *(person.slug for person in item.people)}
    return [tag for tag in item.tags if tag.slug not in said]


def roles_label(credits: Iterable[Credit]) -> str:
    """What somebody did for the film: « producteur, joue … »; empty without credits."""
    return ", ".join(role[0].lower() + role[1:] for credit in credits if (role := _role(credit)))


def _role(credit: Credit) -> str | None:
    if credit.role_fr or credit.department is not Department.CAST:
        return t(credit, "role")
    if credit.character:
        return _("joue %(character)s", character=t(credit.character, "name"))
    return _("interprète")


def standfirst(text: str) -> str:
    """The first sentence of `text`, and the second when the first says little."""
    first, rest = _first_sentence(text)
    return f"{first} {_first_sentence(rest)[0]}" if rest and len(first) < _LITTLE else first


def _first_sentence(text: str) -> tuple[str, str]:
    found = _FIRST_SENTENCE.match(text)
    return (found[1], text[found.end() :]) if found else (text, "")
