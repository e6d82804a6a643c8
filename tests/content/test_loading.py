"""`load` brings the database to what the files say, touching nothing else."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from applications import application
from operation118.config import Settings
from operation118.content import ContentError, Tally
from operation118.database import Base, db
from operation118.dates import DatePrecision
from operation118.film.models import Citation, Credit, Film, Person, Release, Source
from operation118.press.models import PressItem, Question, Tag
from operation118.screenings.models import Screening, Town
from operation118.site import content
from operation118.site.models import Redirect


def loaded(session: Session, folder: Path, *, prune: bool = False) -> Mapping[str, Tally]:
    tallies = content.load(session, folder, prune=prune)
    session.commit()
    session.expire_all()
    return tallies


def touched(tallies: Mapping[str, Tally]) -> list[tuple[str, str]]:
    return [(key, name) for key, tally in tallies.items() for name in [*tally.added, *tally.changed, *tally.pruned]]


def count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def rows(session: Session) -> dict[str, list[tuple[object, ...]]]:
    tables: list[Table] = list(Base.metadata.sorted_tables)
    return {table.name: [tuple(row) for row in session.execute(table.select())] for table in tables}


def test_the_whole_content_loads(empty_session: Session, folder: Path):
    loaded(empty_session, folder)
    counts = {model: count(empty_session, model) for model in (PressItem, Screening, Film, Redirect, Release)}
    assert counts == {PressItem: 23, Screening: 10, Film: 1, Redirect: 9, Release: 4}


def test_every_row_is_told_as_added(empty_session: Session, folder: Path):
    tallies = loaded(empty_session, folder)
    assert len(tallies["item"].added) == 23
    assert not any(tally.changed or tally.left or tally.kept for tally in tallies.values())


def test_a_second_load_changes_nothing(session: Session, folder: Path, revision: Callable[[], int]):
    before, number = rows(session), revision()
    assert touched(loaded(session, folder)) == []
    assert rows(session) == before
    assert revision() == number


def test_changing_one_field_changes_one_row(
    session: Session, folder: Path, edit: Callable[[str, str, str], None], revision: Callable[[], int]
):
    edit("press.toml", 'title = "Un film tourné chez nous"', 'title = "Un film tourné ici"')
    number, before = revision(), rows(session)
    assert touched(loaded(session, folder)) == [("item", "le-progres-2010-un-film-tourne-chez-nous")]
    after = rows(session)
    assert {name for name in after if after[name] != before[name]} == {"press_item", "revision"}
    assert sum(old != new for old, new in zip(before["press_item"], after["press_item"], strict=True)) == 1
    assert revision() > number


def test_a_changed_row_knows_when(session: Session, folder: Path, edit: Callable[[str, str, str], None]):
    tence = session.scalars(select(Town).where(Town.slug == "tence")).one()
    before = tence.updated_at
    edit("screenings.toml", 'name = "Tence"', 'name = "Tence-la-Neuve"')
    loaded(session, folder)
    assert tence.name == "Tence-la-Neuve"
    assert tence.updated_at > before


def test_one_question_changes_alone(session: Session, folder: Path, edit: Callable[[str, str, str], None]):
    def questions() -> dict[int, str]:
        return {question.id: question.topic_fr for question in session.scalars(select(Question))}

    before = questions()
    edit("press.toml", 'topic_fr = "Pourquoi tourner à Tence ?"', 'topic_fr = "Pourquoi Tence ?"')
    assert touched(loaded(session, folder)) == [("item", "le-progres-2010-une-equipe-qui-gagne")]
    after = questions()
    assert after.keys() == before.keys()
    assert [after[key] for key in after if after[key] != before[key]] == ["Pourquoi Tence ?"]


def test_a_question_can_be_taken_away_and_another_put_first(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    text = (folder / "press.toml").read_text()
    start = text.index('[[item.question]]\ntopic_fr = "Quel est le parcours du producteur ?"')
    end = text.index("[[item.question]]", start + 1)
    (folder / "press.toml").write_text(text[:start] + text[end:])
    loaded(session, folder)
    item = session.scalars(select(PressItem).where(PressItem.slug == "le-progres-2010-une-equipe-qui-gagne")).one()
    assert [(question.position, question.topic_fr) for question in item.questions] == [
        (0, "Qu’est-ce qui a attiré le réalisateur ?"),
        (1, "Pourquoi tourner à Tence ?"),
    ]


def test_people_are_kept_in_the_order_of_the_file(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    edit("screenings.toml", '["david-azencot", "celine-duhamel"]', '["celine-duhamel", "booder", "david-azencot"]')
    loaded(session, folder)
    laon = session.scalars(select(Screening).where(Screening.slug == "laon-2010-11-10")).one()
    assert [guest.slug for guest in laon.guests] == ["celine-duhamel", "booder", "david-azencot"]
    assert touched(loaded(session, folder)) == []


def test_sources_are_kept_in_the_order_of_the_file(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    edit(
        "film.toml", 'title = ["ambush-2010-10", "tlc-2010-10"', 'title = ["tlc-2010-10", "premiere", "ambush-2010-10"'
    )
    assert touched(loaded(session, folder)) == [("film", "operation-118-318")]
    query = select(Source.slug).join(Citation).where(Citation.subject == "film.title").order_by(Citation.position)
    assert list(session.scalars(query)) == ["tlc-2010-10", "premiere", "ambush-2010-10", "encontact-2022"]


def test_a_field_without_sources_any_more_has_none(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    edit("film.toml", 'country = ["allocine-avis"]\n', "")
    loaded(session, folder)
    assert session.scalars(select(Citation).where(Citation.subject == "film.country")).all() == []


def test_moving_an_entry_moves_the_others(session: Session, folder: Path):
    text = (folder / "film.toml").read_text()
    first = text.index('[[character]]\nslug = "mathieu-polivennes"')
    second, end = text.index('[[character]]\nslug = "kader"'), text.index("[[cast]]\nslug = ")
    (folder / "film.toml").write_text(text[:first] + text[second:end] + text[first:second] + text[end:])
    tallies = loaded(session, folder)
    assert sorted(tallies["character"].changed) == ["jean-jean", "kader", "le-complice-beninois", "mathieu-polivennes"]


def test_an_actor_who_joins_the_crew_keeps_the_row(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    former = session.scalars(select(Credit.id).where(Credit.slug == "cast-maxime-poisot-gnana")).one()
    text = (folder / "film.toml").read_text()
    start = text.index('[[cast]]\nslug = "cast-maxime-poisot-gnana"')
    end = text.index("\n[[crew]]") + 1
    moved = text[start:end].replace("[[cast]]", "[[crew]]").replace("note_fr", 'jobs = ["writer"]\nnote_fr')
    (folder / "film.toml").write_text(text[:start] + moved + text[end:])
    loaded(session, folder)
    credit = session.get_one(Credit, former)
    assert (credit.department.value, credit.jobs, credit.position) == ("crew", ["writer"], 0)


def test_rows_in_no_file_are_kept_and_named(session: Session, folder: Path):
    session.add(Tag(slug="essai", label_fr="Essai", label_en="Trial"))
    session.commit()
    assert loaded(session, folder)["tag"].kept == ["essai"]
    assert session.scalars(select(Tag).where(Tag.slug == "essai")).one()


def drop(folder: Path, file: str, start: str, end: str) -> None:
    text = (folder / file).read_text()
    head, _, tail = text.partition(start)
    (folder / file).write_text(head + end + tail.partition(end)[2])


def test_pruning_deletes_what_is_in_no_file(session: Session, folder: Path):
    slug = "l-union-2010-avant-premiere-laon"
    drop(folder, "press.toml", f'[[item]]\nslug = "{slug}"', '[[item]]\nslug = "nouvelle-republique')
    for file in ("sources.toml", "redirects.toml"):
        path = folder / file
        path.write_text(path.read_text().replace(f'press = "{slug}"\n', ""))
    tallies = loaded(session, folder, prune=True)
    assert touched(tallies) == [("source", "union-2010-11-10"), ("item", slug)]
    assert count(session, PressItem) == 22
    assert session.scalars(select(Citation).where(Citation.subject == f"press.{slug}")).all() == []
    assert touched(loaded(session, folder, prune=True)) == []


def test_pruning_everything_but_a_tag_respects_the_keys_of_other_tables(
    session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    edit("press.toml", '[[tag]]\nslug = "yssingeaux"\nlabel_fr = "Yssingeaux"\nlabel_en = "Yssingeaux"\n\n', "")
    edit("press.toml", '"tence", "yssingeaux"]', '"tence"]')
    assert ("tag", "yssingeaux") in touched(loaded(session, folder, prune=True))
    assert session.scalars(select(Tag).where(Tag.slug == "yssingeaux")).all() == []


def test_a_renamed_film_is_still_the_only_one(session: Session, folder: Path, edit: Callable[[str, str, str], None]):
    edit("film.toml", 'slug = "operation-118-318"', 'slug = "autre-nom"')
    edit("screenings.toml", 'slug = "tournee-2010"', 'slug = "tournee"')
    loaded(session, folder)
    assert session.scalars(select(Film.slug)).all() == ["autre-nom"]
    subjects = session.scalars(select(Citation.subject).where(Citation.subject.startswith("tour."))).all()
    assert subjects == ["tour.tournee"]


def test_nothing_is_loaded_when_anything_is_wrong(
    empty_session: Session, folder: Path, edit: Callable[[str, str, str], None]
):
    edit("redirects.toml", 'to = "/"', 'to = "ailleurs"')
    with pytest.raises(ContentError):
        content.load(empty_session, folder)
    empty_session.commit()
    assert count(empty_session, Person) == 0


def test_dates_keep_their_precision(session: Session):
    def dated(model: type[PressItem | Release | Screening], slug: str) -> tuple[date | None, DatePrecision | None]:
        row = session.scalars(select(model).where(model.slug == slug)).one()
        return row.on, row.precision

    assert dated(PressItem, "en-contact-2024-hotline-cannes") == (date(2024, 5, 1), DatePrecision.MONTH)
    assert dated(PressItem, "premiere-revue-de-presse") == (date(2010, 1, 1), DatePrecision.UNKNOWN)
    assert dated(Release, "amazon-prime") == (date(2020, 1, 1), DatePrecision.YEAR)
    assert dated(Release, "dvd-blu-ray") == (None, None)
    assert dated(Screening, "saint-quentin-2010-10") == (date(2010, 10, 25), DatePrecision.WEEK)
    assert dated(Screening, "tence-2010-11-19") == (date(2010, 11, 19), DatePrecision.FROM)


def test_an_instant_is_kept_in_utc(session: Session):
    chalons = session.scalars(select(Screening).where(Screening.slug == "chalons-en-champagne-2010-10-26")).one()
    assert chalons.team_arrives_at == datetime(2010, 10, 26, 18, 15, tzinfo=UTC)


def test_postgresql_takes_the_content_and_gives_it_back(
    postgres_url: str, make_settings: Callable[..., Settings], folder: Path, tmp_path: Path
):
    with application(make_settings(DATABASE_URL=postgres_url)) as app, app.app_context():
        loaded(db.session, folder)
        assert touched(loaded(db.session, folder)) == []
        content.dump(db.session, tmp_path / "dumped")
        db.session.close()
    assert (tmp_path / "dumped/press.toml").read_bytes() == (content.FOLDER / "press.toml").read_bytes()
