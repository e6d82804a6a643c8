"""The proof that a person agreed to be written to, on one page: every line of the ledger, with the words shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operation118 import clock, tokens
from operation118.dates import NARROW, day_label, time_label
from operation118.mail.addresses import NoAddress, canonical
from operation118.newsletter import ledger
from operation118.newsletter.labels import consent_label, place_label, topics_label
from operation118.newsletter.models import Consent
from operation118.newsletter.refused import Refused
from operation118.web.languages import current
from operation118.web.languages import gettext as _

INDENT = "    "


@dataclass(frozen=True)
class Proof:
    """What the ledger says of an address. It holds the address only because whoever asks for the proof gave it."""

    address: str
    fingerprint: str
    made_at: datetime
    lines: Sequence[Consent]

    def as_data(self) -> dict[str, Any]:
        return {
            "address": self.address,
            "fingerprint": self.fingerprint,
            "made_at": self.made_at.isoformat(),
            "lines": [line_data(line) for line in self.lines],
        }

    def as_text(self) -> str:
        """The proof for people, in the language spoken."""
        return "\n".join([*self._heading(), *(text for line in self.lines for text in _paragraph(line))]) + "\n"

    def _heading(self) -> Iterator[str]:
        yield _("Preuve du consentement de %(address)s", address=self.address)
        yield _("Établie le %(when)s (heure de Paris).", when=instant_label(self.made_at, exact=True))
        yield _("Empreinte de l'adresse dans le registre : %(hash)s", hash=self.fingerprint)
        yield _(
            "Le registre ne s'écrit qu'à la suite : aucune ligne n'en est retirée, et rien n'y est changé, sauf le réseau noté d'une demande, effacé après douze mois."
        )
        if not self.lines:
            yield _("Il ne contient rien sur cette adresse.")


def of(address: str) -> Proof:
    """The proof for whoever owns `address`, erased or not. Raises Refused where it is none."""
    try:
        known = canonical(address.strip())
    except NoAddress as error:
        raise Refused(str(error)) from None
    fingerprint = tokens.fingerprint(known)
    return Proof(known, fingerprint, clock.now(), ledger.lines(fingerprint))


def instant_label(at: datetime, *, exact: bool = False) -> str:
    """The day and the hour in Paris, to the minute, or to the second where `exact`."""
    local = at.astimezone(clock.PARIS)
    day = day_label(local.date(), current())
    if current() == "fr":
        seconds = f"{local.hour} h {local:%M} min {local:%S} s".replace(" ", NARROW)
        return f"{day} à {seconds if exact else time_label(at, 'fr')}"
    return f"{day}, {local.hour}:{local:{'%M:%S' if exact else '%M'}}"


def line_data(line: Consent) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "at": line.at.isoformat(),
        "topics": line.topics,
        "language": line.lang,
        "form": line.form,
        "wording_version": line.wording_version,
        "wording": line.wording,
        "detail": line.detail,
        "network": line.network,
    }


def _paragraph(line: Consent) -> Iterator[str]:
    yield ""
    yield f"{instant_label(line.at, exact=True)} · {consent_label(line.kind)}"
    yield INDENT + _(
        "Où : %(place)s, %(lang)s. Sujets : %(topics)s.",
        place=place_label(line.form),
        lang=_("en français") if line.lang == "fr" else _("en anglais"),
        topics=topics_label(line.topics),
    )
    yield INDENT + _("Mots montrés (version %(version)s) :", version=line.wording_version)
    yield from (f"{INDENT * 2}{text}" for text in line.wording.splitlines())
    yield from (f"{INDENT}{name} : {value}" for name, value in line.detail.items())
    if line.network:
        yield INDENT + _("Réseau, tronqué : %(network)s", network=line.network)
