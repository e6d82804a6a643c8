"""How long the pages of the letter and of the mail room take with a million subscribers: `python -m benchmarks.office_mail`.

The rows are made by SQL, in a SQLite file of its own or in the PostgreSQL database of `--url`, which must be empty. Each
page is asked for as the office does, by a real session; the median of some rounds is told, in milliseconds, beside the
limit of 300 ms."""

import argparse
import secrets
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from operation118 import config, create_app
from operation118.accounts import sessions
from operation118.accounts.models import Staff, StaffRole
from operation118.database import db
from operation118.newsletter import audience, reach
from operation118.newsletter.models import Campaign, CampaignState, Topic
from operation118.places import commune
from operation118.site import content, start

LIMIT, ROUNDS = 300, 7  # milliseconds; rounds
CHUNK = 100_000  # rows written at once
# Numbers from :first to :last; each engine counts in its own way.
COUNTING = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)",
    "postgresql": "WITH n(i) AS (SELECT * FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)))",
}
NOW = "2026-11-01 10:00:00.000000"
SUBSCRIBERS = """INSERT INTO subscriber (id, address, fingerprint, state, lang, asked_at, confirmed_at, version)
SELECT i, 'lecteur' || i || '@exemple' || (i % 50) || '.fr', 'empreinte-' || i,
CASE i % 20 WHEN 0 THEN 'pending' WHEN 1 THEN 'unsubscribed' ELSE 'confirmed' END,
CASE i % 10 WHEN 0 THEN 'en' ELSE 'fr' END, :now, :now, 1 FROM n"""
TOPICS = (
    "INSERT INTO subscription (subscriber_id, topic) SELECT i, CASE i % 3 WHEN 0 THEN 'dvd' ELSE 'seances' END FROM n"
)
RARE = "INSERT INTO subscription (subscriber_id, topic) SELECT i, 'presse' FROM n WHERE i % 5000 = 2"
ALERTS = """INSERT INTO alert (subscriber_id, commune, label, latitude, longitude, radius_km, expires_on)
SELECT i, '44109', 'là', 43.0 + (i % 700) / 100.0, -1.0 + (i % 800) / 100.0, 30, '2030-01-01' FROM n WHERE i % 20 = 3"""
AWAY = """INSERT INTO suppression (fingerprint, scope, reason, since)
SELECT 'empreinte-' || i, 'all', 'hard_bounce', :now FROM n WHERE i % 50 = 4"""
MAILS = """INSERT INTO message (key, state, campaign_id, subscriber_id, recipient, domain, lang, name, headers, created_at,
due_at, attempts, settled_at) SELECT 'campaign:1:' || i, CASE i % 100 WHEN 0 THEN 'failed' WHEN 1 THEN 'waiting' ELSE 'sent'
END, :campaign, i, 'lecteur' || i || '@exemple.fr', 'exemple.fr', 'fr', 'campaign', '{}', :now, :now, 1, :now FROM n"""
BOUNCES = """INSERT INTO bounce (digest, message_id, kind, status, received_at)
SELECT 'retour-' || i, i, 'hard', '5.1.1', :now FROM n WHERE i % 100 = 5"""


def fill(number: int, campaign: int) -> None:
    """Write the rows, each of them in one statement of `CHUNK` rows."""
    counting = COUNTING[db.engine.dialect.name]
    for statement in (SUBSCRIBERS, TOPICS, RARE, ALERTS, AWAY, MAILS, BOUNCES):
        insert, _, select = statement.partition("SELECT")
        for first in range(1, number + 1, CHUNK):
            values = {"first": first, "last": min(first + CHUNK - 1, number), "now": NOW, "campaign": campaign}
            used = {name: value for name, value in values.items() if f":{name}" in counting + statement}
            db.session.execute(text(f"{insert} {counting} SELECT {select}"), used)
        db.session.commit()


def letter(slug: str, topic: Topic, **values: object) -> Campaign:
    row = Campaign(slug=slug, topics=[topic.value], subject_fr="Le DVD", body_fr="Bonjour.", frozen={}, left_out={})
    row.created_at = sessions.clock.now()
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def signed_in(app: Flask) -> FlaskClient:
    """A client with the cookie of an editor."""
    client = app.test_client()
    name = secrets.token_hex(8)
    staff = Staff(email=f"{name}@example.org", name="Banc", role=StaffRole.EDITOR, fs_uniquifier=name)
    staff.fs_webauthn_user_handle, staff.invited_at = name, sessions.clock.real_now()
    db.session.add(staff)
    db.session.commit()
    with app.test_request_context("/office/"):
        sessions.start(db.session.merge(staff), means=["password"])
        db.session.commit()
        answer = app.process_response(app.make_response(""))
    value = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    client.set_cookie("office", value, path="/office/", secure=True)
    return client


