"""A reference ready to copy, in the manner of ISO 690: what is deduced or supplied stands in square brackets."""

from collections.abc import Iterator
from datetime import date

from operation118.dates import DatePrecision, day_label
from operation118.press.models import PressItem, Seen
from operation118.web.languages import current, t
from operation118.web.languages import gettext as _
from operation118.web.typography import NBSP, typeset


def citation(item: PressItem, closed_on: date) -> str:
    """The reference of `item` in the page's language; its page was last read on the day `item.read_on` or, if that is not
    known, for the research closed on `closed_on`."""
    reference = ", ".join(_parts(item))
    day = day_label(item.read_on or closed_on, current())
    if item.read_on:
        return _("%(reference)s. En ligne : %(url)s (lu le %(day)s).", reference=reference, url=item.url, day=day)
    return _(
        "%(reference)s. En ligne : %(url)s (lu pour le dossier arrêté le %(day)s).",
        reference=reference,
        url=item.url,
        day=day,
    )


def reading(item: PressItem, closed_on: date) -> str:
    """How much of it we read, when, and where, if that is a copy; without a full stop."""
    day = day_label(item.read_on or closed_on, current())
    known = _("%(read)s le %(day)s", read=_read(item), day=day)
    said = known if item.read_on else _("%(read)s pour le dossier arrêté le %(day)s", read=_read(item), day=day)
    if not item.republished_where:
        return said
    on = f", {day_label(item.republished_on, current())}" if item.republished_on else ""
    return _("%(said)s, dans la reprise qu'en a faite %(where)s", said=said, where=item.republished_where) + on


def _read(item: PressItem) -> str:
    if item.seen is Seen.BEGINNING:
        return _("Début lu")
    return _("Lu") if item.republished_where else _("Original lu")


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
