"""The back office's shell: every row the public sees, the journal, the dashboard, the site as of tomorrow."""

from flask import Flask

from operation118.mail import chores
from operation118.office import (
    dashboard_views,
    facts_views,
    frame,
    journal_views,
    preview_views,
    search_index,
    search_views,
    table_files,
    tables_cli,
    tables_views,
    typesetting,
    views,
)
from operation118.office.converters import DeskConverter
from operation118.web import visits

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    app.url_map.converters["desk"] = DeskConverter
    app.jinja_env.add_extension(typesetting.FrenchTemplates)
    for bp in (dashboard_views.bp, views.bp, journal_views.bp, search_views.bp, facts_views.bp, tables_views.bp):
        app.register_blueprint(bp)
    frame.init_app(app)
    app.cli.add_command(tables_cli.tables)
    chores.register(app, "visits.by_month", visits.sum_old_days)
    chores.register(app, "search.fill", search_index.keep_filling)
    chores.register(app, "office.imports", table_files.purge)
    preview_views.init_app(app)
