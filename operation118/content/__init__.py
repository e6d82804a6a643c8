"""The content files and the database: two forms of the same rows.

`read` parses and validates the files, `Shelf` compares them with the rows and brings the rows to them, `write`
writes files again. Each room declares its own `Kind`s; nothing here knows a table."""

from operation118.content.reading import Check, Content, ContentError, read
from operation118.content.rows import CitationBook, Shelf, Tally
from operation118.content.schema import (
    DatedEntry,
    Day,
    Entry,
    Flag,
    Instant,
    Kind,
    Language,
    Named,
    Raw,
    Ref,
    Slug,
    Sources,
    Url,
    Whole,
    by_slug,
    shaped,
)
from operation118.content.writing import write

__all__ = [
    "Check",
    "CitationBook",
    "Content",
    "ContentError",
    "DatedEntry",
    "Day",
    "Entry",
    "Flag",
    "Instant",
    "Kind",
    "Language",
    "Named",
    "Raw",
    "Ref",
    "Shelf",
    "Slug",
    "Sources",
    "Tally",
    "Url",
    "Whole",
    "by_slug",
    "read",
    "shaped",
    "write",
]
