"""The team's door: accounts, sign-in, roles, and the journal of what was done.

`entrance` hangs the door itself, where the office is open."""

from flask import Flask

from operation118.accounts import lapsed
from operation118.accounts import models as models
from operation118.mail import chores

ARGUMENTS = frozenset({"next"})


def init_app(app: Flask) -> None:
    chores.register(app, "accounts.forget_attempts", lapsed.forget_failures)
    chores.register(app, "accounts.forget_sessions", lapsed.forget_sessions)
