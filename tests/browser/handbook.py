"""The stage of the handbook's pictures: the site as it runs, on a day that is always the same, with a team and readers that
tests make up and with the facts that it has."""

import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import time_machine
from flask import Flask
from PIL import Image as Pillow
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from accounts.people import person, signed_in
from applications import application
from newsletter.campaigning import letter, settled, subscriber
from operation118.accounts.models import StaffRole
from operation118.clock import PARIS
from operation118.config import Settings
from operation118.database import db
from operation118.mail.models import Bounce, BounceKind, Message, MessageState
from operation118.newsletter import campaigns
from operation118.newsletter.models import Campaign, CampaignLink, CampaignState, Subscriber, SubscriberState, Topic
from operation118.web.models import VisitCount, VisitKind

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=PARIS)
WIDTH = 1100  # pixels
READERS = (
    "adele",
    "basile",
    "camille",
    "diane",
    "elias",
    "flora",
    "gaston",
    "hortense",
    "ines",
    "jules",
    "karim",
    "lea",
)
TEXT = """+++
slug = "{slug}"
topics = ["{topic}"]
[fr]
subject = "{french}"
[en]
subject = "{english}"
+++
<!-- fr -->
Bonjour,

voici [ce que l’on sait du DVD](/dvd/), et [ce que la presse a dit du film](/presse/).

{{{{ dvd }}}}

À bientôt.
<!-- en -->
Hello,

here is [what is known of the DVD](/en/dvd/), and [what the press said of the film](/en/press/).

{{{{ dvd }}}}

See you soon.
"""


# --- What there is to see -----------------------------------------------------------------------------------------


def fill(session: Session) -> None:
    """Readers, a letter that was sent, one that is leaving, one to rehearse, and a month of readings."""
    for place, name in enumerate(READERS):
        subscriber(session, f"{name}@example.org", Topic.DVD, Topic.PRESS, lang="en" if place % 5 == 4 else "fr")
    subscriber(session, "rose@example.org", state=SubscriberState.PENDING)
    sent_letter(session)
    leaving_letter(session)
    written(session, "la-suite", "dvd", "La suite du DVD", "The DVD, continued")
    for day in range(30):
        count_readings(session, day)
    session.commit()


def written(session: Session, slug: str, topic: str, french: str, english: str) -> Campaign:
    campaign = campaigns.draft(letter(TEXT.format(slug=slug, topic=topic, french=french, english=english)))
    session.commit()
    return campaign


def sent_letter(session: Session) -> None:
    """Twelve days ago; one mail came back, one reader left since."""
    campaign = written(session, "le-dvd", "dvd", "Des nouvelles du DVD", "News of the DVD")
    campaigns.launch(campaign)
    settled(session, campaign, MessageState.SENT, len(READERS))
    campaign.state, campaign.in_archive = CampaignState.SENT, True
    campaign.launched_at, campaign.settled_at = NOW - timedelta(days=12), NOW - timedelta(days=12)
    for clicks, link in zip(
        (9, 6, 3, 1), session.scalars(select(CampaignLink).order_by(CampaignLink.id)), strict=False
    ):
        link.clicks = clicks
    mails = session.scalars(select(Message).order_by(Message.id).limit(2)).all()
    session.add(Bounce(digest="1", message_id=mails[0].id, kind=BounceKind.HARD, received_at=NOW - timedelta(days=11)))
    gone = {"state": SubscriberState.UNSUBSCRIBED, "unsubscribed_at": NOW - timedelta(days=3)}
    session.execute(update(Subscriber).where(Subscriber.id == mails[1].subscriber_id).values(gone))
    session.commit()


def leaving_letter(session: Session) -> None:
    campaign = written(session, "la-presse", "presse", "Ce que la presse a dit", "What the press said")
    campaigns.launch(campaign)
    for state, number in ((MessageState.FAILED, 1), (MessageState.UNCERTAIN, 1), (MessageState.SENT, 5)):
        settled(session, campaign, state, number)


def count_readings(session: Session, day: int) -> None:
    """A day of the month before NOW; Sundays are quiet."""
    on = NOW.date() - timedelta(days=day)
    read = {"/": 24, "/film/": 13, "/presse/": 9, "/seances/": 6, "/dvd/": 4}
    for path, usual in read.items():
        number = usual // (3 if on.isoweekday() > 6 else 1) + (day * day * 3 + len(path)) % 11
        session.add(VisitCount(on=on, kind=VisitKind.PAGE, name=path, count=number))
    session.add(VisitCount(on=on, kind=VisitKind.REFERRER, name="example.org", count=2 + day % 3))


# --- Where it is seen ---------------------------------------------------------------------------------------------


@contextmanager
def standing(app: Flask) -> Generator[str]:
    """The address where the application answers, from this process, which holds the clock."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def stage(browser: Browser, database: Path, folder: Path, settings: Callable[..., Settings]) -> Generator[Page]:
    """A tab where an editor is signed in, on the morning of NOW."""
    copy = shutil.copy(database, folder / "site.sqlite")
    given = {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{copy}", "SMTP_URL": "smtp://127.0.0.1:2525"}
    with time_machine.travel(NOW, tick=False), application(settings(**given)) as app, standing(app) as url:
        app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=36_500)  # the browser's own clock is not held
        with app.app_context():
            person(StaffRole.EDITOR).name = "Édith Marchand"
            fill(db.session)
        cookie = signed_in(app, StaffRole.EDITOR).get_cookie("office", path="/office/")
        assert cookie
        context = browser.new_context(base_url=url, locale="fr-FR", reduced_motion="reduce")
        context.add_cookies([{"name": "office", "value": cookie.value, "url": f"{url}/office/"}])
        yield context.new_page()
        context.close()


def keep(page: Page, path: Path) -> None:
    """A picture of the page as it stands, in few colours, which flat drawings bear well. What the browser's date fields
    show is written as a French browser does: this one may know English only."""
    page.evaluate(
        "document.querySelectorAll('.journal details').forEach(one => { one.open = true; });"
        "document.querySelectorAll('[type=date]').forEach(one => { const [y, m, d] = one.value.split('-');"
        " one.type = 'text'; one.value = `${d}/${m}/${y}`; });"
        "document.querySelectorAll('[type=time]').forEach(one => { one.type = 'text'; })"
    )
    shown = Pillow.open(BytesIO(page.screenshot())).convert("RGB")
    shown.quantize(64, dither=Pillow.Dither.NONE).save(path, optimize=True)
