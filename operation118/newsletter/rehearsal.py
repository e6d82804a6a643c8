"""What is done with a letter before it leaves: sent to one address only, its sender looked up in the DNS, the network
asked about the pages it leads to."""

import secrets
from collections.abc import Iterable
from email.utils import parseaddr

from operation118.mail import outbox
from operation118.newsletter import checks, links, rendering, sender_dns
from operation118.newsletter.checks import Finding
from operation118.newsletter.models import Campaign
from operation118.web.settings import current_settings


def send_test(campaign: Campaign, *, to: str, langs: Iterable[str] = (), prefix: str = "[test] ") -> None:
    """Put the letter in the outbox for that address alone, its links uncounted. Raises Refused."""
    for lang in list(langs) or rendering.languages(campaign):
        outbox.post(
            key=f"test:{campaign.slug}:{lang}:{secrets.token_hex(8)}",
            name=rendering.FOLDER,
            to=to,
            lang=lang,
            values=rendering.sample_values(campaign, lang, prefix=prefix),
            headers=links.unsubscribe_headers(rendering.NOBODY, lang),
        )


def findings(campaign: Campaign, *, network: bool) -> list[Finding]:
    """What is wrong with the letter; `network` also asks the foreign pages and the DNS of the sender."""
    found = checks.run(campaign, network=network)
    return found + list(sender_dns.findings(sender_domain())) if network else found


def sender_domain() -> str:
    return parseaddr(current_settings()["MAIL_SENDER"])[1].rpartition("@")[2].lower()
