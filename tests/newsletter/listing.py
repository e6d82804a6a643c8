"""Lists as somebody of the team sends them in these tests, and takes them over."""

import io

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.people import token
from markup import parse
from newsletter.desking import press
from operation118.newsletter.models import Subscriber

ROOM = "/office/courrier/"
OURS = """address,state,language,topics,asked_at,confirmed_at
ana@example.org,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
bob@example.org,confirmed,en,dvd presse,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
sans-preuve@example.org,pending,fr,dvd,2020-01-01T10:00:00+00:00,
pas une adresse,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
partie@example.org,unsubscribed,fr,,2020-01-01T10:00:00+00:00,
ana@example.org,confirmed,fr,dvd,2020-01-01T10:00:00+00:00,2020-01-01T11:00:00+00:00
"""


def everybody(session: Session) -> list[str]:
    return sorted(session.scalars(select(Subscriber.address)))


def send(client: FlaskClient, text: str = OURS, name: str = "liste.csv", **fields: object) -> TestResponse:
    data = {"csrf_token": token(client, f"{ROOM}liste/"), "langue": "fr", "fichiers": (io.BytesIO(text.encode()), name)}
    answer = client.post(f"{ROOM}liste/", data=data | fields, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # what is large was written to a file for the journey
    return answer


def token_of(answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return answer.location.rstrip("/").rpartition("/")[2]


def digest(page: str) -> str:
    document, _ = parse(page)
    return next(field.get("value", "") for field in document.iter("input") if field.get("name") == "digest")


def confirm(client: FlaskClient, found: str) -> TestResponse:
    """Press the button under what was rehearsed."""
    shown = digest(client.get(f"{ROOM}liste/{found}/").text)
    return press(client, f"{ROOM}liste/{found}/confirmer/", f"{ROOM}abonnes/", digest=shown)
