"""The worker: takes what is due, speaks to the relay, writes down what became of each mail.

It commits once a mail: what became of the last one, and that the next one is being spoken. Killed at any instant, it
leaves one mail at most of which nobody knows whether it left.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import Flask

from operation118.config import Settings
from operation118.database import db, durable, one_connection
from operation118.mail import bounces, chores, claims, composing, pace, suppression
from operation118.mail.claims import Hand, Said, Turn
from operation118.mail.models import Lane, Message, MessageState
from operation118.mail.parcels import Packer, Parcel
from operation118.mail.transport import Carrier, Mail, Outcome, RelayDown

log = logging.getLogger(__name__)

BATCH = 100
BATCH_SECONDS = 5  # what a batch lasts at most at the pace that is set
SPEECH = 6  # exchanges with the relay in one mail, each as long as its timeout at most


class _TakenBack(Exception):
    """The mail is no longer in this worker's hand: its reader left, or its lane was closed."""


class Worker:
    """One worker of possibly many; `stop()` lets it finish the mail it is speaking."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.settings: Settings = app.extensions["settings"]
        self.mail: Mail = app.extensions["mailer"]
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self.packer = Packer(self.settings)
        timeout = self.mail.relay.timeout if self.mail.relay else 0
        lease = timedelta(seconds=10 + SPEECH * timeout + BATCH_SECONDS)
        self.hand = Hand(self.name, lease, self.settings["MAIL_RETRIES"])
        with app.app_context():
            durable(db.engine)

    def stop(self) -> None:
        self.stopping.set()

    def drain(self) -> int:
        """Send until nothing is due; how many mails were settled. A relay that is down ends it: the next bell tries."""
        settled = 0
        while not self.stopping.is_set():
            with self.app.app_context(), one_connection():
                try:
                    done = self._round()
                except RelayDown as error:
                    log.warning("relay down", extra={"reason": str(error)})
                    break
                if done is None:
                    break
                rest = None if done else pace.longest_rest(self.settings["MAIL_DOMAIN_RATE"])
            settled += done
            if rest is not None:
                self.stopping.wait(min(rest.total_seconds(), 1))
        return settled

    def minute(self) -> None:
        """Give back what dead workers held, do every room's chores, then send what is due."""
        with self.app.app_context():
            found = claims.sweep()
            db.session.commit()
            if found:
                log.warning("leases ran out", extra={"mails": found})
        for name, chore in self._chores():
            self._do(name, chore)
        self.drain()

    def _chores(self) -> list[tuple[str, chores.Chore]]:
        with self.app.app_context():
            return list(chores.all_chores().items())

    def _do(self, name: str, chore: chores.Chore) -> None:
        """One chore; one that fails does not keep the others from being done."""
        with self.app.app_context():
            try:
                done = chore()
                db.session.commit()
            except Exception:
                db.session.rollback()
                log.exception("chore failed", extra={"chore": name})
                return
        if done:
            log.info("chore done", extra={"chore": name, "count": done})

    def _round(self) -> int | None:
        """A batch from the first lane that has something due; how many mails of it were spoken. None if nothing is due,
        were it to a domain that had enough for now."""
        rate = self.settings["MAIL_RATE"]
        limit = min(BATCH, max(1, int(rate * BATCH_SECONDS))) if rate else BATCH
        rested = False
        for lane in claims.lanes():
            resting = pace.resting(self.settings["MAIL_DOMAIN_RATE"])
            rested = rested or bool(resting)
            messages = claims.claim(lane, self.name, limit=limit, lease=self.hand.lease, resting=resting)
            db.session.commit()
            if messages:
                return self._send(messages)
            self._finish(lane)
        db.session.commit()
        return 0 if rested else None

    def _finish(self, lane: int) -> None:
        if claims.is_drained(lane):
            db.session.merge(Lane(campaign_id=lane, open=False))
            composing.composer().drained(lane)
            db.session.commit()

    def _send(self, messages: Sequence[Message]) -> int:
        said: Said = None
        settled = 0
        try:
            with self.mail.connect() as carrier, self.hand.turning() as turn:
                for parcel in self._parcels(messages):
                    outcome = self._speak(carrier, parcel, said, turn)
                    settled += said is not None
                    said = (parcel.message, outcome) if outcome else None
                self._write(said)
                settled += said is not None
        except _TakenBack:  # as the rest of the batch may be: it is put back, and claimed again if it still may leave
            settled += 1 + (said is not None)
        finally:
            claims.release(self.name)
            db.session.commit()
        return settled

    def _parcels(self, messages: Sequence[Message]) -> Iterator[Parcel]:
        """What may leave, packed; what may not is settled here."""
        bulk = messages[0].is_bulk
        refused = suppression.suppressed({message.recipient for message in messages}, bulk=bulk)
        for message in messages:
            if message.recipient in refused:
                claims.leave_out(message.id, self.name, refused[message.recipient].value)
        parcels, left_out = self.packer.pack([m for m in messages if m.recipient not in refused])
        for message_id, reason in left_out.items():
            claims.leave_out(message_id, self.name, reason)
        db.session.commit()
        yield from parcels

    def _speak(self, carrier: Carrier, parcel: Parcel, said: Said, turn: Turn) -> Outcome | None:
        """Write the last mail down, begin this one and speak it; None if it is to wait. Raises _TakenBack.

        While the relay hears of the sender and the recipient, the database puts on disk that this mail is being
        spoken; only then is it given."""
        if self.stopping.is_set() or not self._paced(parcel.message):
            self._write(said)
            return None
        if said and said[1].state is MessageState.FAILED:  # with what follows for its address
            self._write(said)
            said = None
        db.session.commit()
        try:
            carrier.offer(parcel)
        except RelayDown as error:
            turn(parcel.message, said)
            self._write((parcel.message, Outcome(MessageState.WAITING, None, str(error))))
            raise
        begun = turn(parcel.message, said)
        db.session.commit()
        if not begun:
            carrier.withdraw()
            raise _TakenBack
        return carrier.answer() or carrier.give(parcel)

    def _paced(self, message: Message) -> bool:
        """Whether the mail may leave at this instant; a domain that had enough lets the others pass."""
        if pace.take(message.domain, self.settings["MAIL_DOMAIN_RATE"]):
            return False
        while wait := pace.take(pace.EVERYTHING, self.settings["MAIL_RATE"]):
            db.session.commit()
            if self.stopping.wait(wait.total_seconds()):
                return False
        return True

    def _note(self, said: Said) -> None:
        if said:
            message, outcome = said
            self.hand.settle(message, outcome)
            if outcome.state is MessageState.FAILED:
                bounces.refused(message, outcome.reply)

    def _write(self, said: Said) -> None:
        self._note(said)
        db.session.commit()
