"""The film: its facts, people, releases, pictures and their sources."""

from flask import Flask

from operation118.film import image_views, jobs, labels, views

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.register_blueprint(image_views.bp)
    jobs.init_app(app)
    app.add_template_global(labels.release_title)
    app.add_template_global(labels.language_label)
    app.add_template_filter(labels.initial)
