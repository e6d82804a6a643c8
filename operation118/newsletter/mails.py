"""The mails of a subscription, one function each."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from operation118 import clock
from operation118.mail import outbox
from operation118.newsletter.links import (
    confirm_url,
    manage_url,
    refuse_url,
    unsubscribe_headers,
    unsubscribe_url,
)
from operation118.newsletter.models import Subscriber, Topic
from operation118.newsletter.wording import label, purpose
from operation118.web.languages import speaking

ASKING = frozenset(
    {"newsletter/confirm", "newsletter/taken_over", "newsletter/reminder"}
)  # their readers agreed to none


def _told(topics: Collection[Topic], lang: str) -> list[tuple[str, str]]:
    """What the topics are called, and what they make us write."""
    with speaking(lang):
        return [(label(topic), purpose(topic)) for topic in Topic if topic in topics]


def _post(
    subscriber: Subscriber,
    name: str,
    *,
    key: str,
    headers: dict[str, str] | None = None,
    due_at: datetime | None = None,
    **values: object,
) -> None:
    outbox.post(
        key=f"newsletter:{name}:{key}",
        name=f"newsletter/{name}",
        to=subscriber.address,
        lang=subscriber.lang,
        subscriber_id=subscriber.id,
        headers=headers,
        due_at=due_at,
        values={"topics": _told(subscriber.topics, subscriber.lang), **values},
    )


def _own_links(subscriber: Subscriber) -> dict[str, Any]:
    who = (subscriber.id, subscriber.lang)
    return {"manage_url": manage_url(*who), "unsubscribe_url": unsubscribe_url(*who)}


def _last_day(subscriber: Subscriber) -> date:
    """The day, in Paris, on which the request lapses."""
    return (subscriber.expires_at or clock.now()).astimezone(clock.PARIS).date()


def _pause_end(subscriber: Subscriber) -> date | None:
    """The day on which a pause under way is over."""
    end = subscriber.paused_until
    return end if end and end > clock.today() else None


def confirm(subscriber: Subscriber, *, due_at: datetime | None = None) -> None:
    """Ask the owner of the address whether it was they, at once or later."""
    _post(subscriber, "confirm", key=f"{subscriber.id}:{subscriber.version}", due_at=due_at, **_question(subscriber))


def taken_over(subscriber: Subscriber, *, called: str, due_at: datetime) -> None:
    """Ask somebody of a list that we take over, `called` so, whether they want the letter; they asked nothing here."""
    key = f"{subscriber.id}:{subscriber.version}"
    _post(subscriber, "taken_over", key=key, due_at=due_at, called=called, **_question(subscriber))


def _question(subscriber: Subscriber) -> dict[str, Any]:
    """The links of a mail that somebody may receive without having asked, and until when they are good."""
    return {
        "confirm_url": confirm_url(subscriber),
        "refuse_url": refuse_url(subscriber),
        "until": _last_day(subscriber),
    }


def reminder(subscriber: Subscriber) -> None:
    """Ask once more; the key allows no second time."""
    _post(subscriber, "reminder", key=str(subscriber.id), **_question(subscriber))


def welcome(subscriber: Subscriber) -> None:
    """Say what was agreed to, and where to change it."""
    headers = unsubscribe_headers(subscriber.id, subscriber.lang)
    key = f"{subscriber.id}:{subscriber.version}"
    _post(subscriber, "welcome", key=key, headers=headers, **_own_links(subscriber))


def already(subscriber: Subscriber, *, asked: Collection[Topic]) -> None:
    """Tell a subscriber who asks again where their page is; once a day, for anybody can type an address."""
    headers = unsubscribe_headers(subscriber.id, subscriber.lang)
    more = _told(set(asked) - subscriber.topics, subscriber.lang)
    key, paused = f"{subscriber.id}:{clock.today()}", {"paused_until": _pause_end(subscriber)}
    _post(subscriber, "already", key=key, headers=headers, more=more, **paused, **_own_links(subscriber))
