"""A campaign as its readers see it: in a mail, with the marks that stand for what is each reader's own, and on a page."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from operation118 import tokens
from operation118.database import db
from operation118.mail import compose
from operation118.mail.compose import Parts
from operation118.newsletter import blocks, links, markdown
from operation118.newsletter.models import Campaign, CampaignLink
from operation118.tokens import Purpose
from operation118.web.links import absolute, page_url

FOLDER = "newsletter/letter"  # of templates/mail/
# Words that stand nowhere else; the mail room puts each reader's own addresses in their place.
MANAGE = "MARKx7qManageAddressq7x"
UNSUBSCRIBE = "MARKx7qUnsubscribeAddressq7x"
MARKS = (MANAGE, UNSUBSCRIBE)
NOBODY = 0  # the subscriber whose addresses a test mail carries: its buttons work on no one

Address = Callable[[str], str]


def languages(campaign: Campaign) -> tuple[str, ...]:
    return ("fr", "en") if campaign.body_en else ("fr",)


def subject(campaign: Campaign, lang: str) -> str:
    return str(getattr(campaign, f"subject_{lang}"))


def source(campaign: Campaign, lang: str) -> str:
    """The Markdown of the letter, its blocks filled as of now. Raises Refused."""
    return blocks.expand(getattr(campaign, f"body_{lang}"), lang=lang)


def local(url: str) -> str:
    """`url` from the root of the site, if it is a page of ours; as it is otherwise."""
    home = absolute("/")
    return f"/{url.removeprefix(home)}" if url.startswith(home) else url


def is_own(url: str) -> bool:
    """Whether `url` is a page of ours; `//host/` is none."""
    path = local(url)
    return path.startswith("/") and not path.startswith("//")


def whole(url: str) -> str:
    """`url` as a mail must write it."""
    return absolute(local(url)) if is_own(url) else url


def is_web(url: str) -> bool:
    return is_own(url) or url.startswith(("https://", "http://"))


def values(
    campaign: Campaign,
    lang: str,
    body: str,
    *,
    manage_url: str,
    unsubscribe_url: str,
    address: Address = whole,
    prefix: str = "",
) -> dict[str, Any]:
    """What the templates of the letter are filled with: `body` is its `source`, `address` says what links become."""
    online = page_url("newsletter_archive.page", lang=lang, slug=campaign.slug) if campaign.in_archive else None
    return {
        "title": prefix + subject(campaign, lang),
        "letter_html": markdown.to_html(body, lang=lang, address=address),
        "letter_text": markdown.to_text(body, lang=lang, address=address),
        "manage_url": manage_url,
        "unsubscribe_url": unsubscribe_url,
        "online_url": online,
    }


def marked(campaign: Campaign, lang: str, body: str, *, address: Address = whole) -> Parts:
    """The mail with marks for what is each reader's own."""
    filled = values(campaign, lang, body, manage_url=MANAGE, unsubscribe_url=UNSUBSCRIBE, address=address)
    return compose.render(FOLDER, lang, **filled)


def sample_values(campaign: Campaign, lang: str, *, prefix: str = "") -> dict[str, Any]:
    """The values of a mail to nobody in particular, its links uncounted. Raises Refused."""
    return values(
        campaign,
        lang,
        source(campaign, lang),
        manage_url=links.manage_url(NOBODY, lang),
        unsubscribe_url=links.unsubscribe_url(NOBODY, lang),
        prefix=prefix,
    )


def sample(campaign: Campaign, lang: str) -> Parts:
    return compose.render(FOLDER, lang, **sample_values(campaign, lang))


def freeze(campaign: Campaign) -> None:
    """Write down what will be sent and shown from now on, whatever becomes of the rows. Raises Refused."""
    bodies = {lang: source(campaign, lang) for lang in languages(campaign)}
    counted = _count_links(campaign, bodies)
    campaign.frozen = {lang: _frozen(campaign, lang, body, counted) for lang, body in bodies.items()}


def _count_links(campaign: Campaign, bodies: dict[str, str]) -> dict[str, str]:
    """A row for each address the letter leads to, and by address the one that counts."""
    followed = [local(url) for body in bodies.values() for url in markdown.links(body) if is_web(url)]
    campaign.links = [CampaignLink(url=url, clicks=0) for url in dict.fromkeys(followed)]
    db.session.flush()
    return {link.url: click_url(link) for link in campaign.links}


def click_url(link: CampaignLink) -> str:
    """The address that counts a visit, the same for every reader, then leads to the page."""
    return page_url("newsletter_archive.follow", token=tokens.sign(Purpose.CLICK, link.id))


def _frozen(campaign: Campaign, lang: str, body: str, counted: dict[str, str]) -> dict[str, str]:
    def address(url: str) -> str:
        return counted.get(local(url)) or whole(url)

    mail = marked(campaign, lang, body, address=address)
    return {**asdict(mail), "page": markdown.to_page(body, lang=lang, address=local)}
