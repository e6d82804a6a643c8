"""`flask mail`: the outbox from a terminal."""

from flask.cli import AppGroup

mail = AppGroup("mail", help="The outbox: what waits, what left, what came back.")
