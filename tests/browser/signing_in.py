"""The cookie of somebody signed in to a served site: its database and its secret are those of the server."""

from pathlib import Path

from accounts.people import signed_in
from operation118 import config, create_app
from operation118.accounts.models import StaffRole
from operation118.database import db


def office_cookie(database: Path | str, data_dir: Path, role: StaffRole) -> str:
    """`database` is a SQLite file or a database's address."""
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    given = {"DATA_DIR": str(data_dir), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    app = create_app(config.read({config.PREFIX + name: value for name, value in given.items()}))
    try:
        client = signed_in(app, role)
        cookie = client.get_cookie("office", path="/office/")
        assert cookie is not None
        return cookie.value
    finally:
        app.extensions["bell"].close()
        with app.app_context():
            db.engine.dispose()
