"""What is looked at before a letter leaves. An error keeps it here; a warning is for its author to judge."""

from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import current_app

from operation118.config import PREFIX
from operation118.newsletter import foreign_pages, markdown, rendering
from operation118.newsletter.models import Campaign
from operation118.newsletter.refused import Refused
from operation118.web.languages import gettext as _
from operation118.web.links import absolute
from operation118.web.settings import current_settings

LONGEST_SUBJECT = 70  # characters; telephones show about half of them
LARGEST = 100_000  # bytes of HTML: beyond 102 kB Gmail cuts the mail, and with it the way out


@dataclass(frozen=True)
class Finding:
    message: str
    is_error: bool = True


Check = Callable[[Campaign], Iterator[Finding]]


def run(campaign: Campaign, *, network: bool = False) -> list[Finding]:
    """What is wrong with the letter; `network` also asks the foreign pages it leads to whether they are there."""
    return [finding for check in checks(network=network) for finding in check(campaign)]


def checks(*, network: bool) -> tuple[Check, ...]:
    alone = (relay, blocks, tongues, subjects, pictures, addresses, way_out, sender)
    return (*alone, foreign_links) if network else alone


def no_relay() -> str:
    return _("Aucun relais n'est réglé (%(name)s) : personne ne la recevrait.", name=f"{PREFIX}SMTP_URL")


def relay(campaign: Campaign) -> Iterator[Finding]:
    """There is somebody to give the mails to: kept in files, they would count as settled, and nobody would have them."""
    if not current_settings()["SMTP_URL"]:
        yield Finding(no_relay())


def blocks(campaign: Campaign) -> Iterator[Finding]:
    """Every block can be filled."""
    for lang in rendering.languages(campaign):
        try:
            rendering.source(campaign, lang)
        except Refused as refused:
            yield Finding(f"{lang}: {refused}")


def _sources(campaign: Campaign) -> Iterator[tuple[str, str]]:
    """The Markdown by language; what cannot be filled is told by `blocks`."""
    for lang in rendering.languages(campaign):
        try:
            yield lang, rendering.source(campaign, lang)
        except Refused:
            continue


def tongues(campaign: Campaign) -> Iterator[Finding]:
    if not campaign.body_fr.strip():
        yield Finding(_("La lettre est vide en français."))
    if campaign.body_en is None:
        yield Finding(_("Pas de version anglaise : ceux qui lisent l'anglais recevront le français."), is_error=False)
    elif not campaign.body_en.strip():
        yield Finding(_("La lettre est vide en anglais."))


def subjects(campaign: Campaign) -> Iterator[Finding]:
    for lang in rendering.languages(campaign):
        length = len(rendering.subject(campaign, lang))
        if length > LONGEST_SUBJECT:
            told = _(
                "Objet (%(lang)s) de %(n)s caractères : au-delà de %(most)s, il est souvent coupé.",
                lang=lang,
                n=length,
                most=LONGEST_SUBJECT,
            )
            yield Finding(told, is_error=False)


def pictures(campaign: Campaign) -> Iterator[Finding]:
    for lang, body in _sources(campaign):
        for picture in markdown.pictures(body):
            if not picture.alt:
                yield Finding(_("Image sans texte de remplacement (%(lang)s) : %(url)s", lang=lang, url=picture.url))
            if not (rendering.is_own(picture.url) or picture.url.startswith("https://")):
                yield Finding(
                    _("Image qui n'est ni du site ni en https (%(lang)s) : %(url)s", lang=lang, url=picture.url)
                )
            elif rendering.is_own(picture.url):
                yield from _answers(lang, picture.url)


def addresses(campaign: Campaign) -> Iterator[Finding]:
    """Links that lead somewhere: those of the site answer."""
    for lang, body in _sources(campaign):
        for url in dict.fromkeys(markdown.links(body)):
            if rendering.is_own(url):
                yield from _answers(lang, url)
            elif not rendering.is_web(url) and not url.startswith(("mailto:", "tel:")):
                yield Finding(_("Lien qui ne mène nulle part (%(lang)s) : %(url)s", lang=lang, url=url))


def _answers(lang: str, url: str) -> Iterator[Finding]:
    path, client = rendering.local(url).partition("#")[0], current_app.test_client()
    # in a context of its own: the page speaks its language and looks at its day, whatever is spoken here
    status = Context().run(client.get, path, base_url=absolute("/")).status_code
    if status >= 400:
        yield Finding(_("Page du site qui répond %(status)s (%(lang)s) : %(url)s", status=status, lang=lang, url=url))


def way_out(campaign: Campaign) -> Iterator[Finding]:
    """Both parts of the mail say how to leave, where the mailbox shows it."""
    for lang, body in _sources(campaign):
        parts = rendering.marked(campaign, lang, body)
        if not all(rendering.UNSUBSCRIBE in part for part in (parts.text, parts.html)):
            yield Finding(_("Le lien de désinscription manque (%(lang)s).", lang=lang))
        size = len(parts.html.encode())
        if size >= LARGEST:
            yield Finding(
                _("La lettre pèse %(n)s octets (%(lang)s) : à 100 000, les messageries la coupent.", n=size, lang=lang)
            )
        if any(mark in body for mark in rendering.MARKS):
            yield Finding(_("La lettre (%(lang)s) contient un mot réservé à la machine.", lang=lang))


def sender(campaign: Campaign) -> Iterator[Finding]:
    """Sender, return path and links belong to one another: what mailboxes look at first (RFC 7489, section 3.1)."""
    settings = current_settings()
    host = urlsplit(str(settings["PUBLIC_URL"])).hostname or ""
    if _is_here_only(host):
        yield Finding(
            _(
                "L'adresse du site, %(host)s, n'existe que sur cette machine : les liens de la lettre ne mèneront nulle part.",
                host=host,
            ),
            is_error=False,
        )
    domain = _domain(settings["MAIL_SENDER"])
    if not _is_name(host):
        yield Finding(
            _(
                "Le site est à %(host)s, qui n'est pas un nom de domaine : rien ne dit si l'expéditeur est bien du site.",
                host=host,
            ),
            is_error=False,
        )
    elif not _within(host, domain):
        yield Finding(_("L'expéditeur est de %(domain)s, mais le site de %(host)s.", domain=domain, host=host))
    bounces = _domain(settings["BOUNCE_ADDRESS"])
    if not (_within(bounces, domain) or _within(domain, bounces)):
        yield Finding(
            _("L'expéditeur est de %(domain)s, mais les retours vont à %(bounces)s.", domain=domain, bounces=bounces)
        )


def _is_name(host: str) -> bool:
    return "." in host and not _ip(host)


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_here_only(host: str) -> bool:
    """Whether only this machine, or its neighbours, know the host by this name."""
    ip = _ip(host)
    return not ip.is_global if ip else "." not in host


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2].lower()


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def foreign_links(campaign: Campaign) -> Iterator[Finding]:
    bodies = [body for _lang, body in _sources(campaign)]
    urls = dict.fromkeys(url for body in bodies for url in markdown.links(body))
    foreign = [url for url in urls if rendering.is_web(url) and not rendering.is_own(url)]
    for url, problem in foreign_pages.problems(foreign).items():
        yield Finding(
            _("Page d'ailleurs qui ne répond pas (%(problem)s) : %(url)s", problem=problem, url=url), is_error=False
        )
