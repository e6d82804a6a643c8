"""What the newsletter says no to."""


class Refused(Exception):
    """It cannot be done; the message says why, and what to do next, in the language spoken."""
