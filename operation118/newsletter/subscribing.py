"""How one comes to the letter, changes one's mind, and leaves it.

    nobody → pending → confirmed → unsubscribed → pending …

Every step adds a line to the consent ledger. `erasing` takes rows away.
"""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from sqlalchemy import String, cast, literal, select, update

from operation118 import clock, tokens
from operation118.database import db
from operation118.mail import outbox, suppression
from operation118.mail.models import Message, SuppressionReason, SuppressionScope
from operation118.newsletter import ledger, mails, queries
from operation118.newsletter.ledger import Said
from operation118.newsletter.models import ConsentKind, Subscriber, SubscriberState, Subscription, Topic
from operation118.newsletter.refused import Refused
from operation118.newsletter.wording import Form
from operation118.web.languages import gettext as _

PENDING = timedelta(days=7)
DOUBLE_CLICK = timedelta(seconds=30)
BEFORE_REMINDER = timedelta(days=3)
REMINDERS = 100  # at one go of the chore, which comes back within the minute
PAUSE = relativedelta(months=3)
# What a new confirmation makes good; an address that does not exist stays on the list.
LIFTED = (
    SuppressionReason.ERASED,
    SuppressionReason.COMPLAINT,
    SuppressionReason.REQUEST,
    SuppressionReason.IMPORTED,
)


_KEY = literal("newsletter:taken_over:") + cast(Subscriber.id, String) + ":" + cast(Subscriber.version, String)
_TAKEN_OVER = select(Message.id).where(Message.key == _KEY).correlate(Subscriber)  # the question that the request is of


class LeavingReason(StrEnum):
    TOO_MANY = "trop"
    NO_LONGER = "fini"
    NEVER_ASKED = "jamais"
    OTHERWISE = "autrement"


def ask(address: str, *, topics: Collection[Topic], said: Said) -> None:
    """Note that somebody asked for the letter at `address`, and write there.

    What the caller learns is the same whether the address is new, waits, is subscribed, or is not written to."""
    fingerprint = tokens.fingerprint(address)
    subscriber = queries.by_fingerprint(fingerprint) or Subscriber(fingerprint=fingerprint, version=0)
    ledger.note(fingerprint, ConsentKind.ASKED, topics=topics, said=said)
    if subscriber.state is SubscriberState.CONFIRMED:
        mails.already(subscriber, asked=topics)
    else:
        _await_confirmation(subscriber, address, topics, said.lang)
        mails.confirm(subscriber)
    db.session.flush()


def _await_confirmation(subscriber: Subscriber, address: str, topics: Collection[Topic], lang: str) -> None:
    """Older links stop working; what was asked for twice is asked for together. A double click is one request."""
    again = subscriber.state is SubscriberState.PENDING and clock.now() - subscriber.asked_at < DOUBLE_CLICK
    if again and set(topics) <= subscriber.topics:
        return
    subscriber.state = SubscriberState.PENDING
    subscriber.address = address
    subscriber.lang = lang
    subscriber.asked_at = clock.now()
    subscriber.expires_at = subscriber.asked_at + PENDING
    subscriber.version += 1
    _choose(subscriber, subscriber.topics | set(topics))
    db.session.add(subscriber)
    db.session.flush()


def _choose(subscriber: Subscriber, topics: Collection[Topic]) -> None:
    kept = [subscription for subscription in subscriber.subscriptions if subscription.topic in topics]
    added = [Subscription(topic=topic) for topic in Topic if topic in topics and topic not in subscriber.topics]
    subscriber.subscriptions = [*kept, *added]


def check_link(subscriber: Subscriber, *, version: int) -> None:
    """Raises Refused, unless the confirmation link of `version` can still be used, or has been."""
    if subscriber.state is SubscriberState.CONFIRMED:
        return
    if subscriber.state is SubscriberState.UNSUBSCRIBED:
        raise Refused(_("Vous avez quitté la lettre depuis. Pour revenir, demandez-la de nouveau."))
    if subscriber.version != version:
        raise Refused(_("Vous avez redemandé la lettre depuis : seul le lien du message le plus récent est bon."))
    if subscriber.expires_at is None or subscriber.expires_at <= clock.now():
        raise Refused(_("Ce lien était bon sept jours. Demandez la lettre de nouveau : un autre message partira."))


def confirm(subscriber: Subscriber, *, version: int, said: Said) -> None:
    """The owner of the address agrees; doing so twice changes nothing. Raises Refused."""
    check_link(subscriber, version=version)
    if subscriber.state is SubscriberState.CONFIRMED:
        return
    subscriber.state = SubscriberState.CONFIRMED
    subscriber.confirmed_at = clock.now()
    subscriber.expires_at = subscriber.unsubscribed_at = subscriber.unsubscribe_reason = None
    suppression.lift(subscriber.fingerprint, reasons=LIFTED)
    ledger.note(subscriber.fingerprint, ConsentKind.CONFIRMED, topics=subscriber.topics, said=said)
    mails.welcome(subscriber)
    db.session.flush()


