"""What the dossier still owes its readers: facts that nobody vouches for, that nobody read again for a year, that
contradict each other, or that are told with a reservation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from typing import Any

from sqlalchemy import Date, Select, func, literal, select, union_all, update

from operation118 import clock
from operation118.accounts import journal
from operation118.accounts.models import JournalAction, JournalEntry
from operation118.content.desks import plain
from operation118.database import db, move_revision
from operation118.dates import day_label
from operation118.film.models import Citation, Film, Source
from operation118.office.editing import UNDO_DAYS
from operation118.office.kept import Kept
from operation118.office.queries import MOST_COUNTED, whole
from operation118.office.refused import Refused
from operation118.office.rooms import BY_KEY, DESKS
from operation118.site.content import KINDS

A_YEAR = timedelta(days=365)
MOST = 50  # lines shown of each sort
FILM, ITEM = "film", "item"
# What the sheet of the film says in our own words, or draws: nobody has to vouch for it.
OURS = frozenset(
    {
        "slug",
        "title_parts",
        "mark",
        "lead",
        "sign_town",
        "sign_route",
        "dossier_closed_on",
        "unknown",
        "sources",
        "also_written",
    }
)
CITED = [kind for kind in KINDS if kind.cited and kind.key != FILM and kind.key in DESKS]
RESERVED = [kind for kind in CITED if hasattr(kind.model, "certainty_fr")]


@dataclass(frozen=True)
class Line:
    """A row that needs a look: the desk it is edited at, its name there, what to say of it, what its sources vouch for, and
    these where they are to be read again."""

    key: str
    slug: str
    title: str
    note: str = ""
    subject: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Lines:
    shown: list[Line]
    total: int


# --- Rows by their names ------------------------------------------------------------------------------------------


def rows_of(named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """The rows of these kinds and slugs, one query a kind."""
    slugs: defaultdict[str, list[str]] = defaultdict(list)
    for key, slug in named:
        slugs[key].append(slug)
    found: dict[tuple[str, str], Any] = {}
    for key, some in slugs.items():
        model: Any = BY_KEY[key].model
        query = select(model).where(model.slug.in_(some)).options(*DESKS[key].loads)
        found.update(((key, row.slug), row) for row in db.session.scalars(query))
    return found


def _titled(named: Sequence[tuple[str, str, str]], cited: bool = True) -> list[Line]:
    """A line for each (key, slug, note) whose row is still there."""
    rows = rows_of((key, slug) for key, slug, _ in named)
    return [
        Line(key, slug, DESKS[key].title(rows[key, slug]), note, f"{BY_KEY[key].cited}.{slug}" if cited else "")
        for key, slug, note in named
        if (key, slug) in rows
    ]


# --- Without a source ---------------------------------------------------------------------------------------------


def _bare(film: Film | None) -> tuple[list[tuple[str, str]], list[str]]:
    """The kinds and slugs of cited rows that no citation is about, 1,001 at most; and the fields of the film that say
    something, and that no citation is about: one stands for all that begin so."""
    names = dict.fromkeys(plain(name) for name in BY_KEY[FILM].schema.model_fields if plain(name) not in OURS)
    parts = {name: [f"{FILM}.{part}" for part in accumulate(name.split("_"), "{}_{}".format)] for name in names}
    subjects = [part for some in parts.values() for part in some]
    cited = select(literal(FILM).label("key"), Citation.subject.label("slug")).where(Citation.subject.in_(subjects))
    some = [select(query.subquery()) for query in (cited.distinct(), *(_bare_of(kind.key) for kind in CITED))]
    rows = [(key, name) for key, name in db.session.execute(union_all(*some))]
    known = {name for key, name in rows if key == FILM}
    told = (name for name in names if getattr(film, name, None) or getattr(film, f"{name}_fr", None))
    bare = sorted(row for row in rows if row[0] != FILM)[: MOST_COUNTED + 1]
    return bare, [name for name in told if known.isdisjoint(parts[name])]


def _bare_of(key: str) -> Select[*tuple[Any, ...]]:
    kind = BY_KEY[key]
    model: Any = kind.model
    cited = select(Citation.id).where(Citation.subject == literal(f"{kind.cited}.") + model.slug)
    query = select(literal(key).label("key"), model.slug.label("slug")).filter_by(**kind.fixed).where(~cited.exists())
    bare = whole(query)
    return select(bare).order_by(bare.c.slug).limit(MOST_COUNTED + 1)


def count_bare(kept: Kept, film: Film | None) -> int:
    return sum(len(some) for some in kept.of("bare", partial(_bare, film)))


def without_source(kept: Kept, film: Film | None) -> Lines:
    """Rows, and fields of the film, that say something which no source vouches for."""
    rows, fields = kept.of("bare", partial(_bare, film))
    labels = DESKS[FILM].labels
    of_film = [Line(FILM, film.slug, labels.get(name, name)) for name in fields] if film else []
    shown = [*of_film, *_titled([(key, slug, "") for key, slug in rows[:MOST]])]
    return Lines(shown[:MOST], len(rows) + len(fields))


# --- Read again long ago ------------------------------------------------------------------------------------------


def _stale(film: Film | None) -> list[tuple[str, date]]:
    """The subjects whose sources were last read over a year ago, each with that day; the oldest first, 1,001 at most."""
    if film is None:
        return []
    last_year, closed_on = clock.today() - A_YEAR, film.dossier_closed_on
    read_on = func.max(func.coalesce(Citation.checked_on, closed_on, type_=Date))
    query = select(Citation.subject, read_on).group_by(Citation.subject).having(read_on < last_year)
    if closed_on >= last_year:  # what nobody read since is not old yet
        old = select(Citation.subject).where(Citation.checked_on < last_year)
        query = query.where(Citation.subject.in_(old))
    rows = db.session.execute(query.limit(MOST_COUNTED + 1))
    return sorted(((subject, day) for subject, day in rows), key=lambda row: (row[1], row[0]))


def count_stale(film: Film | None) -> int:
    return len(_stale(film))


def stale(film: Film | None) -> Lines:
    """What was last read over a year ago. It is not kept: to read again moves the site for an article alone."""
    found = _stale(film)
    lines = _of_subjects(film, [(subject, _said_on(day)) for subject, day in found[:MOST]]) if film else []
    return Lines(_with_sources(lines), len(found))


def _with_sources(lines: Sequence[Line]) -> list[Line]:
    """The lines with what vouches for them, in one query."""
    about = Citation.subject.in_([line.subject for line in lines])
    query = select(Citation.subject, Source).join(Citation.source).where(about).order_by(Citation.position)
    found: defaultdict[str, list[Source]] = defaultdict(list)
    for subject, source in db.session.execute(query):
        found[subject].append(source)
    return [replace(line, sources=tuple(found[line.subject])) for line in lines]


def _said_on(day: date) -> str:
    return f"lu le {day_label(day, 'fr')}"


def _of_subjects(film: Film, noted: Sequence[tuple[str, str]]) -> list[Line]:
    """The lines of subjects of citations: of a field of the film, or of the row that is cited so."""
    rows = _cited_rows(subject for subject, _ in noted)
    lines: list[Line] = []
    for subject, note in noted:
        cited, _, name = subject.partition(".")
        if cited == FILM:
            lines.append(Line(FILM, film.slug, DESKS[FILM].labels.get(name, name), note, subject))
        elif subject in rows:
            key, row = rows[subject]
            lines.append(Line(key, row.slug, DESKS[key].title(row), note, subject))
    return lines


def _cited_rows(subjects: Iterable[str]) -> dict[str, tuple[str, Any]]:
    """The rows that subjects of citations speak of, each with the key of its kind."""
    pairs = [subject.split(".", 1) for subject in subjects]
    named = [(kind.key, slug) for kind in CITED for cited, slug in pairs if kind.cited == cited]
    fixed = {kind.key: kind.fixed for kind in CITED}
    return {
        f"{BY_KEY[key].cited}.{slug}": (key, row)
        for (key, slug), row in rows_of(named).items()
        if all(getattr(row, name) == value for name, value in fixed[key].items())
    }


def find(subject: str) -> Line:
    """The line of a subject that sources vouch for. Raises Refused."""
    film = db.session.scalar(select(Film).limit(1))
    known = db.session.scalar(select(Citation.id).where(Citation.subject == subject).limit(1))
    lines = _of_subjects(film, [(subject, "")]) if film and known else []
    if not lines:
        raise Refused("Ce fait n’est plus là, ou plus aucune source ne l’appuie.")
    return lines[0]


def confirm(line: Line) -> JournalEntry:
    """Note that the sources of a fact were read again today, and who did. No date of change moves; the revision does for an
    article alone, whose page says when it was read. The line of the journal keeps the days of the readings before."""
    read = select(Source.slug, Citation.checked_on).join(Citation.source).where(Citation.subject == line.subject)
    days = {slug: day and day.isoformat() for slug, day in db.session.execute(read)}
    about = update(Citation).where(Citation.subject == line.subject)
    db.session.execute(about.values(checked_on=clock.today(), updated_at=Citation.updated_at))
    _show_reading(line)
    return journal.record(
        action=JournalAction.DID,
        subject=f"{line.key}.{line.slug}",
        summary=f"a relu les sources : {line.title}",
        before={"subject": line.subject, "on": clock.today().isoformat(), "read": days},
    )


def _show_reading(line: Line) -> None:
    if line.key == ITEM:
        move_revision(db.session)


def is_reading(entry: JournalEntry) -> bool:
    """Whether a line of the journal says that sources were read again, and it can still be taken back."""
    recent = entry.at > clock.now() - timedelta(days=UNDO_DAYS)
    return recent and entry.action is JournalAction.DID and "read" in (entry.before or {})


def _is_outdated(entry: JournalEntry, subject: str) -> bool:
    """Whether a later line of the journal undid this one, or says that the same sources were read again."""
    of_row = JournalEntry.subject == entry.subject, JournalEntry.action == JournalAction.DID
    later = db.session.scalars(select(JournalEntry).where(*of_row, JournalEntry.id > entry.id))
    return any(row.undoes_id == entry.id or (row.before or {}).get("subject") == subject for row in later)


def take_back(entry: JournalEntry) -> JournalEntry | None:
    """Give the sources the days on which they were read before; none if that was done, if they were read again since, or if
    nobody's reading of that day is left. Raises Refused."""
    told: dict[str, Any] = entry.before or {}
    line, days = find(told["subject"]), {slug: day for slug, day in told["read"].items() if day != told["on"]}
    if _is_outdated(entry, line.subject):
        return None
    here = select(Citation.id, Source.slug).join(Citation.source)
    here = here.where(Citation.subject == line.subject, Citation.checked_on == date.fromisoformat(told["on"]))
    left = [(number, days[slug]) for number, slug in db.session.execute(here) if slug in days]
    if not left:
        return None
    for number, day in left:
        before = date.fromisoformat(day) if day else None
        about = update(Citation).where(Citation.id == number)
        db.session.execute(about.values(checked_on=before, updated_at=Citation.updated_at))
    _show_reading(line)
    summary = f"n’a pas relu les sources : {line.title}"
    action, subject = JournalAction.DID, entry.subject
    return journal.record(action=action, subject=subject, summary=summary, undoes=entry.id)


# --- With a reservation -------------------------------------------------------------------------------------------


def reserved(kept: Kept) -> Lines:
    """What is told « sous réserve », with the reservation."""
    rows = kept.of("reserved", _reserved)
    return Lines(_titled(rows[:MOST]), len(rows))


def _reserved() -> list[tuple[str, str, str]]:
    """The kinds and slugs of these rows, each with the reservation, 1,001 at most."""
    models: list[tuple[Any, Any]] = [(kind, kind.model) for kind in RESERVED]
    queries = (
        select(literal(kind.key).label("key"), model.slug.label("slug"), model.certainty_fr.label("note"))
        .filter_by(**kind.fixed)
        .where(model.certainty_fr.is_not(None))
        .order_by(model.slug)
        .limit(MOST_COUNTED + 1)
        for kind, model in models
    )
    rows = db.session.execute(union_all(*(select(query.subquery()) for query in queries)))
    return sorted((row.key, row.slug, row.note) for row in rows)[: MOST_COUNTED + 1]
