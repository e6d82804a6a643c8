"""`dump` writes what `load` reads: files and rows are two forms of the same content."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from operation118.film.models import Citation, Person, Release
from operation118.press.models import PressItem
from operation118.screenings.models import Screening
from operation118.site import content

FILES = ("film.toml", "images.toml", "press.toml", "redirects.toml", "screenings.toml", "sources.toml")


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_dump_of_the_content_is_the_content(session: Session, tmp_path: Path):
    content.dump(session, tmp_path / "dumped")
    ours = {name: (content.FOLDER / name).read_bytes() for name in FILES}
    assert written(tmp_path / "dumped") == ours


@pytest.mark.settings  # two applications at once
def test_what_the_office_changed_goes_through_a_new_database(session: Session, empty_session: Session, tmp_path: Path):
    session.scalars(select(Person).where(Person.slug == "booder")).one().name = "Booder « Bis »\\"
    session.scalars(select(PressItem).where(PressItem.slug.contains("laon"))).one().summary_fr = 'Deux\nlignes """\n'
    session.scalars(select(Screening).where(Screening.slug.contains("laon"))).one().with_debate = False
    session.flush()
    content.dump(session, tmp_path / "first")
    content.load(empty_session, tmp_path / "first")
    content.dump(empty_session, tmp_path / "second")
    assert written(tmp_path / "second") == written(tmp_path / "first")


def test_loading_a_dump_changes_nothing(session: Session, tmp_path: Path):
    content.dump(session, tmp_path / "dumped")
    tallies = content.load(session, tmp_path / "dumped")
    assert not any(tally.added or tally.changed or tally.kept for tally in tallies.values())


def test_a_dump_keeps_the_comment_that_opens_each_file(session: Session, tmp_path: Path):
    folder = Path(shutil.copytree(content.FOLDER, tmp_path / "content"))
    text = (folder / "press.toml").read_text()
    (folder / "press.toml").write_text("# Un mot de l'équipe.\n" + text)
    content.dump(session, folder)
    assert (folder / "press.toml").read_text() == "# Un mot de l'équipe.\n" + text


def test_rows_that_could_not_be_loaded_are_dumped_all_the_same(session: Session, tmp_path: Path):
    session.execute(delete(Citation))
    session.scalars(select(Release).where(Release.slug == "amazon-prime")).one().note_en = None
    session.flush()
    content.dump(session, tmp_path / "dumped")
    assert "Présence signalée par En-Contact" in (tmp_path / "dumped/film.toml").read_text()
