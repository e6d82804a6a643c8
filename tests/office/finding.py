"""What the tests of the search share."""

import re
from html import unescape
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from operation118.film.models import Person
from operation118.office import search, search_index, subjects

SUBJECTS = [subject.key for subject in subjects.SUBJECTS]


def ready(session: Session) -> None:
    while search_index.step(session):
        session.commit()
    session.commit()


def slugs(typed: str, *kinds: str) -> set[str]:
    return {hit.slug for found in search.find(typed, kinds=kinds or SUBJECTS, limit=100) for hit in found.hits}


def results(client: FlaskClient, typed: str, **more: str) -> dict[str, str]:
    """The addresses that a search leads to, each with what it says."""
    query = "&".join(f"{name}={quote(value)}" for name, value in ({"q": typed} | more).items())
    page = client.get(f"/office/recherche/?{query}")
    assert page.status_code == 200
    links = re.findall(r'<a data-result href="([^"]+)">(.*?)</a>', page.text)
    return {unescape(address): re.sub(r"<[^>]+>", "", text) for address, text in links}


def add_person(session: Session, name: str, slug: str = "somebody") -> Person:
    person = Person(slug=slug, name=name, also_written=[])
    session.add(person)
    session.flush()
    return person
