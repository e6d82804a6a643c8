"""The way into the office: sign-in, the pages of the door, the commands of the team."""

from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask

from operation118.accounts import (
    cli,
    door,
    journal,
    library,
    me_views,
    passkey_views,
    password_views,
    team_views,
)
from operation118.config import Settings


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    public_url: str = settings["PUBLIC_URL"]
    cast(Any, door.csrf).init_app(app)
    library.init_app(app, issuer=urlsplit(public_url).hostname or "", old_keys=settings["OLD_SECRET_KEYS"])
    blueprints = {module.bp for module in (me_views, passkey_views, password_views, team_views)}  # one, hung in parts
    for bp in blueprints:
        app.register_blueprint(bp)
    app.cli.add_command(cli.accounts)
    app.jinja_env.globals["sign_in_url"] = door.sign_in_url  # pyright: ignore[reportArgumentType]
    journal.signed_by(app, door.current)
