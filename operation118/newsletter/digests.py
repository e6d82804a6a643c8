"""The mails of the alerts: in the evening, what was announced near somebody and not told them yet; before an alert
ends, a word to say so.

The screenings come from the room above, which registers here. Each mail carries the keys of its screenings in its
`Keywords` header (RFC 5322, 3.6.5); mails are deleted after a month, so that an alert keeps the keys of those still to
come that it told of.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from flask import Flask, current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import selectinload

from operation118 import clock
from operation118.database import db
from operation118.mail import outbox, suppression
from operation118.mail.models import Message, MessageState
from operation118.newsletter import subscribing
from operation118.newsletter.links import manage_url, unsubscribe_headers, unsubscribe_url
from operation118.newsletter.models import Alert, Subscriber, SubscriberState
from operation118.places import Point, distance_km
from operation118.web.languages import LANGUAGES, ngettext, speaking

NAME = "newsletter/alert"
EVENING = time(18)  # in Paris: all that a day announced makes one mail
ENDING = "newsletter/alert_ending"
NOTICE = timedelta(days=14)  # how long before its end somebody is told
BATCH = 500  # people looked at in one run of the chore, which comes back within the minute
NEVER_LEFT = (MessageState.CANCELLED, MessageState.FAILED, MessageState.SUPPRESSED)


@dataclass(frozen=True)
class Announced:
    """A screening to come, said in the language spoken. `key`, of ASCII without commas, names it for good."""

    key: str
    place: str
    when: str
    venue: str
    on: date  # the last day it may be
    url: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Near:
    """What is new around one alert, the nearest first, with distances in kilometres."""

    alert: Alert
    screenings: list[tuple[Announced, int]]


Source = Callable[[], Sequence[Announced]]


def register_source(app: Flask, source: Source) -> None:
    """Let `source` say which screenings are to come, in the language spoken."""
    app.extensions["alert_source"] = source


def coming() -> Sequence[Announced]:
    source: Source = current_app.extensions.get("alert_source", list[Announced])
    return source()


def around(alert: Alert, announced: Iterable[Announced]) -> Near:
    """Those of `announced` that are within the alert's reach."""
    here = Point(alert.latitude, alert.longitude)
    measured = [(screening, distance_km(here, screening)) for screening in announced]
    reached = sorted((pair for pair in measured if pair[1] <= alert.radius_km), key=lambda pair: pair[1])
    return Near(alert, [(screening, round(distance)) for screening, distance in reached])


def told(subscriber: Subscriber) -> set[str]:
    """The keys of the screenings that a subscriber was told of: what their alerts keep, but for what a mail that never
    left was to tell."""
    mails = select(Message.state, Message.headers).where(Message.subscriber_id == subscriber.id, Message.name == NAME)
    left, lost = set[str](), set[str]()
    for state, headers in db.session.execute(mails):
        (lost if state in NEVER_LEFT else left).update(headers.get("Keywords", "").split(", "))
    return {key for alert in subscriber.alerts for key in alert.told} - lost | left


def digest() -> int:
    """Once the evening has come, write to those near whom something new was announced; how many mails that was.

    One statement takes the alerts of some people for the day: two workers cannot both have the same.
    """
    if clock.now().astimezone(clock.PARIS).time() < EVENING:
        return 0
    announced = {lang: _in(lang) for lang in LANGUAGES}
    if not any(announced.values()):
        return 0
    today = clock.today()
    due = or_(Alert.last_digest_on.is_(None), Alert.last_digest_on < today)
    people = select(Alert.subscriber_id).where(due, Alert.expires_on >= today).distinct().limit(BATCH)
    seen = update(Alert).where(Alert.subscriber_id.in_(people), due).values(last_digest_on=today)
    taken = set(db.session.scalars(seen.returning(Alert.subscriber_id)))
    return sum(_write(subscriber, announced[subscriber.lang]) for subscriber in _readers(taken))


def _in(lang: str) -> Sequence[Announced]:
    with speaking(lang):
        return coming()


def _readers(ids: Iterable[int]) -> list[Subscriber]:
    """Those of them who are written to today, with their alerts."""
    theirs = Subscriber.id.in_(ids), Subscriber.state == SubscriberState.CONFIRMED
    people = db.session.scalars(select(Subscriber).where(*theirs).options(selectinload(Subscriber.alerts)))
    found = [subscriber for subscriber in people if not subscribing.is_paused(subscriber)]
    away = suppression.suppressed((subscriber.address for subscriber in found), bulk=True)
    return [subscriber for subscriber in found if subscriber.address not in away]


def _write(subscriber: Subscriber, announced: Sequence[Announced]) -> bool:
    """Post what is new to a subscriber, if anything is."""
    found = _new(subscriber, announced)
    if found:
        _tell(subscriber, found)
    return bool(found)


def _new(subscriber: Subscriber, announced: Sequence[Announced]) -> list[Near]:
    """What no mail told a subscriber yet, each screening under the narrowest of their alerts that it is near."""
    reached = [around(alert, announced) for alert in sorted(subscriber.alerts, key=lambda alert: alert.radius_km)]
    known = told(subscriber) if any(near.screenings for near in reached) else set[str]()
    found: list[Near] = []
    for near in reached:
        new = [(screening, distance) for screening, distance in near.screenings if screening.key not in known]
        known |= {screening.key for screening, _distance in new}
        found += [Near(near.alert, new)] if new else []
    for near in reached:  # each of them remembers, for the others may be removed
        near.alert.told = sorted(screening.key for screening, _distance in near.screenings if screening.key in known)
    return found


def warn() -> int:
    """Write to those whose alerts end within two weeks, once for each end; how many mails that was."""
    within = Alert.expires_on.between(clock.today(), clock.today() + NOTICE)
    people = set(db.session.scalars(select(Alert.subscriber_id).where(within)))
    ends = {
        f"{ENDING}:{subscriber.id}:{_ending(subscriber)[0].expires_on}": subscriber for subscriber in _readers(people)
    }
    told = set(db.session.scalars(select(Message.key).where(Message.key.in_(ends))))
    for key in ends.keys() - told:
        _post(ends[key], ENDING, key=key, values={"ending": _ending(ends[key])})
    return len(ends.keys() - told)


def _ending(subscriber: Subscriber) -> list[Alert]:
    """Those of their alerts that end within two weeks, the first to end first."""
    soon = [alert for alert in subscriber.alerts if alert.expires_on <= clock.today() + NOTICE]
    return sorted(soon, key=lambda alert: alert.expires_on)


def _tell(subscriber: Subscriber, found: list[Near]) -> None:
    keys = [screening.key for near in found for screening, _distance in near.screenings]
    with speaking(subscriber.lang):
        title = ngettext("Une séance près de chez vous", "%(num)s séances près de chez vous", len(keys))
    key = f"alert:{subscriber.id}:{clock.today()}"
    _post(subscriber, NAME, key=key, values={"title": title, "found": found}, headers={"Keywords": ", ".join(keys)})


def _post(
    subscriber: Subscriber, name: str, *, key: str, values: dict[str, object], headers: dict[str, str] | None = None
) -> None:
    who = (subscriber.id, subscriber.lang)
    outbox.post(
        key=key,
        name=name,
        to=subscriber.address,
        lang=subscriber.lang,
        subscriber_id=subscriber.id,
        headers=unsubscribe_headers(*who) | (headers or {}),
        values={"manage_url": manage_url(*who), "unsubscribe_url": unsubscribe_url(*who)} | values,
    )
