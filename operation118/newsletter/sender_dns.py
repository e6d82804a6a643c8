"""What the DNS says of the domain that letters come from: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489)."""

from collections.abc import Iterator

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT
from flask import current_app

from operation118.newsletter.checks import Finding
from operation118.web.settings import current_settings

PATIENCE = 3.0  # seconds for each question
NOTHING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)
UNREACHABLE = "DNS injoignable d’ici : SPF, DKIM et DMARC de {domain} n’ont pas été vérifiés."


def _resolver() -> dns.resolver.Resolver:
    """That of the machine, unless another was set."""
    found: dns.resolver.Resolver | None = current_app.extensions.get("dns_resolver")
    return found or dns.resolver.Resolver()


def findings(domain: str) -> Iterator[Finding]:
    """What is missing for mailboxes to trust `domain`, as warnings: the DNS is seen from here only."""
    try:
        resolver = _resolver()
        yield from (Finding(told, is_error=False) for told in _missing(resolver, domain))
    except (dns.exception.DNSException, OSError):
        yield Finding(UNREACHABLE.format(domain=domain), is_error=False)


def _missing(resolver: dns.resolver.Resolver, domain: str) -> Iterator[str]:
    spf = [text for text in _texts(resolver, domain) if text.lower().split(" ", 1)[0] == "v=spf1"]
    if len(spf) != 1:
        yield f"SPF : {domain} a {len(spf) or 'zéro'} enregistrement « v=spf1 » ; il en faut un, et un seul."
    elif not spf[0].rstrip().endswith(("-all", "~all")) and "redirect=" not in spf[0]:
        yield f"SPF : celui de {domain} ne se termine ni par « -all » ni par « ~all » : il ne protège de rien."
    yield from _signature(resolver, domain)
    if not any(text.upper().startswith("V=DMARC1") for text in _texts(resolver, f"_dmarc.{domain}")):
        yield f"DMARC : _dmarc.{domain} ne dit rien ; « v=DMARC1; p=none » est le moins."


def _signature(resolver: dns.resolver.Resolver, domain: str) -> Iterator[str]:
    """The public key, where the site signs; of a relay that signs, the selector is not known here."""
    settings = current_settings()
    if not settings["DKIM_KEY"]:
        yield "DKIM : le site ne signe pas lui-même ; vérifiez que le relais signe au nom de ce domaine."
        return
    name = f"{settings['DKIM_SELECTOR']}._domainkey.{domain}"
    if not any("p=" in text for text in _texts(resolver, name)):
        yield f"DKIM : {name} ne publie pas de clé : les signatures ne pourront pas être vérifiées."


def _texts(resolver: dns.resolver.Resolver, name: str) -> list[str]:
    try:
        answer = resolver.resolve(name, "TXT", lifetime=PATIENCE, raise_on_no_answer=True)
    except NOTHING:
        return []
    return [b"".join(row.strings).decode("utf-8", "replace") for row in answer if isinstance(row, TXT)]
