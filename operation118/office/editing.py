"""The rules of editing a row of the content: save, publish, delete, undo; each with its line in the journal.

A change is refused when the row was changed since it was read: the version says so, and SQLAlchemy at the last instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from operation118 import clock
from operation118.accounts import journal
from operation118.accounts.meanwhile import changed_keys, without
from operation118.accounts.models import JournalAction, JournalEntry
from operation118.content import Entry, Kind, Raw
from operation118.content.desks import Desk
from operation118.content.editing import Drawer, Mistake, Said, dependents, missing, revived, unresolved, validated
from operation118.database import db
from operation118.film.content import Citations
from operation118.office.labels import field_label, path_label
from operation118.office.refused import Refused
from operation118.office.rooms import BY_KEY, JOURNALED
from operation118.press.search import fold, is_refreshed, refresh
from operation118.publication import Publication
from operation118.site.content import KINDS

UNDO_DAYS = 30
LONGEST_SLUG = 80
# What the search text of the press is made from, besides the items.
SEARCHED = frozenset({"film", "person", "outlet", "tag", "item", "character", "cast", "crew"})


class Conflict(Exception):
    """The row was changed by somebody else since it was read."""


@dataclass(frozen=True)
class Place:
    """One kind of content at its desk, and the rows that one of its rows speaks of."""

    kind: Kind
    desk: Desk
    drawer: Drawer

    def row(self, slug: str) -> Any:
        return self.drawer.find(self.kind, slug)


def place(key: str, slug: str = "") -> Place:
    """Where the row `slug` of the kind `key` is edited."""
    kind = BY_KEY[key]
    subject = "film." if key == "film" else f"{kind.cited}.{slug}"
    book = Citations(db.session, of=subject, read_on=clock.today())
    return Place(kind, JOURNALED[key], Drawer(db.session, KINDS, book))


def subject(key: str, slug: str) -> str:
    return f"{key}.{slug}"


def proposed_slug(desk: Desk, raw: Raw) -> str:
    """An address made from what names the row."""
    words = fold(" ".join(str(raw.get(name, "")) for name in desk.named_after)).split()
    return "-".join(words)[:LONGEST_SLUG].strip("-")


@dataclass(frozen=True)
class Saved:
    row: Any
    entry: JournalEntry | None  # none when nothing changed


def save(where: Place, raw: dict[str, Any], *, row: Any = None, version: int | None = None) -> Saved | list[Mistake]:
    """Make `row`, or a new one, say `raw`; the mistakes if it cannot be. Flushes. Raises Conflict."""
    where.desk.presumed(raw)
    entry, mistakes = validated(where.kind, raw)
    if entry is None:
        return mistakes
    name = str(getattr(entry, where.kind.identity))
    if row is None and where.row(name) is not None:
        return [Mistake((where.kind.identity_key,), f"« {name} » est déjà pris : choisissez un autre nom.")]
    if row is not None and version is not None and row.version != version:
        raise Conflict
    where.desk.before([entry])
    if mistakes := [*unresolved(where.drawer, where.kind, raw), *objections(where.desk, entry)]:
        return mistakes
    before = where.drawer.said(where.kind, row) if row is not None else None
    try:
        saved = where.drawer.put(where.kind, entry)
        return Saved(saved, _settle(where, saved, before))
    except StaleDataError:
        raise Conflict from None


def _settle(where: Place, row: Any, before: Said | None, *, undoes: int | None = None) -> JournalEntry | None:
    """What follows a change, and its line; none if nothing changed."""
    where.desk.after([row])
    if where.kind.key in SEARCHED and not is_refreshed(db.session, [row]):
        refresh(db.session)
    db.session.flush()
    fresh = place(where.kind.key, row.slug)
    after = fresh.drawer.said(where.kind, row)
    if before == after:
        return None
    return journal.record(
        action=JournalAction.CHANGED if before is not None else JournalAction.CREATED,
        subject=subject(where.kind.key, row.slug),
        summary=f"{where.desk.one} : {where.desk.title(row)}"[:300],
        before=before,
        after=after,
        undoes=undoes,
    )


def objections(desk: Desk, entry: Entry) -> list[Mistake]:
    return [Mistake((name,), message) for name, message in desk.objections(entry)]


def lacking(key: str, row: Any, publication: Publication) -> dict[str, str]:
    """What a draft must say before it is anything else: the fields in the order of the entry, by their ids in its form."""
    if publication is Publication.DRAFT or getattr(row, "publication", None) is not Publication.DRAFT:
        return {}
    there = place(key, row.slug)
    raw = revived(there.kind, there.drawer.said(there.kind, row)) | {"publication": publication.value}
    _, mistakes = validated(there.kind, raw)
    return {"-".join(map(str, mistake.path)): path_label(key, mistake.path) for mistake in mistakes}


def publish(where: Place, rows: Sequence[Any], publication: Publication) -> list[JournalEntry]:
    """Publish, withdraw or unpublish these rows; the lines of those that were not already so. A row keeps the date at
    which it is to be seen, while that is to come. Raises Conflict."""
    lines: list[JournalEntry | None] = []
    for row in rows:
        if row.publication is publication:
            continue
        there = place(where.kind.key, row.slug)
        before = there.drawer.said(where.kind, row)
        row.publication = publication
        row.published_at = row.published_at if is_to_come(row) else None
        try:
            db.session.flush()
        except StaleDataError:
            raise Conflict from None
        lines.append(_settle(there, row, before))
    return [line for line in lines if line]


def is_to_come(row: Any) -> bool:
    """Whether a row that can be published has a date to come."""
    return row.published_at is not None and row.published_at > clock.now()


def delete(where: Place, row: Any, *, version: int, undoes: int | None = None) -> JournalEntry:
    """Delete a row that nothing depends on; the journal keeps it for 30 days. Flushes. Raises Refused, Conflict."""
    if where.kind.single:
        raise Refused("Cette fiche est unique : elle se corrige, elle ne se supprime pas.")
    if row.version != version:
        raise Conflict
    if dependents(db.session, row):
        raise Refused("D’autres fiches en dépendent : corrigez-les d’abord.")
    before = where.drawer.said(where.kind, row)
    title = where.desk.title(row)
    where.desk.leaving(row)
    where.drawer.delete(where.kind, row)
    return journal.record(
        action=JournalAction.DELETED,
        subject=subject(where.kind.key, row.slug),
        summary=f"{where.desk.one} : {title}"[:300],
        before=before,
        after=None,
        undoes=undoes,
    )


def undoable(entry: JournalEntry) -> bool:
    """Whether a line of the journal can still be put back: a row of the content, within 30 days."""
    key = entry.subject.partition(".")[0]
    recent = entry.at > clock.now() - timedelta(days=UNDO_DAYS)
    return recent and key in JOURNALED and entry.action is not JournalAction.DID


def undo(entry: JournalEntry) -> JournalEntry | None:
    """Put back what one line of the journal changed, and nothing of what was changed since. Flushes. Raises Refused."""
    if not undoable(entry):
        raise Refused(f"On annule une modification pendant {UNDO_DAYS} jours.")
    key, _, slug = entry.subject.partition(".")
    where = place(key, slug)
    row = where.row(slug)
    if entry.before is None:
        return _uncreate(where, row, entry)
    if entry.after is not None and row is None:
        raise Refused("Cette fiche a été supprimée depuis : annulez d’abord la suppression.")
    if entry.after is None and row is not None:
        raise Refused("Une fiche de ce nom a été créée depuis : elle n’est pas écrasée.")
    now = where.drawer.said(where.kind, row) if row is not None else None
    return _put_back(where, _reverted(entry, now), now, entry.id)


def _uncreate(where: Place, row: Any, entry: JournalEntry) -> JournalEntry:
    if row is None:
        raise Refused("Cette fiche n’existe déjà plus.")
    if where.drawer.said(where.kind, row) != entry.after:
        raise Refused("Cette fiche a été modifiée depuis sa création : supprimez-la plutôt.")
    return delete(where, row, version=row.version, undoes=entry.id)


def _reverted(entry: JournalEntry, now: Said | None) -> Said:
    """What the row says now, but for the fields that the line changed. Raises Refused if one was changed again since."""
    before, after = entry.before or {}, entry.after or {}
    if now is None:
        return before
    for key in changed_keys(before, after):
        if now.get(key) != after.get(key):
            label = field_label(entry.subject.partition(".")[0], key)
            raise Refused(
                f"Le champ « {label} » a été modifié depuis : annulez d’abord la modification la plus récente."
            )
    return without(now, before, after)


def _restore_first(key: str, name: str) -> str:
    """Why a row cannot come back alone: another one that it speaks of is gone."""
    gone = JournalEntry.subject == subject(key, name), JournalEntry.action == JournalAction.DELETED
    summary = db.session.scalar(select(JournalEntry.summary).where(*gone).order_by(JournalEntry.id.desc()).limit(1))
    if summary is None:
        return f"Cette fiche parle de « {name} », qui n’existe plus."
    return f"Cette fiche parle d’une autre, supprimée elle aussi ({summary}) : annulez d’abord cette suppression-là."


def _put_back(where: Place, what: Said, now: Said | None, undoes: int) -> JournalEntry | None:
    raw = revived(where.kind, what)
    entry, mistakes = validated(where.kind, raw)
    if gone := next(missing(where.drawer, where.kind, raw), None):
        raise Refused(_restore_first(*gone))
    if entry is not None:
        where.desk.before([entry])
        mistakes = list(unresolved(where.drawer, where.kind, raw))
    if entry is None or mistakes:
        raise Refused(f"Cela ne tient plus : {' '.join(mistake.message for mistake in mistakes)}")
    return _settle(where, where.drawer.put(where.kind, entry), now, undoes=undoes)
