"""SQLite is told how its rows are spread each time the site starts: its plans are those of a database that knows."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from applications import application
from operation118.config import Settings
from operation118.database import db
from operation118.site import start

TO_COME = "SELECT min(published_at) FROM screening WHERE publication = 'published' AND published_at > '2027-01-01'"


def plan() -> str:
    return str(db.session.execute(text(f"EXPLAIN QUERY PLAN {TO_COME}")).all())


def test_after_a_start_what_is_to_come_is_found_without_reading_all_that_is_published(
    tmp_path: Path, make_settings: Callable[..., Settings]
):
    settings = make_settings(DATABASE_URL=f"sqlite:///{tmp_path}/site.sqlite", DATA_DIR=str(tmp_path))
    with application(settings) as app:
        with app.app_context():
            start.upgrade()
            assert "ix_screening_published_at" not in plan()
        start.prepare(app, settings)
        with app.app_context():
            assert "ix_screening_published_at" in plan()
