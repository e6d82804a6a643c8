"""The press: what others wrote about the film, and the search through it."""

from flask import Flask

from operation118.press import letter, views
from operation118.press.filters import PAGE, SEARCH, Facet

ARGUMENTS = frozenset({*(facet.value for facet in Facet), SEARCH, PAGE})


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
    letter.init_app(app)
