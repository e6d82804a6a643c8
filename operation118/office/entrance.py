"""Where the office is open: its pages, those of the rooms, and the door before them."""

from flask import Flask

from operation118.accounts import entrance
from operation118.film import image_office_views
from operation118.newsletter import launch_views, lists_office_views
from operation118.office import (
    dashboard_views,
    facts_views,
    frame,
    journal_views,
    preview_views,
    search_views,
    tables_cli,
    tables_views,
    typesetting,
    views,
)
from operation118.office.converters import DeskConverter


def init_app(app: Flask) -> None:
    entrance.init_app(app)
    app.url_map.converters["desk"] = DeskConverter
    app.jinja_env.add_extension(typesetting.FrenchTemplates)
    for bp in (dashboard_views.bp, views.bp, journal_views.bp, search_views.bp, facts_views.bp, tables_views.bp):
        app.register_blueprint(bp)
    app.register_blueprint(image_office_views.bp)
    app.register_blueprint(launch_views.bp)  # the same as the one of newsletter.office, with what follows the writing
    app.register_blueprint(lists_office_views.bp)  # the same as the one of mail_office_views, with the subscribers
    frame.init_app(app)
    app.cli.add_command(tables_cli.tables)
    preview_views.init_app(app)
