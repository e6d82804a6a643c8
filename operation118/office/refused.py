"""What the office does not do; the message, in French, says why and what to do next."""


class Refused(Exception):
    """An expected failure, shown as it is."""
