"""DKIM signatures (RFC 6376), for relays that do not sign themselves."""

from pathlib import Path

import dkim

from operation118.config import Settings

# What a forwarder has no reason to touch; From is signed twice over, so that none can be added.
SIGNED = (b"from", b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type", b"list-unsubscribe", b"list-unsubscribe-post")  # fmt: skip


class Signer:
    """Signs with the settings' key; without a key, mails pass as they are."""

    def __init__(self, settings: Settings, domain: str) -> None:
        self.selector, self.domain = str(settings["DKIM_SELECTOR"]).encode(), domain.encode()
        self.key = Path(settings["DKIM_KEY"]).read_bytes() if settings["DKIM_KEY"] else b""

    def sign(self, data: bytes) -> bytes:
        """`data` with its signature before it."""
        if not self.key:
            return data
        headers = list(SIGNED)
        signature = dkim.sign(data, self.selector, self.domain, self.key, include_headers=headers)  # pyright: ignore[reportUnknownMemberType]
        return signature + data
