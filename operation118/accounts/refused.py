"""The refusal of this room."""


class Refused(Exception):
    """What the door or a rule of the team does not do. The message, in French, says why and what to do next."""
