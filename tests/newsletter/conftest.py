"""The site with a relay, for a letter does not leave without one; a subscriber, as their own pages see them."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from applications import Shared, sharing
from newsletter import subscribers
from newsletter.subscribers import path_of
from operation118.config import Settings
from operation118.database import db
from operation118.newsletter.links import confirm_url, manage_url, unsubscribe_url
from operation118.newsletter.models import SubscriberState

Links = dict[str, str]
RELAY = "smtp://127.0.0.1:9?timeout=1"  # nobody is there, and nobody calls: no worker runs


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, make_settings: Callable[..., Settings]) -> Iterator[Shared]:
    path = tmp_path_factory.mktemp("letters") / "site.sqlite"
    with sharing(path, make_settings(DATABASE_URL=f"sqlite:///{path}", SMTP_URL=RELAY)) as fresh:
        yield fresh


@pytest.fixture
def chosen_settings(chosen_settings: dict[str, str] | None) -> dict[str, str] | None:
    """A relay beside what the test's settings say, unless they say otherwise."""
    return None if chosen_settings is None else {"SMTP_URL": RELAY} | chosen_settings


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
