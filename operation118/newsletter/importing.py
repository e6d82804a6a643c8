"""Taking over lists kept elsewhere: who agreed there is a subscriber here, who left there is never written to.

Nobody is subscribed without a trace of their consent (GDPR, article 7), nobody who left comes back by a list, and
whoever is known here already is left alone.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import insert, select

from operation118 import clock, tokens
from operation118.database import db
from operation118.mail.models import Suppression, SuppressionReason, SuppressionScope
from operation118.newsletter import addresses, mails, subscribing
from operation118.newsletter.lists import Line, List, Word
from operation118.newsletter.models import Consent, ConsentKind, Subscriber, SubscriberState, Subscription, Topic
from operation118.newsletter.refused import Refused

BATCH = 1_000  # lines in memory
SHOWN = 20  # problems told one by one
GONE = frozenset({Word.LEFT, Word.DEAD})
KEPT_AWAY = {
    Word.LEFT: (SuppressionScope.BULK, SuppressionReason.IMPORTED),
    Word.DEAD: (SuppressionScope.ALL, SuppressionReason.HARD_BOUNCE),
}


class Outcome(StrEnum):
    """What becomes of a line."""

    SUBSCRIBED = "subscribed"
    ASKED = "asked to confirm"
    LEFT = "kept away: had left"
    DEAD = "kept away: no such mailbox"
    KNOWN = "left alone: known here already"
    AWAY = "left alone: not written to"
    REPEATED = "left alone: met before in these files"
    UNPROVEN = "refused: no proof of consent"
    TOPICLESS = "refused: no topic"
    BAD_ADDRESS = "refused: no address"
    SET_ASIDE = "skipped: neither on the list nor off it"


PROBLEMS = frozenset({Outcome.UNPROVEN, Outcome.TOPICLESS, Outcome.BAD_ADDRESS})


@dataclass(frozen=True)
class Terms:
    """How the lists are taken over. With `ask`, those without a proof are asked to confirm, `per_hour` of them at most;
    `called` is the name under which they know the list."""

    topics: frozenset[Topic]
    lang: str
    ask: bool = False
    per_hour: int = 500
    with_network: bool = False
    called: str = ""


@dataclass
class Report:
    """How many lines came to what, and the first problems: file, line, what is wrong."""

    counts: Counter[Outcome] = field(default_factory=Counter[Outcome])
    problems: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])

    def note(self, outcome: Outcome, source: List, line: Line, why: str = "") -> None:
        self.counts[outcome] += 1
        if outcome in PROBLEMS and len(self.problems) < SHOWN:
            self.problems.append((source.path.name, line.number, why or outcome.value.partition(": ")[2]))


@dataclass(frozen=True)
class Candidate:
    """A line whose address can be written to."""

    line: Line
    address: str
    fingerprint: str
    topics: frozenset[Topic]
    lang: str


@dataclass
class _Met:
    """Whom a rehearsal has met, for it leaves nothing in the database."""

    known: set[str] = field(default_factory=set[str])
    away: set[str] = field(default_factory=set[str])

    def note(self, by_outcome: Mapping[Outcome, Sequence[Candidate]]) -> None:
        self.known |= _hashes(by_outcome, Outcome.SUBSCRIBED, Outcome.ASKED)
        self.away |= _hashes(by_outcome, Outcome.LEFT, Outcome.DEAD)


def _hashes(by_outcome: Mapping[Outcome, Sequence[Candidate]], *outcomes: Outcome) -> set[str]:
    return {candidate.fingerprint for outcome in outcomes for candidate in by_outcome[outcome]}


def take_over(
    sources: Sequence[List],
    *,
    terms: Terms,
    progress: Callable[[int], None],
    report: Report | None = None,
    rehearse: bool = False,
) -> Report:
    """Take over whole lists; `progress` is told how many lines were read, each of them twice.

    Those who are gone come first, whatever their file, so that no other line brings them back. To `rehearse` is to read
    only, and to report the same. Raises Refused.
    """
    report = report or Report()
    met = _Met() if rehearse else None
    for gone in (True, False):
        for source in sources:
            for lines in _batches(source.lines()):
                _take([line for line in lines if (line.said.word in GONE) == gone], source, terms, report, met)
                progress(len(lines))
    report.problems.sort()
    return report


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _take(lines: Iterable[Line], source: List, terms: Terms, report: Report, met: _Met | None) -> None:
    candidates = list(_candidates(lines, source, terms, report))
    by_outcome: dict[Outcome, list[Candidate]] = {outcome: [] for outcome in Outcome}
    known = _fingerprints(Subscriber, candidates) | (met.known if met else set[str]())
    away = _fingerprints(Suppression, candidates) | (met.away if met else set[str]())
    for candidate in candidates:
        outcome = _outcome(candidate, known, away, terms)
        report.note(outcome, source, candidate.line)
        by_outcome[outcome].append(candidate)
    if met:
        met.note(by_outcome)
        return
    _subscribe(by_outcome[Outcome.SUBSCRIBED], source, terms)
    _ask(by_outcome[Outcome.ASKED], source, terms, already=report.counts[Outcome.ASKED])
    _keep_away(by_outcome[Outcome.LEFT] + by_outcome[Outcome.DEAD])


def _candidates(lines: Iterable[Line], source: List, terms: Terms, report: Report) -> Iterator[Candidate]:
    """Those of the lines that have an address, none twice; the others are reported."""
    seen = set[str]()
    for line in lines:
        try:
            address = addresses.read(line.address)
        except Refused as refused:
            report.note(Outcome.BAD_ADDRESS, source, line, str(refused))
            continue
        fingerprint = tokens.fingerprint(address)
        if fingerprint in seen:
            report.note(Outcome.REPEATED, source, line)
            continue
        seen.add(fingerprint)
        topics, lang = line.said.topics or terms.topics, line.said.lang or terms.lang
        yield Candidate(line, address, fingerprint, topics, lang)


def _fingerprints(table: type[Subscriber | Suppression], candidates: Iterable[Candidate]) -> set[str]:
    theirs = [candidate.fingerprint for candidate in candidates]
    return set(db.session.scalars(select(table.fingerprint).where(table.fingerprint.in_(theirs))))


def _outcome(candidate: Candidate, known: Collection[str], away: Collection[str], terms: Terms) -> Outcome:
    word = candidate.line.said.word
    if word is Word.SET_ASIDE:
        return Outcome.SET_ASIDE
    if candidate.fingerprint in known:
        return Outcome.KNOWN
    if candidate.fingerprint in away:
        return Outcome.AWAY
    if word in GONE:
        return Outcome.LEFT if word is Word.LEFT else Outcome.DEAD
    if word is Word.UNPROVEN and not terms.ask:
        return Outcome.UNPROVEN
    if not candidate.topics:
        return Outcome.TOPICLESS
    return Outcome.SUBSCRIBED if word is Word.AGREED else Outcome.ASKED


def _subscribe(candidates: Sequence[Candidate], source: List, terms: Terms) -> None:
    if not candidates:
        return
    rows = [_row(candidate) for candidate in candidates]
    added = insert(Subscriber).returning(Subscriber.id, sort_by_parameter_order=True)
    ids = db.session.scalars(added, rows).all()
    pairs = list(zip(ids, candidates, strict=True))
    topics = [{"subscriber_id": number, "topic": topic} for number, who in pairs for topic in who.topics]
    db.session.execute(insert(Subscription), topics)
    _note(candidates, source, terms)


def _row(candidate: Candidate) -> dict[str, Any]:
    said = candidate.line.said
    return {
        "address": candidate.address,
        "fingerprint": candidate.fingerprint,
        "state": SubscriberState.CONFIRMED,
        "lang": candidate.lang,
        "asked_at": said.asked_at or said.agreed_at,
        "confirmed_at": said.agreed_at,
        "paused_until": said.paused_until,
    }


def _note(candidates: Iterable[Candidate], source: List, terms: Terms) -> None:
    """Add to the ledger where each comes from, with what the list knew of their consent."""
    lines = [
        {
            "fingerprint": candidate.fingerprint,
            "kind": ConsentKind.IMPORTED,
            "at": clock.now(),
            "topics": [topic.value for topic in Topic if topic in candidate.topics],
            "lang": candidate.lang,
            "form": f"import:{source.format.name}",
            "wording_version": "import",
            "wording": candidate.line.proof.get("consent_wording", ""),
            "detail": {"file": source.path.name, "line": candidate.line.number, **candidate.line.proof},
            "network": candidate.line.said.network if terms.with_network else None,
        }
        for candidate in candidates
    ]
    db.session.execute(insert(Consent), lines)


def _ask(candidates: Sequence[Candidate], source: List, terms: Terms, *, already: int) -> None:
    """Write to those who must confirm, a few an hour: a mailbox provider who knows us little takes no flood."""
    if not candidates:
        return
    first = already - len(candidates)
    dues = [clock.now() + timedelta(hours=1) * (place / terms.per_hour) for place in range(first, already)]
    pairs = [(_pending(candidate, due), due) for candidate, due in zip(candidates, dues, strict=True)]
    db.session.add_all(subscriber for subscriber, _due in pairs)
    db.session.flush()
    with db.session.no_autoflush:  # all mails at once too, for no two have one key
        for subscriber, due in pairs:
            mails.taken_over(subscriber, called=terms.called, due_at=due)
    _note(candidates, source, terms)


def _pending(candidate: Candidate, due_at: datetime) -> Subscriber:
    return Subscriber(
        address=candidate.address,
        fingerprint=candidate.fingerprint,
        lang=candidate.lang,
        asked_at=due_at,
        expires_at=due_at + subscribing.PENDING,
        subscriptions=[Subscription(topic=topic) for topic in candidate.topics],
    )


def _keep_away(candidates: Sequence[Candidate]) -> None:
    rows: list[dict[str, Any]] = []
    for candidate in candidates:
        scope, reason = KEPT_AWAY[candidate.line.said.word]
        since = candidate.line.said.left_at or clock.now()
        rows.append({"fingerprint": candidate.fingerprint, "scope": scope, "reason": reason, "since": since})
    if rows:
        db.session.execute(insert(Suppression), rows)