def _check_confirmed(subscriber: Subscriber) -> None:
    if subscriber.state is SubscriberState.PENDING:
        raise Refused(_("Confirmez d'abord votre abonnement : le lien est dans le message que nous vous avons écrit."))
    if subscriber.state is SubscriberState.UNSUBSCRIBED:
        raise Refused(_("Vous avez quitté la lettre. Pour revenir, demandez-la de nouveau."))


def change(subscriber: Subscriber, *, topics: Collection[Topic], lang: str, said: Said) -> None:
    """Write about other topics, or in the other language. Raises Refused."""
    _check_confirmed(subscriber)
    if not topics and not subscriber.alerts:
        raise Refused(_("Gardez au moins un sujet. Pour ne plus rien recevoir, désinscrivez-vous plus bas."))
    if set(topics) == subscriber.topics and lang == subscriber.lang:
        return
    _choose(subscriber, topics)
    subscriber.lang = lang
    ledger.note(subscriber.fingerprint, ConsentKind.CHANGED, topics=topics, said=said)
    db.session.flush()


def pause(subscriber: Subscriber, *, said: Said) -> None:
    """Write nothing for three months. Raises Refused."""
    _check_confirmed(subscriber)
    until = clock.today() + PAUSE
    if subscriber.paused_until == until:
        return
    subscriber.paused_until = until
    ledger.note(subscriber.fingerprint, ConsentKind.CHANGED, topics=subscriber.topics, said=said)
    db.session.flush()


def resume(subscriber: Subscriber, *, said: Said) -> None:
    """Write again before the pause is over. Raises Refused."""
    _check_confirmed(subscriber)
    if not is_paused(subscriber):
        return
    subscriber.paused_until = None
    ledger.note(subscriber.fingerprint, ConsentKind.CHANGED, topics=subscriber.topics, said=said)
    db.session.flush()


def is_paused(subscriber: Subscriber) -> bool:
    """Whether nothing is to be written today; on the day it names, the pause is over."""
    return subscriber.paused_until is not None and subscriber.paused_until > clock.today()


def withdraw(subscriber: Subscriber, *, said: Said) -> None:
    """Stop everything: topics, alerts, what waits to be sent. Doing so twice changes nothing."""
    if subscriber.state is SubscriberState.UNSUBSCRIBED:
        return
    ledger.note(subscriber.fingerprint, ConsentKind.WITHDRAWN, topics=subscriber.topics, said=said)
    subscriber.state = SubscriberState.UNSUBSCRIBED
    subscriber.unsubscribed_at = clock.now()
    subscriber.expires_at = subscriber.paused_until = None
    subscriber.subscriptions, subscriber.alerts = [], []
    outbox.cancel([subscriber.id])
    db.session.flush()


def complained(message: Message) -> None:
    """A reader called a mail of ours unwanted: whoever says so has left, and whoever says so of a question that others
    may have had us send is asked nothing any more."""
    if message.name in mails.ASKING:
        person = tokens.fingerprint(message.recipient)
        suppression.suppress(person, scope=SuppressionScope.ALL, reason=SuppressionReason.COMPLAINT)
    subscriber = queries.subscriber(message.subscriber_id) if message.subscriber_id else None
    if subscriber:
        withdraw(subscriber, said=Said(Form.COMPLAINT, subscriber.lang))


def give_reason(subscriber: Subscriber, *, reason: LeavingReason) -> None:
    """Note why somebody left. Raises Refused."""
    if subscriber.state is not SubscriberState.UNSUBSCRIBED:
        raise Refused(_("La lettre vous est toujours envoyée : il n'y a pas de départ à expliquer."))
    subscriber.unsubscribe_reason = reason
    db.session.flush()


def remind() -> int:
    """Write once more, and never again, to those who have not confirmed after three days, unless the question was ours
    (see `mails.taken_over`); how many that was."""
    now = clock.now()
    due = (
        (Subscriber.state == SubscriberState.PENDING)
        & Subscriber.reminded_at.is_(None)
        & (Subscriber.asked_at <= now - BEFORE_REMINDER)
        & (Subscriber.expires_at > now)
        & ~_TAKEN_OVER.exists()
    )
    # One statement takes and marks them: two workers cannot both have the same.
    some = select(Subscriber.id).where(due).limit(REMINDERS)
    marked = update(Subscriber).where(Subscriber.id.in_(some), due).values(reminded_at=now)
    taken = db.session.scalars(marked.returning(Subscriber.id)).all()
    for reminded in queries.subscribers(taken):
        mails.reminder(reminded)
    db.session.flush()
    return len(taken)
