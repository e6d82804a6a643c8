"""What a relay's answer means (RFC 5321, section 4.2; the IANA list of SMTP reply codes)."""

PERMANENT = frozenset(
    {
        521,  # the host takes no mail at all
        523,  # encryption wanted from the recipient's side
        541,  # refused as unwanted
        550,  # no such mailbox, or policy
        551,  # not local
        553,  # the address cannot be
        554,  # the transaction failed
        555,  # parameters refused
        556,  # the domain takes no mail
    }
)
TEMPORARY = frozenset(
    {
        421,  # closing, or too many connections
        432,  # a password change is due
        450,  # mailbox busy, or greylisted
        451,  # an error over there
        452,  # no room, or too many recipients
        454,  # authentication or TLS out of order
        455,  # parameters cannot be met now
        # Permanent by their first digit, yet the recipient has nothing to do with it: what is wrong is our
        # access to the relay, which somebody will repair.
        500,
        501,
        502,
        503,
        504,
        530,
        534,
        535,
        538,
        552,  # mailbox full (RFC 5321, 4.5.3.1.10, asks to read it as 452)
    }
)


def is_permanent(code: int) -> bool:
    """Whether the answer to MAIL, RCPT or DATA will be the same tomorrow; unknown codes go by their first digit."""
    return code in PERMANENT or (500 <= code < 600 and code not in TEMPORARY)
