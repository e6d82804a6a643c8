"""Alerts: "a screening within so many kilometres of there". `digests` tells what is new."""

from datetime import date

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete

from operation118 import clock, places
from operation118.database import db
from operation118.newsletter import digests
from operation118.newsletter.models import Alert, Consent, ConsentKind, Subscriber, SubscriberState, Topic
from operation118.newsletter.refused import Refused
from operation118.places import Commune, Precision
from operation118.web.languages import current
from operation118.web.languages import gettext as _
from operation118.web.typography import typeset

MOST = 5  # alerts a person may have
RADII = (10, 30, 60, 100)  # kilometres
USUAL_RADIUS = 30
LONGEST = 80  # characters of a commune, as typed
LIFETIME = relativedelta(months=12)
FORM = "alerte"  # as the ledger names it
WORDING_VERSION = "2"


def legend() -> str:
    """What an alert promises, as it stands above the form."""
    return _(
        "Un message le soir du jour où une séance est annoncée près de chez vous, et rien les autres jours. Pas besoin d'un sujet coché pour cela."
    )


def wording(place: str, radius_km: int) -> str:
    """What is asked for; no preposition, for « à » and « de » change with the name that follows."""
    return _("%(place)s, %(n)s km à la ronde", n=radius_km, place=typeset(place, current()))


def placeless(radius_km: int) -> str:
    """The same for the ledger, which outlasts the alert: a village and a date can tell who somebody is."""
    return wording(_("une commune"), radius_km)


def button() -> str:
    return _("Prévenez-moi")


def renewal() -> str:
    return _("Prolonger d'un an")


def removal() -> str:
    return _("Retirer")


def add(subscriber: Subscriber, *, commune: Commune, radius_km: int) -> Alert:
    """Tell `subscriber` of screenings near `commune`; of one already watched, the distance changes. Raises Refused."""
    if subscriber.state is not SubscriberState.CONFIRMED:
        raise Refused(_("Une alerte se demande une fois l'abonnement confirmé, et tant qu'il dure."))
    if radius_km not in RADII:
        raise Refused(_("Choisissez une des distances proposées."))
    alert = next((known for known in subscriber.alerts if known.commune == commune.insee), None)
    if alert is None and len(subscriber.alerts) >= MOST:
        raise Refused(_("Vous avez déjà %(n)s alertes : retirez-en une, puis ajoutez celle-ci.", n=MOST))
    end = _end()
    if alert is None:
        alert = Alert(commune=commune.insee, latitude=commune.latitude, longitude=commune.longitude)
        subscriber.alerts.append(alert)
    changes = (alert.radius_km, alert.expires_on) != (radius_km, end)
    alert.label, alert.radius_km, alert.expires_on = commune.label, radius_km, end
    if changes:
        _note(alert, button())
    db.session.flush()
    return alert


def _end() -> date:
    """The last day of an alert asked for today: in a year, and not before the last screening announced."""
    return max([clock.today() + LIFETIME, *(screening.on for screening in digests.coming())])


def _note(alert: Alert, pressed: str) -> None:
    """Add to the ledger what stood on the page, but for the commune, and the button."""
    subscriber = alert.subscriber
    line = Consent(
        fingerprint=subscriber.fingerprint,
        kind=ConsentKind.CHANGED,
        at=clock.now(),
        topics=[topic.value for topic in Topic if topic in subscriber.topics],
        lang=current(),
        form=FORM,
        wording_version=WORDING_VERSION,
        wording=f"{legend()}\n{placeless(alert.radius_km)}\n[{pressed}]",
        detail={},
    )
    db.session.add(line)


def find(subscriber: Subscriber, number: int) -> Alert:
    """One of their own. Raises Refused."""
    found = next((alert for alert in subscriber.alerts if alert.id == number), None)
    if found is None:
        raise Refused(_("Cette alerte n'existe plus : elle a été retirée, ou elle était finie."))
    return found


def renew(alert: Alert) -> None:
    """Watch for another year from today; twice in a day is once."""
    end = _end()
    if alert.expires_on != end:
        alert.expires_on = end
        _note(alert, renewal())
        db.session.flush()


def remove(alert: Alert) -> None:
    """Watch no more. Of two who remove it at once, one did."""
    subscriber = alert.subscriber
    if db.session.execute(delete(Alert).where(Alert.id == alert.id).returning(Alert.id)).all():
        _note(alert, removal())
    db.session.flush()
    db.session.expire(subscriber, ["alerts"])


def is_renewable(alert: Alert) -> bool:
    """Whether renewing would make it last longer."""
    return alert.expires_on < clock.today() + LIFETIME


def is_approximate(alert: Alert) -> bool:
    """Whether the position of its commune is only that of its neighbours."""
    commune = places.commune(alert.commune)
    return commune is not None and commune.precision is not Precision.COMMUNE


def expire() -> int:
    """Delete the alerts whose last day is over; how many that was."""
    over = delete(Alert).where(Alert.expires_on < clock.today())
    return db.session.connection().execute(over).rowcount
