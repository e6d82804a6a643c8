"""What stands above the rooms: home, timeline, notices, what machines read, the commands."""

from flask import Flask

from operation118.site import api, cards, cli, commands, feeds, notices, openapi, sitemap, views

ARGUMENTS = frozenset({"p", cards.VERSION, views.DAY}) | api.ARGUMENTS  # "p": the numbered pages of the older site


def init_app(app: Flask) -> None:
    for furnished in (views, feeds, notices, cards, sitemap, api, openapi):
        if furnished.bp.name not in app.blueprints:  # feeds stand on the blueprint of the views
            app.register_blueprint(furnished.bp)
    for command in (cli.content, commands.show_settings, commands.examine):
        app.cli.add_command(command)
