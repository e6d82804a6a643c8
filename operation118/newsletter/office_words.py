"""How the office says the letter's states, reasons and numbers, in French."""

from datetime import datetime

from operation118.clock import PARIS
from operation118.dates import NARROW, day_label, time_label
from operation118.mail.models import BounceKind, MessageState, SuppressionReason, SuppressionScope
from operation118.newsletter.audience import Standing
from operation118.newsletter.models import CampaignState, SubscriberState
from operation118.newsletter.reach import Reach
from operation118.newsletter.readers import MOST
from operation118.newsletter.rights import Way

CAMPAIGN = {
    CampaignState.DRAFT: "Brouillon",
    CampaignState.SCHEDULED: "Programmée",
    CampaignState.SENDING: "En cours d’envoi",
    CampaignState.PAUSED: "Suspendue",
    CampaignState.SENT: "Envoyée",
    CampaignState.CANCELLED: "Arrêtée",
}
# What is done next with a letter in each state: what the link says, the view it leads to.
NEXT = {
    CampaignState.DRAFT: ("Continuer", "edit"),
    CampaignState.SCHEDULED: ("Voir le départ", "letter"),
    CampaignState.SENDING: ("Suivre l’envoi", "letter"),
    CampaignState.PAUSED: ("Reprendre ou arrêter", "letter"),
    CampaignState.SENT: ("Voir les résultats", "letter"),
    CampaignState.CANCELLED: ("Voir ce qui a été envoyé", "letter"),
}
MESSAGE = {
    MessageState.WAITING: "En attente",
    MessageState.CLAIMED: "Pris en main",
    MessageState.SENDING: "En train de partir",
    MessageState.SENT: "Envoyés",
    MessageState.KEPT: "Gardés en fichier",
    MessageState.FAILED: "Refusés",
    MessageState.SUPPRESSED: "Écartés",
    MessageState.UNCERTAIN: "Incertains",
    MessageState.CANCELLED: "Annulés",
}
ONE_MESSAGE = {
    **MESSAGE,
    MessageState.SENT: "Envoyé",
    MessageState.KEPT: "Gardé en fichier",
    MessageState.FAILED: "Refusé",
    MessageState.SUPPRESSED: "Écarté",
    MessageState.UNCERTAIN: "Incertain",
    MessageState.CANCELLED: "Annulé",
}
# What the journal keeps of a letter, by the name of each field.
LETTER = {
    "topics": "Sujets",
    "reach": "Lecteurs",
    "lang": "Langue",
    "near": "Autour de",
    "label": "Commune",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "km": "Kilomètres",
    "subject": "Objet",
    "body": "Texte",
    "in_archive": "Dans les archives publiques",
}
# One of them, several.
STANDING = {
    Standing.UNCONFIRMED: ("n’a pas confirmé sa demande", "n’ont pas confirmé leur demande"),
    Standing.UNSUBSCRIBED: ("s’est désabonné", "se sont désabonnés"),
    Standing.OTHER_TOPICS: ("n’a demandé aucun de ces sujets", "n’ont demandé aucun de ces sujets"),
    Standing.OTHER_LANGUAGE: ("lit l’autre langue", "lisent l’autre langue"),
    Standing.ELSEWHERE: ("est trop loin, ou n’a dit aucune commune", "sont trop loin, ou n’ont dit aucune commune"),
    Standing.SUPPRESSED: (
        "est sur la liste des adresses à ne plus écrire",
        "sont sur la liste des adresses à ne plus écrire",
    ),
    Standing.PAUSED: ("a suspendu la lettre", "ont suspendu la lettre"),
    Standing.ERASED: ("a tout effacé", "ont tout effacé"),
}
SUBSCRIBER = {
    SubscriberState.PENDING: "En attente de confirmation",
    SubscriberState.CONFIRMED: "Confirmé",
    SubscriberState.UNSUBSCRIBED: "Désabonné",
}
SUBSCRIBERS = {
    SubscriberState.PENDING: "En attente de confirmation",
    SubscriberState.CONFIRMED: "Confirmés",
    SubscriberState.UNSUBSCRIBED: "Désabonnés",
}
# The headers of a mail, by what they are for.
HEADERS = {
    "From": "De",
    "To": "À",
    "Reply-To": "Réponses à",
    "Subject": "Objet",
    "Message-ID": "Identifiant",
    "List-Unsubscribe": "Désabonnement",
    "List-Unsubscribe-Post": "Désabonnement en un clic",
    "List-Id": "Liste",
}
REASON = {
    SuppressionReason.HARD_BOUNCE: "Boîte inexistante, dit son serveur",
    SuppressionReason.SOFT_BOUNCES: "Boîte qui refuse trop souvent",
    SuppressionReason.COMPLAINT: "Lettre signalée comme indésirable",
    SuppressionReason.ERASED: "Effacement demandé",
    SuppressionReason.REQUEST: "A demandé qu’on ne lui écrive plus",
    SuppressionReason.IMPORTED: "Avait quitté une liste reprise",
}
WAY = {
    Way.MAIL: "par courriel",
    Way.PHONE: "par téléphone",
    Way.POST: "par courrier",
    Way.VOICE: "de vive voix",
}
SCOPE = {SuppressionScope.ALL: "tout", SuppressionScope.BULK: "les lettres"}
BOUNCE = {
    BounceKind.HARD: "Définitif",
    BounceKind.SOFT: "Passager",
    BounceKind.COMPLAINT: "Plainte",
    BounceKind.AUTO_REPLY: "Réponse automatique",
    BounceKind.UNKNOWN: "Sans suite",
}


def number(value: int) -> str:
    """« 12 000 »."""
    return f"{value:,}".replace(",", NARROW)


def about(value: int) -> str:
    """A number that was counted no further than `readers.MOST`."""
    return f"plus de {number(MOST)}" if value > MOST else number(value)


def counted(value: int, one: str, many: str, *, exact: bool = True) -> str:
    """« 1 message », « 12 000 messages »."""
    return f"{number(value) if exact else about(value)} {many if value > 1 else one}"


def reach_label(reach: Reach) -> str:
    """« qui lisent le français, à moins de 30 km de … »; empty where it is everybody."""
    langs = {"fr": "qui lisent le français", "en": "qui lisent l’anglais"}
    near = f"à moins de {reach.near.km} km de {reach.near.label}" if reach.near else ""
    return ", ".join(filter(None, (langs.get(reach.lang or ""), near)))


def instant(at: datetime) -> str:
    """« 25 novembre 2026 à 20 h 30 », in Paris."""
    return f"{day_label(at.astimezone(PARIS).date(), 'fr')} à {time_label(at, 'fr')}"


def exact_time(at: datetime) -> str:
    """« 5 h 30 min 05 s », in Paris."""
    local = at.astimezone(PARIS)
    return f"{local.hour} h {local:%M min %S s}".replace(" ", NARROW)


def subject_of(slug: str) -> str:
    """The subject of the journal's lines about a letter."""
    return f"letter.{slug}"
