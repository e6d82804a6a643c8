"""Addresses as people type them: read, refused kindly, corrected where a well-known name was mistyped."""

from difflib import get_close_matches

from operation118.mail.addresses import LONGEST as LONGEST
from operation118.mail.addresses import NoAddress, canonical
from operation118.newsletter.refused import Refused
from operation118.web.languages import gettext as _

# Where many French readers have their mailbox, and real neighbours of those names, which are left in peace.
COMMON = (
    "gmail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.fr", "yahoo.com", "yahoo.fr",
    "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "icloud.com", "gmx.fr",
    "gmx.com", "protonmail.com", "proton.me", "numericable.fr", "aliceadsl.fr", "club-internet.fr",
)  # fmt: skip
REAL = frozenset({*COMMON, "mail.com", "ymail.com", "gmx.net", "free.com", "email.com", "me.com", "mac.com", "aol.com"})
PROVIDERS = frozenset(known.partition(".")[0] for known in COMMON)
ENDINGS = {"con": "com", "cm": "com", "cmo": "com", "ocm": "com", "comm": "com", "vom": "com", "rf": "fr", "frr": "fr"}
CONFUSED = {
    "gmail.fr": "gmail.com",
    "icloud.fr": "icloud.com",
    "laposte.fr": "laposte.net",
    "wanadoo.com": "wanadoo.fr",
}
DOTLESS = frozenset({"gmail.com", "googlemail.com"})  # one house, where dots do not count
CLOSE = 0.85  # of 1; "gmial.com" is 0.89 like "gmail.com"

# The best known names of mailboxes that live for an hour; no list is complete, and none needs to be.
DISPOSABLE = frozenset(
    {
        "10minutemail.com", "dispostable.com", "emailondeck.com", "fakeinbox.com", "getnada.com", "grr.la",
        "guerrillamail.com", "guerrillamail.net", "jetable.org", "maildrop.cc", "mailinator.com", "mailnesia.com",
        "moakt.com", "mohmal.com", "mytemp.email", "sharklasers.com", "temp-mail.org", "tempmail.com",
        "throwawaymail.com", "trashmail.com", "yopmail.com", "yopmail.fr", "yopmail.net",
    }
)  # fmt: skip


def read(typed: str) -> str:
    """The address that mail to `typed` goes to. Raises Refused."""
    if not typed:
        raise Refused(_("Donnez l'adresse où vous écrire."))
    if "@" not in typed:
        raise Refused(_("Il manque l'arobase : une adresse s'écrit prenom@exemple.fr."))
    try:
        address = canonical(typed)
    except NoAddress:
        raise Refused(
            _(
                "Cette adresse n'a pas la forme d'une adresse. Relisez-la : une espace, un accent ou une lettre en trop ?"
            )
        ) from None
    if is_disposable(address):
        raise Refused(
            _(
                "Cette adresse semble jetable : la lettre, qui vient rarement, s'y perdrait. Donnez-en une que vous lirez encore dans un an."
            )
        )
    return address


def domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def mailbox(address: str) -> str:
    """The mailbox where `address` most likely arrives, whatever its owner put in for fun; never to be written to."""
    local, _at, given = address.lower().rpartition("@")
    name = local.partition("+")[0] or local
    return f"{name.replace('.', '')}@gmail.com" if given in DOTLESS else f"{name}@{given}"


def is_disposable(address: str) -> bool:
    parts = domain(address).split(".")
    return any(".".join(parts[start:]) in DISPOSABLE for start in range(len(parts)))


def correction(address: str) -> str | None:
    """`address` at the well-known name that its own nearly is, or None."""
    given = domain(address)
    mended = _mended(given)
    return None if mended == given else f"{address.rpartition('@')[0]}@{mended}"


def _mended(given: str) -> str:
    name, _dot, ending = given.rpartition(".")
    guess = CONFUSED.get(given) or f"{name}.{ENDINGS.get(ending, ending)}"
    if given in REAL or guess in REAL:
        return given if given in REAL else guess
    if name in PROVIDERS:  # the same house in another country
        return given
    close = get_close_matches(guess, COMMON, n=1, cutoff=CLOSE)
    return close[0] if close else given
