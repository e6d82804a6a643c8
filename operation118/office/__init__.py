"""The back office's shell: every row the public sees, the journal, the dashboard, the site as of tomorrow.

What every process does is hung here; `entrance` hangs the pages, where the office is open."""

from flask import Flask

from operation118.mail import chores
from operation118.office import search_index, table_files
from operation118.web import visits

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    chores.register(app, "visits.by_month", visits.sum_old_days)
    chores.register(app, "search.fill", search_index.keep_filling)
    chores.register(app, "office.imports", table_files.purge)
