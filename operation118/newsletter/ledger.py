"""The consent ledger: who agreed to what, when, before which words. Lines are added, never changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from operation118 import clock
from operation118.database import db
from operation118.newsletter import wording
from operation118.newsletter.models import Consent, ConsentKind, Topic
from operation118.newsletter.wording import Form
from operation118.web.languages import speaking

NETWORK_DAYS = 365


@dataclass(frozen=True)
class Said:
    """Where somebody said something, in which language, and what else is kept of it. `network` is truncated."""

    form: Form
    lang: str
    network: str | None = None
    detail: dict[str, Any] = field(default_factory=dict[str, Any])


def note(fingerprint: str, kind: ConsentKind, *, topics: Collection[Topic], said: Said) -> None:
    """Add a line, with the words that were shown."""
    with speaking(said.lang):
        shown = wording.shown(said.form, topics)
    line = Consent(
        fingerprint=fingerprint,
        kind=kind,
        at=clock.now(),
        topics=[topic.value for topic in Topic if topic in topics],
        lang=said.lang,
        form=said.form,
        wording_version=wording.VERSION,
        wording=shown,
        detail=said.detail,
        network=said.network,
    )
    db.session.add(line)


def lines(fingerprint: str) -> Sequence[Consent]:
    """What is known of a person's consent, oldest first."""
    return db.session.scalars(select(Consent).where(Consent.fingerprint == fingerprint).order_by(Consent.id)).all()


def forget_networks() -> int:
    """Blank the networks noted more than twelve months ago: the one thing of a line that does not last."""
    old = Consent.network.is_not(None) & (Consent.at < clock.now() - timedelta(days=NETWORK_DAYS))
    return db.session.connection().execute(update(Consent).where(old).values(network=None)).rowcount
