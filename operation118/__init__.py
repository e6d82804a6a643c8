"""The site of one film: `create_app()` reads the settings, opens the database, dresses and furnishes the app."""

from importlib import import_module

from flask import Flask

from operation118 import accounts, database, film, mail, newsletter, office, press, screenings, site, tokens, web
from operation118.config import ROOT, Settings, read, secret_key
from operation118.web import logs


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises config.SettingsError when the environment cannot be used."""
    settings = settings or read()
    logs.configure(settings)
    app = Flask(
        __name__,
        static_folder=None,
        template_folder=str(ROOT / "templates"),
        instance_path=settings["DATA_DIR"],
    )
    app.extensions["settings"] = settings
    app.config["SECRET_KEY"] = secret_key(settings)
    tokens.init_app(app, old_keys=settings["OLD_SECRET_KEYS"], fingerprint_key=settings["FINGERPRINT_KEY"])
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds addresses
    database.init_app(app, settings["DATABASE_URL"])
    rooms = (mail, accounts, film, newsletter, screenings, press, site, office)
    web.init_app(app, settings, arguments=frozenset[str]().union(*(room.ARGUMENTS for room in rooms)))
    for room in rooms:
        room.init_app(app)
    if settings["OFFICE"]:  # a worker does without what the pages of the team need, a seventh of its memory
        import_module("operation118.office.entrance").init_app(app)
    return app
