"""An address in the one form in which it is known here, whatever way it was typed."""

from email_validator import EmailNotValidError, validate_email


class NoAddress(ValueError):
    """What was typed does not have the form of an address."""


def canonical(typed: str) -> str:
    """The address that mail to `typed` goes to, its domain in the letters of the DNS. Raises NoAddress."""
    try:
        found = validate_email(typed, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError as error:
        raise NoAddress(str(error)) from None
    return found.ascii_email or found.normalized
