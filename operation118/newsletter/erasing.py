"""What is taken away: on request, and by itself when its time is over. The ledger knows nobody but by a hash."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update

from operation118 import clock
from operation118.database import db
from operation118.mail import outbox, suppression
from operation118.mail.models import Bounce, SuppressionReason, SuppressionScope
from operation118.newsletter import ledger
from operation118.newsletter.ledger import Said
from operation118.newsletter.models import ConsentKind, Subscriber, SubscriberState

LEFT = timedelta(days=30)  # how long one who left is remembered by address, to undo a mistake or answer a question
BATCH = 500  # a chore comes back within the minute


def erase(subscriber: Subscriber, *, said: Said) -> None:
    """Delete all that is known of a subscriber; the hash of the address stays, so that no list brings it back."""
    ledger.note(subscriber.fingerprint, ConsentKind.ERASED, topics=subscriber.topics, said=said)
    _forget([subscriber.id], [subscriber.fingerprint])
    _keep_away(subscriber.fingerprint, SuppressionReason.ERASED)
    db.session.delete(subscriber)
    db.session.flush()


def refuse(fingerprint: str, subscriber: Subscriber | None, *, said: Said) -> None:
    """Write nothing at all to the owner of an address any more, as they ask who were written to unasked; what waited
    for their yes is erased. Twice is once."""
    if is_refused(fingerprint):
        return
    if subscriber is not None:
        erase(subscriber, said=said)
    else:
        ledger.note(fingerprint, ConsentKind.ERASED, topics=(), said=said)
    suppression.suppress(fingerprint, scope=SuppressionScope.ALL, reason=SuppressionReason.REQUEST)
    db.session.flush()


def is_refused(fingerprint: str) -> bool:
    lines = suppression.lines(fingerprint)
    return any((line.scope, line.reason) == (SuppressionScope.ALL, SuppressionReason.REQUEST) for line in lines)


def _keep_away(fingerprint: str, reason: SuppressionReason) -> None:
    suppression.suppress(fingerprint, scope=SuppressionScope.BULK, reason=reason)


def _forget(subscriber_ids: Sequence[int], fingerprints: Sequence[str]) -> None:
    """Blank the mails written to these people, and what came back; that mails were sent, and when, stays."""
    outbox.cancel(subscriber_ids)
    outbox.blank(subscriber_ids)
    db.session.execute(update(Bounce).where(Bounce.fingerprint.in_(fingerprints)).values(diagnostic=None))


def _delete(which: ColumnElement[bool]) -> int:
    """Delete subscribers in one statement, which two workers may run at once; how many that was."""
    some = select(Subscriber.id).where(which).limit(BATCH)
    found = delete(Subscriber).where(Subscriber.id.in_(some), which)
    gone = db.session.execute(
        found.returning(Subscriber.id, Subscriber.fingerprint, Subscriber.unsubscribed_at),
        execution_options={"synchronize_session": False},
    ).all()
    _forget([row.id for row in gone], [row.fingerprint for row in gone])
    for row in gone:
        if row.unsubscribed_at is not None:
            _keep_away(row.fingerprint, SuppressionReason.REQUEST)
    return len(gone)


def expire() -> int:
    """Delete requests that nobody confirmed in seven days, and those who left thirty days ago; how many that was."""
    now = clock.now()
    unconfirmed = (Subscriber.state == SubscriberState.PENDING) & (Subscriber.expires_at <= now)
    left = (Subscriber.state == SubscriberState.UNSUBSCRIBED) & (Subscriber.unsubscribed_at <= now - LEFT)
    return _delete(unconfirmed) + _delete(left)
