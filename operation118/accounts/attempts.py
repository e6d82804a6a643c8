"""Sign-ins that failed: counted for thirty days, so that even somebody who tries slowly is noticed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from operation118 import clock, tokens
from operation118.accounts.models import FailedSignIn, Staff
from operation118.accounts.passwords import address_of
from operation118.database import db
from operation118.web import limits

LOOKED_AT = timedelta(days=7)
MANY = 10  # in a week: more than anybody mistypes


class Tries(NamedTuple):
    """The failed sign-ins of a week under one address."""

    failures: int
    networks: int
    last_at: datetime | None

    @property
    def many(self) -> bool:
        return self.failures >= MANY


NONE = Tries(0, 0, None)


def note(address: str) -> None:
    """Keep a failure, whether or not anybody has this address."""
    mark = tokens.fingerprint(address_of(address))
    db.session.add(FailedSignIn(fingerprint=mark, at=clock.real_now(), network=limits.network()))
    db.session.flush()


def of(people: Iterable[Staff]) -> dict[int, Tries]:
    """The failures of the last week, by person; who has none is not there."""
    marks = {tokens.fingerprint(staff.email): staff.id for staff in people}
    counted = (func.count(), func.count(FailedSignIn.network.distinct()), func.max(FailedSignIn.at))
    recent = select(FailedSignIn.fingerprint, *counted).where(
        FailedSignIn.fingerprint.in_(marks), FailedSignIn.at > clock.real_now() - LOOKED_AT
    )
    return {
        marks[row[0]]: Tries(row[1], row[2], row[3])
        for row in db.session.execute(recent.group_by(FailedSignIn.fingerprint))
    }
