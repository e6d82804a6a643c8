"""What somebody asked the team for by another way than a link of ours: done in their stead, and told so in the ledger.

Stopping and erasing harm nobody whom a new request does not restore: whoever asks is believed. Nobody is confirmed so."""

from enum import StrEnum

from operation118 import tokens
from operation118.mail.addresses import NoAddress, canonical
from operation118.newsletter import erasing, queries, subscribing
from operation118.newsletter.ledger import Said
from operation118.newsletter.models import Subscriber, SubscriberState
from operation118.newsletter.refused import Refused
from operation118.newsletter.wording import Form
from operation118.web.languages import gettext as _


class Way(StrEnum):
    """How the team was asked."""

    MAIL = "courriel"
    PHONE = "telephone"
    POST = "courrier"
    VOICE = "de-vive-voix"


def of_address(typed: str) -> Subscriber:
    """The subscriber whose address this is. Raises Refused."""
    try:
        found = queries.by_fingerprint(tokens.fingerprint(canonical(typed.strip())))
    except NoAddress as error:
        raise Refused(str(error)) from None
    if found is None:
        raise Refused(_("Personne n'est abonné à cette adresse."))
    return found


def leave(subscriber: Subscriber, *, asked: Way) -> None:
    """Write to them no more. Raises Refused for who waits to confirm, or has left."""
    if subscriber.state is not SubscriberState.CONFIRMED:
        raise Refused(_("Cette personne ne reçoit pas la lettre : il n'y a rien à arrêter."))
    subscribing.withdraw(subscriber, said=_said(Form.LEAVING_ASKED, subscriber, asked))


def forget(subscriber: Subscriber, *, asked: Way) -> None:
    """Erase them."""
    erasing.erase(subscriber, said=_said(Form.ERASURE_ASKED, subscriber, asked))


def _said(form: Form, subscriber: Subscriber, asked: Way) -> Said:
    return Said(form, subscriber.lang, detail={"asked_by": asked.value})
