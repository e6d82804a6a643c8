"""How what is kept of a subscriber is said to them."""

from collections.abc import Collection

from operation118.mail.models import MessageState, SuppressionReason
from operation118.newsletter import alerts
from operation118.newsletter.models import ConsentKind, SubscriberState, Topic
from operation118.newsletter.subscribing import LeavingReason
from operation118.newsletter.wording import Form, label
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


def place_label(form: str) -> str:
    """Where a line of the ledger was written; a form that is not the site's, such as an import, keeps its name."""
    return {
        Form.LETTER: _("le formulaire de la lettre"),
        Form.HOME: _("le formulaire de l'accueil"),
        Form.DVD: _("le formulaire de la page du DVD"),
        Form.CONFIRMATION: _("la page de confirmation"),
        Form.UNSUBSCRIPTION: _("la page de désinscription"),
        Form.ONE_CLICK: _("le bouton de désinscription de la messagerie"),
        Form.COMPLAINT: _("un signalement de la messagerie"),
        Form.REFUSAL: _("la page de refus"),
        **dict.fromkeys((Form.LEAVING_ASKED, Form.ERASURE_ASKED), _("l'équipe, à qui on l'a demandé")),
        **dict.fromkeys(
            (Form.CHOICES, Form.PAUSE, Form.RESUMPTION, Form.ERASURE, alerts.FORM), _("la page de l'abonné")
        ),
    }.get(form, form)


def topics_label(topics: Collection[str]) -> str:
    """« le DVD, les séances », in the usual order."""
    names = [label(topic) for topic in Topic if topic in topics]
    return ", ".join(f"{name[0].lower()}{name[1:]}" for name in names) or "–"


def mail_label(state: MessageState) -> str:
    return {
        MessageState.WAITING: _("en attente"),
        MessageState.CLAIMED: _("en attente"),
        MessageState.SENDING: _("en attente"),
        MessageState.SENT: _("parti"),
        MessageState.UNCERTAIN: _("parti"),
        MessageState.KEPT: _("gardé, non envoyé"),
        MessageState.FAILED: _("refusé"),
    }.get(state, _("non envoyé"))


def suppression_label(reason: SuppressionReason) -> str:
    return {
        SuppressionReason.HARD_BOUNCE: _("votre boîte n'existe pas, selon son serveur"),
        SuppressionReason.SOFT_BOUNCES: _("votre boîte a trop souvent refusé nos messages"),
        SuppressionReason.COMPLAINT: _("une lettre a été signalée comme indésirable"),
        SuppressionReason.ERASED: _("vous avez demandé l'effacement"),
        SuppressionReason.REQUEST: _("vous avez demandé que nous ne vous écrivions plus"),
        SuppressionReason.IMPORTED: _("une liste reprise disait que vous l'aviez quittée"),
    }[reason]


def leaving_label(reason: LeavingReason) -> str:
    return {
        LeavingReason.TOO_MANY: _("Trop de lettres"),
        LeavingReason.NO_LONGER: _("J'ai su ce que je voulais savoir"),
        LeavingReason.NEVER_ASKED: _("Je n'avais rien demandé"),
        LeavingReason.OTHERWISE: _("Je suis les nouvelles autrement"),
    }[reason]
