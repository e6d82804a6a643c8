"""What the workers also do, once a minute: rooms hand their chores in at start.

A chore must bear being done by two workers at once, and twice in a row.
"""

from collections.abc import Callable

from flask import Flask, current_app

Chore = Callable[[], int]  # does what is due, flushes, and says how much that was; the worker commits


def register(app: Flask, name: str, chore: Chore) -> None:
    app.extensions.setdefault("mail_chores", {})[name] = chore


def all_chores() -> dict[str, Chore]:
    found: dict[str, Chore] = current_app.extensions.get("mail_chores", {})
    return found
