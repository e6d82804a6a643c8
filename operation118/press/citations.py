"""A reference ready to copy, in the manner of ISO 690: what is deduced or supplied stands in square brackets."""

from collections.abc import Iterator
from datetime import date

from operation118.dates import DatePrecision, day_label
from operation118.press.models import PressItem
from operation118.web.languages import current, t
from operation118.web.languages import gettext as _
from operation118.web.typography import NBSP, typeset


def citation(item: PressItem, closed_on: date) -> str:
    """The reference of `item` in the page's language; its page was last read for the research closed on `closed_on`."""
    return _(
        "%(reference)s. En ligne : %(url)s (lu pour le dossier arrêté le %(day)s).",
        reference=", ".join(_parts(item)),
        url=item.url,
        day=day_label(closed_on, current()),
    )


def _parts(item: PressItem) -> Iterator[str]:
    signature = _signature(item)
    if signature:
        yield signature
    yield _title(item)
    yield _outlet(item)
    yield _("[s. d.]") if item.precision is DatePrecision.UNKNOWN else item.dated.label(current())
    if item.republished_where:
        yield _republication(item, item.republished_where)


def _signature(item: PressItem) -> str | None:
    if item.interviewer:
        return _("%(name)s (propos recueillis par)", name=item.interviewer)
    return f"[{item.author}]" if item.author and item.author_note_fr else item.author


def _title(item: PressItem) -> str:
    """Quoted as published, quotation marks within it changed to the inner ones; a supplied title is bracketed."""
    title = typeset(item.title, item.language)
    if item.title_note_fr:
        return f"[{title}]"
    if current() == "fr":
        return f"«{NBSP}{_requoted(title, '“', '”')}{NBSP}»"
    return f"“{_requoted(title, '‘', '’')}”"


def _requoted(title: str, opening: str, closing: str) -> str:
    for pair in ("«»", "“”"):
        title = title.replace(f"{pair[0]}\u00a0", pair[0]).replace(f"\u00a0{pair[1]}", pair[1])
        title = title.replace(pair[0], opening).replace(pair[1], closing)
    return title


def _outlet(item: PressItem) -> str:
    note: str | None = t(item, "outlet_note")
    return f"{item.outlet.name} ({note})" if note else item.outlet.name


def _republication(item: PressItem, where: str) -> str:
    if item.republished_on is None:
        return _("repris par %(where)s", where=where)
    return _("repris par %(where)s le %(day)s", where=where, day=day_label(item.republished_on, current()))
