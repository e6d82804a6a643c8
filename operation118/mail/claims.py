"""Who has which mail in hand: every step is one conditional UPDATE, so that no two workers ever hold the same one.

`waiting` → `claimed` → `sending` → settled. A worker that dies leaves `claimed` rows, which never left and simply wait
again, and at most one `sending` row, of which nobody can tell whether the relay took it.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import cast

from sqlalchemy import Connection, CursorResult, Select, Table, Text, bindparam, case, exists, select, update
from sqlalchemy.sql.dml import Update

from operation118 import clock
from operation118.database import db
from operation118.mail.models import Lane, Message, MessageState
from operation118.mail.transport import Outcome

Said = tuple[Message, Outcome] | None  # the last mail spoken, not yet written down
Turn = Callable[[Message, Said], bool]

ONE_BY_ONE = 0  # the lane of the mails that belong to no campaign
UNFINISHED = (MessageState.WAITING, MessageState.CLAIMED, MessageState.SENDING)


def _run(statement: Update) -> int:
    result = db.session.connection().execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def lanes() -> list[int]:
    """What may be sent from, the mails somebody waits for first."""
    return [ONE_BY_ONE, *db.session.scalars(select(Lane.campaign_id).where(Lane.open).order_by(Lane.campaign_id))]


def _is_open(lane: int) -> Select[bool]:
    return select(Lane.open).where(Lane.campaign_id == lane).with_for_update(read=True)


def claim(lane: int, worker: str, *, limit: int, lease: timedelta, resting: Sequence[str]) -> list[Message]:
    """Take up to `limit` mails of `lane` that are due, none to a domain that is `resting`.

    Whoever closes the lane waits until this is committed, then finds what was claimed (see `lanes.close_lane`)."""
    if lane != ONE_BY_ONE and not db.session.scalar(_is_open(lane)):
        return []
    now = clock.now()
    due = select(Message.id).where(
        Message.campaign_id == lane, Message.state == MessageState.WAITING, Message.due_at <= now
    )
    if resting:
        due = due.where(Message.domain.not_in(resting))
    # as a CTE, for PostgreSQL may run a subquery that locks more than once, and each time lock others
    due = due.order_by(Message.due_at, Message.id).limit(limit).with_for_update(skip_locked=True).cte("due")
    taken = update(Message).where(Message.id.in_(select(due.c.id)), Message.state == MessageState.WAITING)
    values = taken.values(state=MessageState.CLAIMED, worker=worker, lease_until=now + lease)
    options = {"synchronize_session": False, "populate_existing": True}
    messages = db.session.scalars(values.returning(Message), execution_options=options).all()
    return sorted(messages, key=lambda message: (message.due_at, message.id))


_message = cast(Table, Message.__table__)
# These run for every mail: made once, without the ORM, they cost a fifth.
_BEGIN = (
    update(_message)
    .where(_message.c.id == bindparam("next"), _message.c.state == MessageState.CLAIMED)
    .where(_message.c.worker == bindparam("me"))
    .values(state=MessageState.SENDING, attempts=_message.c.attempts + 1, lease_until=bindparam("until"))
)
_SETTLE = (
    update(_message)
    .where(_message.c.id == bindparam("mail"), _message.c.worker == bindparam("me"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "code", "due_at", "settled_at")})
    .values(
        reply=case((_message.c.recipient == "", None), else_=bindparam("new_reply", type_=Text()))
    )  # it may quote the address
    .values(worker=None, lease_until=None)
)
_SETTLE_AND_BEGIN = _BEGIN.add_cte(_SETTLE.cte("settled"))


@dataclass(frozen=True)
class Hand:
    """A worker's name, how long it may be silent, and when a mail that did not leave is tried again."""

    worker: str
    lease: timedelta
    retries: Sequence[timedelta]

    def settle(self, message: Message, outcome: Outcome) -> None:
        """Write down what became of a mail; one to be tried again waits, or has failed after its last attempt.

        A mail swept meanwhile, because this took longer than the lease, is settled all the same."""
        db.session.connection().execute(_SETTLE, self._settled(message, outcome))

    @contextmanager
    def turning(self) -> Generator[Turn]:
        """What says, of each mail, that it is being spoken from now on, and what became of the one before; it is False if the
        mail is no longer in this worker's hand. PostgreSQL is told both in one exchange, and has committed them; SQLite in
        the session's transaction."""
        if db.engine.dialect.name == "sqlite":
            yield self._one_by_one
            return
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
            yield partial(self._at_once, line)

    def _at_once(self, line: Connection, message: Message, last: Said) -> bool:
        if last is None:
            return line.execute(_BEGIN, self._begun(message)).rowcount == 1
        return line.execute(_SETTLE_AND_BEGIN, {**self._settled(*last), **self._begun(message)}).rowcount == 1

    def _one_by_one(self, message: Message, last: Said) -> bool:
        if last is not None:
            self.settle(*last)
        return db.session.connection().execute(_BEGIN, self._begun(message)).rowcount == 1

    def _begun(self, message: Message) -> dict[str, object]:
        return {"next": message.id, "me": self.worker, "until": clock.now() + self.lease}

    def _settled(self, message: Message, outcome: Outcome) -> dict[str, object]:
        attempts = message.attempts + 1
        state, reply, due_at = outcome.state, outcome.reply, message.due_at
        if state is MessageState.WAITING and attempts > len(self.retries):
            state, reply = MessageState.FAILED, f"given up after {attempts} attempts: {reply}"
        if state is MessageState.WAITING:
            due_at = clock.now() + self.retries[attempts - 1]
        settled_at = None if state is MessageState.WAITING else clock.now()
        values = {"state": state, "code": outcome.code, "reply": reply, "due_at": due_at, "settled_at": settled_at}
        return {"mail": message.id, "me": self.worker, **{f"new_{name}": value for name, value in values.items()}}


def leave_out(message_id: int, worker: str, reason: str) -> None:
    """Settle a mail that must not leave after all."""
    mine = update(Message).where(
        Message.id == message_id, Message.state == MessageState.CLAIMED, Message.worker == worker
    )
    values = {"state": MessageState.SUPPRESSED, "reply": reason, "settled_at": clock.now()}
    _run(mine.values(worker=None, lease_until=None, **values))


def release(worker: str) -> int:
    """Put back what this worker has claimed and not begun."""
    mine = update(Message).where(Message.worker == worker, Message.state == MessageState.CLAIMED)
    return _run(mine.values(state=MessageState.WAITING, worker=None, lease_until=None))


def sweep() -> int:
    """Give back what dead workers held; how many mails that was.

    What somebody waits for is sent again, under the same Message-ID; a campaign's mail waits for a human."""
    late = update(Message).where(Message.lease_until < clock.now())
    back = late.where(Message.state == MessageState.CLAIMED)
    begun = late.where(Message.state == MessageState.SENDING)
    note = "the worker died while it spoke to the relay"
    again = begun.where(Message.campaign_id == ONE_BY_ONE).values(state=MessageState.WAITING, reply=note)
    asked = begun.where(Message.campaign_id != ONE_BY_ONE).values(state=MessageState.UNCERTAIN, reply=note)
    waiting = back.values(state=MessageState.WAITING, worker=None)
    return sum(_run(statement.values(lease_until=None)) for statement in (waiting, again, asked))


def is_drained(lane: int) -> bool:
    left = exists().where(Message.campaign_id == lane, Message.state.in_(UNFINISHED))
    return lane != ONE_BY_ONE and not db.session.scalar(select(left))
