"""A subscriber in the application's database, as its own pages see it."""

from collections.abc import Callable

import pytest
from flask import Flask

from newsletter import subscribers
from newsletter.subscribers import path_of
from operation118.database import db
from operation118.newsletter.links import confirm_url, manage_url, unsubscribe_url
from operation118.newsletter.models import SubscriberState

Links = dict[str, str]


@pytest.fixture
def links_of(app: Flask) -> Callable[..., Links]:
    """`links_of(SubscriberState.PENDING)` makes a subscriber and gives the paths of their links."""

    def make(state: SubscriberState, address: str = subscribers.ADDRESS) -> Links:
        with app.app_context():
            made = subscribers.MAKERS[state](address)
            db.session.commit()
            who = (made.id, made.lang)
            urls = {"confirm": confirm_url(made), "own": manage_url(*who), "leave": unsubscribe_url(*who)}
            return {name: path_of(url) for name, url in urls.items()}

    return make
