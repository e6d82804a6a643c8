"""Addresses that are not written to. They are known by their keyed hash, which outlives the address itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update

from operation118 import clock, tokens
from operation118.database import db, insert_missing
from operation118.mail.models import Suppression, SuppressionReason, SuppressionScope

THEIR_WORD = (SuppressionReason.REQUEST, SuppressionReason.ERASED, SuppressionReason.COMPLAINT)
A_SERVERS_WORD = (SuppressionReason.HARD_BOUNCE, SuppressionReason.SOFT_BOUNCES)  # it may be taken back


def suppress(fingerprint: str, *, scope: SuppressionScope, reason: SuppressionReason) -> None:
    """Write no more to the owner of `fingerprint`. The first reason stands, but for a bounce's before a person's word."""
    new = insert_missing(Suppression, fingerprint=fingerprint, scope=scope, reason=reason, since=clock.now())
    if new is None and reason in THEIR_WORD:
        same = Suppression.fingerprint == fingerprint, Suppression.scope == scope
        bounced = update(Suppression).where(*same, Suppression.reason.in_(A_SERVERS_WORD))
        db.session.execute(bounced.values(reason=reason, since=clock.now()))


def lift(fingerprint: str, *, reasons: Iterable[SuppressionReason]) -> int:
    """Take `fingerprint` off the list for these reasons; how many lines went."""
    lines = delete(Suppression).where(Suppression.fingerprint == fingerprint, Suppression.reason.in_(list(reasons)))
    return len(db.session.execute(lines.returning(Suppression.id)).all())


def take_back(*, reason: SuppressionReason, since: datetime) -> int:
    """Forget what was noted for `reason` from an instant on, when a server told lies; how many lines went."""
    lines = delete(Suppression).where(Suppression.reason == reason, Suppression.since >= since)
    return len(db.session.execute(lines.returning(Suppression.id)).all())


def suppressed(addresses: Iterable[str], *, bulk: bool) -> dict[str, SuppressionReason]:
    """The addresses among these that must not be written to, with the reason; `bulk` for what nobody asked for now."""
    by_fingerprint = {tokens.fingerprint(address): address for address in addresses}
    scopes = list(SuppressionScope) if bulk else [SuppressionScope.ALL]
    lines = select(Suppression.fingerprint, Suppression.reason).where(
        Suppression.fingerprint.in_(by_fingerprint), Suppression.scope.in_(scopes)
    )
    return {by_fingerprint[fingerprint]: reason for fingerprint, reason in db.session.execute(lines)}


def lines(fingerprint: str) -> Sequence[Suppression]:
    """What stands in the list for one address."""
    return db.session.scalars(select(Suppression).where(Suppression.fingerprint == fingerprint)).all()


def counts() -> dict[SuppressionReason, int]:
    """How many lines the list has for each reason."""
    rows = select(Suppression.reason, func.count()).group_by(Suppression.reason)
    return dict(db.session.execute(rows).all())
