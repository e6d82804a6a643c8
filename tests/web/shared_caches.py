"""How long a cache between the site and its visitors may keep an answer."""

from datetime import datetime, timedelta

import time_machine
from flask.testing import FlaskClient


def kept_before(instant: datetime, client: FlaskClient, path: str) -> int | None:
    """The seconds for which an answer made ten seconds before `instant` may be kept: ten, if the page changes then."""
    with time_machine.travel(instant - timedelta(seconds=10), tick=False):
        return client.get(path).cache_control.s_maxage
