"""The mail room: every mail is a row before it is a message; workers send what is due, whatever breaks."""

from flask import Flask

from operation118.mail import outbox

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    outbox.init_app(app)
