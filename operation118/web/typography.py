"""French and English micro-typography, applied to every text on its way to the page."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

NARROW = "\u202f"
NBSP = "\u00a0"

_FRENCH = (
    (re.compile(r"(?<=\w)'(?=\w|«)"), "’"),
    (re.compile(r"[ \u00a0](?=[;!?])"), NARROW),
    (re.compile(r"[ \u202f](?=»)"), NBSP),
    (re.compile(r"«[ \u202f]"), f"«{NBSP}"),
    (re.compile(r"[ \u202f](?=:(?:\s|$))"), NBSP),
    (re.compile(r"(?<=\d)[ \u202f](?=\d{3}\b)"), NBSP),
    (re.compile(r"(?<=\d)[ \u00a0](?=h\b)"), NARROW),
    (re.compile(rf"(?<=\d{NARROW}h)[ \u00a0](?=\d\d\b)"), NARROW),
    (re.compile(r"(?<=n°)[ ]"), NBSP),
    (re.compile(r"(?<=\d)[ ](?=%)"), NBSP),
    (re.compile(r"\b(\d{1,2}|1er)[ ](?=(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b)"), rf"\1{NBSP}"),
    (re.compile(rf"(?<![\w’){NARROW}-])([^\W\d_])[ ](?=[\w«]|%\()"), rf"\1{NBSP}"),
)  # fmt: skip
_ENGLISH = (
    (re.compile(r"(?<=\w)'"), "’"),
    (re.compile(r"(?<=\d)[ \u202f](?=\d{3}\b)"), NBSP),
)
# « Jean-Pierre », « Haute-Loire »: two capitals around a hyphen; what is longer may break.
_NAME = re.compile(r"(?<![\w-])[A-ZÀ-ÖØ-Þ]\w{1,11}-[A-ZÀ-ÖØ-Þ]\w{1,11}(?![\w-])")
# « peut-être », « est-il », « avant-premières »: short enough for the narrowest title.
_COMPOUND = re.compile(r"(?<![\w-])(?=[\w-]{3,16}(?![\w-]))\w+(?:-\w+)+(?![\w-])")
_ORDINAL = re.compile(r"\b(\d+)(ers?|res?|es?)\b")
_TAG = re.compile(r"(<[^>]*>)")


@lru_cache(maxsize=4096)
def typeset(text: str, lang: str) -> str:
    """`text` with the spaces and apostrophes its language wants; typing them well already changes nothing."""
    for pattern, replacement in _FRENCH if lang == "fr" else _ENGLISH:
        text = pattern.sub(replacement, text)
    return text


def _rewritten(html: Markup, pattern: re.Pattern[str], made: str) -> Markup:
    """`html` with each match of `pattern` in its texts, not in its tags, become `made`."""
    parts = _TAG.split(html)
    return Markup("".join(part if part.startswith("<") else pattern.sub(made, part) for part in parts))  # noqa: S704


def whole_names(html: Markup) -> Markup:
    """`html` with its names in one piece at the end of a line; their hyphen stays one that is copied and searched for."""
    return ordinals(_rewritten(html, _NAME, r'<span class="nowrap">\g<0></span>'))


def whole_words(text: str) -> Markup:
    """`text` (plain, or HTML) for a title or a lead: no line of it ends at the hyphen of a short word."""
    return _rewritten(escape(text), _COMPOUND, r'<span class="nowrap">\g<0></span>')


def ordinals(text: str) -> Markup:
    """`text` (plain, or HTML) with the ending of French ordinals raised: « 77e », « 1er »."""
    return _rewritten(escape(text), _ORDINAL, r"\1<sup>\2</sup>")