def median(act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds on the wall and of the processor, the first round left out: it opens files."""
    wall: list[float] = []
    processor: list[float] = []
    for _ in range(ROUNDS + 1):
        began, worked = perf_counter(), process_time()
        act()
        wall.append((perf_counter() - began) * 1000)
        processor.append((process_time() - worked) * 1000)
    return statistics.median(wall[1:]), statistics.median(processor[1:])


def tell(name: str, act: Callable[[], object]) -> None:
    wall, processor = median(act)
    print(f"{wall:8.1f} ms  {wall / LIMIT:5.2f} of the limit  {processor:8.1f} ms of processor  {name}", flush=True)


def pages(campaign: Campaign, number: int) -> dict[str, str]:
    """Every page that counts or lists what there are a million of."""
    letters, room = "/office/lettre/", "/office/courrier/"
    return {
        "letters": letters,
        "a letter sent to a million": f"{letters}{campaign.slug}/",
        "its progress": f"{letters}{campaign.slug}/etat.json",
        "rehearsal, common topic": f"{letters}commun/repetition/",
        "rehearsal, rare topic": f"{letters}rare/repetition/",
        "rehearsal, readers of English": f"{letters}anglais/repetition/",
        "rehearsal, near a town": f"{letters}pres/repetition/",
        "mail room": room,
        "mails sent": f"{room}envois/{campaign.id}/sent/",
        "mails refused": f"{room}envois/{campaign.id}/failed/",
        "one mail": f"{room}messages/{number // 2}/",
        "suppressions": f"{room}ecartes/",
        "what came back": f"{room}retours/",
        "subscribers": f"{room}abonnes/",
        "subscribers, far on": f"{room}abonnes/?apres={number // 2}",
        "subscribers, by address": f"{room}abonnes/?q=lecteur{number - 7}@exemple{(number - 7) % 50}.fr",
        "subscribers, by beginning": f"{room}abonnes/?q=lecteur7",
        "one subscriber": f"{room}abonnes/{number - 7}/",
    }


def prepare(number: int) -> Campaign:
    """The tables, the letters, the rows; the letter that was sent to everybody."""
    start.upgrade()
    if known := db.session.scalar(select(Campaign).where(Campaign.slug == "partie")):
        return known
    content.load(db.session, content.FOLDER)
    sent = letter("partie", Topic.DVD, state=CampaignState.SENT, launched_at=sessions.clock.now())
    letter("commun", Topic.SCREENINGS)
    letter("rare", Topic.PRESS)
    letter("anglais", Topic.SCREENINGS, reach={"lang": "en"})
    town = commune("44109")
    assert town is not None
    near = reach.Reach(near=reach.around(town, 30))
    letter("pres", Topic.SCREENINGS, reach=near.as_data())
    db.session.execute(text("INSERT INTO lane (campaign_id, open) VALUES (:campaign, false)"), {"campaign": sent.id})
    db.session.commit()
    fill(number, sent.id)
    settle()
    return sent


def settle() -> None:
    """Let the database see how its rows are spread, as PostgreSQL does by itself and SQLite at each start."""
    if db.engine.dialect.name == "sqlite":
        start.learn_sizes()
        db.engine.dispose()  # a connection goes on with what it knew
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def measure(app: Flask, number: int) -> None:
    sent, client = prepare(number), signed_in(app)
    for name, path in pages(sent, number).items():
        answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}")
        tell(name, lambda path=path: client.get(path))
    tell("(on demand) counting everybody", lambda: audience.count(["seances"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where the rows are kept, and found again")
    parser.add_argument("--url", help="an empty PostgreSQL database; a SQLite file of its own by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = given.folder or passing
        url = given.url or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        values = {"DATA_DIR": folder, "DATABASE_URL": url, "LOG_LEVEL": "ERROR", "PUBLIC_URL": "https://film.test"}
        app = create_app(config.read({config.PREFIX + name: value for name, value in values.items()}))
        with app.app_context():
            measure(app, given.subscribers)
            db.engine.dispose()


if __name__ == "__main__":
    main()
