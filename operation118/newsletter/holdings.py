"""Everything the site holds about a subscriber, as data: what the right of access (GDPR, article 15) is answered with."""

from datetime import date, datetime
from typing import Any

from operation118.database import Base
from operation118.newsletter import ledger, queries
from operation118.newsletter.models import Subscriber
from operation118.newsletter.proof import line_data

MESSAGE = (
    "id",
    "name",
    "state",
    "recipient",
    "lang",
    "subject",
    "text",
    "headers",
    "created_at",
    "settled_at",
    "code",
    "reply",
)
ALERT = ("commune", "label", "latitude", "longitude", "radius_km", "expires_on", "last_digest_on", "told")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _columns(row: Base, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def held(subscriber: Subscriber) -> dict[str, Any]:
    """All of it, ready for JSON; instants are in UTC. The text of a campaign is the campaign's."""
    names = (column.key for column in Subscriber.__table__.columns)
    return {
        "subscriber": _columns(subscriber, *names),
        "topics": sorted(subscriber.topics),
        "alerts": [_columns(alert, *ALERT) for alert in subscriber.alerts],
        "consent": [line_data(line) for line in ledger.lines(subscriber.fingerprint)],
        "messages": [_columns(message, *MESSAGE) for message in queries.messages(subscriber.id)],
        "suppressions": [
            _columns(line, "scope", "reason", "since") for line in queries.suppressions(subscriber.fingerprint)
        ],
        "bounces": [
            _columns(row, "kind", "status", "diagnostic", "received_at") for row in queries.bounces(subscriber)
        ],
    }
