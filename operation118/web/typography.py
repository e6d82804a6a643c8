"""French and English micro-typography, applied to every text on its way to the page."""

import re
from functools import lru_cache

from markupsafe import Markup

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
_TAG = re.compile(r"(<[^>]*>)")


@lru_cache(maxsize=4096)
def typeset(text: str, lang: str) -> str:
    """`text` with the spaces and apostrophes its language wants; typing them well already changes nothing."""
    for pattern, replacement in _FRENCH if lang == "fr" else _ENGLISH:
        text = pattern.sub(replacement, text)
    return text


def whole_names(html: Markup) -> Markup:
    """`html` with its names in one piece at the end of a line; their hyphen stays one that is copied and searched for."""
    parts = _TAG.split(html)
    texts = (part if part.startswith("<") else _NAME.sub(r'<span class="nowrap">\g<0></span>', part) for part in parts)
    return Markup("".join(texts))  # noqa: S704 - the same HTML, names wrapped
