"""What the workers do for the film: the sizes of its pictures, one picture a ring so that mails go out in between.

A ring that is lost loses nothing: once a minute a chore looks for pictures that wait, and rings again.
"""

import logging

from flask import Flask, current_app

from operation118.database import db
from operation118.film import images
from operation118.film.models import Image
from operation118.mail import chores
from operation118.mail.jobs import Bell

log = logging.getLogger(__name__)
JOB = "pictures"


def ring() -> None:
    """Tell a worker that a picture waits for its sizes; after the commit."""
    bell: Bell = current_app.extensions["bell"]
    bell.ring(JOB)


def prepare_one(app: Flask) -> bool:
    """Make the sizes of the first picture that waits and can be read, and ring for the others; whether there was one."""
    with app.app_context():
        waiting = images.waiting()
        done = any(_prepared(image) for image in waiting)
        if done and len(waiting) > 1:
            ring()
    return done


def _prepared(image: Image) -> bool:
    try:
        images.prepare(image)
        db.session.commit()
    except OSError as error:
        db.session.rollback()
        log.warning("picture left without sizes", extra={"picture": image.slug, "reason": str(error)})
        return False
    return True


def look() -> int:
    """The chore: find pictures without their sizes, and ring if any waits."""
    lost = images.find_lost()
    if images.waiting():
        ring()
    return lost


def init_app(app: Flask) -> None:
    bell: Bell = app.extensions["bell"]
    bell.register(JOB, lambda: prepare_one(app))
    chores.register(app, "pictures without sizes", look)
    chores.register(app, "pictures put away", images.put_away)
