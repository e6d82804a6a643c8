"""How fast mails leave: token buckets shared by all workers, one for everything and one for each domain.

A bucket is one instant: when its next token comes. A second's worth of tokens may be taken at once.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from operation118 import clock
from operation118.database import db, insert_missing
from operation118.mail.models import Pace

EVERYTHING = "*"
BURST = timedelta(seconds=1)
IDLE = timedelta(days=1)


def _slack(rate: float) -> timedelta:
    """How far ahead of now the next token may lie: a burst less the token itself."""
    return max(timedelta(0), BURST - timedelta(seconds=1 / rate))


def take(name: str, rate: float) -> timedelta:
    """Take a token of `name`, filled with `rate` tokens a second (0: no limit); zero, or how long to wait for one."""
    if not rate:
        return timedelta(0)
    now = clock.now()
    known = db.session.scalar(select(Pace.next_at).where(Pace.name == name))
    start = max(known, now) if known else now
    if start - now > _slack(rate):
        return start - now - _slack(rate)
    after = start + timedelta(seconds=1 / rate)
    return timedelta(0) if _move(name, known, after) else timedelta(milliseconds=10)


def _move(name: str, known: datetime | None, after: datetime) -> bool:
    """Whether nobody else took that token meanwhile."""
    if known is None:
        return insert_missing(Pace, name=name, next_at=after) is not None
    moved = update(Pace).where(Pace.name == name, Pace.next_at == known).values(next_at=after)
    return db.session.connection().execute(moved).rowcount == 1


def resting(rate: float) -> list[str]:
    """The domains that have no token now."""
    if not rate:
        return []
    ahead = select(Pace.name).where(Pace.name != EVERYTHING, Pace.next_at > clock.now() + _slack(rate))
    return list(db.session.scalars(ahead))


def longest_rest(rate: float) -> timedelta | None:
    """How long until one of the resting domains has a token again; None if none rests."""
    if not rate:
        return None
    ahead = select(Pace.next_at).where(Pace.name != EVERYTHING, Pace.next_at > clock.now() + _slack(rate))
    nearest = db.session.scalar(ahead.order_by(Pace.next_at).limit(1))
    return nearest - clock.now() - _slack(rate) if nearest else None


def forget() -> int:
    """Delete the buckets that nobody took from for a day: they are full, and name domains; how many that was."""
    idle = delete(Pace).where(Pace.next_at < clock.now() - IDLE)
    return db.session.connection().execute(idle).rowcount
