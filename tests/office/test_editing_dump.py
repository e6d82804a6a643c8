"""What the office wrote can be written as content files, and read back without a change."""

from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from office.forms import fields
from office.test_editing import Office, addresses, errors, questions
from operation118.accounts.models import StaffRole
from operation118.press.models import PressItem
from operation118.site import content


def change(editor: FlaskClient, address: str, **typed: str) -> None:
    answer = editor.post(address, data=fields(editor.get(address).text) | typed)
    assert answer.status_code == 302, errors(answer.text)


def test_a_dump_after_office_edits_loads_back_equal(office: Office, session: Session, tmp_path: Path):
    editor = office(StaffRole.EDITOR)
    change(editor, "/office/seances/seances/laon-2010-11-10/", starts_at="2010-11-10T20:30", publication="withdrawn")
    change(editor, addresses(session, "film")[0], synopsis_long_fr="Un *long*\n\nsynopsis.", genres_fr="Comédie")
    change(editor, addresses(session, "town")[0], latitude="45,5")
    change(editor, addresses(session, "person")[0], also_written="Une graphie\nUne autre")
    item = session.scalars(select(PressItem)).first()
    assert item is not None
    new = {
        "kind": "interview",
        "about": "film",
        "title": "Un entretien d’essai",
        "url": "https://exemple.fr/entretien",
        "outlet": item.outlet.slug,
        "language": "fr",
        "date": "11/2010",
        "summary_fr": "Un essai.",
        "summary_en": "A trial.",
        "seen": "whole",
        "published_at": "2031-05-04T08:00",
        "embargo_lifts_at": "2031-05-03T08:00",
    }
    change(editor, "/office/presse/articles/nouveau/", **new, **questions(3))
    session.expire_all()
    content.dump(session, tmp_path)
    tallies = content.load(session, tmp_path)
    assert {key: (tally.added, tally.changed) for key, tally in tallies.items() if tally.added or tally.changed} == {}
    assert sum(len(tally.left) for tally in tallies.values()) > 200
