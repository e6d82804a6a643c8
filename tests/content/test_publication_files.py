"""What is not public goes through the content files like the rest."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from operation118 import publication
from operation118.content import ContentError
from operation118.press.models import PressItem
from operation118.publication import Publication
from operation118.screenings.models import Event, Screening
from operation118.site import content

Edit = Callable[[str, str, str], None]
LATER = datetime(2027, 3, 2, 7, 30, tzinfo=UTC)


@pytest.fixture
def hidden(session: Session) -> list[str]:
    """The slugs of rows of every kind and state, hidden."""
    items = list(session.scalars(select(PressItem).order_by(PressItem.slug).limit(4)))
    screening, event = session.scalars(select(Screening)).first(), session.scalars(select(Event)).first()
    assert screening
    assert event
    items[0].publication = Publication.DRAFT
    items[1].published_at = LATER
    items[2].publication = screening.publication = Publication.WITHDRAWN
    items[3].embargo_lifts_at = event.published_at = LATER
    session.commit()
    return [row.slug for row in (*items, screening, event)]


@pytest.mark.settings  # two applications at once
def test_hidden_rows_go_through_a_new_database(
    session: Session, empty_session: Session, hidden: list[str], tmp_path: Path
):
    content.dump(session, tmp_path / "first")
    content.load(empty_session, tmp_path / "first")
    content.dump(empty_session, tmp_path / "second")
    for file in ("press.toml", "screenings.toml"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()
    text = (tmp_path / "first/press.toml").read_text()
    assert 'publication = "draft"\n' in text
    assert 'publication = "withdrawn"\n' in text
    assert "published_at = 2027-03-02T08:30:00+01:00\n" in text
    assert "embargo_lifts_at = 2027-03-02T08:30:00+01:00\n" in text


def test_loading_knows_again_what_the_public_does_not_see(session: Session, hidden: list[str], tmp_path: Path):
    content.dump(session, tmp_path / "dumped")
    with publication.as_public():
        tallies = content.load(session, tmp_path / "dumped")
    assert not any(tally.added or tally.changed or tally.kept for tally in tallies.values())
    assert session.scalars(select(PressItem.slug).where(PressItem.slug.in_(hidden))).all() == hidden[:4]


def test_what_is_simply_public_is_not_written(session: Session, tmp_path: Path):
    content.dump(session, tmp_path / "dumped")
    for file in (tmp_path / "dumped").iterdir():
        assert "publication" not in "".join(line for line in file.read_text().splitlines() if not line.startswith("#"))


def test_a_file_publishes_and_holds_back(session: Session, folder: Path, edit: Edit):
    edit(
        "press.toml",
        "\nsources = ",
        '\npublication = "draft"\nembargo_lifts_at = 2027-03-02T08:30:00+01:00\nsources = ',
    )
    content.load(session, folder)
    held = session.scalars(select(PressItem).where(PressItem.embargo_lifts_at == LATER)).one()
    assert held.publication is Publication.DRAFT


@pytest.mark.parametrize(
    "line", ['publication = "hidden"', 'published_at = "demain"', "published_at = 2027-03-02T08:30:00"]
)
def test_a_file_that_says_it_wrongly_is_refused(folder: Path, edit: Edit, line: str):
    edit("press.toml", "\nsources = ", f"\n{line}\nsources = ")
    with pytest.raises(ContentError):
        content.check(folder)
