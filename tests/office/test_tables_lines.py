"""What an import would do, line by line: real rows, exported, changed in a spreadsheet, sent back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from office.tabling import cells, done, exported, line_of, lines, outcomes, table
from operation118.accounts.models import JournalAction, JournalEntry
from operation118.content.spreadsheets import Dialect, NotATable
from operation118.database import Revision
from operation118.film.models import Character, Credit, Image, ImageKind, Source
from operation118.office.table_lines import Outcome
from operation118.press.models import Outlet, PressItem, Tag
from operation118.screenings.models import Town
from operation118.site import content
from operation118.site.content import KINDS

KEYS = [kind.key for kind in KINDS]


@pytest.fixture
def image(session: Session) -> Image:
    """A picture, for the content has none."""
    texts = {name: name for name in ("alt_fr", "alt_en", "credit", "terms_fr", "terms_en")}
    image = Image(
        slug="une-image", kind=ImageKind.STILL, file=f"{'0' * 32}.jpg", width=3, height=2, position=0, **texts
    )
    session.add(image)
    session.flush()
    return image


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("key", KEYS)
def test_every_table_comes_back_unchanged(key: str, dialect: Dialect, session: Session, tmp_path: Path):
    found = lines(key, tmp_path, exported(key, dialect))
    assert {line.outcome for line in found} == {Outcome.UNCHANGED}, found


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize("key", KEYS)
def test_a_table_that_says_the_same_writes_nothing(key: str, session: Session, tmp_path: Path):
    revision = session.scalars(select(Revision.number)).one()
    done(key, tmp_path, exported(key))
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == 0
    assert session.scalars(select(Revision.number)).one() == revision + 1  # whoever is at it holds the revision


def test_the_rows_stand_in_their_order(session: Session):
    names = [row[1] for row in cells(exported("cast"))[1:]]
    assert (
        names == session.scalars(select(Credit.slug).where(Credit.department == "cast").order_by(Credit.position)).all()
    )


def test_the_titles_are_the_keys_of_the_content_files(session: Session):
    titles = cells(exported("item"))[0]
    assert titles[:4] == ["slug", "date", "date_precision", "date_note_fr"]
    assert {"people", "sources", "question 1 topic_fr", "question 1 answer_en"} <= set(titles)
    assert {"sources title", "sources year"} <= set(cells(exported("film"))[0])


def test_a_change_is_told_field_by_field(session: Session, tmp_path: Path):
    town = session.scalars(select(Town).order_by(Town.slug)).first()
    assert town
    [line] = lines("town", tmp_path, table([["slug", "name", "latitude"], [town.slug, "Ailleurs", "45,5"]]))
    assert (line.number, line.name, line.outcome) == (2, town.slug, Outcome.CHANGED)
    latitude = str(town.latitude).replace(".", ",")
    assert line.changes == [("name", town.name, "Ailleurs"), ("latitude", latitude, "45,5")]


def test_what_the_table_has_no_column_for_stays(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem).where(PressItem.questions.any())).first()
    assert item
    before = [question.topic_fr for question in item.questions]
    done("item", tmp_path, table([["slug", "title"], [item.slug, "Un autre titre"]]))
    assert (item.title, [question.topic_fr for question in item.questions]) == ("Un autre titre", before)


def test_an_empty_cell_takes_away(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem).where(PressItem.author.is_not(None))).first()
    assert item
    done("item", tmp_path, table([["slug", "author", "author_note_fr", "author_note_en"], [item.slug, "", "", ""]]))
    assert item.author is None


def test_children_are_columns_and_gaps_close(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem).where(PressItem.questions.any())).first()
    assert item
    names = ("topic_fr", "topic_en", "answer_fr", "answer_en")
    titles = ["slug", *(f"question {n} {name}" for n in (1, 4) for name in names)]
    done("item", tmp_path, table([titles, [item.slug, *"abcd", *"efgh"]]))
    assert [(question.topic_fr, question.answer_en) for question in item.questions] == [("a", "d"), ("e", "h")]


def test_what_is_wrong_in_a_child_is_told_in_its_column(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    line = line_of("item", tmp_path, {"slug": item.slug, "question 3 topic_fr": "Une question"})
    assert line.outcome is Outcome.REFUSED
    assert "question 3 topic_en" in {title for title, _ in line.refusals}


@pytest.mark.parametrize(
    ("said", "title", "message"),
    [
        ({"name": "Sans nom de fiche"}, "slug", "nécessaire"),
        ({"slug": "Majuscules Interdites"}, "slug", "minuscules"),
        ({"slug": "ici", "name": ""}, "name", "nécessaire"),
        ({"slug": "ici", "latitude": "nord"}, "latitude", "nombre"),
        ({"slug": "ici", "latitude": "91"}, "latitude", "90"),
    ],
)
def test_a_refusal_says_the_column_and_what_was_expected(
    said: dict[str, str], title: str, message: str, session: Session, tmp_path: Path
):
    good = {"slug": "nulle-part", "name": "Nulle Part", "department": "00", "latitude": "45", "longitude": "4,2"}
    line = line_of("town", tmp_path, good | ({"slug": ""} if "slug" not in said else {}) | said)
    assert line.outcome is Outcome.REFUSED
    told = dict(line.refusals)
    assert re.search(message, told[title]), told


def test_a_reference_to_nobody_is_refused(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    line = line_of("item", tmp_path, {"slug": item.slug, "people": "personne-de-connu"})
    assert dict(line.refusals)["people"].startswith("« personne-de-connu » n’existe pas")


def test_a_row_named_twice_is_refused_the_second_time(session: Session, tmp_path: Path):
    found = lines("tag", tmp_path, table([["slug", "label_fr", "label_en"], ["a", "A", "A"], ["a", "B", "B"]]))
    assert outcomes(found) == [Outcome.ADDED, Outcome.REFUSED]
    assert found[1].refusals == [("slug", "« a » est déjà à la ligne 2.")]


def test_a_name_that_another_table_has_is_refused(session: Session, tmp_path: Path):
    """The cast and the crew are one table of the database."""
    actor = session.scalars(select(Credit).where(Credit.department == "cast")).first()
    assert actor
    line = line_of("crew", tmp_path, {"slug": actor.slug, "person": actor.person.slug, "jobs": "director"})
    assert "pris dans une autre table" in dict(line.refusals)["slug"]


def test_the_only_row_of_its_kind_keeps_its_name_and_stays(session: Session, tmp_path: Path):
    titles, row = cells(exported("film"))
    other = lines("film", tmp_path, table([titles, ["un-autre-film", *row[1:]]]), prune=True)
    assert outcomes(other) == [Outcome.REFUSED, Outcome.REFUSED]
    assert "unique" in other[0].refusals[0][1]


def test_an_article_brings_its_own_source(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    titles, *rows = cells(exported("item"))
    row = dict(zip(titles, next(row for row in rows if row[0] == item.slug), strict=True))
    row |= {
        "slug": "un-article-de-plus",
        "url": "https://presse.example/1",
        "sources": "",
        "date": "17/11/2010",
        "date_precision": "",
    }
    done("item", tmp_path, table([list(row), list(row.values())]))
    source = session.scalars(select(Source).where(Source.slug == "un-article-de-plus")).one()
    assert (source.url, source.press_slug, source.on) == (
        "https://presse.example/1",
        "un-article-de-plus",
        datetime(2010, 11, 17, tzinfo=UTC).date(),
    )
    added = session.scalars(select(PressItem).where(PressItem.slug == "un-article-de-plus")).one()
    assert added.search_text


def test_articles_can_be_found_by_a_name_that_changed(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    done("outlet", tmp_path, table([["slug", "name"], [item.outlet.slug, "Zythologie Magazine"]]))
    session.expire_all()
    assert "zythologie" in item.search_text


def test_what_is_loaded_dumped_and_imported_is_still_valid(session: Session, tmp_path: Path):
    for key in ("person", "town", "item", "source", "screening"):
        done(key, tmp_path, exported(key))
    content.dump(session, tmp_path / "dump")
    assert content.check(tmp_path / "dump")


# --- Order, and what is not there ----------------------------------------------------------------------------------


def test_a_position_moves_a_row_and_the_journal_says_so(session: Session, tmp_path: Path):
    one, two, *_ = session.scalars(select(Character).order_by(Character.position)).all()
    swap = table([["position", "slug"], [str(two.position + 1), one.slug], [str(one.position + 1), two.slug]])
    found = lines("character", tmp_path, swap)
    assert [line.changes for line in found] == [[("position", "1", "2")], [("position", "2", "1")]]
    done("character", tmp_path, swap)
    assert (one.position, two.position) == (1, 0)
    line = session.scalars(select(JournalEntry)).first()
    assert line
    assert (line.action, line.before) == (JournalAction.DID, None)
    assert line.summary.startswith("a changé de place")


def test_a_place_that_is_taken_is_refused(session: Session, tmp_path: Path):
    one, two, *_ = session.scalars(select(Character).order_by(Character.position)).all()
    line = line_of("character", tmp_path, {"slug": one.slug, "position": str(two.position + 1)})
    assert line.refusals == [("position", "La place 2 est prise par une autre ligne.")]


def test_a_new_row_without_a_place_comes_last(session: Session, tmp_path: Path):
    last = session.scalar(select(func.max(Character.position)))
    assert last is not None
    titles, row, *_ = cells(exported("character"))
    new = dict(zip(titles, row, strict=True)) | {"slug": "un-personnage-de-plus", "position": ""}
    done("character", tmp_path, table([list(new), list(new.values())]))
    assert (
        session.scalars(select(Character.position).where(Character.slug == "un-personnage-de-plus")).one() == last + 1
    )


def test_rows_that_are_not_in_the_table_stay_unless_it_is_asked(session: Session, tmp_path: Path):
    spare = Tag(slug="sans-article", label_fr="a", label_en="a")
    session.add(spare)
    session.flush()
    without = [row for row in cells(exported("tag")) if row[0] != "sans-article"]
    assert set(outcomes(lines("tag", tmp_path, table(without)))) == {Outcome.UNCHANGED}
    last = lines("tag", tmp_path, table(without), prune=True)[-1]
    assert (last.name, last.outcome, last.number) == ("sans-article", Outcome.REMOVED, 0)
    done("tag", tmp_path, table(without), prune=True)
    assert session.scalar(select(Tag).where(Tag.slug == "sans-article")) is None
    line = session.scalars(select(JournalEntry)).one()
    assert (line.action, line.subject, line.after) == (JournalAction.DELETED, "tag.sans-article", None)


def test_a_row_that_others_name_is_not_deleted(session: Session, tmp_path: Path):
    item = session.scalars(select(PressItem)).first()
    assert item
    without = [row for row in cells(exported("outlet")) if row[0] != item.outlet.slug]
    last = lines("outlet", tmp_path, table(without), prune=True)[-1]
    assert (last.name, last.outcome) == (item.outlet.slug, Outcome.REFUSED)
    assert "dépendent" in last.refusals[0][1]


# --- The whole -----------------------------------------------------------------------------------------------------


def test_each_row_has_its_line_in_the_journal_in_the_form_of_the_content_files(session: Session, tmp_path: Path):
    outlet = session.scalars(select(Outlet)).first()
    assert outlet
    before = {"slug": outlet.slug, "name": outlet.name, "url": outlet.url}
    done("outlet", tmp_path, table([["slug", "name"], [outlet.slug, "Autrement dit"]]))
    line = session.scalars(select(JournalEntry)).one()
    assert (line.action, line.subject) == (JournalAction.CHANGED, f"outlet.{outlet.slug}")
    assert (line.before, line.after) == (before, before | {"name": "Autrement dit"})


@pytest.mark.parametrize(
    ("titles", "message"),
    [
        (["nom", "prénom"], "Aucune ligne de titres"),
        (["slug", "nmae"], "« name »"),
        (["slug", "name", "name"], "deux fois"),
        (["slug", "question 1 topic_fr"], "n’existe pas ici"),
        (["slug", "position"], "n’existe pas ici"),
    ],
)
def test_titles_that_mean_nothing_are_refused(titles: list[str], message: str, session: Session, tmp_path: Path):
    with pytest.raises(NotATable, match=message):
        lines("town", tmp_path, table([titles, ["a", "b"]]))


def test_a_table_without_lines_is_refused_even_to_delete_everything(session: Session, tmp_path: Path):
    with pytest.raises(NotATable, match="aucune ligne"):
        lines("tag", tmp_path, table([["slug", "label_fr"]]), prune=True)


def test_the_number_of_queries_does_not_grow_with_the_lines(
    session: Session, tmp_path: Path, count_queries: Callable[[], object]
):
    def cost(count: int) -> int:
        sent = table([["slug", "label_fr", "label_en"], *([f"t{n}", "A", "A"] for n in range(count))])
        with count_queries() as statements:  # type: ignore[attr-defined]
            lines("tag", tmp_path, sent)
        return len(statements)

    assert cost(300) == cost(3)
