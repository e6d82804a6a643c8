"""How often the links of a letter are followed; by whom is neither known nor asked."""

import re

from sqlalchemy import update

from operation118 import tokens
from operation118.database import db
from operation118.newsletter.models import CampaignLink
from operation118.tokens import BadToken, Purpose

# Who opens the links of a mail without being its reader: security gateways, previews, search robots, programs.
MACHINES = re.compile(
    r"bot\b|crawl|spider|slurp|preview|scan|monitor|barracuda|mimecast|proofpoint|trend ?micro|forcepoint|sophos"
    r"|symantec|messagelabs|fireeye|zscaler|facebookexternalhit|whatsapp|skypeuri|slack|headless|google-read-aloud"
    r"|python|curl|wget|java/|go-http|okhttp|libwww|node-fetch|axios|ruby|^$",
    re.IGNORECASE,
)


def link_of(token: str) -> CampaignLink | None:
    try:
        return db.session.get(CampaignLink, int(tokens.read(Purpose.CLICK, token)))
    except (BadToken, ValueError):
        return None


def is_reader(*, method: str, agent: str, purpose: str) -> bool:
    """Whether a visit is somebody's: not a look at the headers, not a page fetched ahead, not a known machine."""
    return method == "GET" and "prefetch" not in purpose.lower() and not MACHINES.search(agent)


def count(link: CampaignLink) -> None:
    db.session.connection().execute(
        update(CampaignLink).where(CampaignLink.id == link.id).values(clicks=CampaignLink.clicks + 1)
    )
