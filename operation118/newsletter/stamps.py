"""When a form was handed out, signed: whoever sends it back at once is no reader, and a very old one is shown again.

Pages that caches keep carry the hour, so that they stay the same for as long; a form made for one visitor, the instant.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from operation118 import clock, tokens
from operation118.tokens import BadToken, Purpose

HASTY = timedelta(seconds=2)
STALE = timedelta(days=8)
HOUR = "h"


class Age(StrEnum):
    FINE = "fine"
    HASTY = "hasty"
    STALE = "stale"


def hourly() -> str:
    """The stamp of a page that is kept until the next hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    clock.changes_at(hour + timedelta(hours=1))
    return tokens.sign(Purpose.FORM, f"{HOUR}{int(hour.timestamp())}")


def exact() -> str:
    return tokens.sign(Purpose.FORM, int(clock.now().timestamp()))


def age(stamp: str) -> Age:
    """Whether a form that came back with `stamp` was held for a human while; one without a stamp of ours is stale."""
    try:
        payload = tokens.read(Purpose.FORM, stamp)
    except BadToken:
        return Age.STALE
    held = clock.now() - datetime.fromtimestamp(int(payload.removeprefix(HOUR)), UTC)
    if held > STALE:
        return Age.STALE
    return Age.HASTY if held < HASTY and not payload.startswith(HOUR) else Age.FINE
