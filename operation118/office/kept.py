"""What looks at every row of the site told, kept by the process until any of these rows changes."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import select

from operation118 import clock
from operation118.database import Revision, db

Found = TypeVar("Found")


class Kept:
    """What was found, by the names of the looks, while the site was as `since` tells."""

    def __init__(self, since: object) -> None:
        self.since = since
        self._found: dict[str, Any] = {}

    def of(self, name: str, look: Callable[[], Found]) -> Found:
        """What `look` finds; it looks once."""
        if name not in self._found:
            self._found[name] = look()
        return self._found[name]


def kept() -> Kept:
    """What was found since the site's revision moved or the day began: nothing yet, if one just did."""
    number, moved_at = db.session.execute(select(Revision.number, Revision.moved_at)).one()
    since = number, moved_at, clock.today()
    known: Kept | None = current_app.extensions.get("office.kept")
    if known is None or known.since != since:
        known = current_app.extensions["office.kept"] = Kept(since)
    return known
