"""The refusal of this room."""


class Refused(Exception):
    """What a rule does not do. The message is for whoever asked: what happened, and what to do next."""
