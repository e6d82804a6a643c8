"""How what is kept of a subscriber is said to them."""

from operation118.mail.models import MessageState, SuppressionReason
from operation118.newsletter.models import ConsentKind, SubscriberState
from operation118.newsletter.subscribing import LeavingReason
from operation118.web.languages import gettext as _


def state_label(state: SubscriberState) -> str:
    return {
        SubscriberState.PENDING: _("en attente de votre confirmation"),
        SubscriberState.CONFIRMED: _("confirmé"),
        SubscriberState.UNSUBSCRIBED: _("terminé"),
    }[state]


def consent_label(kind: ConsentKind) -> str:
    return {
        ConsentKind.ASKED: _("Demande"),
        ConsentKind.CONFIRMED: _("Confirmation"),
        ConsentKind.CHANGED: _("Changement"),
        ConsentKind.WITHDRAWN: _("Désinscription"),
        ConsentKind.ERASED: _("Effacement"),
        ConsentKind.IMPORTED: _("Reprise d'une liste"),
    }[kind]


def mail_label(state: MessageState) -> str:
    if state in (MessageState.WAITING, MessageState.CLAIMED, MessageState.SENDING):
        return _("en route")
    return _("parti") if state in (MessageState.SENT, MessageState.UNCERTAIN) else _("pas parti")


def suppression_label(reason: SuppressionReason) -> str:
    return {
        SuppressionReason.HARD_BOUNCE: _("votre boîte n'existe pas, selon son serveur"),
        SuppressionReason.SOFT_BOUNCES: _("votre boîte a trop souvent refusé nos messages"),
        SuppressionReason.COMPLAINT: _("une lettre a été signalée comme indésirable"),
        SuppressionReason.ERASED: _("vous avez demandé l'effacement"),
        SuppressionReason.REQUEST: _("vous avez quitté la lettre"),
        SuppressionReason.IMPORTED: _("une liste reprise disait que vous l'aviez quittée"),
    }[reason]


def leaving_label(reason: LeavingReason) -> str:
    return {
        LeavingReason.TOO_MANY: _("Trop de lettres"),
        LeavingReason.NO_LONGER: _("J'ai su ce que je voulais savoir"),
        LeavingReason.NEVER_ASKED: _("Je n'avais rien demandé"),
        LeavingReason.OTHERWISE: _("Je suis les nouvelles autrement"),
    }[reason]
