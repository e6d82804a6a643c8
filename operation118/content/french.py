"""What is wrong with an entry, said in French to whoever typed it in the office or in a spreadsheet."""

import re

from pydantic_core import ErrorDetails

_WORDING = {
    "missing": "Ce champ est nécessaire.",
    "extra_forbidden": "Cette colonne n'existe pas ici.",
    "enum": "Choisissez l'une des valeurs proposées : {choices}.",
    "string_type": "Écrivez un texte.",
    "string_too_short": "Écrivez quelque chose.",
    "string_too_long": "{most} caractères au plus ; il y en a {given}.",
    "bool_type": "Répondez par oui ou par non.",
    "int_type": "Écrivez un nombre entier.",
    "float_type": "Écrivez un nombre.",
    "list_type": "Écrivez une liste.",
    "dict_type": "Écrivez une liste de rubriques.",
    "model_type": "Il manque des rubriques.",
    "greater_than_equal": "Écrivez {ge:g} ou plus.",
    "less_than_equal": "Écrivez {le:g} ou moins.",
    "too_short": "Il en faut au moins {min_length}.",
    "too_long": "Il en faut au plus {max_length}.",
}
# What the validators of entries expect, in their English, which the terminal speaks.
_EXPECTED = {
    "lower-case words joined by hyphens": "Des minuscules sans accent et des chiffres, joints par des traits d'union : « cine-rex ».",
    "an address that begins with http:// or https://": "Une adresse complète, qui commence par https:// ou http://.",
    "a language tag such as fr or en-GB": "Un code de langue, comme fr ou en-GB.",
    "a date such as 2010-11-17": "Une date qui existe, comme 17/11/2010 ou 2010-11-17.",
    "a date such as 2010-11-17, 2010-11 or 2010": "Une date qui existe, comme 17/11/2010, 11/2010 ou 2010.",
    "an instant with its offset such as 2010-11-17T20:30:00+01:00": "Un jour et une heure, comme 17/11/2010 20:30.",
    "a decoded path such as /blog/ or /blog/?p=12": "Un chemin, comme /blog/ ou /blog/?p=12.",
    "one of our paths, such as /film/": "Un chemin de ce site, comme /film/.",
    "the name of a file of the folder of pictures": "Le nom d’un fichier que le bureau a reçu.",
}
_COMPLAINTS = (
    (
        re.compile(r"expected as many lines as in \w+ \((\d+), not (\d+)\)"),
        r"Autant de lignes dans les deux langues : \1 en français, \2 en anglais.",
    ),
    (re.compile(r"required, because \w+ is there"), "L'autre langue est remplie : celle-ci doit l'être aussi."),
    (re.compile(r"required, because there is no territory"), "Choisissez une ville, ou écrivez le territoire."),
    (re.compile(r"required, because there is neither.*"), "Il faut une valeur, une date ou une adresse."),
    (re.compile(r"no field of the film begins so"), "Choisissez un champ du film."),
    (re.compile(r"required, and absent"), _WORDING["missing"]),
    (re.compile(r'"\w+" goes with a date such as (\S+)'), r"Cette précision va avec une date comme \1."),
)
_QUOTED = re.compile(r"'([^']+)'")


def explain(error: ErrorDetails) -> str:
    """What pydantic found wrong in one field, in one French sentence."""
    context = error.get("ctx", {})
    expected = str(context.get("expected"))
    if error["type"] == "content":
        return _EXPECTED.get(expected, f"Attendu : {expected}.")
    wording, choices = _WORDING.get(error["type"]), ", ".join(_QUOTED.findall(expected))
    if wording is None:
        return f"Valeur refusée : {error['msg']}."
    lengths = {"most": _grouped(context.get("max_length", 0)), "given": _grouped(len(str(error["input"]).strip()))}
    return wording.format(**context, **lengths, choices=choices).replace("'", "’")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def complaint(message: str) -> str:
    """A message of `Entry.complaints`, in French."""
    for pattern, sentence in _COMPLAINTS:
        if found := pattern.fullmatch(message):
            return found.expand(sentence)
    return message


EXPECTED = frozenset(_EXPECTED)  # a test holds it against what the validators say
