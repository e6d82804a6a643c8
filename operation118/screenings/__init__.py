"""The screenings: where and when the film was and will be shown."""

from flask import Flask

from operation118.newsletter import digests, proposals
from operation118.screenings import alerts, letter, proposing, views

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
    letter.init_app(app)
    digests.register_source(app, alerts.coming)
    proposals.register(app, proposing.called_off)
