"""What comes back for a mail, and what follows for its address.

Every mail leaves with a return path of its own (VERP), whose mark is signed: a report without a mark of ours
is noted and changes nothing.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from operation118 import tokens
from operation118.tokens import BadToken, Purpose
from operation118.web.settings import current_settings

# Relays may lower the case of an address, or put a mark of theirs before ours: the signature is in hexadecimal.
_MARK = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{0,17})-([0-9A-Fa-f]{32})@")


def mark(message_id: int) -> str:
    """`<id>-<signature>`, which proves to us, in an address or a Message-ID, that the mail was ours."""
    payload, _, signature = tokens.sign(Purpose.BOUNCE, message_id).rpartition(".")
    return f"{payload}-{urlsafe_b64decode(signature + '==').hex()}"


def return_path(message_id: int) -> str:
    """The envelope sender of a mail: where its bounces come back, and which mail they are about."""
    local, _, domain = str(current_settings()["BOUNCE_ADDRESS"]).rpartition("@")
    return f"{local}+{mark(message_id)}@{domain}"


def read_return_path(address: str) -> int | None:
    """The mail whose mark `address` (or a Message-ID) carries; None when it carries none that we made."""
    if not (found := _MARK.search(address)):
        return None
    signature = urlsafe_b64encode(bytes.fromhex(found[2])).rstrip(b"=").decode()
    try:
        return int(tokens.read(Purpose.BOUNCE, f"{found[1]}.{signature}"))
    except BadToken:
        return None
