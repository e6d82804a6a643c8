"""The mail room: every mail is a row before it is a message; workers send what is due, whatever breaks."""

from flask import Flask

from operation118.config import Settings
from operation118.mail import bounces, boxes, chores, cli, jobs, outbox, pace, transport

ARGUMENTS = frozenset[str]()


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.extensions["mailer"] = transport.init_app(app, settings)
    jobs.init_app(app, settings["QUEUE_URL"])
    chores.register(app, "bounces", boxes.collect)
    chores.register(app, "unreadable reports", bounces.forget_set_aside)
    chores.register(app, "old mails", outbox.forget)
    chores.register(app, "idle domains", pace.forget)
    app.cli.add_command(cli.mail)
