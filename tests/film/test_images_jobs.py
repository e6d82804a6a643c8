"""The sizes are made by a worker, whatever befalls it; files are put away, and taken back, when nobody wants them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from applications import application
from film.pictures import SAID, jpeg
from operation118 import clock, config
from operation118.config import ROOT, Settings
from operation118.content.editing import validated
from operation118.database import db
from operation118.film import image_files, images, jobs
from operation118.film.content import IMAGE, ImageEntry
from operation118.film.models import Image
from operation118.mail.jobs import Bell
from operation118.publication import everything


@pytest.fixture(params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path, make_settings: Callable[..., Settings]
) -> Iterator[Flask]:
    """An application with a data folder and a queue of its own, on each database."""
    url = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'house.sqlite')}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    with application(make_settings(DATA_DIR=str(tmp_path), DATABASE_URL=url)) as app:
        yield app


def put(app: Flask, count: int = 1, *, width: int = 900, height: int = 600) -> None:
    """Add pictures as the office does, without ringing."""
    with app.app_context(), everything():
        for tint in range(count):
            master = images.receive(BytesIO(jpeg(width, height, tint=tint)))
            raw = SAID | {"slug": f"image-{tint}", "file": master.file, "width": master.width, "height": master.height}
            entry, mistakes = validated(IMAGE, raw)
            assert isinstance(entry, ImageEntry), mistakes
            images.add(entry)
        db.session.commit()


def sizes(app: Flask) -> list[list[int]]:
    with app.app_context(), everything():
        return [image.sizes for image in images.in_order()]


def the_folder(app: Flask) -> Path:
    with app.app_context():
        return images.folder()


def chores(app: Flask) -> tuple[int, int]:
    with app.app_context():
        found, put_away = jobs.look(), images.put_away()
        db.session.commit()
        return found, put_away


def environment(app: Flask) -> dict[str, str]:
    settings = app.extensions["settings"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(config.PREFIX)}
    return kept | {
        config.PREFIX + name: str(settings[name]) for name in ("DATA_DIR", "DATABASE_URL", "QUEUE_URL", "PUBLIC_URL")
    }


def working(app: Flask, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "app", "mail", "work", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment(app))


def wait_until(happened: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_worker_that_hears_the_bell_makes_the_sizes(house: Flask):
    put(house, 2)
    with house.app_context():
        jobs.ring()
    with working(house) as process:
        wait_until(lambda: sizes(house) == [[480], [480]])
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_the_next_ends_it(house: Flask):
    put(house, 3, width=1700)
    with house.app_context():
        jobs.ring()
    folder = the_folder(house) / "sizes"
    with working(house) as process:
        wait_until(lambda: folder.exists() and any(folder.iterdir()))
        process.kill()
    found = sizes(house)
    assert [] in found  # the ring is lost, and the picture it was about is not done
    for image, made in zip(rows(house), found, strict=True):
        assert not made or image_files.has_sizes(image.file, made, the_folder(house))
    with working(house, "--once") as process:  # one minute's work: the chore finds them and rings
        assert process.wait(60) == 0
    bell: Bell = house.extensions["bell"]
    assert jobs.JOB in [task.name for task in bell.queue.pending()]
    while jobs.prepare_one(house):
        pass
    assert sizes(house) == [[480, 960, 1600]] * 3


def rows(app: Flask) -> list[Image]:
    with app.app_context(), everything():
        return list(images.in_order())


def test_the_chore_rings_for_a_picture_whose_ring_was_lost(house: Flask):
    bell: Bell = house.extensions["bell"]
    put(house)
    assert bell.queue.pending_count() == 0
    chores(house)
    chores(house)
    assert [task.name for task in bell.queue.pending()] == [jobs.JOB]


def test_mails_and_pictures_ring_apart(house: Flask):
    bell: Bell = house.extensions["bell"]
    for _ in range(2):
        bell.ring(jobs.JOB)
        bell.ring()
    assert sorted(task.name for task in bell.queue.pending()) == ["look", jobs.JOB]


def test_each_ring_makes_one_picture_and_rings_for_the_next(house: Flask):
    bell: Bell = house.extensions["bell"]
    put(house, 2)
    assert jobs.prepare_one(house)
    assert sorted(map(len, sizes(house))) == [0, 1]
    assert [task.name for task in bell.queue.pending()] == [jobs.JOB]
    assert jobs.prepare_one(house)
    assert not jobs.prepare_one(house)
    assert sizes(house) == [[480], [480]]


def test_a_picture_that_cannot_be_made_does_not_keep_the_others_waiting(house: Flask):
    put(house, 3)
    (the_folder(house) / rows(house)[0].file).write_bytes(b"not a picture any more")
    assert [jobs.prepare_one(house) for _ in range(3)] == [True, True, False]
    assert sizes(house) == [[], [480], [480]]


def test_a_file_replaced_while_its_sizes_are_made_gets_none_of_the_other_s(house: Flask):
    put(house)
    with house.app_context(), everything():
        image = images.waiting()[0]
        db.session.expunge(image)
        other = images.receive(BytesIO(jpeg(500, 500, tint=99)))
        row = images.find("image-0")
        assert row is not None
        row.file = other.file
        db.session.commit()
        images.prepare(image)
        db.session.commit()
    assert sizes(house) == [[]]
    assert jobs.prepare_one(house)
    assert (rows(house)[0].width, sizes(house)) == (500, [[480]])


def test_sizes_that_were_lost_are_made_again(house: Flask):
    put(house)
    jobs.prepare_one(house)
    next((the_folder(house) / "sizes").glob("*-480.webp")).unlink()
    assert chores(house)[0] == 1
    assert sizes(house) == [[]]
    assert jobs.prepare_one(house)
    assert chores(house)[0] == 0


def test_nothing_waits_for_a_file_that_is_nowhere(house: Flask):
    put(house)
    (the_folder(house) / rows(house)[0].file).unlink()
    assert not jobs.prepare_one(house)
    with house.app_context(), everything():
        assert images.shown(images.in_order()[0]).missing


def age(path: Path, by: timedelta) -> None:
    then = (clock.real_now() - by).timestamp()
    os.utime(path, (then, then))


def test_a_deleted_picture_s_file_stays_thirty_days_in_the_bin(house: Flask):
    put(house, 2)
    while jobs.prepare_one(house):
        pass
    folder, (gone, kept) = the_folder(house), rows(house)
    with house.app_context(), everything():
        row = images.find(gone.slug)
        assert row is not None
        images.delete(row, version=row.version)
        db.session.commit()
    assert chores(house)[1] == 0  # a day's grace, for forms that were sent back
    age(folder / gone.file, timedelta(days=1, minutes=1))
    age(folder / kept.file, timedelta(days=400))
    assert chores(house)[1] == 1
    assert (folder / "bin" / gone.file).exists()
    assert {path.name.partition("-")[0] for path in (folder / "sizes").iterdir()} == {kept.file.removesuffix(".jpg")}
    age(folder / "bin" / gone.file, timedelta(days=29))
    assert chores(house)[1] == 0
    age(folder / "bin" / gone.file, timedelta(days=31))
    assert chores(house)[1] == 1
    assert [path.name for path in folder.rglob("*.jpg") if "-" not in path.name] == [kept.file]


def test_a_row_put_back_takes_its_file_out_of_the_bin(house: Flask):
    put(house)
    jobs.prepare_one(house)
    folder, (image,) = the_folder(house), rows(house)
    with house.app_context(), everything():
        row = images.find(image.slug)
        assert row is not None
        said = images.said(row)
        images.delete(row, version=row.version)
        db.session.commit()
    age(folder / image.file, timedelta(days=2))
    assert chores(house)[1] == 1
    with house.app_context(), everything():
        entry, _ = validated(IMAGE, said)
        assert isinstance(entry, ImageEntry)
        images.add(entry)
        db.session.commit()
    assert jobs.prepare_one(house)
    assert (folder / image.file).exists()
    assert sizes(house) == [[480]]


def test_two_workers_at_the_same_picture_do_it_no_harm(house: Flask):
    put(house)
    with house.app_context(), everything():
        one, two = images.waiting()[0], images.waiting()[0]
        images.prepare(one)
        images.prepare(two)
        db.session.commit()
    assert sizes(house) == [[480]]
    assert rows(house)[0].version == 1
