"""Pictures as content: what the office added is dumped, and loaded back equal; their files are kept apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from film.pictures import add, jpeg, prepare, rows
from operation118 import publication
from operation118.accounts.models import StaffRole
from operation118.content import ContentError
from operation118.database import db
from operation118.site import content

Office = Callable[[StaffRole], FlaskClient]
pytestmark = pytest.mark.usefixtures("images_folder")


def dumped(app: Flask, folder: Path) -> str:
    with app.app_context():
        content.dump(db.session, folder)
    return (folder / "images.toml").read_text()


@pytest.mark.settings
def test_what_the_office_added_is_dumped_and_loaded_back_equal(
    app: Flask, empty_app: Flask, office: Office, tmp_path: Path
):
    editor = office(StaffRole.EDITOR)
    add(editor, caption_fr="« Action ! »\nDeux lignes", caption_en="Action!\nTwo lines")
    add(editor, jpeg(tint=1), kind="poster", publication="withdrawn", alt_fr="Une affiche")
    add(editor, jpeg(tint=2), publication="draft", published_at="2027-03-28T03:30", embargo_lifts_at="2027-01-01T09:00")
    prepare(app)
    first = dumped(app, tmp_path / "first")
    assert first.count("\n[[image]]") == 3
    assert "sizes" not in first
    with app.app_context():
        tallies = content.load(db.session, tmp_path / "first")
        assert not any(tally.added or tally.changed or tally.kept for tally in tallies.values())
        db.session.commit()
    assert [image.sizes for image in rows(app)] == [[480, 960]] * 3
    with empty_app.app_context():
        content.load(db.session, tmp_path / "first")
        db.session.commit()
    assert dumped(empty_app, tmp_path / "second") == first
    assert prepare(empty_app) == 3


def test_a_picture_whose_file_is_not_there_is_loaded_and_not_shown(
    app: Flask, office: Office, tmp_path: Path, images_folder: Path
):
    add(office(StaffRole.EDITOR))
    dumped(app, tmp_path / "dumped")
    for path in images_folder.glob("*.jpg"):
        path.unlink()
    with app.app_context(), publication.everything():
        content.load(db.session, tmp_path / "dumped", prune=True)
        db.session.commit()
    assert prepare(app) == 0
    assert "<img" not in app.test_client().get("/photos/").text
    assert "Fichier introuvable" in office(StaffRole.EDITOR).get("/office/images/").text


def test_another_file_in_the_content_waits_for_its_own_sizes(app: Flask, office: Office, tmp_path: Path):
    image = add(office(StaffRole.EDITOR))
    prepare(app)
    text = dumped(app, tmp_path / "dumped")
    (tmp_path / "dumped/images.toml").write_text(text.replace(image.file, "0" * 32 + ".jpg"))
    with app.app_context():
        content.load(db.session, tmp_path / "dumped")
        db.session.commit()
    assert [row.sizes for row in rows(app)] == [[]]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('.jpg"', '.png"', "expected the name of a file of the folder of pictures"),
        ('credit = "Ève Dupont"\n', "", "credit: required, and absent"),
        ("width = 1200", "width = 0", "expected 1 or more"),
        ('kind = "still"', 'kind = "selfie"', "kind: expected"),
        ('caption_en = "B"\n', "", "caption_en: required, because caption_fr is there"),
    ],
)
def test_what_is_wrong_in_the_file_is_told(
    app: Flask, office: Office, tmp_path: Path, old: str, new: str, problem: str
):
    add(office(StaffRole.EDITOR), caption_fr="A", caption_en="B")
    text = dumped(app, tmp_path / "dumped")
    assert old in text
    (tmp_path / "dumped/images.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError) as refused:
        content.check(tmp_path / "dumped")
    assert problem in "\n".join(refused.value.problems)
