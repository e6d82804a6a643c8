"""The letter: who asked for it, the proof that they did, what is written to them."""

from flask import Flask

from operation118.newsletter import models as models

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    pass
