"""The addresses that mails carry: signed, so that nobody reaches another's page, and without a word of the address."""

from operation118 import tokens
from operation118.newsletter.models import Subscriber
from operation118.tokens import BadToken, Purpose
from operation118.web.links import page_url


def confirm_url(subscriber: Subscriber) -> str:
    """Where the latest request of `subscriber` is confirmed; an older link no longer does."""
    token = tokens.sign(Purpose.CONFIRM, f"{subscriber.id}-{subscriber.version}")
    return page_url("newsletter.confirm", lang=subscriber.lang, token=token)


def refuse_url(subscriber: Subscriber) -> str:
    """Where whoever receives a confirmation unasked ends it for good. It knows the address by its hash, for the request
    is erased long before the mail is."""
    token = tokens.sign(Purpose.REFUSE, subscriber.fingerprint)
    return page_url("newsletter.refuse", lang=subscriber.lang, token=token)


def manage_url(subscriber_id: int, lang: str) -> str:
    """The page of everything the site knows of a subscriber."""
    return page_url("newsletter.manage", lang=lang, token=tokens.sign(Purpose.MANAGE, subscriber_id))


def unsubscribe_url(subscriber_id: int, lang: str) -> str:
    """Where a button, or a mailbox provider's POST (RFC 8058), ends the letter; the token is good for nothing else."""
    return page_url("newsletter.unsubscribe", lang=lang, token=tokens.sign(Purpose.LEAVE, subscriber_id))


def opens_page(token: str) -> bool:
    """Whether `token` is the one of somebody's own page, and not good for leaving only."""
    try:
        return bool(tokens.read(Purpose.MANAGE, token))
    except BadToken:
        return False


def unsubscribe_headers(subscriber_id: int, lang: str) -> dict[str, str]:
    """The headers with which a mail program offers to leave in one click (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(subscriber_id, lang)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
